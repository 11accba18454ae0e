"""Weigh by how much phrases stand more among liked papers than among dropped ones.

Log-odds ratios with an informative prior: B. L. Monroe, M. P. Colaresi and K. M. Quinn, "Fightin'
Words" (Political Analysis 16, 2008), section 3.5.1. Counted are papers that hold a phrase, as a
keyword selects papers, so that each Dirichlet distribution is a beta distribution. Its mean is
what is usual: a word that is common everywhere has to stand out more than one that is not.
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
"""Papers that what is usual counts for, against those that were judged."""
LEAST_PAPERS: Final = 3
"""Papers of one kind in which a phrase must stand."""
CERTAIN: Final = 1.96
"""Standard deviations that a phrase must stand out by: 95 of 100, were it the only one."""
_FLAT: Final = 0.5
"""Jeffreys' prior beside it: a phrase that the library hardly has may stand out, too."""


class Counts(Struct, frozen=True):
    """In how many papers of either kind each of some phrases stands."""

    liked: Ints
    of_liked: int
    dropped: Ints
    of_dropped: int

    @property
    def share(self) -> Floats:
        """In which share of all of them."""
        return (self.liked + self.dropped) / (self.of_liked + self.of_dropped)


class Odds(Struct, frozen=True):
    """How much more often phrases stand in liked papers than in dropped ones."""

    ratio: Floats
    """Log-odds ratio; above 0: more often liked."""
    deviation: Floats
    """Its standard deviation."""

    @property
    def least(self) -> Floats:
        """How large the ratio is at least, either way, but for 5 of 100 times; below 0: unsure.

        Unlike the paper's z-scores, this puts what stands in all liked papers and in no dropped
        one before what is a mere tendency of many: the ends of the scale are measured worst.
        """
        return np.abs(self.ratio) - CERTAIN * self.deviation


def weigh(counts: Counts, share: Floats) -> Odds:
    """Return how much each phrase stands out.

    `share` is what is usual: the share, from 0 to 1, of papers in which the phrase stands.
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
        # The whole variance, equation 19: a phrase may stand in most of the papers.
        variance += 1 / with_phrase + 1 / without_phrase
    return Odds(ratio, np.sqrt(variance))


def is_wanted(counts: Counts) -> Flags:
    """Return the phrases that could be keywords: a greater share of liked papers has them."""
    more = counts.liked * counts.of_dropped > counts.dropped * counts.of_liked
    candidates: Flags = (counts.liked >= LEAST_PAPERS) & more
    return candidates


def is_unwanted(counts: Counts) -> Flags:
    """Return which phrases could be excluded: no liked paper would be lost."""
    unwanted: Flags = (counts.dropped >= LEAST_PAPERS) & (counts.liked == 0)
    return unwanted
