"""The papers similar to each paper of the site: found once, when its page is first built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.library import Library
    from digest.model import Paper

MOST: Final = 3
"""Maximum number of papers that a page names."""
_AT_ONCE: Final = 5_000
_BACKGROUND: Final = 500
"""Number of library papers that show which words are common."""


def find_alike(library: Library, papers: Sequence[str]) -> None:
    """Find the delivered papers that are similar to each of `papers`, unless that was done before.

    So a page does not change when a later paper is similar to its own.
    """
    unknown = library.alike.unknown(papers)
    if not unknown:
        return
    background = library.papers.spread(_BACKGROUND)
    for start in range(0, len(unknown), _AT_ONCE):
        _find(library, unknown[start : start + _AT_ONCE], background)


def _find(library: Library, ids: Sequence[str], background: Sequence[Paper]) -> None:
    from digest.learning.similar_papers import (  # here: most builds have none
        SharedWords,
        outstanding,
    )

    known = library.papers.get_many(ids)
    ids = [paper for paper in ids if paper in known]
    words = dict(zip(ids, outstanding([known[paper] for paper in ids], background), strict=True))
    with library.transaction(durable=False):
        library.alike.add_words(words)
        hashes = {word for paper_words in words.values() for word, _ in paper_words}
        shared = SharedWords(library.alike.with_words(sorted(hashes)))
        numbers = library.alike.numbers(ids)
        library.alike.keep(
            {
                paper: shared.most_similar(paper_words, but=numbers[paper], most=MOST)
                for paper, paper_words in words.items()
            }
        )
