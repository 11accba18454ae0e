"""Group hits by rule and paper.

A hit is a leaf that matches a paper. Several rules may use one leaf, and a rule several leaves.
From the hits of many papers this makes pairs of a rule and a paper, each with what its truth and
its points depend on.

Hits are grouped by sorting. Each row is packed into one integer with as few bits as its columns
need, because integers half as wide are sorted in half the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from msgspec import Struct

from digest.matching.arrays import ranges
from digest.matching.plan import MASK_BITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digest.matching.arrays import Floats, Hashes, Ints
    from digest.matching.plan import Plan
    from digest.matching.rule_shape import Use
    from digest.matching.scan import Hits

    Rows: TypeAlias = NDArray[np.integer[Any]]


class LeafMatches(Struct, frozen=True):
    """Leaves and the papers that they match, each pair once; ordered by leaf, then paper."""

    leaf: Ints
    paper: Ints
    title: Ints
    """1 if it also matches in the title."""

    @classmethod
    def of(cls, hits: Hits, papers: int) -> LeafMatches:
        """Return `hits` without repeats; `papers` is the size of the batch."""
        bits = papers.bit_length()
        row = _row(int(hits.leaf.max(initial=0)).bit_length() + bits + 1)
        rows: Rows = hits.leaf.astype(row)
        rows <<= bits
        rows |= hits.paper.astype(row)
        rows <<= 1
        rows |= hits.title
        rows.sort()
        # Of several hits of one keyword the one in the title is the larger and comes last.
        place = rows >> 1
        last = np.append(_firsts(place)[1:], len(place))[: len(place)] - 1
        place = place[last].astype(np.int64)
        return cls(place >> bits, place & (1 << bits) - 1, rows[last].astype(np.int64) & 1)


class Pairs(Struct, frozen=True):
    """A rule and a paper in which any of its leaves matches; ordered by rule, then paper."""

    rule: Ints
    paper: Ints
    mask: Hashes
    """The bits of the rule that are set."""


class Scored(NamedTuple):
    """Pairs, with the points of each."""

    pairs: Pairs
    points: Floats
    keywords: Ints
    """How many scoring keywords match."""


class Uses:
    """How rules use leaves, as arrays ordered by leaf."""

    def __init__(self, plan: Plan, rules: Ints) -> None:
        plans = [plan.rules[number] for number in rules.tolist()]
        kinds = np.array([compiled.kind for compiled in plans], dtype=np.int64)
        counts = np.array([len(shape.uses) for shape in plan.shapes])
        uses = [use for shape in plan.shapes for use in shape.uses]
        place, bit, points, scores = _columns(uses)
        times = counts[kinds]
        use = ranges((np.cumsum(counts) - counts)[kinds], times)
        sizes = np.array([len(compiled.leaves) for compiled in plans], dtype=np.int64)
        leaves = np.array([leaf for compiled in plans for leaf in compiled.leaves], dtype=np.int64)
        leaf = leaves[np.repeat(np.cumsum(sizes) - sizes, times) + place[use]]
        order = np.argsort(leaf, kind="stable")
        use = use[order]
        self._first = np.searchsorted(leaf[order], np.arange(len(plan.leaves) + 1))
        self._rule: Ints = np.repeat(rules, times)[order]
        self._bit: Ints = np.minimum(bit, MASK_BITS)[use]
        self._points: Floats = points[use]
        self._scores: Ints = scores[use]

    def pairs(self, found_leaves: LeafMatches, papers: int) -> Pairs:
        """Group leaves by rule and paper; `papers` is the size of the batch."""
        bits = int(self._bit.max(initial=0)).bit_length()
        rows = self._rows(found_leaves, papers, bits, self._bit, found_leaves.paper << bits)
        pair = rows >> bits
        first = _firsts(pair)
        bit = rows & (1 << bits) - 1
        return _pairs(pair[first], papers, bit, first)

    def scored(self, found_leaves: LeafMatches, papers: int) -> Scored:
        """Like `pairs`, with the points."""
        bits = len(self._rule).bit_length() + 1
        uses = np.arange(len(self._rule)) << 1
        rows = self._rows(
            found_leaves, papers, bits, uses, found_leaves.paper << bits | found_leaves.title
        )
        pair = rows >> bits
        first = _firsts(pair)
        use = (rows >> 1 & (1 << bits - 1) - 1).astype(np.int64)
        if not len(use):
            return Scored(_pairs(pair, papers, use, first), np.zeros(0), first)
        points = self._points[use] * (1 + (rows & 1))
        return Scored(
            _pairs(pair[first], papers, self._bit[use], first),
            np.add.reduceat(points, first),
            np.add.reduceat(self._scores[use], first),
        )

    def _rows(
        self, found_leaves: LeafMatches, papers: int, bits: int, use: Ints, find: Ints
    ) -> Rows:
        """Return a row for each use of a leaf that matches, sorted: rule, paper, then `bits` bits.

        These bits are the sum of a value of the use (`use`) and the paper and value of the match
        (`find`).
        """
        bits += papers.bit_length()
        row = _row(int(self._rule.max(initial=0)).bit_length() + bits)
        first = self._first[found_leaves.leaf]
        times = self._first[found_leaves.leaf + 1] - first
        rows: Rows = (self._rule << bits | use).astype(row)[ranges(first, times)]
        rows |= np.repeat(find.astype(row), times)
        rows.sort()
        return rows


def _columns(uses: Sequence[Use]) -> tuple[Ints, Ints, Floats, Ints]:
    """Return the place, the bit and the points of each use, and whether it scores."""
    return (
        np.array([use.leaf for use in uses], dtype=np.int64),
        np.array([use.bit for use in uses], dtype=np.int64),
        np.array([use.points for use in uses], dtype=np.float64),
        np.array([use.scores for use in uses], dtype=np.int64),
    )


def _row(bits: int) -> type[np.integer[Any]]:
    """Return the narrowest integer type with `bits` bits."""
    return np.uint32 if bits <= 32 else np.uint64


def _firsts(ordered: Rows) -> Ints:
    """Return where each different number begins."""
    new = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)


def _pairs(pair: Rows, papers: int, bit: Rows | Ints, first: Ints) -> Pairs:
    """Split each pair into rule and paper, and set the bits that begin at its `first`."""
    bits = papers.bit_length()
    number = pair.astype(np.int64)
    mask = np.uint64(1) << bit.astype(np.uint64)
    if len(first):
        mask = np.bitwise_or.reduceat(mask, first)
    return Pairs(number >> bits, number & (1 << bits) - 1, mask)
