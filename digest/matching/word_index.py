"""Cut many texts into words at once: the same words as `digest.text.words.cut`, as numpy arrays.

A text becomes a run of words, a word a form and the break before it. Each unique word is one form:
its bytes, raw and folded, and the hash of the folded ones. Everything that finds phrases works on
these arrays and never on Python strings. Places in the clean text are not stored: `cut` computes
them for the few papers that are shown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from digest.matching.arrays import ascending, ranges, where
from digest.matching.fold_batch import MARGIN, Forms, folded
from digest.matching.normalise_batch import normalised
from digest.matching.unique_words import PADDING, distinct
from digest.matching.word_hashes import DIGIT, PLUS, SHARP, byte_table, from_bytes, hash_each
from digest.text.normalise import CAPITAL_S, CLOSES, DOT, FIRST_DOT, OPENS
from digest.text.words import Break, classify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digest.matching.arrays import Bytes, Flags, Hashes, Ints


class WordIndex(Struct, frozen=True):
    """The words of many texts, one after the other."""

    data: Bytes
    """The letters of all forms, then those of plurals that fold to other letters."""
    raw_start: Ints
    raw_length: Ints
    start: Ints
    """Start of the folded form in `data`."""
    length: Ints
    """Length of the folded form in bytes."""
    hash: Hashes
    form: Ints
    """By word: the number of its form in the arrays above."""
    gap: Bytes
    """By word: the `Break` before it; `STOP` before the first of a text."""
    joins: Flags
    """By word: whether a keyword without a break there may run over the break before it."""
    first: Ints
    """Index of each text's first word, and the number of words at the end."""
    bracketed: Flags
    """By word: whether it is in the bracket of an abbreviation: *Model (LLM) agents*."""
    dotted: Ints
    """The words that begin with a dot (.NET), ascending."""
    copies: Ints
    """For each additional text, the text of which it is another reading (AIDS)."""

    @property
    def texts(self) -> int:
        """The number of texts, without copies."""
        return len(self.first) - 1 - len(self.copies)

    def raw_forms(self, forms: Ints) -> list[str]:
        """Return the normalised text of some forms."""
        data = self.data.tobytes()
        starts, lengths = self.raw_start[forms].tolist(), self.raw_length[forms].tolist()
        return [
            from_bytes(data[start : start + length])
            for start, length in zip(starts, lengths, strict=True)
        ]

    def text_of(self, words: Ints) -> Ints:
        """Return the number of the text or copy that contains each word."""
        if len(words) << 3 < len(self.form):
            return np.searchsorted(self.first, words, side="right") - 1
        texts = len(self.first) - 1
        return np.repeat(np.arange(texts), np.diff(self.first))[words]


def build_index(texts: Sequence[str], *, fold: bool = True) -> WordIndex:
    """Cut `texts` into words; with `fold`, fold plurals and spellings."""
    encoded, copies = normalised(texts)
    data = np.frombuffer(encoded, dtype=np.uint8)
    marks = where(data < _MARKS_BELOW)
    mark = data[marks]
    inside, first_dots = _inside_words(encoded, data)
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    # Copies: steps for every word are faster on contiguous arrays.
    starts, ends = edges[0::2].copy(), edges[1::2].copy()
    lengths = ends - starts
    separators = marks[mark == 0]
    first = np.concatenate(([0], np.searchsorted(starts, separators), [len(starts)]))[
        : len(texts) + len(copies) + 1
    ]
    gap = _gaps(encoded, data, starts, ends)
    gap[first[:-1][first[:-1] < len(starts)]] = Break.STOP
    of_kind, form = distinct(encoded + PADDING, starts, lengths)
    letters, begin, length = _gathered(data, starts[of_kind], lengths[of_kind])
    kept = (
        letters[begin + length - 1] == ord(CAPITAL_S) if len(begin) else np.zeros(0, dtype=np.bool_)
    )
    letters = _PLAIN_LETTERS[letters]
    forms = Forms(letters, begin, length, begin, length, hash_each(letters, begin, begin + length))
    if fold:
        forms = folded(forms, kept)
    joins = _joins(forms, form, gap)
    return WordIndex(
        *forms,
        form,
        gap,
        joins,
        first,
        _bracketed(starts, marks[mark == ord(OPENS)], marks[mark == ord(CLOSES)]),
        _dotted(starts, first_dots, marks[mark == ord(FIRST_DOT)]),
        np.array(copies, dtype=np.int64),
    )


