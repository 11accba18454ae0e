"""Find the papers that rules narrowly miss, and what each rule lacks.

Rules and their relaxed forms are matched together, so that the papers are read once. Only ids and
the figures that order them are kept. Pure: the papers come in batches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from msgspec import Struct

from digest.matching import compile_rules
from digest.matching.relaxed_rules import relaxed_rules_of
from digest.matching.scan import Batch
from digest.model.matches import RuleMiss

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from digest.matching.arrays import Floats, Ints
    from digest.matching.relaxed_rules import RelaxedRule
    from digest.model import Paper
    from digest.model.matches import Shortfall
    from digest.rules import Rule

    _Age: TypeAlias = tuple[int, int, str]

ORDER: Final[tuple[Shortfall, ...]] = ("missing", "excluded", "points")
WITHIN: Final = 1.0
"""Maximum number of points that a near miss lacks: one keyword of the abstract."""
MOST_FORMS: Final = 5_000
"""Maximum number of relaxed rules in `nearest_misses`: a third of a second for a day's papers."""


class NearMiss(Struct, frozen=True):
    """A paper that one more keyword, one exclusion fewer or a few points would have selected."""

    paper: str
    shortfall: Shortfall
    points: float
    """Points of the keywords that match."""


class RuleHistory(Struct, frozen=True):
    """The papers that one rule selects, and those that it narrowly misses."""

    papers: int
    selected: tuple[str, ...]
    """Ids, newest first."""
    near_misses: tuple[NearMiss, ...]
    """Most points first, then newest first."""

    def of(self, shortfall: Shortfall) -> tuple[NearMiss, ...]:
        """Return the near misses of one kind."""
        return tuple(miss for miss in self.near_misses if miss.shortfall == shortfall)


class _BatchMisses(Struct, frozen=True):
    """Near misses of some rules in a batch, by rule and paper, each pair once."""

    rule: Ints
    paper: Ints
    shortfall: Ints
    """Indices in `ORDER`."""
    points: Floats


class _RelaxedRules:
    """Rules and their relaxed forms, compiled together."""

    def __init__(
        self, forms: Sequence[tuple[Rule, Sequence[RelaxedRule]]], *, today: date, within: float
    ) -> None:
        self.rules = tuple(rule for rule, _ in forms)
        looser = [
            (place, form)
            for place, (_, loosened_rules) in enumerate(forms)
            for form in loosened_rules
        ]
        self._matcher = compile_rules(
            [*self.rules, *(form.rule for _, form in looser)], today=today
        )
        self._owner = np.array([place for place, _ in looser], dtype=np.int64)
        self._shortfall = np.array(
            [ORDER.index(form.shortfall) for _, form in looser], dtype=np.int64
        )
        self._least = np.array(
            [
                (self.rules[place].min_score or 0.0) - within
                if form.shortfall == "points"
                else -np.inf
                for place, form in looser
            ],
            dtype=np.float64,
        )

    def ask(self, papers: Sequence[Paper]) -> tuple[Sequence[Ints], _BatchMisses]:
        """Return the places of the papers that each rule selects, and of those that it misses."""
        selection = self._matcher.select_batch(Batch.of(papers))
        rules = len(self.rules)
        of_rules = selection.rule < rules
        bounds = np.searchsorted(selection.rule[of_rules], np.arange(1, rules))
        selected = np.split(selection.paper[of_rules], bounds) if rules else []
        form = selection.rule[~of_rules] - rules
        pair = self._owner[form] * len(papers) + selection.paper[~of_rules]
        near = selection.points[~of_rules] >= self._least[form]
        near &= ~np.isin(pair, selection.rule[of_rules] * len(papers) + selection.paper[of_rules])
        # If several forms select a paper, the first one says what is missing.
        pair, first = np.unique(pair[near], return_index=True)
        return selected, _BatchMisses(
            *np.divmod(pair, max(len(papers), 1)),
            self._shortfall[form[near][first]],
            selection.points[~of_rules][near][first],
        )


def look_back(
    rule: Rule, batches: Iterable[Sequence[Paper]], *, today: date, within: float
) -> RuleHistory:
    """Match `rule` against every paper; a miss by points lacks at most `within`."""
    loosened_rules = _RelaxedRules([(rule, relaxed_rules_of(rule))], today=today, within=within)
    papers = 0
    selected: list[tuple[_Age, str]] = []
    misses: list[tuple[float, _Age, NearMiss]] = []
    for batch in batches:
        papers += len(batch)
        (selected_places,), batch_misses = loosened_rules.ask(batch)
        selected += ((_age(batch[place]), batch[place].id) for place in selected_places.tolist())
        columns = (
            batch_misses.paper.tolist(),
            batch_misses.shortfall.tolist(),
            batch_misses.points.tolist(),
        )
        for place, shortfall, points in zip(*columns, strict=True):
            miss = NearMiss(batch[place].id, ORDER[shortfall], points)
            misses.append((-points, _age(batch[place]), miss))
    selected.sort()
    misses.sort(key=lambda row: row[:2])
    return RuleHistory(
        papers, tuple(paper for _, paper in selected), tuple(miss for *_, miss in misses)
    )


