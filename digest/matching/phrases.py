"""Find all phrases of all rules in one pass over the words of many texts.

The hash of joined words follows from the hashes of the words. A walk starts at every word at once
and continues only while some phrase may continue, so it finds each spelling (fine-tuning, fine
tuning, finetuning) with one look-up in one table. Each result is then compared byte for byte and
break for break.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec import Struct

from digest.matching.arrays import is_among, ranges
from digest.matching.brackets import Brackets
from digest.matching.fold_batch import MARGIN, Forms, folded
from digest.matching.word_hashes import hash_each, powers, to_bytes
from digest.text.words import Break

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.matching.arrays import Bytes, Flags, Hashes, Ints
    from digest.matching.word_index import WordIndex
    from digest.text.words import Words

_WHOLE, _AT_BREAK, _INSIDE, _SKIPS = 1, 2, 4, 8
"""Flags of a run: it is a phrase; it begins one, up to a break or inside a word; the bracket of an
abbreviation follows, which it may skip."""
_GOES_ON = np.uint8(_AT_BREAK | _INSIDE)
_NO_BREAK, _BREAK, _GLUE, _STOP = 0, 1, 2, 3
_KIND_OF = np.zeros(len(Break), dtype=np.uint8)
"""The kind of a break: the text must have one where the phrase has glue or a stop."""
_KIND_OF[[Break.SPACE, Break.HYPHEN, Break.GLUE, Break.STOP]] = _BREAK, _BREAK, _GLUE, _STOP
_MIX = 0xD6E8FEB86659FD93
_MOST_SKIPPED = 60
"""Maximum number of words in a run that may skip brackets: the bits of one number."""


class Runs(Struct, frozen=True):
    """Runs of words that match."""

    matcher: Ints
    """Index of the phrase or leaf that matches."""
    word: Ints
    """Index of the first word."""
    length: Ints
    """In words, including those of skipped brackets."""

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
            np.concatenate([part.matcher for part in parts]),
            np.concatenate([part.word for part in parts]),
            np.concatenate([part.length for part in parts]),
        )

    def select(self, kept: Flags | Ints) -> Runs:
        """Return some of the runs."""
        return Runs(self.matcher[kept], self.word[kept], self.length[kept])


class _Steps(NamedTuple):
    """The words of some runs, one run after the other."""

    word: Ints
    size: Ints
    """By run: the number of its own words."""
    gap: Bytes
    """By word: the break before it in the run."""
    joins: Flags
    """By word: whether a phrase without a break there may run over that break."""


class _Walks(NamedTuple):
    """Runs that may continue: first and last word, number of words, hash and letters."""

    begin: Ints
    last: Ints
    size: Ints
    total: Hashes
    length: Ints

    @classmethod
    def of(
        cls, begin: Ints, index: WordIndex, total: Hashes | None = None, length: Ints | None = None,
        count: int = 1,
    ) -> _Walks:  # fmt: skip
        """Return the runs of `count` words; for one word everything is known."""
        if total is None or length is None:
            form = index.form[begin]
            total, length = index.hash[form], index.length[form]
        return cls(begin, begin + (count - 1), np.full(len(begin), count), total, length)

    @classmethod
    def joined(cls, parts: Sequence[_Walks]) -> _Walks:
        """Return the runs of all `parts`."""
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


class PhraseTable:
    """Many phrases, compiled; `find` numbers them in the given order."""

    def __init__(self, phrases: Sequence[Words], *, fold: bool) -> None:
        words = list(chain.from_iterable([phrase.texts for phrase in phrases]))
        count = np.array([len(phrase.texts) for phrase in phrases], dtype=np.int64)
        last = np.cumsum(count)
        first = last - count
        kept = [
            place + int(first[number])
            for number, phrase in enumerate(phrases)
            for place in phrase.kept
        ]
        letters, start = _letters(words, kept, fold=fold)
        bounds = np.append(start, len(letters))
        # A phrase has one break fewer than words: what precedes the first is irrelevant.
        gaps = bytes(chain.from_iterable([phrase.gaps for phrase in phrases]))
        kinds = np.full(len(words), _BREAK, dtype=np.uint8)
        kinds[np.delete(np.arange(len(words)), first)] = _KIND_OF[np.frombuffer(gaps, np.uint8)]
        self._bytes: Bytes = letters if len(letters) else np.zeros(1, dtype=np.uint8)
        self._offset: Ints = bounds[first]
        self._length: Ints = bounds[last] - self._offset
        self._breaks = np.zeros(len(self._bytes) + 1, dtype=np.uint8)
        self._breaks[start] = kinds
        total = np.concatenate(([0], np.cumsum(kinds >= _GLUE)))
        self._required: Ints = total[last] - total[first]
        """Number of breaks of each phrase that the text must have."""
        self._breaks[self._offset] = _NO_BREAK
        self._dotted = np.array([phrase.dotted for phrase in phrases], dtype=np.bool_)
        self._has_dotted = bool(self._dotted.any())
        self._has_stops = bool((kinds == _STOP).any())
        hashes = hash_each(self._bytes, self._offset, self._offset + self._length)
        self._order: Ints = np.argsort(hashes, kind="stable")
        # Several phrases may have the same letters: `mixture-of` and `mixture of`.
        ordered = hashes[self._order]
        is_new = np.ones(len(ordered), dtype=np.bool_)
        is_new[1:] = ordered[1:] != ordered[:-1]
        self._first = np.flatnonzero(is_new)
        self._times = np.diff(self._first, append=len(ordered))
        self._hashes: Hashes = ordered[self._first]
        self._fill_filter(hashes)

    def _fill_filter(self, hashes: Hashes) -> None:
        """Fill the table of flags, one byte per entry, indexed by hash.

        It has every phrase, and every beginning of a phrase after which a run may continue.
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
        # Multiplying mixes the low bits, where polynomial hashes differ most, into the high ones.
        slots = hashes * np.uint64(_MIX)
        slots >>= self._shift
        return slots.view(np.int64)

    def find(self, index: WordIndex) -> Runs:
        """Return every run of words of `index` that is one of the phrases."""
        if not len(self._hashes) or not len(index.form):
            return Runs.none()
        # The flags of a single word are looked up once for each form.
        filter_bits: Bytes = self._filter.take(self._slots(index.hash), mode="clip")
        single = self._single(index, filter_bits)
        brackets = Brackets.of(index)
        continues = self._going_on(index, brackets)
        # `take` without a check of bounds, which forms never exceed: the only step for every
        # word of every text.
        begins: Bytes = (filter_bits & _GOES_ON).take(index.form, mode="clip")
        walks = [_Walks.of(brackets.before[begins[brackets.before] > 0], index)]
        begins &= continues
        begin = np.flatnonzero(begins != 0)
        several = self._verified(self._longer(index, continues, begin, walks), index)
        skipping = self._skipping(index, continues, brackets, _Walks.joined(walks))
        runs = Runs.joined([single, several, skipping])
        if not self._has_dotted:
            return runs
        fits = ~self._dotted[runs.matcher] | is_among(runs.word, index.dotted)
        return runs if fits.all() else runs.select(fits)

    def _single(self, index: WordIndex, filter_bits: Bytes) -> Runs:
        """Return the single words that are a phrase."""
        form = np.flatnonzero((filter_bits & _WHOLE) != 0)
        at, phrase = self._lookup(index.hash[form], index.length[form])
        form = form[at]
        right = self._required[phrase] == 0
        right[self._different(index, form, self._offset[phrase])] = False
        phrase, form = phrase[right], form[right]
        times = np.bincount(form, minlength=len(index.hash))
        first = np.cumsum(times) - times
        word = np.flatnonzero((times > 0).take(index.form, mode="clip"))
        form = index.form[word]
        count = times[form]
        phrase = phrase[ranges(first[form], count)]
        return Runs(phrase, np.repeat(word, count), np.ones(len(phrase), dtype=np.int64))

    def _longer(self, index: WordIndex, continues: Bytes, begin: Ints, walks: list[_Walks]) -> Runs:
        """Return the runs of several words from `begin` that have the hash of a phrase.

        Runs that end before a bracket and may continue after it are added to `walks`.
        """
        factors = powers(int(self._length.max()))
        longest = self._length.max()
        runs: list[Runs] = []
        word = self._likely(begin, factors, index)
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
            filter_bits = self._filter.take(self._slots(total), mode="clip")
            after = continues[word + (count - 1)]
            skips = np.flatnonzero((after & _SKIPS) != 0)
            skips = skips[(filter_bits[skips] & _GOES_ON) > 0]
            if len(skips):
                walks.append(_Walks.of(word[skips], index, total[skips], length[skips], count))
            filter_bits &= after
            complete = np.flatnonzero((filter_bits & _WHOLE) != 0)
            at, phrase = self._lookup(total[complete], length[complete])
            runs.append(Runs(phrase, word[complete[at]], np.full(len(at), count, dtype=np.int64)))
            on = np.flatnonzero((filter_bits & _GOES_ON) != 0)
            word, total, length = word[on], total[on], length[on]
        return Runs.joined(runs)

    def _skipping(
        self, index: WordIndex, continues: Bytes, brackets: Brackets, walks: _Walks
    ) -> Runs:
        """Return the runs of several words that skip the bracket of an abbreviation.

        `walks` end before their first bracket; each later one may be skipped or not.
        """
        factors = powers(int(self._length.max()))
        longest = self._length.max()
        begin, last, size, total, length = walks
        skips = np.zeros(len(begin), dtype=np.uint64)
        runs: list[tuple[Ints, Ints, Ints, Hashes]] = []
        on = np.zeros(0, dtype=np.int64)
        while len(begin):
            filter_bits = self._filter.take(self._slots(total), mode="clip")
            skip = np.flatnonzero(
                filter_bits & self._after_skip(continues, brackets, last) & _GOES_ON
            )
            if runs:
                on = np.flatnonzero(filter_bits & continues[last] & _GOES_ON)
            from_ = np.concatenate((on, skip))
            following = np.concatenate((last[on] + 1, brackets.after(last[skip])))
            bits = np.uint64(1) << size[skip].astype(np.uint64)
            skip_bits = np.concatenate((skips[on], skips[skip] | bits))
            form = index.form[following]
            fits = np.flatnonzero(
                (length[from_] + index.length[form] <= longest) & (size[from_] < _MOST_SKIPPED)
            )
            from_, last, skips, form = from_[fits], following[fits], skip_bits[fits], form[fits]
            begin, size = begin[from_], size[from_] + 1
            total = total[from_] + index.hash[form] * factors[length[from_]]
            length = length[from_] + index.length[form]
            run, phrase = self._lookup(total, length)
            runs.append((phrase, begin[run], size[run], skips[run]))
        if not any(len(phrase) for phrase, *_ in runs):
            return Runs.none()
        phrase, word, size, skips = (np.concatenate(column) for column in zip(*runs, strict=True))
        steps = _skipping_steps(word, size, skips, index, brackets)
        last = steps.word[np.cumsum(size) - 1]
        return Runs(phrase, word, last - word + 1).select(self._right(phrase, steps, index))

    @staticmethod
    def _after_skip(continues: Bytes, brackets: Brackets, last: Ints) -> Bytes:
        """Return the flags of runs that end in `last` if they skip the bracket there."""
        kinds = np.zeros(len(last), dtype=np.uint8)
        at = np.flatnonzero(continues[last] & _SKIPS)
        kinds[at] = _AT_BREAK
        kinds[at[brackets.joins_after(last[at])]] |= _INSIDE
        return kinds

    def _likely(self, word: Ints, factors: Hashes, index: WordIndex) -> Ints:
        """Keep the words that still begin something with the next word's first letter.

        Short words begin a great many phrases (`the` of `theory`); this removes most of them early.
        """
        form, following = index.form[word], index.form[word + 1]
        # For forms longer than every phrase the factor is wrong, but nothing begins with them.
        factor = factors[np.minimum(index.length, len(factors) - 1)]
        letter = index.data[index.start].astype(np.uint64)
        total = index.hash[form]
        total += letter[following] * factor[form]
        return word[self._filter.take(self._slots(total), mode="clip") > 0]

    def _going_on(self, index: WordIndex, brackets: Brackets) -> Bytes:
        """Return, for each word, the flags that a run ending in it may have."""
        after = np.full(len(index.form), _WHOLE, dtype=np.uint8)
        after[:-1] |= index.joins[1:].view(np.uint8) * np.uint8(_INSIDE)
        after[:-1] |= (index.gap[1:] != Break.STOP).view(np.uint8) * np.uint8(_AT_BREAK)
        if self._has_stops:
            after[:] |= _AT_BREAK
            after[index.first[1:][np.diff(index.first) > 0] - 1] = _WHOLE
        after[brackets.before] |= _SKIPS
        return after

    def _lookup(self, hashes: Hashes, length: Ints) -> tuple[Ints, Ints]:
        """Look up which phrases have the hashes of runs; several may have the same letters.

        Return positions in `hashes`, and the phrase at each.
        """
        position = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        known = np.flatnonzero(self._hashes[position] == hashes)
        position = position[known]
        times = self._times[position]
        phrase = self._order[ranges(self._first[position], times)]
        at = np.repeat(known, times)
        same = self._length[phrase] == length[at]
        return at[same], phrase[same]

    def _verified(self, runs: Runs, index: WordIndex) -> Runs:
        """Keep the runs whose letters and breaks are those of their phrase."""
        if not len(runs.matcher):
            return runs
        word = ranges(runs.word, runs.length)
        steps = _Steps(word, runs.length, index.gap[word], index.joins[word])
        return runs.select(self._right(runs.matcher, steps, index))

    def _right(self, phrase: Ints, steps: _Steps, index: WordIndex) -> Flags:
        """Return which runs have the letters and breaks of their phrase."""
        word, count, gap, joins = steps
        run = np.repeat(np.arange(len(count)), count)
        begin = np.cumsum(count) - count
        form = index.form[word]
        length = index.length[form]
        # Bytes of the run before this word: its place in the phrase.
        before = np.cumsum(length) - length
        target = np.repeat(self._offset[phrase] - before[begin], count) + before
        right = np.ones(len(phrase), dtype=np.bool_)
        right[run[self._different(index, form, target)]] = False
        is_inner = np.ones(len(word), dtype=np.bool_)
        is_inner[begin] = False
        inner = np.flatnonzero(is_inner)
        kind = self._breaks[target[inner]]
        allowed = np.where(
            kind == _NO_BREAK, joins[inner], (kind == _STOP) | (gap[inner] != Break.STOP)
        )
        right[run[inner[~allowed]]] = False
        matched_breaks = np.bincount(run[inner[kind >= _GLUE]], minlength=len(phrase))
        right &= matched_breaks == self._required[phrase]
        return right

    def _different(self, index: WordIndex, form: Ints, target: Ints) -> Ints:
        """Return the indices in `form` whose letters differ from those at `target`."""
        length = index.length[form]
        text_letters = index.data[ranges(index.start[form], length)]
        phrase_letters = self._bytes[ranges(target, length)]
        return np.searchsorted(
            np.cumsum(length), np.flatnonzero(text_letters != phrase_letters), side="right"
        )


