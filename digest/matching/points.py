"""The points of a rule's keywords where they are not just their sum.

docs/rule-language.md, "Points and order": the alternatives of a bracket give the points of the best
one, and `prefer` and `avoid` only score. Such a rule is evaluated once for each set of matching
keywords, and the results are cached.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from digest.matching.boolean_logic import holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.matching.boolean_logic import Truth

NOT, ELSEWHERE, TITLE = 0, 1, 2
"""How a keyword matches; also the factor of its boost."""
Scores: TypeAlias = "KeywordPoints | Sum | Best"


class KeywordPoints(Struct, frozen=True):
    """One keyword, by its number in the rule, and its boost."""

    keyword: int
    boost: float


class Sum(Struct, frozen=True):
    """The sum of all children."""

    children: tuple[Scores, ...]


class Best(Struct, frozen=True):
    """The best matching child."""

    children: tuple[Scores, ...]


class Grading(Struct, frozen=True):
    """How a rule is scored, depending on how each of its `keywords` matches."""

    keywords: int
    wanted: Scores
    prefer: Scores
    avoid: tuple[tuple[Truth, float], ...]
    """Truths over the keywords, with the penalty of each."""
    weight: float

    def points(self, states: Sequence[int]) -> float:
        """Return the points; `states` has `NOT`, `ELSEWHERE` or `TITLE` for each keyword."""
        scores = _keyword_points(self.wanted, states)
        points = sum(scores.values()) if scores else 1.0  # only by comparisons: the weight itself
        points += sum(_keyword_points(self.prefer, states).values())
        if self.avoid:
            mask = sum(1 << number for number, state in enumerate(states) if state)
            points -= sum(penalty for truth, penalty in self.avoid if holds(truth, mask))
            points = max(points, 0.0)
        return points * self.weight

    def shares(self, states: Sequence[int]) -> dict[int, float]:
        """Return the points of each keyword, without the weight and the penalties of `avoid`.

        An alternative that gives less than another of its bracket is left out.
        """
        shares: dict[int, float] = {}
        for node in (self.wanted, self.prefer):
            for keyword, gives in _keyword_points(node, states).items():
                shares[keyword] = shares.get(keyword, 0.0) + gives
        return shares

    def table(self) -> list[float]:
        """Return the points by the number whose digits in base 3 are the states, lowest first."""
        states = product((NOT, ELSEWHERE, TITLE), repeat=self.keywords)
        return [self.points(states[::-1]) for states in states]

    def points_of_code(self, code: int) -> float:
        """Return the points for one such number."""
        states = []
        for _ in range(self.keywords):
            code, state = divmod(code, 3)
            states.append(state)
        return self.points(states)


def _keyword_points(node: Scores, states: Sequence[int]) -> Mapping[int, float]:
    """Return the points of each matching keyword."""
    if isinstance(node, KeywordPoints):
        state = states[node.keyword]
        return {node.keyword: node.boost * state} if state else {}
    parts = [scores for child in node.children if (scores := _keyword_points(child, states))]
    if isinstance(node, Sum):
        return _merged(parts)
    return max(parts, key=lambda scores: sum(scores.values()), default={})


def _merged(parts: Iterable[Mapping[int, float]]) -> Mapping[int, float]:
    """Merge parts; each keyword counts once, with its highest points."""
    points: dict[int, float] = {}
    for scores in parts:
        for keyword, gives in scores.items():
            points[keyword] = max(points.get(keyword, gives), gives)
    return points
