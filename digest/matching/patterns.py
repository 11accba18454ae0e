"""Find words with wildcards, and the phrases that contain them.

`WildcardTable` tests a word with wildcards once for each unique word, never for each text.
`find_sequence` joins the words of a phrase; its plain words are found by `digest.matching.phrases`
in every spelling that they have as keywords.
"""

from __future__ import annotations

import re
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec import Struct

from digest.matching.arrays import ranges
from digest.matching.word_hashes import from_bytes
from digest.text.words import ANY_ONE, ANY_RUN, Break, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.matching.arrays import Flags, Ints
    from digest.matching.brackets import Brackets
    from digest.matching.word_index import WordIndex

_MEMO_WORDS = 200_000
_MAX_JOINED_HYPHENS = 6
"""Maximum number of optional hyphens in a pattern: two to this power is the number of spellings."""
_WILDCARD = re.compile(f"[{ANY_RUN}{ANY_ONE}]")


def is_wild(word: str) -> bool:
    """Return whether a word of a keyword has a wildcard."""
    return _WILDCARD.search(word) is not None


class Spans(NamedTuple):
    """Runs of words, from `start` up to `end`; ordered by their start."""

    start: Ints
    end: Ints

    @classmethod
    def of(cls, start: Ints, end: Ints) -> Spans:
        """Return runs in the order of their start, each once."""
        order = np.lexsort((end, start))
        start, end = start[order], end[order]
        new = np.ones(len(start), dtype=np.bool_)
        new[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        return cls(start[new], end[new])

    @classmethod
    def joined(cls, parts: Sequence[Spans]) -> Spans:
        """Return the runs of all `parts`."""
        if len(parts) == 1:
            return parts[0]
        return cls.of(
            np.concatenate([part.start for part in parts]),
            np.concatenate([part.end for part in parts]),
        )

    def select(self, kept: Flags | Ints) -> Spans:
        """Return some of the runs."""
        return Spans(self.start[kept], self.end[kept])


def smallest(spans: Spans) -> Spans:
    """Remove the runs that contain another."""
    if len(spans.start) < 2:
        return spans
    order = np.lexsort((-spans.end, spans.start))
    start, end = spans.start[order], spans.end[order]
    # The end of the shortest run that begins later, or at the same place and is shorter.
    following = np.minimum.accumulate(end[::-1])[::-1]
    keep = np.ones(len(start), dtype=np.bool_)
    keep[:-1] = end[:-1] < following[1:]
    return Spans(start[keep], end[keep])


class WordSequence(Struct, frozen=True):
    """Parts in a row; the break before each may be a stop or not, as `stops` says.

    A part is a word with wildcards, or plain words that are found as a keyword.
    """

    parts: tuple[Words, ...]
    stops: tuple[bool, ...]


def sequences(words: Words) -> tuple[WordSequence, ...]:
    """Return a phrase with and without each of its hyphens (`pre-train*`, `pretrain*`).

    Plain words are never split at a hyphen: as one part they match all that two would.
    """
    is_plain = [not is_wild(word) for word in words.texts]
    wild = [place for place, plain in enumerate(is_plain) if not plain]
    hyphens = [place for place, gap in enumerate(words.gaps) if gap == Break.HYPHEN]
    # The hyphens nearest to a wildcard: those between plain words further off are joined at once.
    hyphens.sort(key=lambda place: min(abs(2 * (place - at) + 1) for at in wild))
    free = hyphens[:_MAX_JOINED_HYPHENS]
    joined = {place for place in hyphens[len(free) :] if is_plain[place] and is_plain[place + 1]}
    result: list[WordSequence] = []
    for choice in product((False, True), repeat=len(free)):
        missing = {place for place, is_missing in zip(free, choice, strict=True) if is_missing}
        ends = [gap + 1 for gap in range(len(words.gaps)) if gap not in missing | joined]
        bounds = pairwise((0, *ends, len(words.texts)))
        parts = tuple(_part(words, start, end) for start, end in bounds)
        gaps = [words.gaps[end - 1] for end in ends]
        splits_plain = any(
            gap == Break.HYPHEN and not is_wild(first.texts[0]) and not is_wild(second.texts[0])
            for gap, (first, second) in zip(gaps, pairwise(parts), strict=True)
        )
        if not splits_plain:
            result.append(WordSequence(parts, tuple(gap == Break.STOP for gap in gaps)))
    return tuple(result)


def _part(words: Words, start: int, end: int) -> Words:
    """Return the words from `start` up to `end`; a single word if one of them has a wildcard."""
    texts = words.texts[start:end]
    if any(map(is_wild, texts)):
        return Words(("".join(texts),), ())
    kept = tuple(place - start for place in words.kept if start <= place < end)
    return Words(texts, words.gaps[start : end - 1], kept)


class WildcardTable:
    """Many words with wildcards, each tested once against each unique word."""

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
        """Return, for each wildcard word, the indices of the words that it matches, ascending."""
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
        forms_by_word: list[list[int]] = [[] for _ in self.words]
        for form, start_, end in zip(candidates.tolist(), starts, ends, strict=True):
            for number in self._matching(data[start_:end]):
                forms_by_word[number].append(form)
        return dict(zip(self.words, _words_of(forms_by_word, index), strict=True))

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


def _words_of(forms_by_word: Sequence[Sequence[int]], index: WordIndex) -> Iterator[Ints]:
    """Yield, for each list of forms, the indices of their words, ascending."""
    is_match = np.zeros(len(index.hash), dtype=np.bool_)
    for forms in forms_by_word:
        is_match[forms] = True
    word = np.flatnonzero(is_match[index.form])
    word = word[np.argsort(index.form[word], kind="stable")]
    ordered = index.form[word]
    for forms in forms_by_word:
        first = np.searchsorted(ordered, forms)
        count = np.searchsorted(ordered, forms, side="right") - first
        yield np.sort(word[ranges(first, count)])


def _regex(word: str) -> str:
    """Return an expression whose matching time is at most the product of both lengths.

    Text between two `*` is matched at its first occurrence, and atomic groups never backtrack: a
    later place could not help. A plain `.*` would try them all.
    """
    first, *rest = (
        "".join("." if character == ANY_ONE else re.escape(character) for character in part)
        for part in word.split(ANY_RUN)
    )
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?>.*?{part})" for part in middle if part) + f".*{last}"