def nearest_misses(
    rules: Sequence[Rule], papers: Sequence[Paper], *, today: date, most: int
) -> Iterator[tuple[Paper, RuleMiss]]:
    """Yield the `most` nearest papers that any of `rules` narrowly misses and none selects.

    The best near miss of each rule comes first, then the second of each: those with most points
    first, those that a keyword excludes after the others, then in the order of `rules` and
    `papers`. Of very many rules only the first are matched, with at most `MOST_FORMS` relaxed
    forms.
    """
    forms = next(_parts(rules), [])
    if not (forms and papers and most):
        return
    loosened_rules = _RelaxedRules(forms, today=today, within=WITHIN)
    selected, misses = loosened_rules.ask(papers)
    seen = {place for places in selected for place in places.tolist()}
    for rule, place, shortfall in _in_rounds(misses):
        if place in seen:
            continue
        seen.add(place)
        yield (
            papers[place],
            _miss(loosened_rules.rules[rule], papers[place], ORDER[shortfall], today),
        )
        most -= 1
        if not most:
            return


def misses_of_each(
    rules: Sequence[Rule], papers: Sequence[Paper], *, today: date, most: int
) -> dict[str, tuple[tuple[Paper, RuleMiss], ...]]:
    """Return, for each rule, the `most` nearest papers that it narrowly misses.

    Those with most points come first, those that a keyword excludes after the others, then in the
    order of `papers`. Rules without a near miss are left out.
    """
    misses_by_rule: dict[str, list[tuple[Paper, RuleMiss]]] = {}
    for forms in _parts(rules):
        loosened_rules = _RelaxedRules(forms, today=today, within=WITHIN)
        _, misses = loosened_rules.ask(papers)
        for place, paper, shortfall in _in_rounds(misses, most):
            rule = loosened_rules.rules[place]
            miss = _miss(rule, papers[paper], ORDER[shortfall], today)
            misses_by_rule.setdefault(rule.name, []).append((papers[paper], miss))
    return {rule: tuple(misses) for rule, misses in misses_by_rule.items()}


def _parts(rules: Sequence[Rule]) -> Iterator[list[tuple[Rule, Sequence[RelaxedRule]]]]:
    """Yield the rules that have relaxed forms, with these, at most `MOST_FORMS` at a time."""
    part: list[tuple[Rule, Sequence[RelaxedRule]]] = []
    room = MOST_FORMS
    for rule in rules:
        loosened_rules = relaxed_rules_of(rule)
        if len(loosened_rules) > room:
            yield part
            part, room = [], MOST_FORMS
        room -= len(loosened_rules)
        if loosened_rules:
            part.append((rule, loosened_rules))
    if part:
        yield part


def _in_rounds(misses: _BatchMisses, most: int | None = None) -> Iterator[tuple[int, int, int]]:
    """Yield the places of rule, paper and shortfall: each rule's best, then each one's second.

    At most `most` of each rule.
    """
    excluded = misses.shortfall == ORDER.index("excluded")
    order = np.lexsort((misses.paper, -misses.points, excluded, misses.rule))
    rule = misses.rule[order]
    first = np.searchsorted(rule, rule)
    turn = np.arange(len(rule)) - first
    if most is not None:
        order, rule, turn = (column[turn < most] for column in (order, rule, turn))
    order = order[np.lexsort((rule, -misses.points[order], excluded[order], turn))]
    columns = (misses.rule[order], misses.paper[order], misses.shortfall[order])
    yield from zip(*(column.tolist() for column in columns), strict=True)


def _miss(rule: Rule, paper: Paper, shortfall: Shortfall, today: date) -> RuleMiss:
    """Return what `rule` lacks in a paper that it narrowly misses."""
    (verdict,) = compile_rules([rule], today=today).explain(paper)
    words = {"missing": verdict.missing, "excluded": verdict.excluded_by, "points": ()}
    return RuleMiss(rule.name, shortfall, words[shortfall])


def _age(paper: Paper) -> _Age:
    """Sort key of papers, newest first: by the day they came, then by publication."""
    days = (paper.first_seen, paper.published and paper.published.first)
    seen, published = (0 if day is None else -day.toordinal() for day in days)
    return seen, published, paper.id
