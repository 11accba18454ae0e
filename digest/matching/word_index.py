"""Cut many texts into words at once: the same words as `digest.text.words.cut`, as numpy arrays.

A text becomes a run of words, a word a form and the break before it. Each different word is one
form: its bytes, raw and with its plural folded, and the hash of the folded ones. Everything that
finds phrases works on these arrays and never on Python strings. Places in the clean text are not
kept: `cut` gives them for the few papers that are shown.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digest.matching.arrays import where
from digest.matching.distinct import PADDING, distinct
from digest.matching.hashes import DIGIT, PLUS, SHARP, byte_table, from_bytes, hash_each
from digest.matching.plurals import Forms, folded
from digest.text.words import SEAM, Break, classify, fold_unicode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.matching.arrays import Bytes, Flags, Hashes, Ints

SEPARATOR = "\x00"
"""Between two texts; clean text holds no control characters."""
_LOWER = bytes(range(256)).lower()
_DROPPED = b'"`*_$'
# Literal beginnings, so that the engine skips ahead; what stands before is checked after.
_POSSESSIVE = re.compile(rb"'s(?![0-9a-z\x80-\xff])")
_ENDS_IN_WORD = re.compile(
    rb"[0-9a-z\x80-\xff\x06]$"
    rb"|(?<![0-9a-z\x80-\xff])(?:[a-z]|[\xc0-\xff][\x80-\xbf]{1,3})(?:\+\+|#)$"
)
_SIGNS = {sign: re.compile(re.escape(sign)) for sign in (b"++", b"#")}
_SIGN_BYTES = bytes.maketrans(b"+#", (PLUS + SHARP).encode())
_LAST_WORD = re.compile(rb"[0-9a-z\x80-\xff]+$")


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

    def raw_forms(self, forms: Ints) -> list[str]:
        """Return the normalised text of some forms."""
        data = self.data.tobytes()
        starts, lengths = self.raw_start[forms].tolist(), self.raw_length[forms].tolist()
        return [
            from_bytes(data[start : start + length])
            for start, length in zip(starts, lengths, strict=True)
        ]

    def text_of(self, words: Ints) -> Ints:
        """Return which text each of some words stands in."""
        if len(words) << 3 < len(self.form):
            return np.searchsorted(self.first, words, side="right") - 1
        texts = len(self.first) - 1
        return np.repeat(np.arange(texts), np.diff(self.first))[words]


def build_index(texts: Sequence[str], *, fold: bool = True) -> WordIndex:
    """Cut `texts` into words; with `fold`, the singular and the plural become one."""
    encoded = _normalised(texts)
    data = np.frombuffer(encoded, dtype=np.uint8)
    inside = _inside_words(encoded, data)
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    edges = _with_outer_edges(edges, inside)
    starts, ends = edges[0::2], edges[1::2]
    separators = where(data == 0)
    first = np.concatenate(([0], np.searchsorted(starts, separators), [len(starts)]))[
        : len(texts) + 1
    ]
    gap = _gaps(encoded, data, starts, ends)
    gap[first[:-1][first[:-1] < len(starts)]] = Break.STOP
    of_kind, form = distinct(encoded + PADDING, starts, ends - starts)
    letters, starts, lengths = _gathered(data, starts[of_kind], (ends - starts)[of_kind])
    forms = Forms(
        letters, starts, lengths, starts, lengths, hash_each(letters, starts, starts + lengths)
    )
    if fold:
        forms = folded(forms)
    joins = _joins(forms, form, gap, plain=encoded.isascii())
    return WordIndex(*forms, form, gap, joins, first)


def _gathered(data: Bytes, starts: Ints, lengths: Ints) -> tuple[Bytes, Ints, Ints]:
    """Return some words' letters with a separator after each, and where each now begins."""
    begin = np.cumsum(lengths + 1) - (lengths + 1)
    letters = np.zeros(int((lengths + 1).sum()), dtype=np.uint8)
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    letters[np.repeat(begin, lengths) + within] = data[np.repeat(starts, lengths) + within]
    return letters, begin, lengths