def find_sequence(
    places: Sequence[Spans], stops: Sequence[bool], index: WordIndex, brackets: Brackets
) -> Spans:
    """Return the runs in which the words at `places` come one after the other."""
    begin, end = places[0]
    for following, stop in zip(places[1:], stops, strict=True):
        first, count = _starting_at(following, end)
        at = np.repeat(np.arange(len(end)), count)
        next_ = ranges(first, count)
        start = following.start[next_]
        if stop:
            fits = index.text_of(start) == index.text_of(end[at] - 1)
        else:
            fits = index.gap[start] != Break.STOP
        at, next_ = at[fits], next_[fits]
        if len(brackets.before):
            skipping, after_bracket = _skipping(following, end, brackets)
            at, next_ = np.concatenate((at, skipping)), np.concatenate((next_, after_bracket))
        begin, end = begin[at], following.end[next_]
    return Spans.of(begin, end)


def _skipping(following: Spans, end: Ints, brackets: Brackets) -> tuple[Ints, Ints]:
    """Return the runs that end before a bracket, with each of `following` after it."""
    place = np.minimum(np.searchsorted(brackets.before, end - 1), len(brackets.before) - 1)
    skips = np.flatnonzero(brackets.before[place] == end - 1)
    first, count = _starting_at(following, brackets.behind[place[skips]])
    return np.repeat(skips, count), ranges(first, count)


def _starting_at(spans: Spans, start: Ints) -> tuple[Ints, Ints]:
    first = np.searchsorted(spans.start, start)
    return first, np.searchsorted(spans.start, start, side="right") - first
