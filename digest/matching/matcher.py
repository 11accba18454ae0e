"""Match papers against rules that were compiled for one day.

`digest.matching.compiled` decides what a rule selects; a matcher gives it batches of papers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from digest.matching.compiled import Compiled, Selected
from digest.matching.plan import Plan
from digest.matching.scan import Batch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.matching.arrays import Ints
    from digest.matching.compiled import Evidence
    from digest.matching.verdict import Verdict
    from digest.model import Paper, RuleMatch
    from digest.rules.syntax import Rule

AT_ONCE = 4096
"""Papers evaluated together: the hits of more do not fit into the processor's cache."""


class Matcher:
    """Rules compiled for one day; results number the rules in their given order."""

    def __init__(self, rules: Sequence[Rule], today: date) -> None:
        self.rules = tuple(rules)
        self._compiled = Compiled(Plan(self.rules, today), today)

    def select(self, papers: Sequence[Paper]) -> Selected:
        """Return which rule selects which of `papers`, and for how many points."""
        batches = [
            self.select_batch(Batch.of(papers[start : start + AT_ONCE]))
            for start in range(0, max(1, len(papers)), AT_ONCE)
        ]
        if len(batches) == 1:
            return batches[0]
        return _concatenate(
            [
                replace(selected, paper=selected.paper + number * AT_ONCE)
                for number, selected in enumerate(batches)
            ]
        )

    def select_batch(self, batch: Batch) -> Selected:
        """Like `select`, for a batch that is loaded lazily."""
        return self._compiled.select(batch)

    def count_batch(self, batch: Batch) -> Ints:
        """Return how many papers of the batch each rule selects."""
        return self._compiled.count(batch)

    def evidence(self, batch: Batch) -> list[tuple[int, Evidence]]:
        """Return the papers that the first rule selects, with the evidence for each."""
        return self._compiled.evidence(batch)

    def match(self, papers: Sequence[Paper]) -> list[tuple[RuleMatch, ...]]:
        """Return, for each of `papers`, the rules that select it, most points first.

        Rules with equal points keep their given order.
        """
        rows = self._compiled.match(Batch.of(papers))
        for row in rows:
            row.sort(key=lambda match: (-match[1].points, match[0]))
        return [tuple(match for _, match in row) for row in rows]

    def explain(self, paper: Paper) -> tuple[Verdict, ...]:
        """Return, for every rule in order, why it selects `paper` or why not."""
        return tuple(self._compiled.explain(paper))


def _concatenate(batches: Sequence[Selected]) -> Selected:
    """Join the results of consecutive batches, ordered by rule, then paper."""
    rule = np.concatenate([batch.rule for batch in batches])
    order = np.argsort(rule, kind="stable")
    return Selected(
        rule[order],
        np.concatenate([batch.paper for batch in batches])[order],
        np.concatenate([batch.points for batch in batches])[order],
    )