def _skipping_steps(
    begin: Ints, count: Ints, skips: Hashes, index: WordIndex, brackets: Brackets
) -> _Steps:
    """Return the words of runs, without the brackets before the words that are bits of `skips`."""
    column, columns, skipped_at = begin, [begin], [np.zeros(len(begin), dtype=np.bool_)]
    for step in range(1, int(count.max(initial=0))):
        skip = (skips >> np.uint64(step) & np.uint64(1)).astype(np.bool_) & (step < count)
        following = np.minimum(column + 1, len(index.form) - 1)
        following[skip] = brackets.after(column[skip])
        column = following
        columns.append(column)
        skipped_at.append(skip)
    inside = np.arange(len(columns)) < count[:, None]
    word = np.stack(columns, axis=1)[inside]
    skip = np.stack(skipped_at, axis=1)[inside]
    gap, joins = index.gap[word], index.joins[word]
    gap[skip] = Break.SPACE
    joins[skip] = brackets.joins_before(word[skip])
    return _Steps(word, count, gap, joins)


def _letters(words: Sequence[str], kept: Sequence[int], *, fold: bool) -> tuple[Bytes, Ints]:
    """Return the letters of `words`, concatenated, and where each word begins.

    With `fold`, plurals and spellings are folded as in the texts, except in the words `kept`.
    """
    margin = b"\0" * MARGIN
    joined = margin + to_bytes("\0".join(words)) + margin
    data = np.frombuffer(joined, dtype=np.uint8)
    end = np.flatnonzero(data[MARGIN:] == 0)[: len(words)] + MARGIN
    start = np.append(MARGIN, end + 1)[: len(words)]
    length = end - start
    if fold:
        is_kept = np.zeros(len(words), dtype=np.bool_)
        is_kept[list(kept)] = True
        forms = Forms(data, start, length, start, length, hash_each(data, start, end))
        data, _, _, start, length, _ = folded(forms, is_kept)
    return data[ranges(start, length)], np.cumsum(length) - length
