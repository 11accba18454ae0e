"""`digest show`: print a digest in the terminal."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.cli.commands._options import DONE, chosen_profiles, day, open_library, read_config
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from digest.cli.commands._options import Context
    from digest.cli.console import Console
    from digest.library import Library, StoredDigest
    from digest.model import Profile

EXAMPLES = """\
  digest show                 the last digest
  digest show 2026-01-05      all digests of that day
  digest show --profile lab   of one profile
  digest show --no-pager      without a pager"""

PAGER: Final = "less"
_LESS: Final = "FRX"
"""Options of less: quit if it fits, show styles, leave the text on the screen (as git does)."""
_HEADING: Final = re.compile(r"^\S.*\n(?==+$)", re.MULTILINE)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest show`."""
    parser.add_argument(
        "day", nargs="?", type=day, metavar="DAY", help="default: the day of the last digest"
    )
    parser.add_argument("--profile", metavar="NAME", help="default: all profiles")
    parser.add_argument("--no-pager", action="store_true", help="print without a pager")


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the digests as plain text; on a terminal through a pager."""
    config = read_config(arguments)
    profiles = chosen_profiles(config, () if arguments.profile is None else [arguments.profile])
    with open_library(config, scratch=True) as library:
        texts = [
            text
            for profile in profiles
            for stored in _stored(library, profile, arguments)
            for text in _rendered(library, stored, profile)
        ]
    if not texts:
        of_day = f" of {arguments.day}" if arguments.day else ""
        raise UsageError(f"there is no digest{of_day}; `digest run` makes one")
    text = "\n\n".join(texts)
    console = context.console
    if not console.out.isatty():
        console.document(text)
    elif arguments.no_pager or not _paged(_styled(text, console), context):
        console.document(_styled(text, console))
    return DONE


def _stored(
    library: Library, profile: Profile, arguments: argparse.Namespace
) -> tuple[StoredDigest, ...]:
    if arguments.day is not None:
        return library.digests.of_day(profile.name, arguments.day)
    last = library.digests.last(profile.name)
    return () if last is None else library.digests.of_day(profile.name, last.day)


def _rendered(library: Library, stored: StoredDigest, profile: Profile) -> Iterator[str]:
    """Yield the plain text of a digest."""
    from digest.digests.storage import read_digest
    from digest.mail.letter import Letter
    from digest.pipeline.digest_maker import PREVIEW_RECIPIENT
    from digest.rendering.templates import Renderer

    folder = None if profile.templates is None else Path(profile.templates)
    digest = read_digest(library, stored, profile)
    recipient = profile.email.to[0] if profile.email else PREVIEW_RECIPIENT
    body = Letter(Renderer(folder), profile, digest).bodies(recipient).text
    yield body.replace("\r\n", "\n").strip("\n")


def _styled(text: str, console: Console) -> str:
    """Return plain text with bold headings; nothing else changes."""
    return _HEADING.sub(lambda match: f"{console.styled(match[0].rstrip(), 'bold')}\n", text)


def _paged(text: str, context: Context) -> bool:
    """Show text in the reader's pager; return whether a pager started."""
    command = shlex.split(context.environment.get("PAGER") or PAGER)
    if not command or command == ["cat"]:
        return False
    environment = {**os.environ, "LESS": context.environment.get("LESS", _LESS)}
    with (
        suppress(OSError),
        subprocess.Popen(  # noqa: S603 - the reader's own pager
            command, stdin=subprocess.PIPE, env=environment
        ) as pager,
    ):
        with suppress(BrokenPipeError):  # the reader quit the pager
            pager.communicate(f"{text}\n".encode("utf-8", "replace"))
        return True
    return False
