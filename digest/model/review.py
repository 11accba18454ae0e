"""The end of a digest: reminders from the reading list, and the review of a week.

Only types; `digest.digests.review` fills them. All text here is clean text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date

BARS: Final = 20
"""Blocks of the longest bar of the plot."""


class ReviewLine(Struct, frozen=True):
    """A paper in one line."""

    id: str
    title: str
    url: str | None
    about: str
    """Its detail here: since when it waits, when it was read."""


class ReviewDay(Struct, frozen=True):
    """One day of a review."""

    day: date
    came: int
    """Papers that digests brought."""
    read: int
    """Papers that were marked as done."""


class Review(Struct, frozen=True):
    """What happened to one week's papers."""

    days: tuple[ReviewDay, ...]
    """Seven, the first one first."""
    dropped: int
    waiting: int
    """Papers that wait now, whenever they came."""
    oldest: date | None
    """Since when the longest waiting paper waits."""
    titles: tuple[ReviewLine, ...]
    """Papers that were read, last one first; as many as are named."""

    @property
    def came(self) -> int:
        """Papers that came in the week."""
        return sum(day.came for day in self.days)

    @property
    def read(self) -> int:
        """Papers that were read in the week."""
        return sum(day.read for day in self.days)

    def bar(self, number: int) -> int:
        """Return the length of a number's bar in blocks: the largest number has `BARS`."""
        most = max((max(day.came, day.read) for day in self.days), default=0)
        return -(-number * BARS // most) if number else 0


class DigestEnd(Struct, frozen=True):
    """The end of a digest; both parts are optional."""

    still: tuple[ReviewLine, ...] = ()
    """Papers that still wait on the reading list."""
    review: Review | None = None


class Reminders(Struct, frozen=True):
    """How many waiting papers a digest names at its end."""

    best: int = 0
    oldest: int = 0


NO_CLOSING: Final = DigestEnd()
NO_REMINDERS: Final = Reminders()
