"""The review of a week as text: a plot of bars and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.review import BARS
from digest.wording import counted, day_name, short_day

if TYPE_CHECKING:
    from digest.model.review import Review


def plot(review: Review) -> tuple[str, ...]:
    """Return a small plot as lines of text: for each day a bar of what came, one of what was read.

    At most 72 columns, and numbers beside the bars for those to whom bars say nothing.
    """
    rows = [f"{'':<10}  {'came':<{BARS + 6}}read"]
    for each in review.days:
        bars = [
            f"{'█' * review.bar(number)} {number:,}".strip() for number in (each.came, each.read)
        ]
        rows.append(f"{short_day(each.day):<10}  {bars[0]:<{BARS + 6}}{bars[1]}")
    return tuple(rows)


def reviewed(review: Review) -> str:
    """Say in a sentence what came, what was read and what waits."""
    came = f"{counted(review.came, 'paper')} came" if review.came else "No paper came"
    read = counted(review.read, "was read", "were read") if review.read else "none was read"
    dropped = counted(review.dropped, "was dropped", "were dropped") if review.dropped else ""
    waits = "Nothing waits"
    if review.oldest is not None:
        since = f"the oldest since {day_name(review.oldest)}"
        waits = f"{counted(review.waiting, 'paper waits', 'papers wait')}, {since}"
    return f"{', '.join(part for part in (came, read, dropped) if part)}. {waits}."
