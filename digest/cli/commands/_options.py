"""Shared by commands: their context, argument types, and opening the library."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from digest.cli.console import Console
    from digest.config import Config
    from digest.library import Library
    from digest.model import Mailbox, Profile, Refusal
    from digest.rules import Rule

DONE, FAILED, USAGE, INCOMPLETE = 0, 1, 2, 3
"""Exit codes, docs/commands.md: done; failed; usage or config; done but something is missing."""

SHOWN_REFUSED: Final = 10
PATIENCE: Final = 5.0
"""Seconds that a run waits while a command or `serve` updates a reading list."""


class Context(NamedTuple):
    """The environment of one call of the program."""

    console: Console
    clock: Callable[[], datetime]
    """Returns the current time, timezone-aware."""
    environment: Mapping[str, str]

    @property
    def today(self) -> date:
        """Today, in the machine's time zone."""
        return self.clock().astimezone().date()


FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Range of years for days on the command line: adding weeks must not overflow."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON (docs/json.md)")


def day(text: str) -> date:
    """Parse an argument that is an ISO day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid day; write 2026-01-31") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(
            f"{text!r} is out of range; use a day from {FIRST_YEAR} to {LAST_YEAR}"
        )
    return day


def mail_address(text: str) -> Mailbox:
    """Parse an argument that is an e-mail address, with or without a name."""
    from digest.model import Mailbox

    try:
        return Mailbox.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error}") from None


def plain_text(text: str) -> str:
    """Parse an argument that is text, not a path; invalid UTF-8 is refused."""
    return os.fsencode(text).decode("utf-8", "replace")


def count(text: str) -> int:
    """Parse an argument that is a whole number from 0."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def read_config(arguments: argparse.Namespace) -> Config:
    """Load the config that `--config` names."""
    from digest.config import load_config

    return load_config(Path(arguments.config))


def read_runnable_config(arguments: argparse.Namespace) -> Config:
    """Read the config, and refuse rules that can never select a paper."""
    from digest.errors import ConfigError
    from digest.linting.dead_rules import dead_rules

    config = read_config(arguments)
    faults = dead_rules(config.rules)
    if not faults:
        return config
    lines = {rule.name: line for rule, line in zip(config.rules, config.rule_lines, strict=True)}
    first, *rest = (
        ConfigError(
            f'rule "{fault.rule}": {fault.keyword} {fault.message}; {fault.instead}',
            path=config.path,
            line=lines[fault.rule],
        )
        for fault in faults
    )
    first.more = tuple(rest)
    raise first


def query_parser(config: Config | None) -> Callable[[str], Rule]:
    """Return a function from a query to a rule, with the config's aliases and rules.

    The function raises `QueryError`.
    """
    from digest.search import as_rule

    if config is None:
        return as_rule
    return partial(as_rule, rules=config.rules, aliases=config.aliases)


def open_library(config: Config, *, scratch: bool = False) -> Library:
    """Open the config's library; a scratch library discards every change.

    An older library is copied before it is upgraded.
    """
    from digest.library import Library
    from digest.library.schema import is_outdated

    if not scratch and is_outdated(config.library):
        from digest.library.backup import back_up

        back_up(config.library, now=datetime.now(UTC))
    return Library.open(config.library, scratch=scratch)


def chosen_profiles(config: Config, names: Sequence[str]) -> tuple[Profile, ...]:
    """Return the profiles of these names, or all; raises `UsageError`."""
    if not names:
        return config.profiles
    known = {profile.name: profile for profile in config.profiles}
    for name in names:
        if name not in known:
            from digest.text.nearest import nearest

            near = nearest(name, known)
            hint = f" Did you mean {near!r}?" if near else ""
            raise UsageError(
                f"{config.path} has no profile {name!r}.{hint} It has: {', '.join(known)}."
            )
    return tuple(known[name] for name in dict.fromkeys(names))


def known_rule(config: Config, name: str, *, hint: str = "") -> Rule:
    """Return the rule of that name; raises `UsageError`, which ends with `hint`."""
    from digest.text.nearest import nearest

    rules = {rule.name: rule for rule in config.rules}
    if name not in rules:
        near = nearest(name, rules)
        hints = (f"Did you mean {near!r}?" if near else "", hint)
        raise UsageError(" ".join((f"{config.path} has no rule {name!r}.", *filter(None, hints))))
    return rules[name]


def one_profile(config: Config, name: str | None) -> Profile:
    """Return the profile of that name, or the only one; raises `UsageError`."""
    if name is None and len(config.profiles) > 1:
        names = ", ".join(profile.name for profile in config.profiles)
        raise UsageError(f"{config.path} has several profiles; name one of them: {names}.")
    return chosen_profiles(config, () if name is None else (name,))[0]


def refused_json(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    """Return refusals as JSON; docs/json.md."""
    return [
        {"dump": refusal.dump, "line": refusal.line, "reason": refusal.reason}
        for refusal in refusals
    ]


def print_refused(refusals: Sequence[Refusal], console: Console) -> None:
    """Print the first refused records and dumps, and how many more there are."""
    for refusal in refusals[:SHOWN_REFUSED]:
        console.problem(refused_line(refusal))
    if len(refusals) > SHOWN_REFUSED:
        console.problem(f"digest: … and {len(refusals) - SHOWN_REFUSED:,} more; see --json")


def print_notes(notes: Sequence[Refusal], console: Console) -> None:
    """Print what in the dumps is not a paper, and what was not understood."""
    for note in notes[:SHOWN_REFUSED]:
        place = note.dump if note.line is None else f"{note.dump}:{note.line}"
        console.note(
            f"digest: {note.kind if note.kind == 'left out' else 'note'} {place}: {note.reason}"
        )
    if len(notes) > SHOWN_REFUSED:
        console.note(f"digest: … and {len(notes) - SHOWN_REFUSED:,} more notes; see --json")


def refused_line(refusal: Refusal) -> str:
    """Return the line that reports a refused record or dump."""
    place = refusal.dump if refusal.line is None else f"{refusal.dump}:{refusal.line}"
    return f"digest: refused {place}: {refusal.reason}"
