"""Find papers on the same subject, by their distinctive words: TF-IDF.

Marks are not used. A paper is represented by its few distinctive words, so that it is compared at
once with all that share one of them, however many papers there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from digest.learning.vectors import count_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model import Paper

WORDS: Final = 32
"""Number of distinctive words of a paper."""
LEAST_SHARED: Final = 3
"""Minimum number of common words of similar papers; one or two are often chance."""
LEAST_LIKE: Final = 0.08
"""Minimum cosine of similar papers."""


def outstanding(
    papers: Sequence[Paper], background: Sequence[Paper]
) -> list[tuple[tuple[int, float], ...]]:
    """Return each paper's most distinctive words, by hash, with their weights.

    A word weighs more the more often the paper has it and the fewer papers of `background` do; all
    words of a paper together have length 1. A hash is a signed number of 64 bits.
    """
    rows, background_rows = count_terms(papers, pairs=False), count_terms(background, pairs=False)
    terms, counts = np.unique(background_rows.term, return_counts=True)
    terms, counts = np.append(terms, ~np.uint64(0)), np.append(counts, 0)
    place = np.minimum(np.searchsorted(terms, rows.term), len(terms) - 1)
    known = np.where(terms[place] == rows.term, counts[place], 0)
    value = (1 + np.log(rows.value)) * np.log((2 + background_rows.papers) / (1 + known))
    length = np.sqrt(np.bincount(rows.row, value * value, minlength=rows.papers))
    value = value / np.maximum(length, 1e-9)[rows.row]
    order = np.lexsort((rows.term, -value, rows.row))
    row = rows.row[order]
    order = order[np.arange(len(row)) - np.searchsorted(row, row) < WORDS]
    words_by_paper: list[list[tuple[int, float]]] = [[] for _ in papers]
    columns = (rows.row[order], rows.term[order].view(np.int64), value[order].round(4))
    for paper, word, weight in zip(*(column.tolist() for column in columns), strict=True):
        if weight > 0:
            words_by_paper[paper].append((word, weight))
    return [tuple(words) for words in words_by_paper]


class SharedWords:
    """Papers by their distinctive words, each represented by a number."""

    def __init__(self, rows: Iterable[tuple[int, int, float]]) -> None:
        """`rows` have a word, a paper with it, and its weight there: by word, ascending."""
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        self._word = np.array(columns[0], dtype=np.int64)
        self._paper = np.array(columns[1], dtype=np.int64)
        self._weight = np.array(columns[2], dtype=np.float64)

    def most_similar(
        self, words: Sequence[tuple[int, float]], *, but: int, most: int
    ) -> tuple[int, ...]:
        """Return the papers that are most similar to one with these words, at most `most`.

        `but` is the paper itself. Of equally similar papers the one with the higher number comes
        first.
        """
        hashes = np.array([word for word, _ in words], dtype=np.int64)
        first = np.searchsorted(self._word, hashes)
        count = np.searchsorted(self._word, hashes, side="right") - first
        # The places first[i], first[i] + 1, ..., first[i] + count[i] - 1 of each word.
        place = np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
        weight = np.repeat(np.array([weight for _, weight in words]), count)
        papers, paper_index = np.unique(self._paper[place], return_inverse=True)
        like = np.bincount(paper_index, weight * self._weight[place], minlength=len(papers)).round(
            6
        )
        shared = np.bincount(paper_index, minlength=len(papers))
        near = (shared >= LEAST_SHARED) & (like >= LEAST_LIKE) & (papers != but)
        papers, like = papers[near], like[near]
        return tuple(papers[np.lexsort((-papers, -like))[:most]].tolist())
