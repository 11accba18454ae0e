"""Match many rules against many papers: the one implementation of what a rule selects.

`Compiled.select` returns which rule selects which paper and for how many points, `match` also the
place of each keyword. The cost grows with the hits, not with the number of rules: a rule without a
hit is never evaluated.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec import Struct

from digest.matching.arrays import ascending
from digest.matching.boolean_logic import Bit, holds
from digest.matching.pairs import LeafMatches, Uses
from digest.matching.plan import MASK_BITS, Plan
from digest.matching.scan import Batch, Hits, Scanner, text_of
from digest.matching.values import asked_of, number_ranges
from digest.matching.verdict import judge
from digest.model import Match, RuleMatch
from digest.rules.syntax import SelectedBy
from digest.text.words import places_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from digest.matching.arrays import Flags, Floats, Ints
    from digest.matching.boolean_logic import Truth
    from digest.matching.pairs import Pairs
    from digest.matching.points import Grading
    from digest.matching.rule_shape import Shape
    from digest.matching.scan import Place
    from digest.matching.verdict import Verdict
    from digest.model import MatchField, Paper
    from digest.rules.syntax import NumberRange

TABLE_BITS = 8
"""Rules with up to this many bits have their truth in a table: at most 256 bytes."""
GRADED_KEYWORDS = 5
"""Rules with a grading of up to this many keywords have their points in a table: 243 numbers."""
CODED_KEYWORDS = 33
"""Maximum number of keywords whose states fit into one number: 3 to this power is below 2 to the
53."""
_FIELD_ORDER: dict[MatchField, int] = {"title": 0, "abstract": 1}


class Selected(Struct, frozen=True):
    """Which rule selects which paper, for how many points; ordered by rule, then paper."""

    rule: Ints
    paper: Ints
    points: Floats


class Evidence(NamedTuple):
    """Sort key of papers that one rule selects, as far as words decide; less is better.

    It is the beginning of a section's order (docs/rule-language.md, "Points and order").
    """

    points: float
    """Negative."""
    beyond_title: bool
    keywords: int
    """Number of different keywords, negative."""
    places: int
    """Number of different places, negative."""
    field: int
    """0 if the first place is in the title, 1 for the abstract."""


class Compiled:
    """Rules compiled together for a day. Results number them in the order of the plan."""

    def __init__(self, plan: Plan, today: date) -> None:
        self._plan = plan
        self._today = today
        self.rules = tuple(compiled.rule for compiled in plan.rules)
        self._scanner = Scanner(plan.leaves)
        kinds = np.array([compiled.kind for compiled in plan.rules], dtype=np.int64)
        # A rule of one keyword selects where that matches: no grouping is needed.
        single = np.array([shape.is_single for shape in plan.shapes])[kinds]
        self._single = np.flatnonzero(single)
        self._single_leaf = [plan.rules[number].leaves[0] for number in self._single.tolist()]
        self._several = Uses(plan, np.flatnonzero(~single))
        self._lay_out_truths(plan.shapes, kinds)
        self._lay_out_grades(plan.shapes, kinds)
        # Rules that others name and that have a `min_score` are matched separately.
        self._named = {
            number: Compiled(Plan([leaf.rule], today), today)
            for number, leaf in enumerate(plan.leaves)
            if isinstance(leaf, SelectedBy) and leaf.rule is not None
        }
        self._weight = np.array([rule.weight for rule in self.rules], dtype=np.float64)
        self._min_score = np.array(
            [-np.inf if rule.min_score is None else rule.min_score for rule in self.rules]
        )
        always = np.array([shape.always for shape in plan.shapes])
        self._always = np.flatnonzero(always[kinds]).tolist()
        self._truths: dict[tuple[int, int], bool] = {}
        self._ranges: dict[int, tuple[NumberRange, ...]] = {}

    @cached_property
    def _uses(self) -> Uses:
        return Uses(self._plan, np.arange(len(self.rules)))  # counting needs only `_several`

    def _lay_out_truths(self, shapes: Sequence[Shape], kinds: Ints) -> None:
        """Evaluate every shape of few bits for each set of them, once and for all."""
        tables: list[bool] = []
        known: dict[tuple[Truth, int], int] = {}
        first = np.full(len(shapes), -1, dtype=np.int64)
        for number, shape in enumerate(shapes):
            if shape.bits <= TABLE_BITS and not isinstance(shape.truth, Bit):
                logic = (shape.truth, shape.bits)
                if logic not in known:
                    known[logic] = len(tables)
                    tables += (holds(shape.truth, mask) for mask in range(1 << shape.bits))
                first[number] = known[logic]
        self._table_first = first[kinds]
        self._tables = np.array(tables, dtype=np.bool_)
        bits = np.array([shape.bits for shape in shapes])[kinds]
        self._wide = frozenset(np.flatnonzero(bits > MASK_BITS).tolist())
        self._untabled = np.flatnonzero(bits > TABLE_BITS).tolist()

    def _lay_out_grades(self, shapes: Sequence[Shape], kinds: Ints) -> None:
        """Work out the points of every shape with a grading of few keywords, once and for all."""
        tables: list[float] = []
        known: dict[Grading, int] = {}
        first = np.full(len(shapes), -1, dtype=np.int64)
        alone = np.zeros(len(shapes), dtype=np.bool_)
        for number, shape in enumerate(shapes):
            if shape.grading is None:
                continue
            if shape.grading.keywords > GRADED_KEYWORDS:
                alone[number] = True
                continue
            if shape.grading not in known:
                known[shape.grading] = len(tables)
                tables += shape.grading.table()
            first[number] = known[shape.grading]
        self._grades_first = first[kinds]
        self._graded_alone = np.flatnonzero(alone[kinds]).tolist()
        self._grades: Floats = np.array(tables, dtype=np.float64)
        self._grade_memo: dict[tuple[int, int], float] = {}

    def _scan(self, batch: Batch, places: list[Place] | None = None) -> Hits:
        hits = self._scanner.scan(batch, self._today, places)
        if not self._named:
            return hits
        parts = [hits]
        for number, compiled in self._named.items():
            paper = compiled.select(batch).paper
            title = np.zeros(len(paper), dtype=np.bool_)
            parts.append(Hits(np.full(len(paper), number), paper, title))
        return Hits.joined(parts)

    def select(self, batch: Batch) -> Selected:
        """Return which rule selects which paper of `batch`, and for how many points."""
        return self._evaluate(self._scan(batch), batch.size)

    def count(self, batch: Batch) -> Ints:
        """Return how many of the papers each rule selects."""
        if self._always or self._wide or np.isfinite(self._min_score).any():
            return np.bincount(self.select(batch).rule, minlength=len(self.rules))
        hits = self._scan(batch)
        found_leaves = LeafMatches.of(hits, batch.size)
        pairs = self._several.pairs(found_leaves, batch.size)
        counts = np.bincount(pairs.rule[self._true(pairs, hits)], minlength=len(self.rules))
        by_leaf = np.bincount(found_leaves.leaf, minlength=len(self._plan.leaves))
        counts[self._single] = by_leaf[self._single_leaf]
        return counts

    def evidence(self, batch: Batch, rule: int = 0) -> list[tuple[int, Evidence]]:
        """Return the papers that a rule selects, with the evidence for each.

        Papers are loaded only if the rule needs more than words.
        """
        places: list[Place] = []
        selected = self._evaluate(self._scan(batch, places), batch.size)
        of_rule = selected.rule == rule
        names = {leaf: self._plan.leaves[leaf].text for leaf, _ in self._plan.rules[rule].scoring}
        seen: dict[int, set[tuple[int, int, int]]] = defaultdict(set)
        keywords: dict[int, set[str]] = defaultdict(set)
        exact = False
        for place in places:
            if place.leaf in names and place.unit != "none":
                exact |= place.unit == "characters"
                keywords[place.paper].add(names[place.leaf])
                field = _FIELD_ORDER.get(place.field, 2)
                seen[place.paper].add((field, place.which, place.start))
        papers = []
        for paper, points in zip(
            selected.paper[of_rule].tolist(), selected.points[of_rule].tolist(), strict=True
        ):
            field = min(seen[paper], default=(9,))[0]
            # Characters and words may be the same place, which only the text shows.
            count = 0 if exact else -len(seen[paper])
            evidence = Evidence(-points, field != 0, -len(keywords[paper]), count, field)
            papers.append((paper, evidence))
        return papers

    def match(self, batch: Batch) -> list[list[tuple[int, RuleMatch]]]:
        """Return, for each paper, the rules that select it, in order, and their matches."""
        places: list[Place] = []
        selected = self._evaluate(self._scan(batch, places), batch.size)
        by_paper: dict[int, list[Place]] = defaultdict(list)
        selected_papers = set(selected.paper.tolist())
        for place in places:
            if place.paper in selected_papers:
                by_paper[place.paper].append(place)
        rows: list[list[tuple[int, float]]] = [[] for _ in range(batch.size)]
        columns = (selected.rule.tolist(), selected.paper.tolist(), selected.points.tolist())
        for rule, paper, points in zip(*columns, strict=True):
            rows[paper].append((rule, points))
        return [
            self._rule_matches(paper, row, by_paper.get(number, []))
            for number, (paper, row) in enumerate(zip(batch.papers(), rows, strict=True))
        ]

    def explain(self, paper: Paper) -> list[Verdict]:
        """Return, for every rule in order, why it selects `paper` or why not."""
        places: list[Place] = []
        hits = self._scan(Batch.of([paper]), places)
        pairs, points = self._scored(hits, 1)
        true = dict(zip(pairs.rule.tolist(), self._true(pairs, hits).tolist(), strict=True))
        scores = dict(zip(pairs.rule.tolist(), points.tolist(), strict=True))
        by_leaf = _by_leaf(places)
        hit = {self._plan.leaves[leaf] for leaf in by_leaf}
        spans = _Spans(paper, places)
        verdicts: list[Verdict] = []
        for number, plan in enumerate(self._plan.rules):
            is_true = true.get(number, plan.shape.always)
            score = round(scores.get(number, plan.rule.weight if is_true else 0.0), 9)
            matches = self._matches(number, by_leaf, spans)
            verdicts.append(judge(plan.rule, hit, is_true=is_true, points=score, matches=matches))
        return verdicts

    # --- which

    def _evaluate(self, hits: Hits, papers: int) -> Selected:
        pairs, points = self._scored(hits, papers)
        true = self._true(pairs, hits)
        rule, paper = pairs.rule[true], pairs.paper[true]
        points = points[true]
        for number in self._always:
            touched = pairs.paper[slice(*np.searchsorted(pairs.rule, [number, number + 1]))]
            untouched = np.setdiff1d(np.arange(papers), touched, assume_unique=True)
            rule = np.concatenate((rule, np.full(len(untouched), number)))
            paper = np.concatenate((paper, untouched))
            grading = self._plan.rules[number].shape.grading
            none = self._weight[number] if grading is None else grading.points_of_code(0)
            points = np.concatenate((points, np.full(len(untouched), none)))
        if self._always:
            order = np.lexsort((paper, rule))
            rule, paper = rule[order], paper[order]
            points = points[order]
        points = np.round(points, 9).astype(np.float64)
        enough = points >= self._min_score[rule]
        return Selected(rule[enough], paper[enough], points[enough])

    def _scored(self, hits: Hits, papers: int) -> tuple[Pairs, Floats]:
        """Return the pairs of a rule and a paper, and the points of each."""
        found_leaves = LeafMatches.of(hits, papers)
        pairs, points, keywords = self._uses.scored(found_leaves, papers)
        # Selected only by comparisons: the weight itself.
        result: Floats = np.where(keywords > 0, points, self._weight[pairs.rule])
        first = self._grades_first[pairs.rule]
        graded = np.flatnonzero(first >= 0)
        if len(graded):
            result[graded] = self._grades[first[graded] + points[graded].astype(np.int64)]
        for number in self._graded_alone:
            begin, end = np.searchsorted(pairs.rule, [number, number + 1])
            grading = self._plan.rules[number].shape.grading
            if grading is not None:
                of_rule = pairs.paper[begin:end], points[begin:end]
                result[begin:end] = self._graded(number, grading, *of_rule, found_leaves)
        return pairs, result

    def _graded(
        self, rule: int, grading: Grading, papers: Ints, codes: Floats, found_leaves: LeafMatches
    ) -> list[float]:
        """Return the points of a rule whose grading has many keywords, paper by paper."""
        if grading.keywords > CODED_KEYWORDS:
            states = {paper: [0] * grading.keywords for paper in papers.tolist()}
            for place, leaf in enumerate(self._plan.rules[rule].graded):
                at = slice(*np.searchsorted(found_leaves.leaf, [leaf, leaf + 1]))
                for paper, title in zip(
                    found_leaves.paper[at].tolist(), found_leaves.title[at].tolist(), strict=True
                ):
                    states[paper][place] = 1 + title
            return [grading.points(states[paper]) for paper in papers.tolist()]
        points = []
        for code in codes.astype(np.int64).tolist():
            known = self._grade_memo.get((rule, code))
            if known is None:
                known = self._grade_memo[rule, code] = grading.points_of_code(code)
            points.append(known)
        return points

    def _true(self, pairs: Pairs, hits: Hits) -> Flags:
        """Return which pairs are true: looked up by their bits, or evaluated without a table."""
        true = np.ones(len(pairs.rule), dtype=np.bool_)
        table = self._table_first[pairs.rule]
        tabled = np.flatnonzero(table >= 0)
        places = table[tabled] + pairs.mask[tabled].astype(np.int64)
        true[tabled] = self._tables[places]
        for number in self._untabled:
            first, last = np.searchsorted(pairs.rule, [number, number + 1])
            true[first:last] = (
                self._wide_truths(number, pairs.paper[first:last], hits)
                if number in self._wide
                else [self._truth(number, mask) for mask in pairs.mask[first:last].tolist()]
            )
        return true

    def _truth(self, rule: int, mask: int) -> bool:
        known = self._truths.get((rule, mask))
        if known is None:
            known = self._truths[rule, mask] = holds(self._plan.rules[rule].shape.truth, mask)
        return known

    def _wide_truths(self, rule: int, paper: Ints, hits: Hits) -> list[bool]:
        """Evaluate a rule with more bits than a machine word, paper by paper."""
        masks: dict[int, int] = dict.fromkeys(paper.tolist(), 0)
        plan = self._plan.rules[rule]
        for use in plan.uses:
            for number in ascending(hits.paper[hits.leaf == use.leaf]).tolist():
                masks[number] |= 1 << use.bit
        return [holds(plan.shape.truth, masks[number]) for number in paper.tolist()]

    # --- where

    def _rule_matches(
        self, paper: Paper, row: Sequence[tuple[int, float]], places: Sequence[Place]
    ) -> list[tuple[int, RuleMatch]]:
        if not row:
            return []
        by_leaf = _by_leaf(places)
        spans = _Spans(paper, places)
        return [
            (
                rule,
                RuleMatch(
                    self.rules[rule].name,
                    points,
                    self._matches(rule, by_leaf, spans),
                    self.rules[rule].weight,
                    asked_of(paper, self._ranges_of(rule)),
                ),
            )
            for rule, points in row
        ]

    def _ranges_of(self, rule: int) -> tuple[NumberRange, ...]:
        """Return the comparisons of counts of a rule."""
        known = self._ranges.get(rule)
        if known is None:
            known = self._ranges[rule] = tuple(number_ranges(self.rules[rule].selecting))
        return known

    def _matches(
        self, rule: int, by_leaf: dict[int, list[Place]], spans: _Spans
    ) -> tuple[Match, ...]:
        plan = self._plan.rules[rule]
        matches: list[Match] = []
        for leaf, boost in plan.scoring:
            places = by_leaf.get(leaf, ())
            factor = 2 if any(place.field == "title" for place in places) else 1
            matches += (
                Match(
                    plan.rule.name,
                    self._plan.leaves[leaf].text,
                    place.field,
                    *spans.characters(place),
                    points=round(boost * plan.rule.weight * factor, 9),
                    index=place.which,
                )
                for place in dict.fromkeys(places)
            )
        matches.sort(
            key=lambda match: (_FIELD_ORDER.get(match.field, 2), match.index, match.start or 0)
        )
        return tuple(matches)


def _by_leaf(places: Sequence[Place]) -> dict[int, list[Place]]:
    by_leaf: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        by_leaf[place.leaf].append(place)
    return by_leaf


class _Spans:
    """Converts places of one paper to characters of its clean text."""

    def __init__(self, paper: Paper, places: Iterable[Place]) -> None:
        self._paper = paper
        word_numbers: dict[tuple[str, int], set[int]] = defaultdict(set)
        for place in places:
            if place.unit == "words":
                word_numbers[place.field, place.which] |= {place.start, place.end - 1}
        self._words = {
            key: places_of(text_of(self._paper, *key), sorted(numbers))
            for key, numbers in word_numbers.items()
        }

    def characters(self, place: Place) -> tuple[int | None, int | None]:
        """Return the first character and the one after the last; None for comparisons."""
        if place.unit == "none":
            return None, None
        if place.unit != "words":
            return place.start, place.end
        key = (place.field, place.which)
        words = self._words[key]
        return words[place.start][0], words[place.end - 1][1]
