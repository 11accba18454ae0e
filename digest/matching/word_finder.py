"""Find keywords that consist of words: phrases, patterns, near, and terms near each other.

All of them use two tables that are searched once for each index: one of phrases, one of words with
wildcards. A *unit* is what matches at one place: a phrase, or a sequence of words with wildcards.
"""

from __future__ import annotations

from itertools import compress, product
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from digest.matching.arrays import is_among
from digest.matching.brackets import Brackets
from digest.matching.near import Distances, find_near, find_pairs
from digest.matching.patterns import Spans, WildcardTable, find_sequence, is_wild, sequences
from digest.matching.phrases import PhraseTable, Runs
from digest.rules.syntax import Exact, Near, Pattern, Phrase, Proximity
from digest.text.folding import fold_word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.matching.word_index import WordIndex
    from digest.text.words import Words

WordLeaf: TypeAlias = Phrase | Pattern | Near | Proximity
_EITHER_WAY: Final = (4, 5)
"""Letters of a word in s that may stand for an acronym: for SARS, or for several SARs."""
_MOST_READ_BOTH_WAYS: Final = 6
"""Maximum number of words in a phrase whose plurals are read in two ways: two to this power is the
number of readings."""


class _Element(Struct, frozen=True):
    """One word of a sequence: a word with wildcards, or the number of a phrase."""

    wild: str
    phrase: int = -1


class _Sequence(Struct, frozen=True):
    elements: tuple[_Element, ...]
    stops: tuple[bool, ...]


class _Unit(Struct, frozen=True):
    sequences: tuple[_Sequence, ...]
    dotted: bool = False


