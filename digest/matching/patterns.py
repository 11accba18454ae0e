"""Find phrases with wildcards, and words that stand near each other.

Both are made of single words at single places: a plain word, which `digest.matching.phrases` finds
along with everything else, or a word with wildcards, which `WildcardTable` tests once for each
different word and never for each text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digest.matching.arrays import ranges
from digest.matching.hashes import from_bytes
from digest.matching.phrases import Runs
from digest.text.words import ANY_ONE, ANY_RUN, Break

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.matching.arrays import Flags, Ints
    from digest.matching.word_index import WordIndex
    from digest.rules.syntax import Near, Pattern

    Places = Callable[[str], Ints]

_MEMO_WORDS = 200_000
_MAX_JOINED_HYPHENS = 6
"""Hyphens of one pattern that may each be missing: two to this power are the spellings tried."""
_WILDCARD = re.compile(f"[{ANY_RUN}{ANY_ONE}]")


def is_wild(word: str) -> bool:
    """Whether a word of a keyword holds a wildcard."""
    return _WILDCARD.search(word) is not None


class WordSequence(NamedTuple):
    """Words that stand one by one; the break before each, `stops`, may be a stop or not."""

    words: tuple[str, ...]
    stops: tuple[bool, ...]


def spellings(pattern: Pattern) -> tuple[WordSequence, ...]:
    """Return `pattern` with and without each of its hyphens (`pre-train*`, `pretrain*`)."""
    hyphens = [place for place, gap in enumerate(pattern.gaps) if gap == Break.HYPHEN]
    free = hyphens[:_MAX_JOINED_HYPHENS]
    result: list[WordSequence] = []
    for choice in product((False, True), repeat=len(free)):
        joined = {place for place, missing in zip(free, choice, strict=True) if missing}
        words, stops = [pattern.words[0]], []
        for place, word in enumerate(pattern.words[1:]):
            if place in joined:
                words[-1] += word
            else:
                words.append(word)
                stops.append(pattern.gaps[place] == Break.STOP)
        result.append(WordSequence(tuple(words), tuple(stops)))
    return tuple(result)


class WildcardTable:
    """Many words with wildcards, each tested against each different word once."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(dict.fromkeys(words))
        self._tests = [re.compile(_regex(word), re.DOTALL) for word in self.words]
        self._by_prefix: dict[bytes, list[int]] = {}
        self._anywhere: list[int] = []
        for number, word in enumerate(self.words):
            prefix = _WILDCARD.split(word)[0].encode()[:2]
            if len(prefix) == 2:
                self._by_prefix.setdefault(prefix, []).append(number)
            else:
                self._anywhere.append(number)
        self._prefix_table: Flags = np.zeros(1 << 16, dtype=np.bool_)
        for prefix in self._by_prefix:
            self._prefix_table[prefix[0] << 8 | prefix[1]] = True
        self._memo: dict[bytes, tuple[int, ...]] = {}

    def find(self, index: WordIndex) -> dict[str, Ints]:
        """Return for each wildcard word the indices, ascending, of the words that it matches."""
        if not self.words:
            return {}
        if self._anywhere:
            candidates = np.arange(len(index.hash))
        else:
            long = np.flatnonzero(index.raw_length >= 2)
            start = index.raw_start[long]
            pair = index.data[start].astype(np.int64) << 8 | index.data[start + 1]
            candidates = long[self._prefix_table[pair]]
        data = index.data.tobytes()
        starts = index.raw_start[candidates].tolist()
        ends = (index.raw_start + index.raw_length)[candidates].tolist()
        found: list[list[int]] = [[] for _ in self.words]
        for form, start_, end in zip(candidates.tolist(), starts, ends, strict=True):
            for number in self._matching(data[start_:end]):
                found[number].append(form)
        return dict(zip(self.words, _words_of(found, index), strict=True))

    def _matching(self, word: bytes) -> tuple[int, ...]:
        known = self._memo.get(word)
        if known is None:
            if len(self._memo) >= _MEMO_WORDS:
                self._memo.clear()
            text = from_bytes(word)
            numbers = [*self._by_prefix.get(word[:2], ()), *self._anywhere]
            known = tuple(number for number in numbers if self._tests[number].fullmatch(text))
            self._memo[word] = known
        return known


def _words_of(found: Sequence[Sequence[int]], index: WordIndex) -> Iterator[Ints]:
    """Yield for each list of forms the words, ascending, that are one of them."""
    wanted = np.zeros(len(index.hash), dtype=np.bool_)
    for forms in found:
        wanted[forms] = True
    word = np.flatnonzero(wanted[index.form])
    word = word[np.argsort(index.form[word], kind="stable")]
    ordered = index.form[word]
    for forms in found:
        first = np.searchsorted(ordered, forms)
        count = np.searchsorted(ordered, forms, side="right") - first
        yield np.sort(word[ranges(first, count)])


