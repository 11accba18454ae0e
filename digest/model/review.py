"""What is at the end of a digest: what still waits on the list, and the review of a week.

Types alone; `digest.digests.review` fills them. All text here is clean text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date

BARS: Final = 20
"""Blocks of the longest bar of the plot."""


class Line(Struct, frozen=True):
    """A paper in one line."""

    id: str
    title: str
    url: str | None
    about: str
    """What is to be known of it here: since when it waits, when it was read."""


class ReviewDay(Struct, frozen=True):
    """One day of a review."""

    day: date
    came: int
    """Papers that digests brought."""
    read: int
    """Papers that were marked as done."""


class Review(Struct, frozen=True):
    """What became of one week's papers."""

    days: tuple[ReviewDay, ...]
    """Seven, the first one first."""
    dropped: int
    waiting: int
    """Papers that wait now, whenever they came."""
    oldest: date | None
    """Since when the one waits that has waited longest."""
    titles: tuple[Line, ...]
    """What was read, the last one first; as many as are named."""

    @property
    def came(self) -> int:
        """Papers that came in the week."""
        return sum(day.came for day in self.days)

    @property
    def read(self) -> int:
        """Papers that were read in the week."""
        return sum(day.read for day in self.days)

    def bar(self, number: int) -> int:
        """Return how long the bar of a number is, in blocks: that of the largest is `BARS`."""
        most = max((max(day.came, day.read) for day in self.days), default=0)
        return -(-number * BARS // most) if number else 0


class Closing(Struct, frozen=True):
    """The end of a digest; both parts may be missing."""

    still: tuple[Line, ...] = ()
    """Papers that still wait on the reading list."""
    review: Review | None = None


class Reminders(Struct, frozen=True):
    """How many papers that wait a digest names at its end."""

    best: int = 0
    oldest: int = 0


NO_CLOSING: Final = Closing()
NO_REMINDERS: Final = Reminders()