class WordFinder:
    """Finds the word leaves of one group of texts."""

    def __init__(self, leaves: Mapping[int, WordLeaf], *, fold: bool) -> None:
        self.fold = fold
        self._phrases: list[Words] = []
        self._owner: list[int] = []
        """By phrase: the number of its leaf, or -1 and below for phrases of units."""
        self._known: dict[Words, int] = {}
        self._patterns: list[tuple[int, tuple[_Unit, ...]]] = []
        self._nears: list[tuple[int, tuple[_Unit, ...], int]] = []
        self._pairs: list[tuple[int, tuple[_Unit, ...], tuple[_Unit, ...], int, bool]] = []
        self._wild: dict[str, None] = {}
        for number, leaf in leaves.items():
            self._add(number, leaf)
        self._wildcards = WildcardTable(list(self._wild))
        self._owners = np.array(self._owner, dtype=np.int64)
        self._table = PhraseTable(self._phrases, fold=fold)
        self._of_units = bool(self._patterns or self._nears or self._pairs)

    def _add(self, number: int, leaf: WordLeaf) -> None:
        if isinstance(leaf, Phrase):
            self._add_phrase(leaf.spelling, number)
            for words in leaf.spellings:
                self._add_phrase(words, number)
        elif isinstance(leaf, Pattern):
            self._patterns.append((number, tuple(map(self._unit, _all_words(leaf)))))
        elif isinstance(leaf, Near):
            for units in (leaf.units, *leaf.spellings):
                made = tuple(map(self._unit, units))
                if leaf.dotted:
                    made = (replace(made[0], dotted=True), *made[1:])
                self._nears.append((number, made, leaf.distance))
        else:
            sides = tuple(
                tuple(self._unit(words) for term in side for words in _all_words(term))
                for side in (leaf.left, leaf.right)
            )
            self._pairs.append((number, sides[0], sides[1], leaf.distance, leaf.ordered))

    def _add_phrase(self, words: Words, owner: int) -> None:
        spellings = readings(words) if self.fold else (words,)
        self._phrases += spellings
        self._owner += [owner] * len(spellings)

    def _phrase(self, words: Words) -> int:
        """Return the owner of a phrase that is part of other leaves."""
        owner = self._known.get(words)
        if owner is None:
            owner = self._known[words] = -1 - len(self._known)
            self._add_phrase(words, owner)
        return owner

    def _unit(self, words: Words) -> _Unit:
        if not any(map(is_wild, words.texts)):
            element = _Element("", self._phrase(words))
            return _Unit((_Sequence((element,), ()),))
        made = []
        for sequence in sequences(replace(words, dotted=False)):
            elements = []
            for part in sequence.parts:
                if is_wild(part.texts[0]):
                    self._wild[part.texts[0]] = None
                    elements.append(_Element(part.texts[0]))
                else:
                    elements.append(_Element("", self._phrase(part)))
            made.append(_Sequence(tuple(elements), sequence.stops))
        return _Unit(tuple(made), words.dotted)

    def find(self, index: WordIndex) -> Runs:
        """Return the runs of words that match a leaf; `what` is the leaf's number."""
        runs = self._table.find(index)
        owner = self._owners[runs.matcher]
        if not self._of_units:
            return Runs(owner, runs.word, runs.length)
        is_leaf = owner >= 0
        found_runs = [Runs(owner[is_leaf], runs.word[is_leaf], runs.length[is_leaf])]
        spans = self._spans(owner[~is_leaf], runs.select(~is_leaf), index)
        for number, patterns in self._patterns:
            found_runs.append(_runs(number, spans(patterns)))
        if self._nears or self._pairs:
            distances = Distances(index)
            for number, units, distance in self._nears:
                places = [spans((unit,)) for unit in units]
                found_runs.append(_runs(number, find_near(places, distance, distances)))
            for number, left, right, distance, ordered in self._pairs:
                pairs = find_pairs(spans(left), spans(right), distance, distances, ordered=ordered)
                found_runs.append(_runs(number, pairs))
        return Runs.joined(found_runs)

    def _spans(
        self, owner: np.ndarray, runs: Runs, index: WordIndex
    ) -> Callable[[tuple[_Unit, ...]], Spans]:
        """Return a function from units to the places where any of them matches."""
        order = np.lexsort((runs.word, -owner))
        owner, start = -owner[order], runs.word[order]
        end = start + runs.length[order]
        wild = self._wildcards.find(index)
        brackets = Brackets.of(index)

        def of_element(element: _Element) -> Spans:
            if element.wild:
                words = wild[element.wild]
                return Spans(words, words + 1)
            first, last = np.searchsorted(owner, [-element.phrase, -element.phrase + 1])
            return Spans.of(start[first:last], end[first:last])

        def of_unit(unit: _Unit) -> Spans:
            parts = [
                find_sequence(
                    [of_element(element) for element in sequence.elements],
                    sequence.stops,
                    index,
                    brackets,
                )
                for sequence in unit.sequences
            ]
            spans = Spans.joined(parts)
            return spans.select(is_among(spans.start, index.dotted)) if unit.dotted else spans

        return lambda units: Spans.joined([of_unit(unit) for unit in units])


def _runs(leaf: int, spans: Spans) -> Runs:
    return Runs(np.full(len(spans.start), leaf), spans.start, spans.end - spans.start)


def _all_words(leaf: Phrase | Pattern | Exact) -> tuple[Words, ...]:
    """Return a leaf's words in every spelling; none for an exact leaf."""
    return () if isinstance(leaf, Exact) else (leaf.spelling, *leaf.spellings)


def readings(words: Words) -> tuple[Words, ...]:
    """Return `words` with their plurals folded, and with those kept that may be capitals.

    The keyword *sars* is found as SAR and as SARS. docs/rule-language.md, "Plurals".
    """
    ambiguous = [
        place
        for place, word in enumerate(words.texts)
        if word[-1] == "s" and len(word) in _EITHER_WAY and place not in words.kept
        if fold_word(word) != word
    ][:_MOST_READ_BOTH_WAYS]
    if not ambiguous:
        return (words,)
    choices = product((False, True), repeat=len(ambiguous))
    kept = ((*words.kept, *compress(ambiguous, choice)) for choice in choices)
    return tuple(replace(words, kept=places) for places in kept)