def _regex(word: str) -> str:
    """Return an expression that takes at most the product of both lengths, on any text.

    What stands between two `*` is taken where it first occurs, and that is never taken back
    (atomic groups): a later place could not help. Plain `.*` would try them all.
    """
    first, *rest = (
        "".join("." if character == ANY_ONE else re.escape(character) for character in part)
        for part in word.split(ANY_RUN)
    )
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?>.*?{part})" for part in middle if part) + f".*{last}"


def find_sequence(what: int, sequence: WordSequence, places: Places, index: WordIndex) -> Runs:
    """Return the runs in which the words of `sequence` stand one after the other."""
    at = [places(word) for word in sequence.words]
    rarest = min(range(len(at)), key=lambda number: len(at[number]))
    begin = at[rarest] - rarest
    begin = begin[(begin >= 0) & (begin + len(at) <= len(index.form))]
    for number, words in enumerate(at):
        begin = begin[_contains(words, begin + number)]
    for number, stop in enumerate(sequence.stops, start=1):
        if not stop:
            begin = begin[index.gap[begin + number] != Break.STOP]
    if any(sequence.stops):
        begin = begin[index.text_of(begin) == index.text_of(begin + len(at) - 1)]
    count = len(begin)
    return Runs(np.full(count, what), begin, np.full(count, len(at)))


def _contains(ascending: Ints, values: Ints) -> Flags:
    if not len(ascending):
        return np.zeros(len(values), dtype=np.bool_)
    at = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    contained: Flags = ascending[at] == values
    return contained


def find_near(what: int, near: Near, places: Places, index: WordIndex) -> Runs:
    """Return the smallest windows in which all words stand, each at a place of its own."""
    at = [places(word) for word in near.words]
    reach = len(at) + near.distance
    if len(at) == 1:
        return Runs(np.full(len(at[0]), what), at[0], np.ones(len(at[0]), dtype=np.int64))
    if len(at) == 2 and (pairs := _close_pairs(at[0], at[1], reach, index)) is not None:
        return Runs(np.full(len(pairs[0]), what), *pairs)
    texts = np.unique(index.text_of(at[0]))
    for others in at[1:]:
        texts = texts[_contains(np.unique(index.text_of(others)), texts)]
    found: list[tuple[int, int]] = []
    for text in texts.tolist():
        first, end = int(index.first[text]), int(index.first[text + 1])
        inside = [
            others[np.searchsorted(others, first) : np.searchsorted(others, end)].tolist()
            for others in at
        ]
        found += smallest_windows(inside, reach)
    begin = np.array([window[0] for window in found], dtype=np.int64)
    last = np.array([window[1] for window in found], dtype=np.int64)
    return Runs(np.full(len(begin), what), begin, last - begin + 1)


def _close_pairs(one: Ints, other: Ints, reach: int, index: WordIndex) -> tuple[Ints, Ints] | None:
    """Return first word and length of the smallest windows of two words; None if they overlap.

    In the places of both, put in order, these are the neighbours that are not of the same word.
    """
    places = np.concatenate((one, other))
    order = np.argsort(places, kind="stable")
    places, is_other = places[order], order >= len(one)
    distance = places[1:] - places[:-1]
    if (distance == 0).any():
        return None  # one place serves either word, but not both: not for neighbours to decide
    close = np.flatnonzero((is_other[1:] != is_other[:-1]) & (distance < reach))
    first, last = places[close], places[close + 1]
    same = index.text_of(first) == index.text_of(last)
    return first[same], last[same] - first[same] + 1


def smallest_windows(places: Sequence[Sequence[int]], reach: int) -> list[tuple[int, int]]:
    """Return the windows (first, last) of at most `reach` places that hold no smaller one.

    A window holds one place of each of `places`, all different.
    """
    positions = sorted({place for group in places for place in group})
    windows: list[tuple[int, int]] = []
    end = 0
    for number, first in enumerate(positions):
        # A later beginning never ends earlier, so `end` only moves forward.
        end = max(end, number)
        while end < len(positions) and not _assignable(places, first, positions[end]):
            end += 1
        if end == len(positions):
            break
        last = positions[end]
        if windows and windows[-1][1] == last:
            windows.pop()  # the same end from a later beginning is smaller
        if last - first < reach:
            windows.append((first, last))
    return windows


def _assignable(places: Sequence[Sequence[int]], first: int, last: int) -> bool:
    """Whether each group can have a place of its own from `first` to `last` (augmenting paths)."""
    # More places than there are groups never help a group.
    inside = [
        group[bisect_left(group, first) : bisect_right(group, last)][: len(places)]
        for group in places
    ]
    owner: dict[int, int] = {}

    def settle(group: int, tried: set[int]) -> bool:
        for place in inside[group]:
            if place not in tried:
                tried.add(place)
                if place not in owner or settle(owner[place], tried):
                    owner[place] = group
                    return True
        return False

    return all(settle(group, set()) for group in range(len(places)))
