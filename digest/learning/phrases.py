"""Split papers into the phrases that are counted: words as rules fold them, and runs of them.

This is for statistics. Which papers a keyword matches is decided only by the matcher.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from msgspec import Struct

from digest.matching.word_index import build_index
from digest.text.words import Break, fold_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.model import Paper

AT_ONCE: Final = 256
MAX_TITLE: Final = 1_000
MAX_ABSTRACT: Final = 5_000
"""Maximum length of the analysed part, in characters; no real text is longer."""
MAX_WORD: Final = 40
"""Maximum length of a word in letters; a longer one is not a word."""

_LISTED: Final = (
    "a about above across after again against all also although am among an and another any are as"
    " at be became because been before being below between both but by can cannot could did do does"
    " doing done down during each either else et etc even ever every few for from further had has"
    " have having he hence her here hers him his how however i if in indeed into is it its itself"
    " just least less like many may me might more moreover most much must my namely neither never"
    " no none nor not now of off often on once one only onto or other others otherwise our ours out"
    " over own per perhaps quite rather really same several shall she should since so some such"
    " than that the their theirs them then there thereby therefore these they this those though"
    " three through throughout thus to together too toward towards two under unless until up upon"
    " us very via was we well were what when where whereas whether which while who whom whose why"
    " will with within without would yet you your"
)
FUNCTION_WORDS: Final = frozenset(_LISTED.split())
"""English words that say nothing about a paper's subject."""


class Token(Struct, frozen=True):
    """One word of a text."""

    folded: str
    """As rules compare it, with its plural folded."""
    written: str
    """As written, in lower case."""
    says_something: bool
    """Whether a phrase may begin and end with it."""

    @classmethod
    def of(cls, word: str) -> Token:
        """Return a word of `digest.text.words` as a token."""
        return cls(fold_word(word), word, _says_something(word))


Run: TypeAlias = tuple[Token, ...]
"""Words with only spaces or hyphens between them: a phrase may be anywhere in it."""


class Runs(Struct, frozen=True):
    """The runs of one paper."""

    title: tuple[Run, ...]
    abstract: tuple[Run, ...]


def cut_papers(papers: Sequence[Paper]) -> Iterator[Runs]:
    """Yield the runs of each of `papers`."""
    for start in range(0, len(papers), AT_ONCE):
        part = papers[start : start + AT_ONCE]
        texts = [
            text
            for paper in part
            for text in (paper.title[:MAX_TITLE], (paper.abstract or "")[:MAX_ABSTRACT])
        ]
        runs = _runs(texts)
        for title, abstract in zip(runs, runs, strict=True):
            yield Runs(title, abstract)


def folded_phrases(run: Run, longest: int) -> list[str]:
    """Return the phrases of `run` as rules compare them; see `spans`."""
    words = [token.folded for token in run]
    return [" ".join(words[first:after]) for first, after in spans(run, longest)]


def spelt_phrases(run: Run, longest: int) -> list[tuple[str, str]]:
    """Return the same phrases, each as rules compare it and as written."""
    words = [token.folded for token in run]
    written = [token.written for token in run]
    return [
        (" ".join(words[first:after]), " ".join(written[first:after]))
        for first, after in spans(run, longest)
    ]


def spans(run: Run, longest: int) -> list[tuple[int, int]]:
    """Return the places of meaningful phrases of at most `longest` words.

    None begins or ends with a function word, a number or a single letter: "mixture of experts", but
    not "of experts".
    """
    places = [place for place, token in enumerate(run) if token.says_something]
    phrase_places = []
    for number, first in enumerate(places):
        for last in places[number : number + longest]:
            if last >= first + longest:
                break
            phrase_places.append((first, last + 1))
    return phrase_places


def _says_something(word: str) -> bool:
    if word in FUNCTION_WORDS or len(word) > MAX_WORD:
        return False
    # A Chinese character is a word of its own, and meaningful.
    return not word.isascii() or (len(word) > 1 and not word.isdigit())


def _runs(texts: Sequence[str]) -> Iterator[tuple[Run, ...]]:
    """Yield the runs of each text."""
    index = build_index(texts)
    forms = list(map(Token.of, index.raw_forms(np.arange(len(index.hash)))))
    tokens = [forms[form] for form in index.form.tolist()]
    breaks = (index.gap != Break.SPACE) & (index.gap != Break.HYPHEN)
    for first, last in pairwise(index.first.tolist()):
        edges = (np.flatnonzero(breaks[first:last]) + first).tolist()
        yield tuple(
            tuple(tokens[begin:end]) for begin, end in pairwise([*edges, last]) if begin < end
        )