_PLAIN_LETTERS = np.arange(256, dtype=np.uint8)
_PLAIN_LETTERS[[ord(CAPITAL_S), ord(DOT)]] = ord("s"), ord(".")


def _gathered(data: Bytes, starts: Ints, lengths: Ints) -> tuple[Bytes, Ints, Ints]:
    """Return some words' letters as `Forms` stores them, and the new start of each."""
    end = np.cumsum(lengths + 1) + (MARGIN - 1)
    letters = np.zeros(int((lengths + 1).sum()) + 2 * MARGIN, dtype=np.uint8)
    # The byte after each word is included, because a zero has to follow.
    letters[MARGIN:-MARGIN] = data.take(ranges(starts, lengths + 1), mode="clip")
    letters[end] = 0
    return letters, end - lengths, lengths


def _bracketed(starts: Ints, opens: Ints, closes: Ints) -> Flags:
    """Return, for each word, whether it is in the bracket of an abbreviation."""
    flags = np.zeros(len(starts), dtype=np.bool_)
    begin, end = np.searchsorted(starts, opens), np.searchsorted(starts, closes)
    flags[ranges(begin, end - begin)] = True
    return flags


def _dotted(starts: Ints, *dots: Ints) -> Ints:
    """Return the words that begin after some dots."""
    return ascending(np.searchsorted(starts, np.concatenate(dots) + 1))


_MARKS_BELOW = 0x16
"""Above all separators and marks of `digest.text.normalise`, below the space."""
_IN_WORD = DIGIT | byte_table("abcdefghijklmnopqrstuvwxyz" + PLUS + SHARP + DOT + CAPITAL_S)
_IN_WORD[128:] = True  # after normalisation every character beyond ASCII is a letter
_BEFORE_DOT = byte_table(" ([\t\n\r\0" + OPENS)
_SMALL_LETTER = byte_table("abcdefghijklmnopqrstuvwxyz")
_SMALL_LETTER[128:] = True


def _inside_words(encoded: bytes, data: Bytes) -> tuple[Flags, Ints]:
    """Return which bytes belong to words, and the dots that begin a word (.NET).

    The first array has one more entry before all bytes and one after them, in no word.
    """
    padded = bytearray().join((b"\0", encoded.translate(_IN_WORD.tobytes()), b"\0"))
    inside = np.frombuffer(padded, dtype=np.bool_)
    # A comma or dot directly before a digit or letter; what else follows is irrelevant.
    points = where(((data[:-1] | np.uint8(2)) == ord(".")) & (data[1:] >= ord("0")))
    before, after = data[points - 1], data[points + 1]
    if len(points) and points[0] == 0:
        before[0] = 0
    inside[points[DIGIT[before] & DIGIT[after]] + 1] = True
    dots = points[_SMALL_LETTER[after] & _BEFORE_DOT[before] & (data[points] == ord("."))]
    return inside, dots


_UNKNOWN = 255
_GAP_1 = bytes(classify(chr(byte)) for byte in range(256))
_GAP_2 = np.full(1 << 16, _UNKNOWN, dtype=np.uint8)
"""Indexed by two bytes, the first in the low half; filled in when pairs are met."""


