"""Fill the end of a digest from the reading list: what still waits, and the review of a week.

Pure: the list and its papers come in. When a review is due follows from the days of the digests
alone, so that it comes exactly once, with the first digest on or after its weekday.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from digest.model.review import Review, ReviewDay, ReviewLine
from digest.wording import plain
from digest.wording.people import people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from digest.model import Paper
    from digest.model.marks import QueuedPaper
    from digest.model.review import Reminders
    from digest.wording.languages import Words

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


def pick_reminders(waiting: Sequence[QueuedPaper], reminders: Reminders) -> tuple[QueuedPaper, ...]:
    """Return the papers of a digest's reminder: the best, then the oldest of the others."""
    best = sorted(waiting, key=lambda queued: (-queued.mark.starred, -queued.score))[
        : reminders.best
    ]
    known = {queued.paper for queued in best}
    remaining = [queued for queued in reversed(waiting) if queued.paper not in known]
    return (*best, *remaining[: reminders.oldest])


def reminder_lines(
    waiting: Sequence[QueuedPaper], papers: Mapping[str, Paper], words: Words
) -> tuple[ReviewLine, ...]:
    """Return the lines for waiting papers."""
    return tuple(_line(queued, papers[queued.paper], _waits(queued, words)) for queued in waiting)


def _waits(queued: QueuedPaper, words: Words) -> str:
    since = words.text("since {day}", day=words.day(queued.day))
    if queued.mark.state == "reading":
        return f"{since} · {words.text('being read')}"
    return since


def read_in_week(
    queue: Sequence[QueuedPaper], first: date, zone: tzinfo
) -> tuple[QueuedPaper, ...]:
    """Return what was marked as done in the week from `first`, last first."""
    reads = [
        (queued.mark.state_at, queued)
        for queued in queue
        if queued.mark.state == "done"
        and queued.mark.state_at is not None
        and first <= queued.mark.state_at.astimezone(zone).date() < first + WEEK
    ]
    reads.sort(key=lambda pair: (pair[0], pair[1].paper), reverse=True)
    return tuple(queued for _, queued in reads)


def review(  # noqa: PLR0913, PLR0917 - what was read, what waits, when and in which words
    queue: Sequence[QueuedPaper],
    waiting: Sequence[QueuedPaper],
    papers: Mapping[str, Paper],
    first: date,
    zone: tzinfo,
    words: Words,
) -> Review:
    """Return the review of the week from `first`.

    `queue` has all papers that ever came, `waiting` those of list and inbox, and `papers` at least
    the papers that are named.
    """
    read = read_in_week(queue, first, zone)
    arrivals = Counter(queued.day for queued in queue)
    days = Counter(
        queued.mark.state_at.astimezone(zone).date() for queued in read if queued.mark.state_at
    )
    dropped = sum(
        queued.mark.state == "dropped"
        and queued.mark.state_at is not None
        and first <= queued.mark.state_at.astimezone(zone).date() < first + WEEK
        for queued in queue
    )
    days_waiting = [queued.day for queued in waiting]
    week = [first + timedelta(days=number) for number in range(7)]
    return Review(
        days=tuple(ReviewDay(day, arrivals[day], days[day]) for day in week),
        dropped=dropped,
        waiting=len(waiting),
        oldest=min(days_waiting, default=None),
        titles=tuple(
            _line(queued, papers[queued.paper], plain(people(papers[queued.paper], words)))
            for queued in read[:NAMED]
        ),
    )


def _line(queued: QueuedPaper, paper: Paper, about: str) -> ReviewLine:
    return ReviewLine(queued.paper, paper.title, paper.url, about)
