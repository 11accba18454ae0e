"""Cut many texts into words at once: the same words as `digest.text.words.cut`, as numpy arrays.

A text becomes a run of words, a word a form and the break before it. Each different word is one
form: its bytes, raw and folded, and the hash of the folded ones. Everything that finds phrases
works on these arrays and never on Python strings. Places in the clean text are not kept: `cut`
gives them for the few papers that are shown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digest.matching.arrays import ascending, ranges, where
from digest.matching.distinct import PADDING, distinct
from digest.matching.hashes import DIGIT, PLUS, SHARP, byte_table, from_bytes, hash_each
from digest.matching.normalised import normalised
from digest.matching.plurals import MARGIN, Forms, folded
from digest.text.normalise import CAPITAL_S, CLOSES, DOT, FIRST_DOT, OPENS
from digest.text.words import Break, classify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.matching.arrays import Bytes, Flags, Hashes, Ints


class WordIndex(NamedTuple):
    """The words of many texts, one after the other."""

    data: Bytes
    """The letters of all forms, then those of plurals that are folded to other letters."""
    raw_start: Ints
    raw_length: Ints
    start: Ints
    """Where the folded form begins in `data`."""
    length: Ints
    """Bytes of the folded form."""
    hash: Hashes
    form: Ints
    """Of each word the number of its form, which the arrays above are about."""
    gap: Bytes
    """`Break` before each word; `STOP` before the first of a text."""
    joins: Flags
    """Whether a keyword may run over the break before the word where it has no break itself."""
    first: Ints
    """Index of each text's first word, and the number of words at the end."""
    bracketed: Flags
    """Of each word whether it stands in the bracket of an abbreviation: *Model (LLM) agents*."""
    dotted: Ints
    """The words that a dot begins (.NET), ascending."""
    copies: Ints
    """Of each text behind the original ones the text that it is another reading of (AIDS)."""

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
        """Return which text or copy each of some words stands in."""
        if len(words) << 3 < len(self.form):
            return np.searchsorted(self.first, words, side="right") - 1
        texts = len(self.first) - 1
        return np.repeat(np.arange(texts), np.diff(self.first))[words]


def build_index(texts: Sequence[str], *, fold: bool = True) -> WordIndex:
    """Cut `texts` into words; with `fold`, plurals and spellings become one."""
    encoded, copies = normalised(texts)
    data = np.frombuffer(encoded, dtype=np.uint8)
    marks = where(data < _MARKS_BELOW)
    mark = data[marks]
    inside, first_dots = _inside_words(encoded, data)
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    edges = _with_outer_edges(edges, inside)
    starts, ends = edges[0::2], edges[1::2]
    separators = marks[mark == 0]
    first = np.concatenate(([0], np.searchsorted(starts, separators), [len(starts)]))[
        : len(texts) + len(copies) + 1
    ]
    gap = _gaps(encoded, data, starts, ends)
    gap[first[:-1][first[:-1] < len(starts)]] = Break.STOP
    of_kind, form = distinct(encoded + PADDING, starts, ends - starts)
    letters, starts_, lengths = _gathered(data, starts[of_kind], (ends - starts)[of_kind])
    kept = letters[starts_ + lengths - 1] == ord(CAPITAL_S) if len(starts_) else inside[:0]
    letters = _PLAIN_LETTERS[letters]
    forms = Forms(
        letters, starts_, lengths, starts_, lengths, hash_each(letters, starts_, starts_ + lengths)
    )
    if fold:
        forms = folded(forms, kept)
    joins = _joins(forms, form, gap, plain=encoded.isascii())
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
    """Return some words' letters as `Forms` has them, and where each now begins."""
    begin = np.cumsum(lengths + 1) - (lengths + 1) + MARGIN
    letters = np.zeros(int((lengths + 1).sum()) + 2 * MARGIN, dtype=np.uint8)
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    letters[np.repeat(begin, lengths) + within] = data[np.repeat(starts, lengths) + within]
    return letters, begin, lengths


def _bracketed(starts: Ints, opens: Ints, closes: Ints) -> Flags:
    """Return for each word whether it stands in the bracket of an abbreviation."""
    flags = np.zeros(len(starts), dtype=np.bool_)
    begin, end = np.searchsorted(starts, opens), np.searchsorted(starts, closes)
    flags[ranges(begin, end - begin)] = True
    return flags


def _dotted(starts: Ints, *dots: Ints) -> Ints:
    """Return the words that begin behind some dots."""
    return ascending(np.searchsorted(starts, np.concatenate(dots) + 1))


_MARKS_BELOW = 0x16
"""Above all separators and marks of `digest.text.normalise`, below the space."""
_IN_WORD = DIGIT | byte_table("abcdefghijklmnopqrstuvwxyz" + PLUS + SHARP + DOT + CAPITAL_S)
_IN_WORD[128:] = True  # after normalisation every character beyond ASCII is a letter
_BEFORE_DOT = byte_table(" ([\t\n\r\0" + OPENS)
_SMALL_LETTER = byte_table("abcdefghijklmnopqrstuvwxyz")
_SMALL_LETTER[128:] = True


