"""Convert papers to sparse vectors of their words and pairs of words: TF-IDF, in numpy.

A term is a word as rules fold it, or two such words with a space or a hyphen between them. It is
represented by its hash, so that vectors of papers that were cut at different times can be compared.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from msgspec import Struct

from digest.learning.phrases import FUNCTION_WORDS, MAX_ABSTRACT, MAX_TITLE, MAX_WORD
from digest.matching.word_index import build_index
from digest.text.words import Break

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from digest.matching.word_index import WordIndex
    from digest.model import Paper

    Terms: TypeAlias = NDArray[np.uint64]
    Ints: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

TITLE_WEIGHT: Final = 2
"""How often a word of the title counts, as for points."""
_PAIR: Final = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio in 64 bits (Knuth, *The Art of Computer Programming*, section 6.4)."""


class Rows(Struct, frozen=True):
    """Sparse rows, one per paper: `term[i]` occurs `value[i]` times in paper `row[i]`.

    Ordered by row, then by term.
    """

    row: Ints
    term: Terms
    value: Floats
    papers: int
    """Number of papers, including those without a term."""


def count_terms(papers: Sequence[Paper], *, pairs: bool = True) -> Rows:
    """Return how often each term occurs in each of `papers`, the title counting twice.

    Without `pairs`, only words are terms.
    """
    return _rows(_cut(papers), len(papers), pairs=pairs)


def _cut(papers: Sequence[Paper]) -> WordIndex:
    """Cut titles and abstracts, in turn."""
    return build_index(
        [
            text
            for paper in papers
            for text in (paper.title[:MAX_TITLE], (paper.abstract or "")[:MAX_ABSTRACT])
        ]
    )


def _rows(index: WordIndex, papers: int, *, pairs: bool) -> Rows:
    """Return the terms of an index of titles and abstracts, in turn."""
    last = int(index.first[2 * papers])
    text = np.repeat(np.arange(2 * papers), np.diff(index.first[: 2 * papers + 1]))
    form, gap = index.form[:last], index.gap[:last]
    is_term = _says_something(index)[form]
    hashes = index.hash[form].astype(np.uint64)
    joined = is_term[1:] & is_term[:-1] & ((gap[1:] == Break.SPACE) | (gap[1:] == Break.HYPHEN))
    joined &= pairs
    paired = _paired(hashes[:-1][joined], hashes[1:][joined])
    term = np.concatenate((hashes[is_term], paired))
    place = np.concatenate((text[is_term], text[1:][joined]))
    weight = np.where(place % 2 == 0, TITLE_WEIGHT, 1).astype(np.float64)
    return _added_up(place // 2, term, weight, papers)


def _added_up(row: Ints, term: Terms, value: Floats, count: int) -> Rows:
    """Merge all entries of a term in a row."""
    order = np.lexsort((term, row))
    row, term, value = row[order], term[order], value[order]
    first = np.ones(len(row), dtype=np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (term[1:] != term[:-1])
    starts = np.flatnonzero(first)
    sums = np.add.reduceat(value, starts) if len(starts) else value
    return Rows(row[starts], term[starts], sums, count)


def _says_something(index: WordIndex) -> Flags:
    """Return which forms say something about a subject: no function words, no numbers."""
    forms = index.raw_forms(np.arange(len(index.hash)))
    plain = np.array(
        [
            len(word) <= MAX_WORD and (not word.isascii() or (len(word) > 1 and not word.isdigit()))
            for word in forms
        ],
        dtype=np.bool_,
    )
    return plain & ~np.isin(index.hash, _function_hashes())


@lru_cache(maxsize=1)
def _function_hashes() -> Terms:
    return np.asarray(build_index(sorted(FUNCTION_WORDS)).hash)


def spelt_terms(papers: Sequence[Paper]) -> Iterator[dict[int, str]]:
    """Yield the terms of each of `papers` as written, in lower case."""
    index = _cut(papers)
    is_term = _says_something(index).tolist()
    spelling = index.raw_forms(np.arange(len(index.hash)))
    hashes = index.hash.astype(np.uint64)
    form = index.form
    pairs = np.zeros(len(form), dtype=np.uint64)
    pairs[1:] = _paired(hashes[form[:-1]], hashes[form[1:]])
    joined = ((index.gap == Break.SPACE) | (index.gap == Break.HYPHEN)).tolist()
    singles, doubles, words = hashes[form].tolist(), pairs.tolist(), form.tolist()
    for first, last in pairwise(index.first[: 2 * len(papers) + 1 : 2].tolist()):
        spelt: dict[int, str] = {}
        for place in range(first, last):
            word = words[place]
            if not is_term[word]:
                continue
            spelt.setdefault(singles[place], spelling[word])
            if place > first and joined[place] and is_term[words[place - 1]]:
                spelt.setdefault(doubles[place], f"{spelling[words[place - 1]]} {spelling[word]}")
        yield spelt


def _paired(left: Terms, right: Terms) -> Terms:
    return left * _PAIR + right
