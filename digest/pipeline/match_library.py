"""Match rules against papers of the library, in batches and several processes."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from digest.library import Library
from digest.matching import compile_rules
from digest.parallel import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.matching.matcher import Matcher
    from digest.model import Paper, RuleMatch
    from digest.rules import Rule

BATCH = 1_000
"""Papers that are loaded and matched together; only selected ones stay in memory."""

_Item: TypeAlias = "tuple[str, tuple[Paper, tuple[RuleMatch, ...]]]"
Matched: TypeAlias = "Mapping[str, tuple[Paper, tuple[RuleMatch, ...]]]"
"""The papers that rules select, with those rules, by the papers' ids."""


def match_papers(
    library: Library, ids: Iterable[str], rules: Sequence[Rule], *, today: date
) -> Matched:
    """Return the papers among `ids` that any of `rules` selects."""
    ordered = sorted(set(ids))
    if not ordered or not rules:
        return {}
    matcher = compile_rules(rules, today=today)
    batches = [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]
    path = library.path if library.on_disk else None
    if path is None or len(batches) == 1:
        return dict(chain.from_iterable(_match_batch(library, matcher, batch) for batch in batches))

    def work(batch: list[str]) -> list[_Item]:
        with Library.open(path, scratch=True) as scratch:
            return list(_match_batch(scratch, matcher, batch))

    return dict(chain.from_iterable(shared(work, batches)))


def _match_batch(library: Library, matcher: Matcher, batch: list[str]) -> Iterator[_Item]:
    papers = list(library.papers.get_many(batch).values())
    for paper, matches in zip(papers, matcher.match(papers), strict=True):
        if matches:
            yield paper.id, (paper, matches)
