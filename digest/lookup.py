"""Try many queries on many papers, batch by batch: the back of `match` and `papers`.

Keeps for each query which papers it selects and the few figures that order them, never the papers
themselves, so that a library of any size is gone through in flat memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digest.rules import Rule, compile_rules, parse_query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.model import Paper


def as_rule(query: str, name: str = "query") -> Rule:
    """Return the rule that `query` as a whole is; raises `QueryError`."""
    return Rule(name, query=parse_query(query), query_text=query)


class Lookup:
    """Which of the papers that were added each of `rules` selects, best first."""

    def __init__(self, rules: Sequence[Rule], *, today: date) -> None:
        self._matcher = compile_rules(rules, today=today)
        self._count = len(rules)
        self._identifiers: list[str] = []
        self._keys: list[tuple[float, int, str, str]] = []
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._joined: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    def add(self, papers: Sequence[Paper]) -> None:
        """Ask every rule about `papers`."""
        selected = self._matcher.select(papers)
        offset = len(self._identifiers)
        self._identifiers += (paper.id for paper in papers)
        self._keys += (_tie_break(paper) for paper in papers)
        self._parts.append(
            (
                selected.rule.astype(np.int32),
                (selected.paper + offset).astype(np.int32),
                selected.points.astype(np.float32),
            )
        )
        self._joined = None

    def counts(self) -> list[int]:
        """Return how many papers each rule selects."""
        rule, _, _ = self._all()
        return [int(count) for count in np.bincount(rule, minlength=self._count)]

    def best(self, rule: int, limit: int | None = None) -> list[str]:
        """Return the ids of the papers that a rule selects, best first, at most `limit`."""
        rules, papers, points = self._all()
        first, last = np.searchsorted(rules, [rule, rule + 1])
        rows = zip(points[first:last].tolist(), papers[first:last].tolist(), strict=True)
        ordered = sorted(rows, key=lambda row: (-row[0], *self._keys[row[1]]))
        chosen = ordered if limit is None else ordered[:limit]
        return [self._identifiers[paper] for _, paper in chosen]

    def _all(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return rule, paper and points of everything selected, ordered by rule."""
        if self._joined is None:
            if not self._parts:
                nothing = np.zeros(0, dtype=np.int32)
                return nothing, nothing, nothing.astype(np.float32)
            rule, paper, points = (
                np.concatenate(columns) for columns in zip(*self._parts, strict=True)
            )
            order = np.argsort(rule, kind="stable")
            self._joined = rule[order], paper[order], points[order]
            self._parts = [self._joined]
        return self._joined


def _tie_break(paper: Paper) -> tuple[float, int, str, str]:
    """Order papers of equal points as docs/rule-language.md says: what is missing comes last."""
    upvotes = float("inf") if paper.upvotes is None else -paper.upvotes
    published = 0 if paper.published is None else -paper.published.toordinal()
    return upvotes, published, paper.title, paper.id
