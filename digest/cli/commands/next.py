"""`digest next`: the one paper to read now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._highlight import wrapped
from digest.cli.commands._options import add_json
from digest.cli.commands._reading_list import add_reader, item_to_json, open_lists
from digest.reading_list.lines import STAR
from digest.wording import long_day, meta, points

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.reading_list.reader_lists import Item

EXAMPLES = """\
  digest next                 the best paper that waits, with its abstract
  digest next --profile lab   of this profile's list
  digest next --json          for a program"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest next`."""
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the paper being read, else a starred one, else the one with most points."""
    with open_lists(arguments, context) as reader_lists:
        named = reader_lists.profiles[:1] if arguments.profile is not None else None
        waiting = reader_lists.items(named, waiting=True)
        # The first of equals is the newest.
        best = max(waiting, key=_rank, default=None)
    if best is None:
        if not arguments.json:
            context.console.note("Nothing waits to be read.")
    elif arguments.json:
        context.console.json(item_to_json(best))
    else:
        _print(best, len(waiting), context)
    return reader_lists.code


def _rank(item: Item) -> tuple[bool, bool, float]:
    return item.mark.state == "reading", item.mark.starred, item.score


def _print(item: Item, waiting: int, context: Context) -> None:
    console, paper = context.console, item.paper
    star = f"{STAR} " if item.mark.starred else ""
    console.result(console.styled(wrapped(f"{star}{paper.title}", console, indent=""), "bold"))
    about = meta(paper).replace("\u00a0", " ")
    for line in (about, paper.url):
        if line:
            console.result(wrapped(line, console, indent=""))
    if item.queued:
        day = long_day(item.queued.day)
        why = (
            f"In the digest of {day}, under “{item.queued.rule}”: {points(item.score)}."
            if item.queued.digest
            else f"Added on {day}."
        )
        console.result(wrapped(why, console, indent=""))
    if paper.abstract:
        console.result()
        console.result(wrapped(paper.abstract, console, indent=""))
    if item.mark.note:
        console.result()
        console.result(item.mark.note)
    console.result()
    console.note(f"digest mark {paper.id} done | reading | dropped | later")
    if waiting > 1:
        console.note(f"{waiting - 1:,} more wait; `digest list` has them.")
