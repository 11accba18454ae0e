"""Propose keywords from a person's own references, before there is anything to compare with.

A phrase is proposed if several of the references have it. The filler of scientific prose and parts
of a longer phrase with the same meaning are left out; phrases come before single words, and words
of a title count more than those of an abstract.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.learning.filler_words import is_filler
from digest.learning.phrases import cut_papers, spelt_phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model import Paper

LONGEST: Final = 3
LEAST_PAPERS: Final = 3
"""Minimum number of papers with a phrase; two if there are fewer than ten papers."""
MOST: Final = 30
MOST_WORDS: Final = 8
"""Maximum number of single words among them: they find much that is not meant."""


class FirstKeyword(Struct, frozen=True):
    """A phrase that several of a person's references have."""

    text: str
    papers: int
    example: str
    """The title of one of them."""


def first_keywords(papers: Sequence[Paper]) -> tuple[FirstKeyword, ...]:
    """Return the phrases that several of `papers` have, the most significant first."""
    least = LEAST_PAPERS if len(papers) >= 10 else LEAST_PAPERS - 1
    spelling: dict[str, Counter[str]] = defaultdict(Counter)
    having: dict[str, set[int]] = defaultdict(set)
    in_title: Counter[str] = Counter()
    for number, runs in enumerate(cut_papers(papers)):
        title = {pair for run in runs.title for pair in spelt_phrases(run, LONGEST)}
        abstract = {pair for run in runs.abstract for pair in spelt_phrases(run, LONGEST)}
        for folded, written in title | abstract:
            if not is_filler(folded):
                having[folded].add(number)
                spelling[folded][written] += 1
        in_title.update({folded for folded, _ in title})
    papers_by_phrase = {
        phrase: places
        for phrase, places in having.items()
        if len(places) >= least and _may_stand_alone(phrase, places, in_title[phrase], len(papers))
    }
    ranked = sorted(
        papers_by_phrase, key=lambda phrase: (-_weight(phrase, papers_by_phrase, in_title), phrase)
    )
    chosen: list[str] = []
    words = 0
    for phrase in ranked:
        if " " not in phrase and phrase.isascii():
            words += 1
            if words > MOST_WORDS:
                continue
        if not any(_says_the_same(phrase, other, papers_by_phrase) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == MOST:
            break
    return tuple(
        FirstKeyword(
            spelling[phrase].most_common(1)[0][0],
            len(papers_by_phrase[phrase]),
            papers[_shown(phrase, papers_by_phrase[phrase], papers)].title,
        )
        for phrase in chosen
    )


def _may_stand_alone(phrase: str, places: set[int], titles: int, papers: int) -> bool:
    """Return whether a single word is specific enough: it is in titles, and not in every text."""
    if " " in phrase or not phrase.isascii():
        return True
    return titles >= LEAST_PAPERS - 1 and len(phrase) > 2 and len(places) * 3 < papers + 6


def _weight(phrase: str, papers_by_phrase: dict[str, set[int]], in_title: Counter[str]) -> float:
    words = 1 + phrase.count(" ")
    return (len(papers_by_phrase[phrase]) + in_title[phrase]) * (
        1.0 if words == 1 else 2.0 + 0.5 * words
    )


def _says_the_same(phrase: str, other: str, papers_by_phrase: dict[str, set[int]]) -> bool:
    """Return whether one of two phrases is part of the other, in nearly the same papers."""
    short, long = sorted((phrase, other), key=len)
    if f" {short} " not in f" {long} ":
        return False
    shared = len(papers_by_phrase[short] & papers_by_phrase[long])
    return shared * 10 >= len(papers_by_phrase[short]) * 6


def _shown(phrase: str, places: Iterable[int], papers: Sequence[Paper]) -> int:
    """Return the first paper whose title has the phrase, or the first of all."""
    ordered = sorted(places)
    return next(
        (place for place in ordered if phrase.lower() in papers[place].title.lower()), ordered[0]
    )
