"""`digest reread`: read dumps again after a reader was fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._options import (
    DONE,
    INCOMPLETE,
    add_json,
    day,
    open_library,
    print_refused,
    read_config,
    refused_json,
)
from digest.cli.commands._sources import chosen_sources
from digest.wording import counted

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest reread                       every dump that is still there
  digest reread --source dumps        the dumps of one source
  digest reread --since 2026-01-05    those of that day or later"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest reread`."""
    parser.add_argument("--source", metavar="NAME", help="only this source; default: all")
    parser.add_argument("--since", type=day, metavar="DAY", help="only dumps of DAY or later")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Read the dumps again, and print what changed."""
    from digest.pipeline.reread import reread
    from digest.search import refresh_forms

    config = read_config(arguments)
    sources = chosen_sources(config, (arguments.source,) if arguments.source else ())
    with open_library(config) as library, library.lock():
        result = reread(library, config, sources, since=arguments.since, today=context.today)
        refresh_forms(library)
    console = context.console
    if arguments.json:
        console.json(
            {
                "dumps": result.dumps,
                "records": result.records,
                "new_records": result.new_records,
                "refused": refused_json(result.refused),
            }
        )
    else:
        console.result(
            f"Read {counted(result.dumps, 'dump')} again: {counted(result.records, 'record')}, "
            f"{result.new_records:,} of them new or different."
        )
        if result.new_records:
            console.note("`digest run --since DAY` offers papers of earlier days that are new.")
        print_refused(result.refused, console)
    return INCOMPLETE if result.refused else DONE