def _gaps(encoded: bytes, data: Bytes, starts: Ints, ends: Ints) -> Bytes:
    """Classify the break before each word."""
    gap = np.full(len(starts), Break.STOP, dtype=np.uint8)
    if len(starts) < 2:
        return gap
    left, right = ends[:-1], starts[1:]
    first = data.take(left, mode="clip").tobytes()
    inner = np.frombuffer(bytearray(first.translate(_GAP_1)), dtype=np.uint8)
    width = right - left
    several = np.flatnonzero(width > 1)
    is_two = width[several] == 2
    two, long = several[is_two], several[~is_two]
    byte_pairs: NDArray[np.uint16] = np.ndarray(
        (len(data) - 1,), dtype="<u2", buffer=data, strides=(1,)
    )
    pairs = byte_pairs[left[two]]
    classes = _GAP_2.take(pairs)
    if (unknown := pairs[classes == _UNKNOWN]).size:
        for pair in set(unknown.tolist()):
            _GAP_2[pair] = classify(chr(pair & 255) + chr(pair >> 8))
        classes = _GAP_2.take(pairs)
    inner[two] = classes
    bounds = zip(left[long].tolist(), right[long].tolist(), strict=True)
    inner[long] = [_long_gap(encoded[begin:end]) for begin, end in bounds]
    gap[1:] = inner
    return gap


@lru_cache(maxsize=4096)
def _long_gap(between: bytes) -> Break:
    return classify(between.decode())


_LONG_ENOUGH = 3
"""Minimum length of two words that a keyword may run over."""
_LONG, _BEGINS, _ENDS, _SIGN = 1, 2, 4, 8
"""Flags of a word: it is long, begins or ends with a digit, ends with a sign."""
_JOINING = bytes(
    bool(left & right & _LONG or (not left & _SIGN and bool(left & _ENDS) != bool(right & _BEGINS)))
    for left in range(16)
    for right in range(16)
)
"""By the kinds of two words: 1 if a keyword may run over a space between them."""


def _joins(forms: Forms, form: Ints, gap: Bytes) -> Flags:
    """Return, for each word, whether a keyword may run over the break before it.

    docs/rule-language.md, "A keyword or a phrase": a hyphen; a space between two words of at least
    three characters; a space between a letter and a digit.
    """
    joins: Flags = gap == Break.HYPHEN
    if len(form) < 2:
        return joins
    kind = _kinds(forms.data, forms.start, forms.length).take(form, mode="clip")
    joins[1:] |= (gap[1:] == Break.SPACE) & _joining(kind[:-1], kind[1:])
    return joins


def _joining(left: Bytes, right: Bytes) -> Flags:
    """Return whether a keyword may run over a space between words of these kinds."""
    kinds = left << np.uint8(4)
    kinds |= right
    return np.frombuffer(kinds.tobytes().translate(_JOINING), dtype=np.bool_)


def joins_over_space(index: WordIndex, left: Ints, right: Ints) -> Flags:
    """Return, for pairs of words, whether a keyword may run over a space between them."""
    left, right = index.form[left], index.form[right]

    def kinds(form: Ints) -> Bytes:
        return _kinds(index.data, index.start[form], index.length[form])

    return _joining(kinds(left), kinds(right))


def _kinds(data: Bytes, start: Ints, length: Ints) -> Bytes:
    """Return the flags of words that `_JOINING` depends on."""
    first, last = data[start], data[start + length - 1]
    long = length >= _LONG_ENOUGH
    # Of two characters, one of several bytes is the first or the last.
    wide = np.flatnonzero(long & ((first | last) > 127))
    long[wide] = _characters(data, start[wide], length[wide]) >= _LONG_ENOUGH
    # A + or # at a word's end is neither letter nor digit.
    sign = (last == ord(PLUS)) | (last == ord(SHARP))
    kind = long * np.uint8(_LONG) | DIGIT[first] * np.uint8(_BEGINS)
    kinds: Bytes = kind | DIGIT[last] * np.uint8(_ENDS) | sign * np.uint8(_SIGN)
    return kinds


def _characters(data: Bytes, starts: Ints, lengths: Ints) -> Ints:
    """Count characters, not bytes: continuation bytes of UTF-8 are 10xxxxxx."""
    ends = np.cumsum(lengths)
    inner = np.flatnonzero((data[ranges(starts, lengths)] & 0xC0) == 0x80)
    word = np.searchsorted(ends, inner, side="right")
    counts: Ints = lengths - np.bincount(word, minlength=len(lengths))
    return counts
