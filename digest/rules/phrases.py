"""Find all phrases of all rules in one pass over the words of many texts.

The hash of joined words follows from the hashes of the words, so a walk that starts at every word
at once and goes on only where some phrase may still continue finds each spelling (fine-tuning,
fine tuning, finetuning) with one look-up in one table. What it finds is compared byte for byte,
and break for break, before it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digest.rules.index import hash_bytes, powers, to_bytes
from digest.text.words import Break

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rules.index import Bytes, Flags, Hashes, Ints, WordIndex

_WHOLE, _AT_BREAK, _INSIDE = 1, 2, 4
_NO_BREAK, _BREAK, _STOP = 0, 1, 2
_MIX = 0xD6E8FEB86659FD93


@dataclass(frozen=True, slots=True)
class Spelling:
    """A phrase as it is compared: words as they are in the index, and the breaks between them."""

    words: tuple[str, ...]
    stops: tuple[bool, ...]
    """Whether each break between the words is a stop."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of words that are something: which, where, and how many words long."""

    what: Ints
    word: Ints
    """Index of the first word."""
    count: Ints

    @classmethod
    def none(cls) -> Runs:
        """Return no runs."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty, empty, empty)

    @classmethod
    def joined(cls, parts: Sequence[Runs]) -> Runs:
        """Return the runs of all `parts`."""
        if not parts:
            return cls.none()
        return cls(
            np.concatenate([part.what for part in parts]),
            np.concatenate([part.word for part in parts]),
            np.concatenate([part.count for part in parts]),
        )

    def taken(self, kept: Flags | Ints) -> Runs:
        """Return some of the runs."""
        return Runs(self.what[kept], self.word[kept], self.count[kept])


class PhraseTable:
    """Many spellings, compiled; `find` numbers them as they were given."""

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        texts = [b"".join(to_bytes(word) for word in spelling.words) for spelling in spellings]
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        self._offset: Ints = np.concatenate(([0], np.cumsum(lengths)))[:-1]
        self._bytes: Bytes = np.frombuffer(b"".join(texts) or b"\0", dtype=np.uint8)
        self._breaks = np.zeros(len(self._bytes) + 1, dtype=np.uint8)
        hashes = np.array([hash_bytes(text) for text in texts], dtype=np.uint64)
        self._order: Ints = np.argsort(hashes, kind="stable")
        # Several spellings may share their letters: `mixture-of` and `mixture of`.
        self._hashes: Hashes
        self._hashes, self._first, self._times = np.unique(
            hashes[self._order], return_index=True, return_counts=True
        )
        self._length = lengths
        self._note_breaks(spellings)
        self._fill_filter(hashes)
        self._has_stops = any(any(spelling.stops) for spelling in spellings)

    def _note_breaks(self, spellings: Sequence[Spelling]) -> None:
        """Mark where in its letters each spelling has a break."""
        for offset, spelling in zip(self._offset.tolist(), spellings, strict=True):
            place = offset
            for word, stop in zip(spelling.words, spelling.stops, strict=False):
                place += len(to_bytes(word))
                self._breaks[place] = _STOP if stop else _BREAK

    def _fill_filter(self, hashes: Hashes) -> None:
        """Fill the table that says, a byte an entry, what a hash may be.

        It holds every spelling, and every beginning of one after which a run may go on.
        """
        count = len(self._bytes) if len(hashes) else 0
        size = 1 << max(12, min(22, (16 * (len(hashes) + count)).bit_length()))
        self._shift = np.uint64(65 - size.bit_length())
        self._filter = np.zeros(size, dtype=np.uint8)
        if not count:
            return
        np.bitwise_or.at(self._filter, self._slots(hashes), np.uint8(_WHOLE))
        # Hashes of all beginnings at once: sums from the start of the letters of each spelling.
        start = np.repeat(self._offset, self._length)
        within = np.arange(count) - start
        factors = powers(int(self._length.max()))
        sums = np.cumsum(self._bytes * factors[within])
        before = np.concatenate((np.zeros(1, dtype=np.uint64), sums[:-1]))
        beginnings = sums - before[start]
        inner = np.flatnonzero(within < np.repeat(self._length, self._length) - 1)
        kinds = np.where(self._breaks[inner + 1] == _NO_BREAK, _INSIDE, _AT_BREAK)
        slots = self._slots(beginnings[inner])
        np.bitwise_or.at(self._filter, slots, kinds.astype(np.uint8))

    def _slots(self, hashes: Hashes) -> Ints:
        # Multiplying mixes the low bits, which polynomial hashes differ in most, into the high.
        slots = hashes * np.uint64(_MIX)
        slots >>= self._shift
        return slots.view(np.int64)

    def find(self, index: WordIndex) -> Runs:
        """Return every run of words of `index` that is one of the spellings."""
        if not len(self._hashes) or not len(index.hash):
            return Runs.none()
        factors = powers(int(self._length.max()))
        word = np.arange(len(index.hash), dtype=np.int64)
        total, length = index.hash, index.length
        goes_on = self._going_on(index)
        longest = self._length.max()
        found: list[Runs] = []
        count = 1
        while len(word):
            # `take` without a check of bounds, which slots never exceed: this is the one step
            # that every word of every text goes through.
            may_be = self._filter.take(self._slots(total), mode="clip")
            may_be &= goes_on if count == 1 else goes_on[word + (count - 1)]
            # Few words begin anything: all that follows is about those alone.
            some = np.flatnonzero(may_be)
            word, total, length, may_be = word[some], total[some], length[some], may_be[some]
            found.append(self._whole(np.flatnonzero(may_be & _WHOLE), word, total, length, count))
            on = np.flatnonzero(may_be & (_AT_BREAK | _INSIDE))
            following = word[on] + count
            fits = length[on] + index.length[following] <= longest
            on, following = on[fits], following[fits]
            total = total[on] + index.hash[following] * factors[length[on]]
            length = length[on] + index.length[following]
            word = word[on]
            count += 1
        return self._verified(Runs.joined(found), index)

    def _going_on(self, index: WordIndex) -> Bytes:
        """Say for each word what a run that ends in it may still become."""
        after = np.full(len(index.hash), _WHOLE, dtype=np.uint8)
        gap, joins = index.gap[1:], index.joins[1:]
        after[:-1] |= joins * np.uint8(_INSIDE)
        after[:-1] |= (gap != Break.STOP) * np.uint8(_AT_BREAK)
        if self._has_stops:
            after[:] |= _AT_BREAK
            after[index.first[1:][np.diff(index.first) > 0] - 1] = _WHOLE
        return after

    def _whole(self, at: Ints, word: Ints, total: Hashes, length: Ints, count: int) -> Runs:
        """Look up which spellings the runs at `at` hash to; several may share their letters."""
        hashes = total[at]
        which = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        known = self._hashes[which] == hashes
        at, which = at[known], which[known]
        low, times = self._first[which], self._times[which]
        at = np.repeat(at, times)
        within = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
        what = self._order[np.repeat(low, times) + within]
        same = self._length[what] == length[at]
        at, what = at[same], what[same]
        return Runs(what, word[at], np.full(len(at), count, dtype=np.int64))

    def _verified(self, runs: Runs, index: WordIndex) -> Runs:
        """Keep the runs whose letters and breaks are the spelling's."""
        if not len(runs.what):
            return runs
        run = np.repeat(np.arange(len(runs.what)), runs.count)
        place_in_run = np.arange(len(run)) - np.repeat(
            np.cumsum(runs.count) - runs.count, runs.count
        )
        word = runs.word[run] + place_in_run
        length = index.length[word]
        # Bytes of the run before this word: where in the spelling the word must stand.
        before = np.cumsum(length) - length
        before -= before[np.cumsum(runs.count) - runs.count][run]
        target = self._offset[runs.what[run]] + before
        bad = np.zeros(len(runs.what), dtype=np.bool_)
        bad[run[self._different(index, word, length, target)]] = True
        inner = np.flatnonzero(place_in_run > 0)
        kind = self._breaks[target[inner]]
        gap, joins = index.gap[word[inner]], index.joins[word[inner]]
        allowed = np.where(kind == _NO_BREAK, joins, (kind == _STOP) | (gap != Break.STOP))
        bad[run[inner[~allowed]]] = True
        return runs.taken(~bad)

    def _different(self, index: WordIndex, word: Ints, length: Ints, target: Ints) -> Ints:
        """Return which of some words do not stand byte for byte at their `target`."""
        owner = np.repeat(np.arange(len(word)), length)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
        theirs = index.data[index.start[word][owner] + within]
        ours = self._bytes[target[owner] + within]
        different: Ints = owner[theirs != ours]
        return different
