"""The papers that a reader has judged: liked or dropped; and how many of them are enough.

Whoever reads the marks decides which papers these are (`digest.learning.preferences`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date

    from digest.model import Paper
    from digest.model.matches import HowLiked

LEAST: Final = 10
"""Papers of either kind before anything is learned of them. With fewer hardly a phrase can stand
out from chance. An order is better than that of points sooner (docs/learning.md), but then it turns
round with every mark, and by words that say nothing."""
MOST: Final = 1_000
"""Papers of either kind that are looked at, those marked last: people change, and time is short."""


class Judged(Struct, frozen=True):
    """What one reader liked and dropped, the last marked first."""

    liked: tuple[Paper, ...] = ()
    dropped: tuple[Paper, ...] = ()

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All of them, the liked ones first."""
        return (*self.liked, *self.dropped)

    @property
    def enough(self) -> bool:
        """Whether there are enough of both to learn from."""
        return min(len(self.liked), len(self.dropped)) >= LEAST

    @property
    def lacking(self) -> str:
        """What is missing: how many there are, how many are needed; empty where nothing is."""
        if self.enough:
            return ""
        return (
            f"{len(self.liked):,} starred or done and {len(self.dropped):,} dropped; "
            f"{LEAST} of each are needed"
        )


ENOUGH_LIKED: Final = 5
"""Liked papers from which on papers are ordered by likeness to them (docs/learning.md)."""
MOST_LIKED: Final = 300
"""Liked papers, and as many dropped ones, that a likeness is learned from: those marked last."""
BACKGROUND: Final = 500
"""Papers of the rest of the library that the liked ones are told from."""

LEAST_OTHERS: Final = 20
"""Dropped papers and papers of earlier days from which on those of the day are left out of it."""


class Liked(Struct, frozen=True):
    """A paper that a reader likes."""

    paper: Paper
    how: HowLiked
    day: date | None = None
    """When it was starred or read; of an imported paper when it was published."""


class Taste(Struct, frozen=True):
    """What a likeness is learned from."""

    liked: tuple[Liked, ...] = ()
    dropped: tuple[Paper, ...] = ()
    background: tuple[Paper, ...] = ()
    """Other papers of the library."""
