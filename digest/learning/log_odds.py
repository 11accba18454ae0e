"""Measure how much more often phrases occur in liked papers than in dropped ones.

Log-odds ratios with an informative prior: B. L. Monroe, M. P. Colaresi and K. M. Quinn, "Fightin'
Words" (Political Analysis 16, 2008), section 3.5.1. Papers with a phrase are counted, because a
keyword selects papers, so that each Dirichlet distribution is a beta distribution. Its mean is the
usual share: a word that is common everywhere has to stand out more than a rare one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

PRIOR: Final = 10.0
"""Number of papers for which the usual share counts, against the judged ones."""
LEAST_PAPERS: Final = 3
"""Minimum number of papers of one kind with a phrase."""
CERTAIN: Final = 1.96
"""Standard deviations by which a phrase must stand out: certain in 95 of 100 cases, if it were the
only phrase."""
_FLAT: Final = 0.5
"""Jeffreys' prior in addition: a phrase that the library hardly has may stand out, too."""


class Counts(Struct, frozen=True):
    """The number of papers of either kind with each phrase."""

    liked: Ints
    of_liked: int
    dropped: Ints
    of_dropped: int

    @property
    def share(self) -> Floats:
        """The share of all papers with each phrase."""
        return (self.liked + self.dropped) / (self.of_liked + self.of_dropped)


class LogOdds(Struct, frozen=True):
    """How much more often phrases occur in liked papers than in dropped ones."""

    ratio: Floats
    """Log-odds ratio; above 0: more often liked."""
    deviation: Floats
    """Its standard deviation."""

    @property
    def least(self) -> Floats:
        """The lower bound of the ratio's size, in 95 of 100 cases; below 0: not significant.

        Unlike the paper's z-scores, this puts a phrase in all liked papers and no dropped one
        before a mere tendency of many papers: the ends of the scale are measured least precisely.
        """
        return np.abs(self.ratio) - CERTAIN * self.deviation


def weigh(counts: Counts, share: Floats) -> LogOdds:
    """Return how much each phrase stands out.

    `share` is the usual share, from 0 to 1, of papers with the phrase.
    """
    holding, lacking = PRIOR * share + _FLAT, PRIOR * (1 - share) + _FLAT
    ratio = np.zeros(len(share))
    variance = np.zeros(len(share))
    for sign, having, total in (
        (1, counts.liked, counts.of_liked),
        (-1, counts.dropped, counts.of_dropped),
    ):
        with_phrase, without_phrase = having + holding, total - having + lacking
        ratio += sign * np.log(with_phrase / without_phrase)
        # The complete variance, equation 19: a phrase may be in most of the papers.
        variance += 1 / with_phrase + 1 / without_phrase
    return LogOdds(ratio, np.sqrt(variance))


def is_wanted(counts: Counts) -> Flags:
    """Return which phrases could be keywords: a greater share of liked papers has them."""
    more = counts.liked * counts.of_dropped > counts.dropped * counts.of_liked
    candidates: Flags = (counts.liked >= LEAST_PAPERS) & more
    return candidates


def is_unwanted(counts: Counts) -> Flags:
    """Return which phrases could be excluded: no liked paper would be lost."""
    unwanted: Flags = (counts.dropped >= LEAST_PAPERS) & (counts.liked == 0)
    return unwanted
