"""What several commands share: their context, types of arguments, and opening the library."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digest.config import Config
    from digest.console import Console
    from digest.library import Library
    from digest.model import Profile

DONE, FAILED, USAGE, INCOMPLETE = 0, 1, 2, 3
"""Exit codes, docs/commands.md: done; failed; usage or config; done but something is missing."""


@dataclass(frozen=True, slots=True)
class Context:
    """The world around one call of the program."""

    console: Console
    clock: Callable[[], datetime]
    """The aware present moment."""
    environment: Mapping[str, str]

    @property
    def today(self) -> date:
        """The present day where the machine is."""
        return self.clock().astimezone().date()


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON (docs/json.md)")


def day(text: str) -> date:
    """Read an argument that is an ISO day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-01-31") from None


def count(text: str) -> int:
    """Read an argument that is a whole number from 0 on."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def read_config(arguments: argparse.Namespace) -> Config:
    """Load the config that `--config` names."""
    from digest.config import load_config

    return load_config(Path(arguments.config))


def open_library(config: Config, *, scratch: bool = False) -> Library:
    """Open the config's library; a scratch one forgets every change."""
    from digest.library import Library

    return Library.open(config.library, scratch=scratch)


def chosen_profiles(config: Config, names: Sequence[str]) -> tuple[Profile, ...]:
    """Return the profiles of those names, all where none is named; raises `UsageError`."""
    if not names:
        return config.profiles
    known = {profile.name: profile for profile in config.profiles}
    for name in names:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise UsageError(
                f"{config.path} has no profile {name!r}.{hint} It has: {', '.join(known)}."
            )
    return tuple(known[name] for name in dict.fromkeys(names))
