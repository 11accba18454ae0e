"""`digest note`: add to a paper's note, and tag it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._options import add_json, plain_text
from digest.cli.commands._reading_list import add_paper, add_reader, open_lists, print_item
from digest.errors import UsageError
from digest.rendering.escape import legal

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest note 2601.00123                          print the note
  digest note 2601.00123 'Compare with *ours*.'   add a paragraph; Markdown
  digest note 2601.00123 '#group see section 4'   words with # are tags, here as in the file"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest note`."""
    add_paper(parser)
    parser.add_argument(
        "text", nargs="?", type=plain_text, metavar="TEXT", help="Markdown that is added"
    )
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Add to the note of one paper, or print it."""
    from digest.reading_list.decisions import noted

    with open_lists(arguments, context, [arguments.paper]) as reader_lists:
        paper = reader_lists.find(arguments.paper)
        mark = reader_lists.library.marks.get(reader_lists.reader, paper.id)
        if arguments.text is not None:
            text = legal(arguments.text.replace("\r\n", "\n").replace("\r", "\n"))
            changed = noted(mark, text, reader_lists.now)
            if changed == mark:
                raise UsageError("the note is empty; to remove a note, edit reading-list.md")
            reader_lists.put((paper, changed))
        item = reader_lists.item(paper)
    if arguments.json or arguments.text is not None:
        print_item(item, context, json=arguments.json)
    elif item.mark.note:
        context.console.result(item.mark.note)
    return reader_lists.code
