"""Find the word that a misspelled word was meant to be.

A word is suspicious if another one, one typing error away, occurs in far more papers. Which papers
a keyword matches is decided only by the matcher.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.text.words import fold_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.matching.vocabulary import Vocabulary

FREQUENT: Final = 20
"""Minimum number of papers, of `OF_PAPERS`, with a word that somebody may have meant."""
OF_PAPERS: Final = 5_000
TIMES_AS_FREQUENT: Final = 50
"""How many times as many papers it must be in as the suspicious word."""
MIN_LETTERS: Final = 5
"""A shorter word has too many neighbours; only swapped letters count for it."""
MIN_LETTERS_SWAPPED: Final = 4
MAX_LETTERS: Final = 40
"""Nobody misspells longer words by one letter; each letter costs 54 look-ups."""
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"


class UsualWords:
    """The frequent words of a library."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._least = FREQUENT * max(1, vocabulary.papers // OF_PAPERS)
        self._counts: dict[str, int] = {}
        self._written: dict[str, str] = {}
        for word, count in vocabulary.frequent(self._least).items():
            folded = fold_word(word)
            self._counts[folded] = max(count, self._counts.get(folded, 0))
            self._written[folded] = word

    def correction(self, word: str) -> str | None:
        """Return the frequent word that is one typing error away from `word` (normalised).

        None for a word that is common itself, and if no neighbour is frequent enough.
        """
        folded = fold_word(word)
        if not (folded.isascii() and folded.isalpha() and len(folded) <= MAX_LETTERS):
            return None
        if folded in self._counts:
            return None
        if len(folded) >= MIN_LETTERS:
            near = _neighbours(folded)
        elif len(folded) >= MIN_LETTERS_SWAPPED:
            near = _swapped(folded)
        else:
            return None
        frequency = max(self._vocabulary.count(form) for form in {word, folded})
        least = max(self._least, TIMES_AS_FREQUENT * frequency)
        likely = {other for other in near if self._counts.get(other, 0) >= least}
        best = min(likely, key=lambda other: (-self._counts[other], other), default=None)
        return None if best is None else self._written[best]


def _neighbours(word: str) -> Iterator[str]:
    """Yield every word one letter more, one less, one other, or two swapped away.

    The first letter stays, because people get it right, and the last is only added: another ending
    (enhance, enhancer, enhanced) is another word, not an error.
    """
    yield from _swapped(word)
    for place in range(1, len(word) + 1):
        before, after = word[:place], word[place:]
        inside = len(after) > 1
        if inside:
            yield before + after[1:]
        for letter in _ALPHABET:
            yield before + letter + after
            if inside:
                yield before + letter + after[1:]


def _swapped(word: str) -> Iterator[str]:
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
