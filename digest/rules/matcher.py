"""Match many rules against many papers: the one implementation of what a rule selects.

`digest.rules.compile_rules` lays the rules out; `Matcher.select` says which rule selects which
paper and for how many points, `Matcher.match` also where each keyword stands. The cost grows with
the hits, not with the number of rules: a rule none of whose keywords occurs is never looked at.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digest.model import Match, RuleMatch
from digest.rules.plan import MASK_BITS, Plan, holds
from digest.rules.scan import Scanner
from digest.rules.verdict import judge
from digest.text.words import cut

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from digest.model import MatchField, Paper
    from digest.rules.index import Flags, Ints
    from digest.rules.scan import Hits, Place
    from digest.rules.verdict import Verdict

    Floats = NDArray[np.float64]

_FIELD_ORDER: dict[MatchField, int] = {"title": 0, "abstract": 1}


@dataclass(frozen=True, slots=True)
class Selected:
    """Which rule selects which paper, for how many points; ordered by rule, then paper."""

    rule: Ints
    paper: Ints
    points: Floats


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A rule and a paper in which any of its leaves matches; ordered by rule, then paper."""

    rule: Ints
    paper: Ints
    mask: NDArray[np.uint64]
    points: Floats
    scored: Ints
    """How many of the keywords that count match."""


