"""Keep the library's vocabulary up to date, and read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.library.vocabulary import BLOCK_BITS
from digest.library.word_index import GROUP_BITS
from digest.matching.vocabulary import VERSION, Vocabulary, count_words, merge, pack, unpack
from digest.matching.word_index_bytes import VERSION as INDEX_VERSION
from digest.search.queries import cut_papers, words_of

if TYPE_CHECKING:
    from digest.library import Library

LAG: Final = 0.1
"""Share of a block's papers that may be missing from its vocabulary: the figures stay true to
about as much, and the words of a day's papers need not be counted each day."""
_VERSION: Final = INDEX_VERSION << 8 | VERSION
_GROUPS_OF_BLOCK: Final = BLOCK_BITS - GROUP_BITS


def refresh_forms(library: Library, *, growing: bool = True) -> None:
    """Cut new and changed papers into words, and count the words where that is due.

    Without `growing`, the last group is not cut: it would be cut with each day's papers.
    """
    cut_papers(library, growing=growing)
    lagging = _lagging(library)
    if lagging:
        with library.transaction(durable=False):
            for block in lagging:
                counted = _count(library, block)
                library.vocabulary.put(block, _VERSION, counted.papers, pack(counted))


def vocabulary_of(library: Library) -> Vocabulary:
    """Return the words of the library's papers.

    Of a library that was never refreshed, the first block without a vocabulary is counted now and
    the others are left out: `papers` of the result says how many papers it speaks of.
    """
    lagging = _lagging(library)
    parts = []
    for block in library.vocabulary.blocks():
        stored = library.vocabulary.get(block, _VERSION)
        if block in lagging[:1]:
            parts.append(_count(library, block))
        elif stored is not None:
            parts.append(unpack(stored))
    return merge(parts) if parts else count_words([])


def _lagging(library: Library) -> list[int]:
    covered = library.vocabulary.covered(_VERSION)
    return [
        block
        for block, papers in library.vocabulary.blocks().items()
        if abs(papers - covered.get(block, 0)) > LAG * papers
    ]


def _count(library: Library, block: int) -> Vocabulary:
    groups = [number for number in library.forms.groups() if number >> _GROUPS_OF_BLOCK == block]
    return count_words(words_of(library, number) for number in groups)
