"""`digest prune`: remove the texts of old papers that nobody marked, and old answers."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.cli.commands._options import (
    DONE,
    count,
    known_rule,
    open_library,
    plain_text,
    query_parser,
    read_config,
)
from digest.errors import UsageError
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.library import Library
    from digest.rules import Rule

YEAR = 365
LONGEST = 36_500

EXAMPLES = """\
  digest prune --dry-run     show what would be removed
  digest prune               what no dump has shown for a year
  digest prune --older 90    for three months
  digest prune 'category:econ.*' --older 30      of these papers only
  digest prune --rule 'Scaling laws'            of the papers that this rule matches"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest prune`."""
    parser.add_argument(
        "query", nargs="?", type=plain_text, metavar="QUERY",
        help="prune only papers that match (docs/rule-language.md)",
    )  # fmt: skip
    parser.add_argument(
        "--rule", dest="rules", action="append", default=[], metavar="NAME",
        help="prune only papers that this rule of the config matches; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--older",
        type=count,
        default=YEAR,
        metavar="DAYS",
        help=f"papers last shown more than DAYS days ago (default: {YEAR})",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be removed")


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Copy the library, prune it, and print what was removed."""
    from digest.library.backup import back_up
    from digest.pipeline.answer_files import answers_folder

    config, console = read_config(arguments), context.console
    path = config.library
    if not path.exists():
        raise UsageError(f"there is no library yet at {path}")
    now = context.clock()
    before = now - timedelta(days=min(arguments.older, LONGEST))
    rules = _rules(arguments, config)
    folder = answers_folder(path)
    if arguments.dry_run:
        with open_library(config, scratch=True) as library:
            pruned = library.prune(before, _matching(library, rules, context))
        size = sum(_size(folder / file) for file in pruned.files)
        console.result(
            f"Would drop the texts of {counted(pruned.papers, 'paper')} "
            f"({pruned.saved / 1e6:,.1f} MB) and {counted(len(pruned.files), 'answer')} of "
            f"services ({size / 1e6:,.1f} MB)."
        )
        return DONE
    with open_library(config) as library, library.lock():
        copy = back_up(path, now=now)
        size = copy.stat().st_size  # the file does not contain what is still in its write-ahead log
        pruned = library.prune(before, _matching(library, rules, context))
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


def _rules(arguments: argparse.Namespace, config: Config) -> list[Rule]:
    """Return the rules for papers to prune: one must match; without rules, any paper may go."""
    rules = [known_rule(config, name) for name in arguments.rules]
    rules = [replace(rule, paused=False, until=None) for rule in rules]
    return rules + ([query_parser(config)(arguments.query)] if arguments.query else [])


def _matching(library: Library, rules: list[Rule], context: Context) -> set[str] | None:
    """Return the ids of the papers that any of the rules matches; None without rules."""
    if not rules:
        return None
    from digest.search import LibrarySearch

    lookup = LibrarySearch(library, rules, today=context.today)
    return {paper for number in range(len(rules)) for paper in lookup.best(number)}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
