"""Fill the end of a digest from the reading list: what still waits, and the review of a week.

Pure: the list and its papers come in. When a review is due follows from the days of the digests
alone, so that it comes exactly once, with the first digest on or after its weekday.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from digest.closing import BARS, Line, Review, ReviewDay
from digest.marks import WAITING
from digest.wording import authors, counted, day_name, points, short_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from digest.closing import Reminders
    from digest.marks import Queued
    from digest.model import Paper

NAMED: Final = 10
"""Papers that a review names; the others are counted."""
WEEK: Final = timedelta(days=7)


def due_week(weekday: int, day: date, last: date | None) -> date | None:
    """Return the first day of the week to review with a digest of `day`; None: none is due.

    `last` is the day of the profile's last digest. The week ends on the eve of the last `weekday`
    (Monday 0) up to `day`. A profile without an earlier digest has nothing to look back on.
    """
    turn = day - timedelta(days=(day.weekday() - weekday) % 7)
    return turn - WEEK if last is not None and last < turn else None


def still_waiting(queue: Sequence[Queued], wanted: Reminders) -> tuple[Queued, ...]:
    """Return what a digest reminds of: the best, then of the others the oldest."""
    waiting = [each for each in queue if each.mark.state in WAITING]
    best = sorted(waiting, key=lambda each: (-each.mark.starred, -each.score))[: wanted.best]
    known = {each.paper for each in best}
    others = [each for each in reversed(waiting) if each.paper not in known]
    return (*best, *others[: wanted.oldest])


def still_lines(waiting: Sequence[Queued], papers: Mapping[str, Paper]) -> tuple[Line, ...]:
    """Return the lines of papers that wait."""
    return tuple(_line(each, papers[each.paper], _waits(each)) for each in waiting)


def _waits(queued: Queued) -> str:
    parts = [f"since {day_name(queued.day)}"]
    if queued.mark.state == "reading":
        parts.append("being read")
    if queued.score:
        parts.append(points(queued.score))
    return " · ".join(parts)


def read_within(queue: Sequence[Queued], first: date, zone: tzinfo) -> tuple[Queued, ...]:
    """Return what was marked as done in the week from `first`, the last one first."""
    found = [
        (each.mark.state_at, each)
        for each in queue
        if each.mark.state == "done"
        and each.mark.state_at is not None
        and first <= each.mark.state_at.astimezone(zone).date() < first + WEEK
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].paper), reverse=True)
    return tuple(each for _, each in found)


def review(
    queue: Sequence[Queued], papers: Mapping[str, Paper], first: date, zone: tzinfo
) -> Review:
    """Return the review of the week from `first`; `papers` has those that are named, at least."""
    read = read_within(queue, first, zone)
    came = Counter(each.day for each in queue)
    days = Counter(
        each.mark.state_at.astimezone(zone).date() for each in read if each.mark.state_at
    )
    dropped = sum(
        each.mark.state == "dropped"
        and each.mark.state_at is not None
        and first <= each.mark.state_at.astimezone(zone).date() < first + WEEK
        for each in queue
    )
    waiting = [each.day for each in queue if each.mark.state in WAITING]
    week = [first + timedelta(days=number) for number in range(7)]
    return Review(
        days=tuple(ReviewDay(day, came[day], days[day]) for day in week),
        dropped=dropped,
        waiting=len(waiting),
        oldest=min(waiting, default=None),
        titles=tuple(
            _line(each, papers[each.paper], authors(papers[each.paper])) for each in read[:NAMED]
        ),
    )


def _line(queued: Queued, paper: Paper, about: str) -> Line:
    return Line(queued.paper, paper.title, paper.url, about)


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
