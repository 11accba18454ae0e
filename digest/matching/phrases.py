"""Find all phrases of all rules in one pass over the words of many texts.

The hash of joined words follows from the hashes of the words, so a walk that starts at every word
at once and goes on only where some phrase may still continue finds each spelling (fine-tuning,
fine tuning, finetuning) with one look-up in one table. What it finds is compared byte for byte,
and break for break, before it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digest.matching.arrays import ranges
from digest.matching.hashes import hash_each, powers, to_bytes
from digest.matching.plurals import Forms, folded
from digest.text.words import Break

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.matching.arrays import Bytes, Flags, Hashes, Ints
    from digest.matching.word_index import WordIndex
    from digest.rules.syntax import Phrase

_WHOLE, _AT_BREAK, _INSIDE = 1, 2, 4
_GOES_ON = np.uint8(_AT_BREAK | _INSIDE)
_NO_BREAK, _BREAK, _STOP = 0, 1, 2
_MIX = 0xD6E8FEB86659FD93


class Runs(NamedTuple):
    """Runs of words that are something: which, where, and how many words long."""

    what: Ints
    word: Ints
    """Index of the first word."""
    length: Ints
    """In words."""

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
            np.concatenate([part.length for part in parts]),
        )

    def taken(self, kept: Flags | Ints) -> Runs:
        """Return some of the runs."""
        return Runs(self.what[kept], self.word[kept], self.length[kept])


class PhraseTable:
    """Many phrases, compiled; `find` numbers them as they were given."""

    def __init__(self, phrases: Sequence[Phrase], *, fold: bool) -> None:
        words: list[str] = []
        stops: list[bool] = []
        ends: list[int] = []
        for phrase in phrases:
            words += phrase.words
            # A phrase has a break less than words: the first word's own is no matter.
            stops.append(False)
            stops += [gap == Break.STOP for gap in phrase.gaps]
            ends.append(len(words))
        letters, start = _letters(words, fold=fold)
        last = np.array(ends, dtype=np.int64)
        first = np.concatenate(([0], last))[:-1]
        bounds = np.append(start, len(letters))
        self._bytes: Bytes = letters if len(letters) else np.zeros(1, dtype=np.uint8)
        self._offset: Ints = bounds[first]
        self._length: Ints = bounds[last] - self._offset
        self._breaks = np.zeros(len(self._bytes) + 1, dtype=np.uint8)
        self._breaks[start] = np.where(stops, _STOP, _BREAK)
        self._breaks[self._offset] = _NO_BREAK
        self._has_stops = any(stops)
        hashes = hash_each(self._bytes, self._offset, self._offset + self._length)
        self._order: Ints = np.argsort(hashes, kind="stable")
        # Several phrases may share their letters: `mixture-of` and `mixture of`.
        self._hashes: Hashes
        self._hashes, self._first, self._times = np.unique(
            hashes[self._order], return_index=True, return_counts=True
        )
        self._fill_filter(hashes)

    def _fill_filter(self, hashes: Hashes) -> None:
        """Fill the table that says, a byte an entry, what a hash may be.

        It holds every phrase, and every beginning of one after which a run may go on.
        """
        count = len(self._bytes) if len(hashes) else 0
        size = 1 << max(12, min(22, (16 * (len(hashes) + count)).bit_length()))
        self._shift = np.uint64(65 - size.bit_length())
        self._filter = np.zeros(size, dtype=np.uint8)
        if not count:
            return
        np.bitwise_or.at(self._filter, self._slots(hashes), np.uint8(_WHOLE))
        # Hashes of all beginnings at once: sums from the start of the letters of each phrase.
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
        """Return every run of words of `index` that is one of the phrases."""
        if not len(self._hashes) or not len(index.form):
            return Runs.none()
        # What a single word may be is asked once for each form, and all words follow.
        may_be: Bytes = self._filter.take(self._slots(index.hash), mode="clip")
        single = self._single(index, may_be)
        goes_on = self._going_on(index)
        # `take` without a check of bounds, which forms never exceed: this is the one step that
        # every word of every text goes through.
        begins: Bytes = (may_be & _GOES_ON).take(index.form, mode="clip")
        begins &= goes_on
        return Runs.joined((single, self._verified(self._longer(index, goes_on, begins), index)))

    def _single(self, index: WordIndex, may_be: Bytes) -> Runs:
        """Return the single words that are a phrase."""
        form = np.flatnonzero(may_be & _WHOLE)
        at, what = self._whole(index.hash[form], index.length[form])
        form = form[at]
        right = np.ones(len(form), dtype=np.bool_)
        right[self._different(index, form, self._offset[what])] = False
        what, form = what[right], form[right]
        times = np.bincount(form, minlength=len(index.hash))
        first = np.cumsum(times) - times
        word = np.flatnonzero((times > 0).take(index.form, mode="clip"))
        form = index.form[word]
        count = times[form]
        what = what[ranges(first[form], count)]
        return Runs(what, np.repeat(word, count), np.ones(len(what), dtype=np.int64))

    def _longer(self, index: WordIndex, goes_on: Bytes, begins: Bytes) -> Runs:
        """Return the runs of several words that have the hash of a phrase."""
        factors = powers(int(self._length.max()))
        longest = self._length.max()
        found: list[Runs] = []
        word = self._likely(np.flatnonzero(begins), factors, index)
        form = index.form[word]
        total, length = index.hash[form], index.length[form]
        count = 1
        while len(word):
            following = index.form[word + count]
            count += 1
            fits = np.flatnonzero(length + index.length[following] <= longest)
            word, following = word[fits], following[fits]
            total = total[fits] + index.hash[following] * factors[length[fits]]
            length = length[fits] + index.length[following]
            may_be = self._filter.take(self._slots(total), mode="clip")
            may_be &= goes_on[word + (count - 1)]
            whole = np.flatnonzero(may_be & _WHOLE)
            at, what = self._whole(total[whole], length[whole])
            found.append(Runs(what, word[whole[at]], np.full(len(at), count, dtype=np.int64)))
            on = np.flatnonzero(may_be & _GOES_ON)
            word, total, length = word[on], total[on], length[on]
        return Runs.joined(found)

    def _likely(self, word: Ints, factors: Hashes, index: WordIndex) -> Ints:
        """Keep the words that still begin something with the next one's first letter.

        Short words begin a great many phrases (`the` of `theory`); this shuts most of them out
        before more is asked.
        """
        form, following = index.form[word], index.form[word + 1]
        # Of forms longer than every phrase the factor is wrong, and nothing begins with them.
        factor = factors[np.minimum(index.length, len(factors) - 1)]
        letter = index.data[index.start].astype(np.uint64)
        total = index.hash[form]
        total += letter[following] * factor[form]
        return word[self._filter.take(self._slots(total), mode="clip") > 0]

    def _going_on(self, index: WordIndex) -> Bytes:
        """Say for each word what a run that ends in it may still become."""
        after = np.full(len(index.form), _WHOLE, dtype=np.uint8)
        gap, joins = index.gap[1:], index.joins[1:]
        after[:-1] |= joins * np.uint8(_INSIDE)
        after[:-1] |= (gap != Break.STOP) * np.uint8(_AT_BREAK)
        if self._has_stops:
            after[:] |= _AT_BREAK
            after[index.first[1:][np.diff(index.first) > 0] - 1] = _WHOLE
        return after

    def _whole(self, hashes: Hashes, length: Ints) -> tuple[Ints, Ints]:
        """Look up which phrases some runs hash to; several may share their letters.

        Return positions in `hashes`, and the phrase at each.
        """
        which = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        known = np.flatnonzero(self._hashes[which] == hashes)
        which = which[known]
        times = self._times[which]
        what = self._order[ranges(self._first[which], times)]
        at = np.repeat(known, times)
        same = self._length[what] == length[at]
        return at[same], what[same]

    def _verified(self, runs: Runs, index: WordIndex) -> Runs:
        """Keep the runs whose letters and breaks are the phrase's."""
        if not len(runs.what):
            return runs
        run = np.repeat(np.arange(len(runs.length)), runs.length)
        begin = np.cumsum(runs.length) - runs.length
        word = ranges(runs.word, runs.length)
        form = index.form[word]
        length = index.length[form]
        # Bytes of the run before this word: where in the phrase the word must stand.
        before = np.cumsum(length) - length
        target = np.repeat(self._offset[runs.what] - before[begin], runs.length) + before
        bad = np.zeros(len(runs.what), dtype=np.bool_)
        bad[run[self._different(index, form, target)]] = True
        is_inner = np.ones(len(word), dtype=np.bool_)
        is_inner[begin] = False
        inner = np.flatnonzero(is_inner)
        kind = self._breaks[target[inner]]
        gap, joins = index.gap[word[inner]], index.joins[word[inner]]
        allowed = np.where(kind == _NO_BREAK, joins, (kind == _STOP) | (gap != Break.STOP))
        bad[run[inner[~allowed]]] = True
        return runs.taken(~bad)

    def _different(self, index: WordIndex, form: Ints, target: Ints) -> Ints:
        """Return at which places of `form` the letters are not byte for byte those at `target`."""
        length = index.length[form]
        theirs = index.data[ranges(index.start[form], length)]
        ours = self._bytes[ranges(target, length)]
        return np.searchsorted(np.cumsum(length), np.flatnonzero(theirs != ours), side="right")


def _letters(words: Sequence[str], *, fold: bool) -> tuple[Bytes, Ints]:
    """Return the letters of `words`, one after the other, and where each word begins.

    With `fold`, the singular and the plural become one, as in the texts.
    """
    joined = to_bytes("\0".join(words))
    data = np.frombuffer(joined, dtype=np.uint8)
    end = np.append(np.flatnonzero(data == 0), len(data))[: len(words)]
    start = np.append(0, end + 1)[: len(words)]
    length = end - start
    if fold:
        forms = Forms(data, start, length, start, length, hash_each(data, start, end))
        data, _, _, start, length, _ = folded(forms)
    return data[ranges(start, length)], np.cumsum(length) - length
