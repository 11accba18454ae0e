"""Find `=GPT NEAR/5 agent`: terms near each other, one of which is exact.

Exact terms are characters and other terms words, so each text that contains the exact ones is cut
separately. Such rules are few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digest.matching.literals import exact_spans
from digest.matching.patterns import Spans, smallest
from digest.matching.word_finder import WordFinder
from digest.matching.word_index import build_index
from digest.rules.syntax import Exact
from digest.text.words import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rules.syntax import Pattern, Phrase, Proximity
    from digest.text.words import Word

    Span = tuple[int, int]


class ExactProximity:
    """One such leaf, compiled."""

    def __init__(self, leaf: Proximity, *, fold: bool) -> None:
        self._leaf = leaf
        self._fold = fold
        self._sides = [_Side(side, fold=fold) for side in (leaf.left, leaf.right)]

    def find(self, text: str) -> list[Span]:
        """Return the shortest spans of characters of `text` that the leaf matches."""
        if not all(side.may_stand(text) for side in self._sides):
            return []
        words = cut(text)
        left, right = (side.find(text, words) for side in self._sides)
        pairs = [(first, second) for first in left for second in right]
        if not self._leaf.ordered:
            pairs += [(second, first) for first, second in pairs]
        pair_spans = [
            (first[0], second[1])
            for first, second in pairs
            if first[1] <= second[0] and _between(words, first[1], second[0]) <= self._leaf.distance
        ]
        ends = np.array(pair_spans, dtype=np.int64).reshape(-1, 2)
        spans = smallest(Spans.of(ends[:, 0], ends[:, 1]))
        return list(zip(spans.start.tolist(), spans.end.tolist(), strict=True))


class _Side:
    def __init__(self, terms: Sequence[Phrase | Pattern | Exact], *, fold: bool) -> None:
        self._exact = [term.literal for term in terms if isinstance(term, Exact)]
        worded = {number: term for number, term in enumerate(terms) if not isinstance(term, Exact)}
        self._fold = fold
        self._finder = WordFinder(worded, fold=fold) if worded else None

    def may_stand(self, text: str) -> bool:
        return self._finder is not None or any(literal in text for literal in self._exact)

    def find(self, text: str, words: Sequence[Word]) -> list[Span]:
        spans = [span for literal in self._exact for span in exact_spans(literal, text)]
        if self._finder is not None:
            index = build_index([text], fold=self._fold)
            runs = self._finder.find(index)
            first = runs.word - index.first[index.text_of(runs.word)]
            spans += (
                (words[start].start, words[end - 1].end)
                for start, end in zip(first.tolist(), (first + runs.length).tolist(), strict=True)
            )
        return spans


def _between(words: Sequence[Word], end: int, start: int) -> int:
    return sum(word.start >= end and word.end <= start and not word.bracketed for word in words)
