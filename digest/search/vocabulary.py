"""Keep the library's vocabulary up to date, and read it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from digest.library import Library
from digest.library.vocabulary import BLOCK_BITS
from digest.library.word_index import GROUP_BITS
from digest.matching.vocabulary import VERSION, Vocabulary, count_words, merge, pack, unpack
from digest.matching.word_index_bytes import VERSION as INDEX_VERSION
from digest.parallel import shared
from digest.search.queries import cut_papers, shared_file, words_of

if TYPE_CHECKING:
    from pathlib import Path

LAG: Final = 0.1
"""Share of a block's papers that may be missing from its vocabulary: the figures are then accurate
to that share, and the words of a day's papers need not be counted each day."""
_VERSION: Final = INDEX_VERSION << 8 | VERSION
_GROUPS_OF_BLOCK: Final = BLOCK_BITS - GROUP_BITS


def refresh_forms(library: Library, *, growing: bool = True) -> None:
    """Cut new and changed papers into words, and count the words of blocks for which that is due.

    Without `growing`, the last group is not cut: it would be cut with each day's papers.
    """
    cut_papers(library, growing=growing)
    lagging = _lagging(library)
    if lagging:
        path = shared_file(library, len(lagging) << BLOCK_BITS) if len(lagging) > 1 else None
        with library.transaction(durable=False):
            counted = (
                (_packed(library, block) for block in lagging)
                if path is None
                else shared(partial(_packed_in, path), lagging, spare=1)
            )
            for block, (papers, body) in zip(lagging, counted, strict=True):
                library.vocabulary.put(block, _VERSION, papers, body)


def vocabulary_of(library: Library) -> Vocabulary:
    """Return the words of the library's papers.

    For a library that was never refreshed, the first block without a vocabulary is counted now and
    the others are left out: `papers` of the result is the number of counted papers.
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
    most = library.vocabulary.most()
    if all(
        0 <= most[block] - covered.get(block, 0) <= LAG * covered.get(block, 0) for block in most
    ):
        return []  # without counting all papers
    return [
        block
        for block, papers in library.vocabulary.blocks().items()
        if abs(papers - covered.get(block, 0)) > LAG * papers
    ]


def _packed_in(path: Path, block: int) -> tuple[int, bytes]:
    """Count in another process, which opens the library itself."""
    with Library.open(path, scratch=True) as library:
        return _packed(library, block)


def _packed(library: Library, block: int) -> tuple[int, bytes]:
    """Return how many papers a block has, and what is stored of their words."""
    from digest.matching.allocator import keep_freed_memory

    keep_freed_memory()
    counted = _count(library, block)
    return counted.papers, pack(counted)


def _count(library: Library, block: int) -> Vocabulary:
    groups = library.forms.groups(range(block << _GROUPS_OF_BLOCK, block + 1 << _GROUPS_OF_BLOCK))
    return count_words(words_of(library, number) for number in groups)
