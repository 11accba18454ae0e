"""Bring together what the keywords of one rule find in one paper.

Hits say that a leaf matches a paper. Several rules may use one leaf, and a rule several leaves:
from all hits of many papers at once come the pairs of a rule and a paper, and for each what its
truth and its points depend on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digest.rules.arrays import spread
from digest.rules.plan import Use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rules.arrays import Floats, Hashes, Ints
    from digest.rules.plan import RulePlan
    from digest.rules.scan import Hits


class Found(NamedTuple):
    """A leaf and a paper that it matches, each once; ordered by leaf, then paper."""

    leaf: Ints
    paper: Ints
    title: Ints
    """1 where it matches in the title, too."""

    @classmethod
    def of(cls, hits: Hits, papers: int) -> Found:
        """Return the `hits` in so many papers without repeats."""
        bits = papers.bit_length()
        keys = hits.leaf << bits
        keys |= hits.paper
        keys <<= 1
        keys |= hits.title
        keys.sort()
        # Of several hits of one keyword the one in the title is the larger and comes last.
        place = keys >> 1
        last = np.ones(len(keys), dtype=np.bool_)
        last[:-1] = place[1:] != place[:-1]
        keys, place = keys[last], place[last]
        return cls(place >> bits, place & (1 << bits) - 1, keys & 1)


class Pairs(NamedTuple):
    """A rule and a paper in which any of its leaves matches; ordered by rule, then paper."""

    rule: Ints
    paper: Ints
    mask: Hashes
    """The bits of the rule that are set."""
    points: Floats
    scored: Ints
    """How many of the keywords that count match."""


class Uses:
    """What each leaf is to each of some rules, as arrays ordered by leaf."""

    def __init__(self, plans: Sequence[RulePlan], leaves: int) -> None:
        uses = [use for plan in plans for use in plan.uses]
        columns = zip(*uses, strict=True) if uses else ((),) * len(Use._fields)
        leaf, rule, bit, points, scores = (np.array(column) for column in columns)
        order = np.argsort(leaf, kind="stable")
        self._first = np.searchsorted(leaf[order], np.arange(leaves + 1))
        self._rule: Ints = rule[order].astype(np.int64)
        self._mask = np.uint64(1) << np.minimum(bit[order], 63).astype(np.uint64)
        self._points: Floats = points[order].astype(np.float64)
        self._scores: Ints = scores[order].astype(np.int64)

    def pairs(self, found: Found, papers: int) -> Pairs:
        """Bring together what was found for each rule in each of so many papers."""
        first = self._first[found.leaf]
        at, within = spread(self._first[found.leaf + 1] - first)
        use = first[at] + within
        # One number for rule, paper, use and title, in this order: one sort does it all. In
        # powers of two, for a shift is ten times as quick as a division.
        paper_bits, use_bits = papers.bit_length(), len(self._rule).bit_length()
        keys = self._rule[use] << paper_bits
        keys |= found.paper[at]
        keys <<= use_bits
        keys |= use
        keys <<= 1
        keys |= found.title[at]
        keys.sort()
        if not len(keys):
            none = np.zeros(0, dtype=np.int64)
            return Pairs(none, none, none.astype(np.uint64), none.astype(np.float64), none)
        pair = keys >> use_bits + 1
        first = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
        use = (keys >> 1) & (1 << use_bits) - 1
        pair = pair[first]
        return Pairs(
            pair >> paper_bits,
            pair & (1 << paper_bits) - 1,
            np.bitwise_or.reduceat(self._mask[use], first),
            np.add.reduceat(self._points[use] * (1 + (keys & 1)), first),
            np.add.reduceat(self._scores[use], first),
        )