def _normalised(texts: Sequence[str]) -> bytes:
    """Do to all texts what `digest.text.words.cut` does to the characters of one."""
    joined = SEPARATOR.join(text if text.isascii() else fold_unicode(text) for text in texts)
    encoded = _without_short_plurals(joined.encode())
    encoded = encoded.translate(_LOWER, _DROPPED)
    if b"'" in encoded:
        encoded = _POSSESSIVE.sub(_unless_alone, encoded).replace(b"'", b"")
    for sign, pattern in _SIGNS.items():
        if sign in encoded:
            encoded = pattern.sub(_attached, encoded)
    return encoded


def _without_short_plurals(encoded: bytes) -> bytes:
    """Make the s of LMs a character that is dropped.

    `fold_unicode` has dropped it in texts that are not all ASCII.
    """
    if len(encoded) < 3:
        return encoded
    data = np.frombuffer(encoded, dtype=np.uint8)
    capital = (data - np.uint8(ord("A"))) < 26
    places = where(capital[:-2] & capital[1:-1] & (data[2:] == ord("s"))) + 2
    alone = ~_ALNUM[data[np.maximum(places, 3) - 3]] | (places == 2)
    alone &= ~_ALNUM[data[np.minimum(places + 1, len(data) - 1)]] | (places == len(data) - 1)
    if not alone.any():
        return encoded
    changed = data.copy()
    changed[places[alone]] = _DROPPED[0]
    return changed.tobytes()


def _unless_alone(match: re.Match[bytes]) -> bytes:
    """Drop a possessive's `'s`, which follows a word; one may end in signs (C++'s)."""
    start = match.start()
    return b"" if _ENDS_IN_WORD.search(match.string[max(0, start - 7) : start]) else match[0]


def _attached(match: re.Match[bytes]) -> bytes:
    """Make `++` and `#` right after a word of one letter part of it."""
    word = match.string[max(0, match.start() - 5) : match.start()]
    letters = _LAST_WORD.search(word)
    # Cut off in the middle of a character, the beginning decodes to more than one.
    if letters and len(letters[0].decode(errors="replace")) == 1 and not letters[0].isdigit():
        return match[0].translate(_SIGN_BYTES) + SEAM.encode()
    return match[0]


_IN_WORD = DIGIT | byte_table("abcdefghijklmnopqrstuvwxyz" + PLUS + SHARP)
_ALNUM = byte_table("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ALNUM[128:] = True
_IN_WORD[128:] = True  # after `normalise` every character beyond ASCII is a letter


def _inside_words(encoded: bytes, data: Bytes) -> Flags:
    inside = np.frombuffer(bytearray(encoded.translate(_IN_WORD.tobytes())), dtype=np.bool_)
    points = where((data == ord(".")) | (data == ord(",")))
    points = points[(points > 0) & (points < len(data) - 1)]
    inside[points[DIGIT[data[points - 1]] & DIGIT[data[points + 1]]]] = True
    return inside


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
    """Say for each word whether a keyword without a break there may run over the break before it.

    docs/rule-language.md, "A keyword or a phrase": a hyphen; a space between two words of at
    least three characters; a space between a letter and a digit.
    """
    joins: Flags = gap == Break.HYPHEN
    if len(form) < 2:
        return joins
    data, start, length = forms.data, forms.start, forms.length
    characters = length if plain else _characters(data, start, length)
    last = data[start + length - 1]
    # A + or # at a word's end is neither letter nor digit.
    sign = (last == ord(PLUS)) | (last == ord(SHARP))
    kind = (characters >= _LONG_ENOUGH) * np.uint8(_LONG) | DIGIT[data[start]] * np.uint8(_BEGINS)
    kind |= DIGIT[last] * np.uint8(_ENDS) | sign * np.uint8(_SIGN)
    joins[1:] |= (gap[1:] == Break.SPACE) & _JOINING[kind[form[:-1]] << 4 | kind[form[1:]]]
    return joins


def _characters(data: Bytes, starts: Ints, lengths: Ints) -> Ints:
    """Count characters, not bytes: continuation bytes of UTF-8 are 10xxxxxx."""
    leading = np.concatenate(([0], np.cumsum((data & 0xC0) != 0x80)))
    counts: Ints = leading[starts + lengths] - leading[starts]
    return counts
