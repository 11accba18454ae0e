"""`digest backup`: copy the library, even during a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.commands._options import DONE, count, read_config
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest backup                    a copy beside the library; the newest seven are kept
  digest backup --keep 30          keep more of them
  digest backup --to /mnt/copy.db  a copy somewhere else"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest backup`."""
    parser.add_argument("--keep", type=count, metavar="N", help="copies to keep (default: 7)")
    parser.add_argument("--to", metavar="FILE", help="write the copy to FILE, and remove no other")


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Copy the library, and print the path of the copy."""
    from digest.library.backup import KEPT, back_up

    library = read_config(arguments).library
    if not library.exists():
        raise UsageError(f"there is no library yet at {library}")
    keep = KEPT if arguments.keep is None else max(1, arguments.keep)
    to = Path(arguments.to) if arguments.to else None
    copy = back_up(library, now=context.clock(), keep=keep, to=to)
    context.console.result(f"{copy}  ({copy.stat().st_size / 1e6:,.1f} MB)")
    return DONE
