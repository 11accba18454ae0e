"""`digest star`: star papers, or remove their stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.cli.commands._options import add_json
from digest.cli.commands._reading_list import add_papers, add_reader, open_lists, print_item

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest star 2601.00123              keep it to read
  digest star 2601.00123 2601.00124   several papers
  digest star 2601.00123 --off        remove the star"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest star`."""
    add_papers(parser)
    parser.add_argument("--off", action="store_true", help="remove the star")
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Change the stars of the papers in one change."""
    with open_lists(arguments, context, arguments.papers) as reader_lists:
        papers = [reader_lists.find(text) for text in arguments.papers]
        marks = [reader_lists.library.marks.get(reader_lists.reader, paper.id) for paper in papers]
        reader_lists.put(
            *(
                (paper, replace(mark, starred=not arguments.off, star_at=reader_lists.now))
                for paper, mark in zip(papers, marks, strict=True)
                if mark.starred == arguments.off
            )
        )
        items = [reader_lists.item(paper) for paper in papers]
    for item in items:
        print_item(item, context, json=arguments.json)
    return reader_lists.code
