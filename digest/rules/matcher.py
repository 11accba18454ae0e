"""Ask rules about papers; after a change, with what was compiled before.

A `Matcher` answers for a list of rules and a day. Its rules lie in one part, compiled together, or
after changes in two: the many that were compiled before, of which some are gone by now, and the few
that are new or changed since. Each part is asked, and the answers are brought together, so that
nobody sees the parts. What a rule selects is decided in `digest.rules.compiled`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digest.rules.compiled import Compiled, Selected
from digest.rules.plan import Plan
from digest.rules.scan import Batch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.model import Paper, RuleMatch
    from digest.rules.arrays import Ints
    from digest.rules.rule import Rule
    from digest.rules.verdict import Verdict

AT_ONCE = 4096
"""Papers evaluated together: more no longer fit into the processor's cache with their hits."""
SHARE = 16
"""Once more than a sixteenth of the rules has changed, all are compiled together again: each paper
pays for a second part and for rules that are gone."""
GONE = -1


class Part(NamedTuple):
    """Rules that were compiled together."""

    compiled: Compiled
    numbers: Ints
    """Of each of them the number that it has in the matcher; `GONE` where it has none any more."""


class Matcher:
    """Rules to be asked on one day. Results number them in the order in which they were given.

    `before` is the parts of a matcher whose rules may be much the same.
    """

    def __init__(self, rules: Sequence[Rule], today: date, before: Sequence[Part] = ()) -> None:
        self.rules = tuple(rules)
        self.parts = _used_again(self.rules, before) or (_new(self.rules, range(len(rules))),)
        self._today = today
        # True but after a change: there is nothing to bring together.
        self._whole = np.array_equal(self.parts[0].numbers, np.arange(len(rules)))

    def select(self, papers: Sequence[Paper]) -> Selected:
        """Say which rule selects which of `papers`, and for how many points."""
        batches = [
            self.select_batch(Batch.of(papers[start : start + AT_ONCE]))
            for start in range(0, max(1, len(papers)), AT_ONCE)
        ]
        if len(batches) == 1:
            return batches[0]
        return _joined(
            [
                selected._replace(paper=selected.paper + number * AT_ONCE)
                for number, selected in enumerate(batches)
            ]
        )

    def select_batch(self, batch: Batch) -> Selected:
        """Do as `select` with papers that may not have to be read."""
        if self._whole:
            return self.parts[0].compiled.select(batch, self._today)
        batch = self._cut_once(batch)
        found = [compiled.select(batch, self._today) for compiled, _ in self.parts]
        return _joined(
            [
                selected._replace(rule=part.numbers[selected.rule])
                for part, selected in zip(self.parts, found, strict=True)
            ]
        )

    def count_batch(self, batch: Batch) -> Ints:
        """Say how many of the papers each rule selects."""
        batch = self._cut_once(batch)
        counts = np.zeros(len(self.rules) + 1, dtype=np.int64)
        for compiled, numbers in self.parts:
            counts[numbers] = compiled.count(batch, self._today)
        return counts[:GONE]  # without the last one, which those that are gone have left there

    def match(self, papers: Sequence[Paper]) -> list[tuple[RuleMatch, ...]]:
        """Return for each of `papers` the rules that select it, most points first.

        Rules of equal points stand in the order in which they were given.
        """
        batch = self._cut_once(Batch.of(papers))
        rows: list[list[tuple[int, RuleMatch]]] = [[] for _ in papers]
        for compiled, numbers in self.parts:
            number = numbers.tolist()
            for row, found in zip(rows, compiled.match(batch, self._today), strict=True):
                row.extend((number[rule], each) for rule, each in found if number[rule] != GONE)
        for row in rows:
            row.sort(key=lambda each: (-each[1].points, each[0]))
        return [tuple(match for _, match in row) for row in rows]

    def explain(self, paper: Paper) -> tuple[Verdict, ...]:
        """Say for every rule, in their order, why it selects `paper` or why not."""
        verdicts = {
            number: verdict
            for compiled, numbers in self.parts
            for number, verdict in zip(
                numbers.tolist(), compiled.explain(paper, self._today), strict=True
            )
        }
        return tuple(verdicts[number] for number in range(len(self.rules)))

    def _cut_once(self, batch: Batch) -> Batch:
        """Cut the papers into words here where each part would do so."""
        return batch.cut() if len(self.parts) > 1 else batch


def _joined(found: Sequence[Selected]) -> Selected:
    """Bring together what is ordered by rule, then paper, without the rules that are gone.

    The papers of one rule are all in one of `found`, or ascend from each to the next.
    """
    rule = np.concatenate([each.rule for each in found])
    order = np.argsort(rule, kind="stable")[np.count_nonzero(rule == GONE) :]
    return Selected(
        rule[order],
        np.concatenate([each.paper for each in found])[order],
        np.concatenate([each.points for each in found])[order],
    )


# --- what is compiled anew -----------------------------------------------------------------------


def _used_again(rules: Sequence[Rule], before: Sequence[Part]) -> tuple[Part, ...]:
    """Return parts for `rules`, with what was compiled before; none where that is too little."""
    if not before:
        return ()
    (many, _), *few = before
    numbers, others = _found(many, rules, range(len(rules)))
    changed = max(len(others), int(np.count_nonzero(numbers == GONE)))
    if changed * SHARE > len(rules):
        return ()
    first = Part(many, numbers)
    if not others:
        return (first,)
    for compiled, _ in few:
        again, new = _found(compiled, rules, others)
        if not new:
            return first, Part(compiled, again)
    return first, _new(rules, others)


def _found(
    compiled: Compiled, rules: Sequence[Rule], asked: Sequence[int]
) -> tuple[Ints, list[int]]:
    """Find rules among those that were compiled, by their names and then by all that they say.

    Returns the number of each that was compiled, and which of those `asked` for were not found. A
    name is looked up once: of several rules that share one, which no config has, the rest are new.
    """
    named = {rule.name: place for place, rule in enumerate(compiled.rules)}
    numbers = [GONE] * len(compiled.rules)
    others: list[int] = []
    for number in asked:
        rule = rules[number]
        place = named.pop(rule.name, None)
        if place is not None and compiled.rules[place] == rule:
            numbers[place] = number
        else:
            others.append(number)
    return np.array(numbers, dtype=np.int64), others


def _new(rules: Sequence[Rule], numbers: Sequence[int]) -> Part:
    """Compile some of `rules`."""
    compiled = Compiled(Plan([rules[number] for number in numbers]))
    return Part(compiled, np.array(numbers, dtype=np.int64))
