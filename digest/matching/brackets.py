"""The brackets of abbreviations in texts, which a phrase may skip.

In *Large Language Model (LLM) agents* the words *Model* and *agents* are neighbours, too.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from digest.matching.arrays import where
from digest.matching.word_index import joins_over_space

if TYPE_CHECKING:
    from digest.matching.arrays import Flags, Ints
    from digest.matching.word_index import WordIndex


class Brackets(Struct, frozen=True, dict=True):
    """The brackets of an index, in the order of the text."""

    words: WordIndex
    before: Ints
    """The word before each bracket, ascending."""
    behind: Ints
    """The word after each."""

    @classmethod
    def of(cls, index: WordIndex) -> Brackets:
        """Return the brackets of `index`."""
        bracketed = index.bracketed
        edges = where(bracketed[1:] != bracketed[:-1])
        # A word comes before each bracket and one after it: edges come in pairs.
        return cls(index, edges[0::2], edges[1::2] + 1)

    def after(self, words: Ints) -> Ints:
        """Return, for words before a bracket, the word after it."""
        return self.behind[np.searchsorted(self.before, words)]

    def joins_after(self, words: Ints) -> Flags:
        """Return, for words before a bracket, whether they may join with the word after it."""
        return self._joins[np.searchsorted(self.before, words)]

    def joins_before(self, words: Ints) -> Flags:
        """Return, for words after a bracket, whether they may join with the word before it."""
        return self._joins[np.searchsorted(self.behind, words)]

    @cached_property
    def _joins(self) -> Flags:
        """By bracket: whether the words before and after it may join, asked again and again."""
        return joins_over_space(self.words, self.before, self.behind)
