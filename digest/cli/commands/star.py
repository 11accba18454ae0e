"""`digest star`: give a paper a star, or take it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._options import add_json
from digest.cli.commands._reading_list import add_paper, add_reader, open_desk, tell

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest star 2601.00123         worth more than others
  digest star 2601.00123 --off   no longer"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest star`."""
    add_paper(parser)
    parser.add_argument("--off", action="store_true", help="take the star away")
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Change the star of one paper."""
    with open_desk(arguments, context) as desk:
        paper = desk.find(arguments.paper)
        mark = desk.library.reading.get(desk.reader, paper.id)
        if mark.starred == arguments.off:
            mark = mark._replace(starred=not arguments.off, star_at=desk.now)
            desk.put(paper, mark)
        item = desk.item(paper)
    tell(item, context, json=arguments.json)
    return desk.code
