"""The review of a week as text: a plot of bars and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.model.review import BARS
from digest.rendering.wrap import padded

if TYPE_CHECKING:
    from digest.model.review import Review
    from digest.wording.languages import Words

_DAY: Final = 10
"""Width of a day in columns."""
_BAR: Final = BARS + 6
"""Width of a bar and its number in columns."""


def plot(review: Review, words: Words) -> tuple[str, ...]:
    """Return a small plot as lines: for each day bars of papers that came and were read.

    At most 72 columns, with the numbers beside the bars.
    """
    rows = [f"{'':<{_DAY}}  {padded(words.text('came'), _BAR)}{words.text('read')}"]
    for day in review.days:
        arrived, read = (
            f"{'█' * review.bar(number)} {words.number(number)}".strip()
            for number in (day.came, day.read)
        )
        rows.append(f"{padded(words.short_day(day.day), _DAY)}  {padded(arrived, _BAR)}{read}")
    return tuple(rows)


def reviewed(review: Review, words: Words) -> str:
    """Return a sentence on what came, what was read and what waits."""
    parts = [
        words.count("{number} paper came", "{number} papers came", review.came),
        words.count("{number} was read", "{number} were read", review.read),
    ]
    if review.dropped:
        parts.append(words.count("{number} was dropped", "{number} were dropped", review.dropped))
    first = words.text(", ").join(parts)
    if review.oldest is None:
        return words.text("{week}. Nothing waits.", week=first)
    return words.count(
        "{week}. {number} paper waits, since {day}.",
        "{week}. {number} papers wait, the oldest since {day}.",
        review.waiting,
        week=first,
        day=words.day(review.oldest),
    )
