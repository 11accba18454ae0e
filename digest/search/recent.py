"""Match rules against the papers first seen in some days, from their stored words.

Bounded: if there are very many papers, only the newest are searched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from digest.library.word_index import GROUP_BITS
from digest.matching import compile_rules
from digest.search.queries import AT_ONCE, batch_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from digest.library import Library
    from digest.matching.arrays import Flags, Ints
    from digest.matching.compiled import Evidence
    from digest.matching.scan import Batch
    from digest.rules import Rule

MOST_GROUPS: Final = 32
"""Maximum number of searched groups of 1,024 papers: half a second for a few rules."""


class Recent(Struct, frozen=True):
    """What rules select from the papers of some days."""

    papers: int
    """Number of papers searched."""
    selected: tuple[frozenset[int], ...]
    """For each rule the keys of the papers that it selects."""


class BestPapers(Struct, frozen=True):
    """What one rule selects from the papers of some days."""

    papers: int
    """Number of papers searched."""
    selected: int
    """Number of papers that the rule selects."""
    keys: tuple[int, ...]
    """Keys of those that may be among the best, ascending: all the best, and a few that equal the
    last."""


def select_recent(
    library: Library, rules: Sequence[Rule], *, first: date, last: date, today: date
) -> Recent:
    """Return what each of `rules` selects from the papers first seen from `first` to `last`."""
    if not rules:
        return Recent(0, ())
    recent = _Recent(library, first, last)
    matcher = compile_rules(rules, today=today)
    papers_by_rule: list[set[int]] = [set() for _ in rules]
    for batch, keys, is_recent in recent.batches():
        selected = matcher.select_batch(batch)
        recent_rows = is_recent[selected.paper]
        of_rule = selected.rule[recent_rows].tolist()
        for rule, key in zip(of_rule, keys[selected.paper[recent_rows]].tolist(), strict=True):
            papers_by_rule[rule].add(key)
    return Recent(recent.papers, tuple(map(frozenset, papers_by_rule)))


def best_recent(  # noqa: PLR0913 - keywords
    library: Library, rule: Rule, *, first: date, last: date, today: date, limit: int | None
) -> BestPapers:
    """Return what `rule` selects from the papers of those days, and the possible best ones."""
    recent = _Recent(library, first, last)
    matcher = compile_rules([rule], today=today)
    ranked: list[tuple[Evidence, int]] = []
    for batch, keys, is_recent in recent.batches():
        ranked += (
            (evidence, int(keys[paper]))
            for paper, evidence in matcher.evidence(batch)
            if is_recent[paper]
        )
    ranked.sort()
    candidates = ranked
    # Another order than by points begins with values that only the papers have.
    if limit is not None and rule.order in (None, "score") and len(ranked) > limit:
        candidates = [row for row in ranked if row[0] <= ranked[limit - 1][0]]
    return BestPapers(recent.papers, len(ranked), tuple(sorted(key for _, key in candidates)))


class _Recent:
    """The papers first seen in some days, by the groups in which their words are stored."""

    def __init__(self, library: Library, first: date, last: date) -> None:
        self._library = library
        keys = np.array(library.papers.keys_first_seen(first, last), dtype=np.int64)
        self._groups = np.unique(keys >> GROUP_BITS)[-MOST_GROUPS:].tolist()
        if self._groups:
            keys = keys[keys >> GROUP_BITS >= self._groups[0]]
        self._wanted = keys
        self.papers = len(keys)

    def batches(self) -> Iterator[tuple[Batch, Ints, Flags]]:
        """Yield batches of papers, their keys, and which of them are from these days."""
        for start in range(0, len(self._groups), AT_ONCE):
            numbers = self._groups[start : start + AT_ONCE]
            keys = np.array(
                [key for number in numbers for key in self._library.forms.keys(number)],
                dtype=np.int64,
            )
            yield batch_of(self._library, numbers), keys, np.isin(keys, self._wanted)