def _inside_words(encoded: bytes, data: Bytes) -> tuple[Flags, Ints]:
    """Return which bytes belong to words, and the dots that begin a word (.NET)."""
    inside = np.frombuffer(bytearray(encoded.translate(_IN_WORD.tobytes())), dtype=np.bool_)
    points = np.flatnonzero((data - np.uint8(ord(","))) < 3)
    points = points[data[points] != ord("-")]
    if len(points) and points[-1] == len(data) - 1:
        points = points[:-1]
    before, after = data[points - 1], data[points + 1]  # of the first byte the last: no matter
    if len(points) and points[0] == 0:
        before = before.copy()
        before[0] = 0
    inside[points[DIGIT[before] & DIGIT[after]]] = True
    dots = points[_SMALL_LETTER[after] & _BEFORE_DOT[before] & (data[points] == ord("."))]
    return inside, dots


def _with_outer_edges(edges: Ints, inside: Flags) -> Ints:
    if len(inside) and inside[0]:
        edges = np.concatenate(([0], edges))
    return np.concatenate((edges, [len(inside)])) if len(edges) % 2 else edges


_UNKNOWN = 255
_GAP_1 = np.array([classify(chr(byte)) for byte in range(256)], dtype=np.uint8)
_GAP_2 = np.full(1 << 14, _UNKNOWN, dtype=np.uint8)
"""By two characters, which between words are ASCII; filled in as pairs are met."""


def _gaps(encoded: bytes, data: Bytes, starts: Ints, ends: Ints) -> Bytes:
    """Classify the break before each word."""
    gap = np.full(len(starts), Break.STOP, dtype=np.uint8)
    if len(starts) < 2:
        return gap
    left, width = ends[:-1], starts[1:] - ends[:-1]
    inner = _GAP_1[data[np.minimum(left, len(data) - 1)]]
    two = np.flatnonzero(width == 2)
    pairs = data[left[two]].astype(np.int64) << 7 | data[left[two] + 1]
    inner[two] = _GAP_2[pairs]
    if (unknown := pairs[inner[two] == _UNKNOWN]).size:
        for pair in set(unknown.tolist()):
            _GAP_2[pair] = classify(chr(pair >> 7) + chr(pair & 127))
        inner[two] = _GAP_2[pairs]
    for place in np.flatnonzero(width > 2).tolist():
        begin = int(left[place])
        inner[place] = _long_gap(encoded[begin : begin + int(width[place])])
    gap[1:] = inner
    return gap


@lru_cache(maxsize=4096)
def _long_gap(between: bytes) -> Break:
    return classify(between.decode())


_LONG_ENOUGH = 3
"""Characters of two words that a keyword may run over."""
_LONG, _BEGINS, _ENDS, _SIGN = 1, 2, 4, 8
"""Of a word: that it is long, begins or ends with a digit, ends with a sign."""
_JOINING = np.array(
    [
        bool(
            left & right & _LONG
            or (not left & _SIGN and bool(left & _ENDS) != bool(right & _BEGINS))
        )
        for left in range(16)
        for right in range(16)
    ]
)
"""By the kinds of two words: whether a space between them may be run over."""


def _joins(forms: Forms, form: Ints, gap: Bytes, *, plain: bool) -> Flags:
    """Return per word whether a keyword without a break there may run over the break before it.

    docs/rule-language.md, "A keyword or a phrase": a hyphen; a space between two words of at
    least three characters; a space between a letter and a digit.
    """
    joins: Flags = gap == Break.HYPHEN
    if len(form) < 2:
        return joins
    kind = _kinds(forms.data, forms.start, forms.length, plain=plain)
    joins[1:] |= (gap[1:] == Break.SPACE) & _JOINING[kind[form[:-1]] << 4 | kind[form[1:]]]
    return joins


def joins_over_space(index: WordIndex, left: Ints, right: Ints) -> Flags:
    """Return for pairs of words whether a keyword may run over a space between them."""
    left, right = index.form[left], index.form[right]

    def kinds(form: Ints) -> Bytes:
        return _kinds(index.data, index.start[form], index.length[form], plain=False)

    flags: Flags = _JOINING[kinds(left) << 4 | kinds(right)]
    return flags


def _kinds(data: Bytes, start: Ints, length: Ints, *, plain: bool) -> Bytes:
    """Return what matters of words for `_JOINING`."""
    characters = length if plain else _characters(data, start, length)
    last = data[start + length - 1]
    # A + or # at a word's end is neither letter nor digit.
    sign = (last == ord(PLUS)) | (last == ord(SHARP))
    kind = (characters >= _LONG_ENOUGH) * np.uint8(_LONG) | DIGIT[data[start]] * np.uint8(_BEGINS)
    kinds: Bytes = kind | DIGIT[last] * np.uint8(_ENDS) | sign * np.uint8(_SIGN)
    return kinds


def _characters(data: Bytes, starts: Ints, lengths: Ints) -> Ints:
    """Count characters, not bytes: continuation bytes of UTF-8 are 10xxxxxx."""
    leading = np.concatenate(([0], np.cumsum((data & 0xC0) != 0x80)))
    counts: Ints = leading[starts + lengths] - leading[starts]
    return counts
