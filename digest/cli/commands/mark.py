"""`digest mark`: set the status of papers."""

from __future__ import annotations

import argparse
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.cli.commands._options import add_json, day, plain_text
from digest.cli.commands._reading_list import add_reader, open_lists, print_item
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.cli.commands._options import Context
    from digest.model.marks import State

EXAMPLES = """\
  digest mark 2601.00123 read                 done; no digest offers it again
  digest mark 'Sparse upcycling' reading      by its title, or a part of it
  digest mark 2601.00123 2601.00124 drop      several papers
  digest mark 2601.00123 drop --fewer         and show fewer like it
  digest mark 2601.00123 later                back in the inbox in 7 days
  digest mark 2601.00123 snooze 2030-02-01    out of sight until that day
  digest mark 2601.00123 to-read              on the list, or back on it"""

WORDS: Final[dict[str, State]] = {
    "to-read": "queued", "reading": "reading", "read": "done", "done": "done",
    "later": "snoozed", "drop": "dropped", "dropped": "dropped", "snooze": "snoozed",
    "queued": "queued", "inbox": "queued",
}  # fmt: skip
LATER: Final = timedelta(days=7)
MOST_DAYS: Final = 3_650


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest mark`."""
    parser.usage = (
        "digest mark PAPER... STATUS [DAY] [--fewer] [--profile NAME] [--reader NAME] [--json]"
    )
    parser.add_argument(
        "words", nargs="+", type=plain_text, metavar="PAPER",
        help="identifiers, links or titles; then a status, one of "
        f"{', '.join(WORDS)}; then, of later and snooze, the day on which it comes back, or +N "
        "for N days from now",
    )  # fmt: skip
    parser.add_argument(
        "--fewer", action="store_true", help="with drop: learn from it, show fewer like it"
    )
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Change the state of the papers in one change."""
    papers, word, until_text = _parts(arguments.words)
    state = WORDS[word]
    if (state == "snoozed") < (until_text is not None) or (word == "snooze" and not until_text):
        raise UsageError("snooze, and nothing else, takes a day: `digest mark PAPER snooze +7`")
    if arguments.fewer and state != "dropped":
        raise UsageError("--fewer goes with drop: `digest mark PAPER drop --fewer`")
    with open_lists(arguments, context, papers) as reader_lists:
        targets = [reader_lists.find(paper) for paper in papers]
        until = None if until_text is None else _day(until_text, reader_lists.today)
        if word == "later" and until is None:
            until = reader_lists.today + LATER
        changes = []
        for paper in targets:
            mark = reader_lists.library.marks.get(reader_lists.reader, paper.id)
            quiet = state == "dropped" and not arguments.fewer
            undecided = word == "inbox" or (state == "queued" and mark.place is None)
            if undecided or (mark.state, mark.until, mark.quiet) != (state, until, quiet):
                moment = None if word == "inbox" else reader_lists.now
                mark = replace(mark, state=state, state_at=moment, until=until, quiet=quiet)
            changes.append((paper, mark))
        reader_lists.put(*changes)
        items = [reader_lists.item(paper) for paper in targets]
    for item in items:
        print_item(item, context, json=arguments.json)
    return reader_lists.code


def _parts(words: Sequence[str]) -> tuple[Sequence[str], str, str | None]:
    """Split the words into papers, the state, and the day, if one is given."""
    for place in (len(words) - 1, len(words) - 2):
        if place > 0 and words[place].lower() in WORDS:
            day_text = words[place + 1] if place + 1 < len(words) else None
            return words[:place], words[place].lower(), day_text
    near = get_close_matches(words[-1].lower(), WORDS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise UsageError(
        f"{words[-1]!r} is not a status{hint} Write the papers, then one of {', '.join(WORDS)}: "
        "`digest mark 2601.00123 read`"
    )


def _day(text: str, today: date) -> date:
    """Parse the day until which a paper is snoozed; it must be in the future."""
    if text.startswith("+") and text[1:].isascii() and text[1:].isdigit():
        days = int(text[1:5])
        if not 0 < days <= MOST_DAYS or len(text) > 5:
            raise UsageError(f"{text!r} must be from +1 to +{MOST_DAYS} days")
        return today + timedelta(days=days)
    try:
        until = day(text)
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{error}, or a number of days such as +7") from None
    if until <= today:
        raise UsageError(f"{until} does not lie ahead; today is {today}")
    return until
