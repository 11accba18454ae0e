"""`digest prune`: drop the texts of old papers that nobody wanted, and old answers of services."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.cli.commands._options import DONE, count, open_library, read_config
from digest.errors import UsageError
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from digest.cli.commands._options import Context

YEAR = 365
LONGEST = 36_500

EXAMPLES = """\
  digest prune --dry-run     show what would go
  digest prune               what no dump has shown for a year
  digest prune --older 90    for three months"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest prune`."""
    parser.add_argument(
        "--older",
        type=count,
        default=YEAR,
        metavar="DAYS",
        help=f"prune what was last shown more than so many days ago (default: {YEAR})",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would go")


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Copy the library, prune it, and say what went."""
    from digest.library.backup import back_up
    from digest.pipeline.answer_files import answers_folder

    config, console = read_config(arguments), context.console
    path = config.library
    if not path.exists():
        raise UsageError(f"there is no library yet at {path}")
    now = context.clock()
    before = now - timedelta(days=min(arguments.older, LONGEST))
    folder = answers_folder(path)
    if arguments.dry_run:
        with open_library(config, scratch=True) as library:
            pruned = library.prune(before)
        size = sum(_size(folder / file) for file in pruned.files)
        console.result(
            f"Would drop the texts of {counted(pruned.papers, 'paper')} "
            f"({pruned.saved / 1e6:,.1f} MB) and {counted(len(pruned.files), 'answer')} of "
            f"services ({size / 1e6:,.1f} MB)."
        )
        return DONE
    with open_library(config) as library, library.lock():
        copy = back_up(path, now=now)
        size = copy.stat().st_size  # the file itself lacks what still stands in its log
        pruned = library.prune(before)
        freed = 0
        for file in pruned.files:
            freed += _size(folder / file)
            with suppress(OSError):
                (folder / file).unlink()
        library.compact()
    console.result(
        f"Dropped the texts of {counted(pruned.papers, 'paper')} and "
        f"{counted(len(pruned.files), 'answer')} of services ({freed / 1e6:,.1f} MB)."
    )
    console.result(
        f"The library had {size / 1e6:,.1f} MB, and has {path.stat().st_size / 1e6:,.1f} MB."
    )
    console.result(f"The library as it was: {copy}")
    return DONE


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
