"""`digest list`: show the reading list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.cli.commands._options import add_json, count, plain_text, query_parser
from digest.cli.commands._reading_list import add_reader, item_to_json, open_lists, row
from digest.model.marks import STATES
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from digest.cli.commands._options import Context
    from digest.cli.commands._reading_list import CommandLists
    from digest.model.marks import Place
    from digest.reading_list.reader_lists import Item

EXAMPLES = """\
  digest list                               the papers to read and the inbox
  digest list --state inbox                 undecided papers
  digest list 'scaling law' --state all     all that a query selects, best first
  digest list --state read --json           papers that were read, one JSON object a line
  digest list --starred --tag group         with a star, and this tag"""

_PLACES: Final[dict[str, Place]] = {
    "inbox": "inbox", "to-read": "to read", "later": "later", "read": "done",
}  # fmt: skip
_STATES: Final = ("waiting", *_PLACES, *STATES, "all")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest list`."""
    parser.add_argument(
        "query", nargs="?", type=plain_text, metavar="QUERY", help="docs/rule-language.md"
    )
    parser.add_argument(
        "--state", choices=_STATES, default="waiting", metavar="STATE",
        help=f"one of {', '.join(_STATES)}; default: waiting, which is inbox and to-read",
    )  # fmt: skip
    parser.add_argument("--starred", action="store_true", help="only starred papers")
    parser.add_argument("--tag", type=plain_text, metavar="TAG", help="only papers with this tag")
    parser.add_argument(
        "--limit", type=count, default=0, metavar="N", help="at most N papers (default 0: all)"
    )
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the papers, newest first; with a query, best first."""
    with open_lists(arguments, context) as reader_lists:
        named = reader_lists.profiles[:1] if arguments.profile is not None else None
        waiting = arguments.state in ("waiting", "inbox", "to-read")
        items: Iterable[Item] = (
            item
            for item in reader_lists.items(named, waiting=waiting)
            if is_wanted(item, arguments.state, starred=arguments.starred, tag=arguments.tag)
        )
        if arguments.query is not None:
            items = _selected(reader_lists, items, arguments.query, context)
        shown = list(items)
    if arguments.limit:
        shown = shown[: arguments.limit]
    for item in shown:
        if arguments.json:
            context.console.json(item_to_json(item))
        else:
            context.console.result(row(item, context))
    if not arguments.json:
        context.console.note(counted(len(shown), "paper"))
    return reader_lists.code


def is_wanted(item: Item, state: str, *, starred: bool, tag: str | None) -> bool:
    """Return whether a paper has the given state, star and tag."""
    mark = item.mark
    if state == "waiting":
        in_state = item.place in ("inbox", "to read")
    elif state in _PLACES:
        in_state = item.place == _PLACES[state]
    else:
        in_state = state in ("all", mark.state)
    is_tagged = tag is None or tag.removeprefix("#") in mark.tags
    return in_state and (mark.starred or not starred) and is_tagged


def _selected(
    reader_lists: CommandLists, items: Iterable[Item], query: str, context: Context
) -> list[Item]:
    """Return the items that the query selects, best first."""
    from digest.search import LibrarySearch

    by_paper = {item.paper.id: item for item in items}
    lookup = LibrarySearch(
        reader_lists.library, [query_parser(reader_lists.config)(query)], today=context.today
    )
    return [by_paper[paper] for paper in lookup.best(0) if paper in by_paper]
