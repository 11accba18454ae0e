"""The papers that a reader has judged: liked or dropped; and how many of them are enough.

`digest.learning.preferences` decides from the marks which papers these are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date

    from digest.model import Paper
    from digest.model.matches import HowLiked

LEAST: Final = 10
"""Minimum number of papers of either kind before anything is learned. With fewer, hardly any phrase
can be significant. An order would be better than that of points with fewer (docs/learning.md), but
it would then change with every mark, by words without meaning."""
MOST: Final = 1_000
"""Maximum number of papers of either kind, the last marked: people change, time is short."""


class JudgedPapers(Struct, frozen=True):
    """The papers that one reader liked and dropped, the last marked first."""

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
        """How many papers there are and how many are needed; empty if there are enough."""
        if self.enough:
            return ""
        return (
            f"{len(self.liked):,} starred or done and {len(self.dropped):,} dropped; "
            f"{LEAST} of each are needed"
        )


ENOUGH_LIKED: Final = 5
"""Minimum number of liked papers for ordering by similarity to them (docs/learning.md)."""
MOST_LIKED: Final = 300
"""Maximum number of liked, and of dropped, papers that a model learns from: the last marked."""
BACKGROUND: Final = 500
"""Number of other library papers that the liked ones are compared with."""

LEAST_OTHERS: Final = 20
"""With at least this many dropped papers and papers of earlier days, today's are left out of it."""


class LikedPaper(Struct, frozen=True):
    """A paper that a reader likes."""

    paper: Paper
    how: HowLiked
    day: date | None = None
    """When it was starred or read; for an imported paper, when it was published."""


class TrainingData(Struct, frozen=True):
    """The training data of a reader's model."""

    liked: tuple[LikedPaper, ...] = ()
    dropped: tuple[Paper, ...] = ()
    background: tuple[Paper, ...] = ()
    """Other papers of the library."""
