"""Find how papers define an abbreviation: "large language model (LLM)".

A definition is a run of words whose initials are the abbreviation's letters, directly before a stop
(such as a bracket) and the abbreviation. It works on the word index, without reading texts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from digest.matching.word_hashes import from_bytes, to_bytes
from digest.text.words import Break

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.matching.arrays import Ints
    from digest.matching.word_index import WordIndex

SHORTEST: Final = 2
"""Shortest abbreviation, in letters; one letter is the initial of too many words."""
LONGEST: Final = 8


def may_abbreviate(word: str) -> bool:
    """Return whether a word of a keyword, as written, may be an abbreviation: mostly capitals."""
    letters = word.removesuffix("s")
    capitals = sum(letter.isupper() for letter in letters)
    return (
        SHORTEST <= len(letters) <= LONGEST
        and letters.isascii()
        and letters.isalpha()
        and capitals >= SHORTEST
        and 2 * capitals > len(letters)
    )


class Definitions:
    """Counts the papers that define each of some abbreviations; takes one index at a time."""

    def __init__(self, words: Sequence[str]) -> None:
        """Count definitions of `words`, normalised: `llm`."""
        self._letters = {to_bytes(word): word for word in words}
        self.counts: dict[str, Counter[str]] = {word: Counter() for word in words}

    def add(self, index: WordIndex) -> None:
        """Count the papers of an index; each paper is two texts."""
        data = index.data.tobytes()
        forms = self._forms(index, data)
        if not forms:
            return
        is_candidate = np.isin(index.form, np.fromiter(forms, dtype=np.int64))
        places = np.flatnonzero(is_candidate & (index.gap == Break.STOP))
        texts = index.text_of(places)
        begins = places - index.first[texts]
        seen: set[tuple[str, str, int]] = set()
        for place, text, before in zip(
            places.tolist(), texts.tolist(), begins.tolist(), strict=True
        ):
            word = forms[int(index.form[place])]
            if before < len(word):
                continue
            phrase = _phrase(index, data, np.arange(place - len(word), place), word)
            if phrase is not None:
                seen.add((word, phrase, text // 2))
        for word, phrase, _ in seen:
            self.counts[word][phrase] += 1

    def _forms(self, index: WordIndex, data: bytes) -> dict[int, str]:
        """Return the numbers of the forms that are an abbreviation."""
        forms = {}
        for number in np.flatnonzero(index.length <= LONGEST).tolist():
            start = int(index.start[number])
            word = self._letters.get(data[start : start + int(index.length[number])])
            if word is not None:
                forms[number] = word
        return forms


def _phrase(index: WordIndex, data: bytes, run: Ints, word: str) -> str | None:
    """Return a run of words, the last one singular, if their initials are `word`."""
    forms = index.form[run]
    initials = index.data[index.start[forms]].tobytes()
    if initials != word.encode() or bool((index.gap[run[1:]] == Break.STOP).any()):
        return None
    *before, last = forms.tolist()
    words = index.raw_forms(np.array(before, dtype=np.int64))
    start = int(index.start[last])
    return " ".join([*words, from_bytes(data[start : start + int(index.length[last])])])
