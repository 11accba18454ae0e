"""`digest undo`: undo the last change of the reading list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._options import add_json
from digest.cli.commands._reading_list import add_reader, open_lists, print_item
from digest.wording import counted

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest undo          the last change, by a command, in triage or in the file
  digest undo --json   the papers as they are now"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest undo`."""
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Undo one change and print the state of its papers."""
    with open_lists(arguments, context) as reader_lists:
        papers = reader_lists.library.papers.get_many(
            reader_lists.library.marks.undo(reader_lists.reader)
        )
        items = [reader_lists.item(paper) for paper in papers.values()]
    for item in items:
        print_item(item, context, json=arguments.json)
    if not items:
        context.console.note("There is nothing to undo.")
    elif not arguments.json:
        context.console.note(f"Undone: {counted(len(items), 'paper')}")
    return reader_lists.code
