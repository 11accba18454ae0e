"""Count the words of papers, to find the one that a misspelt word was meant to be.

Words are counted as rules compare them, plurals folded. A statistic of what is usual, nothing
more: which papers a keyword matches is the matcher's to say.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from digest.matching.word_index import build_index
from digest.text.words import fold_plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.model import Paper

FREQUENT: Final = 20
"""Times that a word must stand in the papers counted to be what somebody meant."""
TIMES_AS_FREQUENT: Final = 50
"""How many times as often it must stand there as the word that is doubted."""
MIN_LETTERS: Final = 5
"""A shorter word has too many neighbours; only two letters that changed places are doubted."""
MIN_LETTERS_SWAPPED: Final = 4
MAX_LETTERS: Final = 40
"""Nobody misspells longer words by one letter; each letter costs 54 look-ups."""
AT_ONCE: Final = 256

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"


class Vocabulary:
    """The words of some papers, and how often each stands there."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._written: dict[str, str] = {}

    def add(self, papers: Sequence[Paper]) -> None:
        """Count the words of titles and abstracts."""
        for start in range(0, len(papers), AT_ONCE):
            part = papers[start : start + AT_ONCE]
            index = build_index([text for p in part for text in (p.title, p.abstract or "")])
            counts = np.bincount(index.form)
            words = index.raw_forms(np.arange(len(counts)))
            for word, count in zip(words, counts.tolist(), strict=True):
                folded = fold_plural(word)
                self._counts[folded] += count
                known = self._written.setdefault(folded, word)
                if len(word) < len(known):
                    self._written[folded] = word  # the singular, where both occur

    def likelier(self, word: str) -> str | None:
        """Return the frequent word that `word` (normalised) is one slip of the pen away from.

        None for a word that is usual itself, and where no neighbour is frequent enough.
        """
        folded = fold_plural(word)
        if not (folded.isascii() and folded.isalpha() and len(folded) <= MAX_LETTERS):
            return None
        if self._counts[folded] >= FREQUENT:
            return None
        if len(folded) >= MIN_LETTERS:
            near = _neighbours(folded)
        elif len(folded) >= MIN_LETTERS_SWAPPED:
            near = _swapped(folded)
        else:
            return None
        least = max(FREQUENT, TIMES_AS_FREQUENT * self._counts[folded])
        found = {each for each in near if self._counts[each] >= least and each != folded}
        best = min(found, key=lambda each: (-self._counts[each], each), default=None)
        return None if best is None else self._written[best]


def _neighbours(word: str) -> Iterator[str]:
    """Yield every word one letter more, one less, one other, or two swapped away.

    The first letter stays, for people get it right, and the last is only added: another ending
    (enhance, enhancer, enhanced) is another word and no slip.
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