class Matcher:
    """Compiled rules. Results number rules in the order in which they were given."""

    def __init__(self, plan: Plan, today: date) -> None:
        self.rules = tuple(compiled.rule for compiled in plan.rules)
        self._plans = plan.rules
        self._leaves = plan.leaves
        self._scanner = Scanner(plan.leaves, today)
        uses = [use for compiled in plan.rules for use in compiled.uses]
        uses.sort(key=lambda use: use.leaf)
        self._use_rule = np.array([use.rule for use in uses], dtype=np.int64)
        self._use_bit = np.array([use.bit for use in uses], dtype=np.uint64)
        self._use_points = np.array([use.points for use in uses], dtype=np.float64)
        self._use_scores = np.array([use.scores for use in uses], dtype=np.int64)
        leaf = np.array([use.leaf for use in uses], dtype=np.int64)
        self._use_first = np.searchsorted(leaf, np.arange(len(plan.leaves) + 1))
        self._weight = np.array([rule.weight for rule in self.rules], dtype=np.float64)
        self._min_score = np.array(
            [-np.inf if rule.min_score is None else rule.min_score for rule in self.rules]
        )
        self._wide = frozenset(
            number for number, plan_ in enumerate(plan.rules) if plan_.bits > MASK_BITS
        )
        self._always = [number for number, plan_ in enumerate(plan.rules) if plan_.always]
        self._truths: dict[tuple[int, int], bool] = {}

    def select(self, papers: Sequence[Paper]) -> Selected:
        """Say which rule selects which of `papers`, and for how many points."""
        return self._evaluate(self._scanner.scan(papers), len(papers))

    def match(self, papers: Sequence[Paper]) -> list[tuple[RuleMatch, ...]]:
        """Return for each of `papers` the rules that select it, most points first.

        Rules of equal points stand in the order in which they were compiled.
        """
        places: list[Place] = []
        selected = self._evaluate(self._scanner.scan(papers, places), len(papers))
        by_paper: dict[int, list[Place]] = defaultdict(list)
        wanted = set(selected.paper.tolist())
        for place in places:
            if place.paper in wanted:
                by_paper[place.paper].append(place)
        rows: list[list[tuple[int, float]]] = [[] for _ in papers]
        columns = (selected.rule.tolist(), selected.paper.tolist(), selected.points.tolist())
        for rule, paper, points in zip(*columns, strict=True):
            rows[paper].append((rule, points))
        return [
            self._rule_matches(papers[number], row, by_paper.get(number, []))
            for number, row in enumerate(rows)
        ]

    def explain(self, paper: Paper) -> tuple[Verdict, ...]:
        """Say for every rule, in their order, why it selects `paper` or why not."""
        places: list[Place] = []
        hits = self._scanner.scan([paper], places)
        pairs = self._pairs(hits, 1)
        true = dict(zip(pairs.rule.tolist(), self._true(pairs, hits).tolist(), strict=True))
        scores = {
            rule: points if scored else float(self._weight[rule])
            for rule, points, scored in zip(
                pairs.rule.tolist(), pairs.points.tolist(), pairs.scored.tolist(), strict=True
            )
        }
        by_leaf = _by_leaf(places)
        hit = {self._leaves[leaf] for leaf in by_leaf}
        spans = _Spans(paper)
        verdicts: list[Verdict] = []
        for number, plan in enumerate(self._plans):
            holds = true.get(number, plan.always)
            points = round(scores.get(number, plan.rule.weight if holds else 0.0), 9)
            matches = self._matches(number, by_leaf, spans)
            verdicts.append(judge(plan.rule, hit, holds=holds, points=points, matches=matches))
        return tuple(verdicts)

    # --- which

    def _evaluate(self, hits: Hits, papers: int) -> Selected:
        pairs = self._pairs(hits, papers)
        true = self._true(pairs, hits)
        rule, paper = pairs.rule[true], pairs.paper[true]
        points, scored = pairs.points[true], pairs.scored[true]
        for number in self._always:
            touched = pairs.paper[slice(*np.searchsorted(pairs.rule, [number, number + 1]))]
            others = np.setdiff1d(np.arange(papers), touched, assume_unique=True)
            rule = np.concatenate((rule, np.full(len(others), number)))
            paper = np.concatenate((paper, others))
            points = np.concatenate((points, np.zeros(len(others))))
            scored = np.concatenate((scored, np.zeros(len(others), dtype=np.int64)))
        if self._always:
            order = np.lexsort((paper, rule))
            rule, paper, points, scored = rule[order], paper[order], points[order], scored[order]
        # Selected by comparisons alone: the weight itself.
        points = np.round(np.where(scored > 0, points, self._weight[rule]), 9).astype(np.float64)
        enough = points >= self._min_score[rule]
        return Selected(rule[enough], paper[enough], points[enough])

    def _pairs(self, hits: Hits, papers: int) -> _Pairs:
        """Bring the hits of each rule in each paper together."""
        # One entry a leaf and paper; a hit in the title is the larger and comes last.
        keys = np.unique((hits.leaf * papers + hits.paper) * 2 + hits.title)
        last = np.ones(len(keys), dtype=np.bool_)
        last[:-1] = keys[1:] >> 1 != keys[:-1] >> 1
        keys = keys[last]
        title = keys & 1
        leaf, paper = np.divmod(keys >> 1, max(1, papers))
        times = self._use_first[leaf + 1] - self._use_first[leaf]
        at = np.repeat(np.arange(len(leaf)), times)
        use = np.arange(len(at)) + np.repeat(
            self._use_first[leaf] - (np.cumsum(times) - times), times
        )
        pair = self._use_rule[use] * papers + paper[at]
        order = np.argsort(pair, kind="stable")
        pair, at, use = pair[order], at[order], use[order]
        if not len(pair):
            none = np.zeros(0, dtype=np.int64)
            return _Pairs(none, none, none.astype(np.uint64), none.astype(np.float64), none)
        first = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
        bit = np.uint64(1) << np.minimum(self._use_bit[use], np.uint64(63))
        rule, paper = np.divmod(pair[first], papers)
        return _Pairs(
            rule,
            paper,
            np.bitwise_or.reduceat(bit, first),
            np.add.reduceat(self._use_points[use] * (1 + title[at]), first),
            np.add.reduceat(self._use_scores[use], first),
        )

    def _true(self, pairs: _Pairs, hits: Hits) -> Flags:
        """Evaluate each rule once for each different set of bits that occurs."""
        order = np.lexsort((pairs.mask, pairs.rule))
        rule, mask = pairs.rule[order], pairs.mask[order]
        if not len(rule):
            return np.zeros(0, dtype=np.bool_)
        new = np.concatenate(([True], (rule[1:] != rule[:-1]) | (mask[1:] != mask[:-1])))
        group = np.cumsum(new) - 1
        truths = np.array(
            [
                self._truth(number, bits)
                for number, bits in zip(rule[new].tolist(), mask[new].tolist(), strict=True)
            ]
        )
        true = np.zeros(len(rule), dtype=np.bool_)
        true[order] = truths[group]
        for number in self._wide:
            first, last = np.searchsorted(pairs.rule, [number, number + 1])
            true[first:last] = self._wide_truths(number, pairs.paper[first:last], hits)
        return true

    def _truth(self, rule: int, mask: int) -> bool:
        if rule in self._wide:
            return False
        known = self._truths.get((rule, mask))
        if known is None:
            known = self._truths[rule, mask] = holds(self._plans[rule].truth, mask)
        return known

    def _wide_truths(self, rule: int, paper: Ints, hits: Hits) -> list[bool]:
        """Evaluate a rule of more bits than a machine word has, paper by paper."""
        masks: dict[int, int] = dict.fromkeys(paper.tolist(), 0)
        for use in self._plans[rule].uses:
            for number in np.unique(hits.paper[hits.leaf == use.leaf]).tolist():
                masks[number] |= 1 << use.bit
        return [holds(self._plans[rule].truth, masks[number]) for number in paper.tolist()]

    # --- where

    def _rule_matches(
        self, paper: Paper, row: Sequence[tuple[int, float]], places: Sequence[Place]
    ) -> tuple[RuleMatch, ...]:
        if not row:
            return ()
        by_leaf = _by_leaf(places)
        spans = _Spans(paper)
        result = [
            RuleMatch(self.rules[rule].name, points, self._matches(rule, by_leaf, spans))
            for rule, points in row
        ]
        return tuple(sorted(result, key=lambda match: -match.points))

    def _matches(
        self, rule: int, by_leaf: dict[int, list[Place]], spans: _Spans
    ) -> tuple[Match, ...]:
        plan = self._plans[rule]
        points = {use.leaf: use.points for use in plan.uses if use.scores}
        found: list[Match] = []
        for leaf in plan.scoring:
            places = by_leaf.get(leaf, ())
            factor = 2 if any(place.field == "title" for place in places) else 1
            found += (
                Match(
                    plan.rule.name,
                    self._leaves[leaf].text,
                    place.field,
                    *spans.characters(place),
                    points=round(points[leaf] * factor, 9),
                    index=place.which,
                )
                for place in dict.fromkeys(places)
            )
        found.sort(
            key=lambda match: (_FIELD_ORDER.get(match.field, 2), match.index, match.start or 0)
        )
        return tuple(found)


def _by_leaf(places: Sequence[Place]) -> dict[int, list[Place]]:
    by_leaf: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        by_leaf[place.leaf].append(place)
    return by_leaf


class _Spans:
    """Turns places of one paper into characters of its clean text."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._words: dict[tuple[str, int], tuple[tuple[int, int], ...]] = {}

    def characters(self, place: Place) -> tuple[int | None, int | None]:
        """Return first and one past the last character; None for comparisons."""
        if place.unit == "none":
            return None, None
        if place.unit != "words":
            return place.start, place.end
        key = (place.field, place.which)
        if key not in self._words:
            self._words[key] = tuple((word.start, word.end) for word in cut(self._text(*key)))
        words = self._words[key]
        return words[place.start][0], words[place.end - 1][1]

    def _text(self, field: str, index: int) -> str:
        paper = self._paper
        if field == "author":
            return (paper.authors or ())[index]
        texts = {"title": paper.title, "abstract": paper.abstract, "org": paper.organization}
        return texts[field] or ""
