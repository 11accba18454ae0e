"""`digest mark`: say what became of a paper."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from digest.cli.commands._options import add_json, day, plain_text
from digest.cli.commands._reading_list import add_paper, add_reader, open_desk, tell
from digest.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from digest.cli.commands._options import Context
    from digest.model.marks import State

EXAMPLES = """\
  digest mark 2601.00123 done                 read; no digest offers it again
  digest mark 'Sparse upcycling' reading      by its title, or a part of it
  digest mark 2601.00123 snooze 2030-02-01    out of sight until that day
  digest mark 2601.00123 snooze +7            for a week
  digest mark 2601.00123 queued               back on the list"""

_WORDS: Final[dict[str, State]] = {
    "queued": "queued", "reading": "reading", "done": "done", "dropped": "dropped",
    "snooze": "snoozed",
}  # fmt: skip
MOST_DAYS: Final = 3_650


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest mark`."""
    add_paper(parser)
    parser.add_argument(
        "state", choices=_WORDS, metavar="STATE", help=f"one of {', '.join(_WORDS)}"
    )
    parser.add_argument(
        "until", nargs="?", type=plain_text, metavar="DAY",
        help="of snooze: the day on which it waits again, or +N for N days from now",
    )  # fmt: skip
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Change the state of one paper."""
    state = _WORDS[arguments.state]
    if (state == "snoozed") != (arguments.until is not None):
        raise UsageError("snooze, and nothing else, takes a day: `digest mark PAPER snooze +7`")
    with open_desk(arguments, context) as desk:
        paper = desk.find(arguments.paper)
        until = None if arguments.until is None else _day(arguments.until, desk.today)
        mark = desk.library.reading.get(desk.reader, paper.id)
        if (mark.state, mark.until) != (state, until):
            mark = mark._replace(state=state, state_at=desk.now, until=until)
        desk.put(paper, mark)
        item = desk.item(paper)
    tell(item, context, json=arguments.json)
    return desk.code


def _day(text: str, today: date) -> date:
    """Read the day until which a paper is put off; it lies ahead."""
    if text.startswith("+") and text[1:].isascii() and text[1:].isdigit():
        days = int(text[1:5])
        if not 0 < days <= MOST_DAYS or len(text) > 5:
            raise UsageError(f"{text!r} must be from +1 to +{MOST_DAYS} days")
        return today + timedelta(days=days)
    try:
        until = day(text)
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{error}, and no number of days such as +7") from None
    if until <= today:
        raise UsageError(f"{until} does not lie ahead; today is {today}")
    return until
