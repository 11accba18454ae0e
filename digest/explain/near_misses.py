"""Find, for one rule, its newest papers and those that it only just misses.

Goes through the papers once, with the rule and its loosened forms in one matcher, and keeps ids
and the figures that order them, never the papers. Pure: the papers come in by batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from digest.explain.relaxed_rules import loosened
from digest.matching import compile_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from digest.explain.relaxed_rules import Loosened, Shortfall
    from digest.matching.compiled import Selected
    from digest.model import Paper
    from digest.rules import Rule

    _Age: TypeAlias = tuple[int, int, str]

ORDER: tuple[Shortfall, ...] = ("missing", "excluded", "points")


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A paper that one keyword more, one exclusion less or a few points would have selected."""

    paper: str
    shortfall: Shortfall
    points: float
    """What the keywords that match give."""


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """What one rule selects of many papers, and what it nearly does."""

    papers: int
    selected: tuple[str, ...]
    """Ids, newest first."""
    near_misses: tuple[NearMiss, ...]
    """Most points first, then newest first."""

    def of(self, shortfall: Shortfall) -> tuple[NearMiss, ...]:
        """Return the near misses of one kind."""
        return tuple(miss for miss in self.near_misses if miss.shortfall == shortfall)


def look_back(
    rule: Rule, batches: Iterable[Sequence[Paper]], *, today: date, within: float
) -> RuleHistory:
    """Ask `rule` about every paper; a miss by points is one by at most `within` of them."""
    looser = loosened(rule)
    matcher = compile_rules([rule, *(each.rule for each in looser)], today=today)
    least = (rule.min_score or 0.0) - within
    papers = 0
    selected: list[tuple[_Age, str]] = []
    misses: list[tuple[float, _Age, NearMiss]] = []
    for batch in batches:
        papers += len(batch)
        taken, nearly = _sorted_out(matcher.select(batch), looser, least)
        selected += ((_age(batch[number]), batch[number].id) for number in taken)
        for number, (shortfall, points) in nearly.items():
            miss = NearMiss(batch[number].id, shortfall, points)
            misses.append((-points, _age(batch[number]), miss))
    selected.sort()
    misses.sort(key=lambda row: row[:2])
    return RuleHistory(
        papers, tuple(paper for _, paper in selected), tuple(miss for *_, miss in misses)
    )


def _sorted_out(
    selected: Selected, looser: Sequence[Loosened], least: float
) -> tuple[list[int], dict[int, tuple[Shortfall, float]]]:
    """Part what the rule itself selects from what only a loosened form of it does."""
    own = set(selected.paper[selected.rule == 0].tolist())
    columns = (selected.rule.tolist(), selected.paper.tolist(), selected.points.tolist())
    nearly: dict[int, tuple[Shortfall, float]] = {}
    for number, paper, points in zip(*columns, strict=True):
        if number == 0 or paper in own:
            continue
        shortfall = looser[number - 1].shortfall
        if shortfall != "points" or points >= least:
            nearly.setdefault(paper, (shortfall, points))
    return sorted(own), nearly


def _age(paper: Paper) -> _Age:
    """Order papers newest first: by the day on which they came, then by that of publication."""
    days = (paper.first_seen, paper.published and paper.published.first)
    seen, published = (0 if day is None else -day.toordinal() for day in days)
    return seen, published, paper.id
