"""Find labels (categories, sources, identifiers) and compare days and counts.

Labels are compared once for each unique value, days and counts as arrays over many papers.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from digest.model import CountCondition
from digest.rules.syntax import And, AtLeast, DayRange, NumberRange, Or

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from digest.matching.arrays import Flags
    from digest.model import Paper
    from digest.rules.syntax import Comparison, DayBound, Label, LabelField, Node, NumberField


def label_values(paper: Paper, field: LabelField) -> tuple[str, ...]:
    """Return the values of `paper` that a label of `field` is compared with."""
    if field == "category":
        return paper.categories
    if field == "source":
        return paper.sources
    if field == "has":
        return tuple(name for name, has_value in _POSSESSIONS.items() if has_value(paper))
    known: tuple[str | None, ...]
    if field == "id":
        known = (paper.id, paper.arxiv_id, paper.doi, *paper.aliases)
    else:
        by_field = {"primary": paper.primary, "doi": paper.doi, "type": paper.announce}
        known = (by_field[field],)
    return tuple(dict.fromkeys(value for value in known if value))


_POSSESSIONS: Final[dict[str, Callable[[Paper], bool]]] = {
    "abstract": lambda paper: bool(paper.abstract),
    "code": lambda paper: bool(paper.code_url),
    "doi": lambda paper: bool(paper.doi),
    "pdf": lambda paper: bool(paper.pdf_url),
    "journal": lambda paper: bool(paper.journal),
    "upvotes": lambda paper: paper.upvotes is not None,
}
"""What `has:` tests."""


class LabelTable:
    """Labels of one field, compiled; `find` numbers them in the given order."""

    def __init__(self, labels: Sequence[Label]) -> None:
        self._whole: dict[str, list[int]] = {}
        self._wild: list[tuple[int, re.Pattern[str]]] = []
        for number, label in enumerate(labels):
            value = label.value.casefold()
            if "*" in value:
                parts = re.split(r"\*+", value)
                pattern = ".*".join(re.escape(part) for part in parts)
                self._wild.append((number, re.compile(pattern, re.DOTALL)))
            else:
                self._whole.setdefault(value, []).append(number)
        self._find = lru_cache(maxsize=1 << 14)(self._matching)

    def find(self, value: str) -> tuple[int, ...]:
        """Return the numbers of the labels that match the whole `value`."""
        return self._find(value.casefold())

    def _matching(self, value: str) -> tuple[int, ...]:
        wild = (number for number, pattern in self._wild if pattern.fullmatch(value))
        return (*self._whole.get(value, ()), *wild)


class Columns:
    """The days and counts of many papers, as arrays created on first use."""

    def __init__(self, papers: Sequence[Paper], today: date) -> None:
        self._papers = papers
        self._today = today
        self._made: dict[str, tuple[np.ndarray, Flags]] = {}

    def holds(self, comparison: Comparison) -> Flags:
        """Return, for each paper, whether `comparison` is true; false for one without the value.

        A date without a day counts if any possible day does.
        """
        if isinstance(comparison, DayRange):
            low = self._ordinal(comparison.low)
            high = self._ordinal(comparison.high)
            first, known = self._column(comparison.field)
            last, _ = self._column(f"{comparison.field} last")
        else:
            low, high = comparison.low, comparison.high
            first, known = self._column(comparison.field)
            last = first
        result = known.copy()
        if low is not None:
            result &= last >= low
        if high is not None:
            result &= first <= high
        return result

    def _ordinal(self, bound: DayBound | None) -> int | None:
        if bound is None:
            return None
        if bound.iso:
            return date.fromisoformat(bound.iso).toordinal()
        try:
            return (self._today + timedelta(days=bound.offset)).toordinal()
        except OverflowError:
            return date.max.toordinal() if bound.offset > 0 else date.min.toordinal()

    def _column(self, field: NumberField | str) -> tuple[np.ndarray, Flags]:
        if field not in self._made:
            values = [_value(paper, field) for paper in self._papers]
            known = np.array([value is not None for value in values], dtype=np.bool_)
            # 2**62 bounds what a hostile dump may claim; no comparison reaches it.
            numbers = [min(value or 0, 1 << 62) for value in values]
            self._made[field] = np.array(numbers, dtype=np.int64), known
        return self._made[field]


def number_ranges(node: Node) -> Iterator[NumberRange]:
    """Yield the comparisons of counts under `node`, except those under NOT."""
    if isinstance(node, NumberRange):
        yield node
    elif isinstance(node, (And, Or, AtLeast)):
        for child in node.children:
            yield from number_ranges(child)


def asked_of(paper: Paper, ranges: Iterable[NumberRange]) -> tuple[CountCondition, ...]:
    """Return which of `ranges` hold for `paper`, with its counts."""
    return tuple(
        CountCondition(leaf.field, value, leaf.low, leaf.high)
        for leaf in ranges
        if (value := _value(paper, leaf.field)) is not None
        and (leaf.low is None or value >= leaf.low)
        and (leaf.high is None or value <= leaf.high)
    )


def _value(paper: Paper, field: str) -> int | None:
    if field == "published":
        return None if paper.published is None else paper.published.first.toordinal()
    if field == "published last":
        return None if paper.published is None else paper.published.last.toordinal()
    if field.startswith(("first_seen", "updated")):
        day = paper.updated if field.startswith("updated") else paper.first_seen
        return None if day is None else day.toordinal()
    if field == "authors":
        counted = len(paper.authors) if paper.authors else None
        return counted if paper.author_count is None else paper.author_count
    return paper.upvotes if field == "upvotes" else paper.comments
