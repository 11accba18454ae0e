"""Cut many texts into words at once: the same words as `digest.text.words.cut`, as numpy arrays.

A text becomes a run of words; a word is the place of its bytes (raw and with its plural folded),
the hash of the folded ones, and the break before it. Everything that finds phrases works on these
arrays and never on Python strings. Places in the clean text are not kept: `cut` gives them for the
few papers that are shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from digest.text.words import SEAM, Break, classify, fold_plural, fold_unicode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Bytes: TypeAlias = NDArray[np.uint8]
    Hashes: TypeAlias = NDArray[np.uint64]
    Ints: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]

SEPARATOR = "\x00"
"""Between two texts; clean text holds no control characters."""
_PLUS, _SHARP = "\x03", "\x04"
"""The `+` and `#` that belong to a word (c++, c#), as bytes that nothing else uses."""
BASE = 0x9E3779B97F4A7C15
"""Odd, so that no position's factor vanishes modulo 2**64. A collision that somebody builds costs
time and no more: every hit is compared byte for byte."""

_INVERSE = pow(BASE, -1, 1 << 64)

_TO_BYTES = str.maketrans("+#", _PLUS + _SHARP)
_LOWER = bytes(range(256)).lower()
# Literal beginnings, so that the engine skips ahead; what stands before is checked after.
_POSSESSIVE = re.compile(rb"'s(?![0-9a-z\x80-\xff])")
_ENDS_IN_WORD = re.compile(
    rb"[0-9a-z\x80-\xff\x06]$"
    rb"|(?<![0-9a-z\x80-\xff])(?:[a-z]|[\xc0-\xff][\x80-\xbf]{1,3})(?:\+\+|#)$"
)
_PLUS_PLUS, _HASH = re.compile(rb"\+\+"), re.compile(rb"#")
_SIGN_BYTES = bytes.maketrans(b"+#", (_PLUS + _SHARP).encode())
_LAST_WORD = re.compile(rb"[0-9a-z\x80-\xff]+$")


@dataclass(frozen=True, slots=True)
class WordIndex:
    """The words of many texts, one after the other."""

    data: Bytes
    """Normalised texts, then the folded forms of plurals."""
    raw_start: Ints
    raw_length: Ints
    start: Ints
    """Where the folded word begins in `data`."""
    length: Ints
    """Bytes of the folded word."""
    hash: Hashes
    gap: Bytes
    """`Break` before each word; `STOP` before the first of a text."""
    joins: Flags
    """Whether a keyword may run over the break before the word where it has no break itself."""
    first: Ints
    """Index of each text's first word, and the number of words at the end."""

    def raw_words(self, words: Ints) -> list[str]:
        """Return the normalised text of some words."""
        data = self.data.tobytes()
        starts, lengths = self.raw_start[words].tolist(), self.raw_length[words].tolist()
        return [
            from_bytes(data[start : start + length])
            for start, length in zip(starts, lengths, strict=True)
        ]

    def text_of(self, words: Ints) -> Ints:
        """Return which text each of some words stands in."""
        return np.searchsorted(self.first, words, side="right") - 1


def to_bytes(word: str) -> bytes:
    """Return a normalised word as it stands in `WordIndex.data`."""
    return word.translate(_TO_BYTES).encode()


def from_bytes(data: bytes) -> str:
    """Undo `to_bytes`."""
    return data.decode().replace(_PLUS, "+").replace(_SHARP, "#")


def hash_bytes(data: bytes) -> int:
    """Return the polynomial hash of `data`: concatenating adds, so joined words need no new one."""
    total = 0
    for byte in reversed(data):
        total = (total * BASE + byte) & 0xFFFF_FFFF_FFFF_FFFF
    return total


_powers: dict[int, Hashes] = {}


def powers(size: int, base: int = BASE) -> Hashes:
    """Return the powers of the hash's base, or another, from 0 up to at least `size`."""
    known = _powers.get(base)
    if known is None or len(known) < size:
        # A little more than is asked for: made anew for no batch but one that is far longer.
        known = np.full(size + size // 8 + 1, base, dtype=np.uint64)
        known[0] = 1
        np.multiply.accumulate(known, out=known)
        _powers[base] = known
    return known


def build_index(texts: Sequence[str], *, fold: bool = True) -> WordIndex:
    """Cut `texts` into words; with `fold`, the singular and the plural become one."""
    encoded = _normalised(texts)
    data = np.frombuffer(encoded, dtype=np.uint8)
    inside = _inside_words(data)
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    edges = _with_outer_edges(edges, inside)
    starts, ends = edges[0::2], edges[1::2]
    separators = np.flatnonzero(data == 0)
    first = np.concatenate(([0], np.searchsorted(starts, separators), [len(starts)]))[
        : len(texts) + 1
    ]
    gap = _gaps(encoded, data, starts, ends)
    gap[first[:-1][first[:-1] < len(starts)]] = Break.STOP
    lengths = ends - starts
    hashes = _hashes(data, starts, ends)
    if fold:
        data, folded_starts, folded_lengths, hashes = _folded(
            encoded, data, starts, lengths, hashes
        )
    else:
        folded_starts, folded_lengths = starts, lengths
    joins = _joins(data, folded_starts, folded_lengths, gap, plain=encoded.isascii())
    return WordIndex(
        data, starts, lengths, folded_starts, folded_lengths, hashes, gap, joins, first
    )


def _normalised(texts: Sequence[str]) -> bytes:
    """Do to all texts what `digest.text.words.cut` does to the characters of one."""
    joined = SEPARATOR.join(text if text.isascii() else fold_unicode(text) for text in texts)
    encoded = _without_short_plurals(joined.encode())
    encoded = encoded.translate(_LOWER, b'"`*_$')
    if b"'" in encoded:
        encoded = _POSSESSIVE.sub(_unless_alone, encoded).replace(b"'", b"")
    for sign in (_PLUS_PLUS, _HASH):
        encoded = sign.sub(_attached, encoded)
    return encoded


def _without_short_plurals(encoded: bytes) -> bytes:
    """Drop the s of LMs; `fold_unicode` has done so in texts that are not all ASCII."""
    data = np.frombuffer(encoded, dtype=np.uint8)
    capital = (data - np.uint8(ord("A"))) < 26
    places = np.flatnonzero(capital[:-2] & capital[1:-1] & (data[2:] == ord("s"))) + 2
    pieces: list[bytes] = []
    done = 0
    for place in places.tolist():
        around = encoded[max(0, place - 3) : max(0, place - 2)] + encoded[place + 1 : place + 2]
        if not any(_ALNUM[byte] for byte in around):
            pieces.append(encoded[done:place])
            done = place + 1
    return b"".join((*pieces, encoded[done:])) if pieces else encoded


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


def _byte_table(characters: str) -> Flags:
    table = np.zeros(256, dtype=np.bool_)
    table[[ord(character) for character in characters]] = True
    return table


_DIGIT = _byte_table("0123456789")
_NO_LETTER = _DIGIT | _byte_table(".," + _PLUS + _SHARP)
"""Bytes that may stand in a word and are no letters."""
_IN_WORD = _DIGIT | _byte_table("abcdefghijklmnopqrstuvwxyz" + _PLUS + _SHARP)
_ALNUM = _byte_table("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ALNUM[128:] = True
_IN_WORD[128:] = True  # after `normalise` every character beyond ASCII is a letter


def _inside_words(data: Bytes) -> Flags:
    inside = _IN_WORD[data]
    points = np.flatnonzero((data == ord(".")) | (data == ord(",")))
    points = points[(points > 0) & (points < len(data) - 1)]
    inside[points[_DIGIT[data[points - 1]] & _DIGIT[data[points + 1]]]] = True
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


def _hashes(data: Bytes, starts: Ints, ends: Ints) -> Hashes:
    sums = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum(data * powers(len(data))[: len(data)], out=sums[1:])
    return (sums[ends] - sums[starts]) * powers(len(data), _INVERSE)[starts]


_SIMPLE, _HARD = 1, 2
_ENDING = np.zeros((256, 256), dtype=np.uint8)
"""By the last two bytes of a word: whether `fold_plural` only drops the s, or must be asked."""
_ENDING[97:123, ord("s")] = _SIMPLE
_ENDING[128:, ord("s")] = _SIMPLE
_ENDING[[ord(c) for c in "sui"], ord("s")] = 0
_ENDING[[ord(c) for c in "ihx"], ord("e")] = _HARD  # movie, cache, axe
_ENDING[[ord(c) for c in "ri"], ord("a")] = _HARD  # corpora, criteria
_HARD_BEFORE_ES = np.zeros(256, dtype=np.bool_)
_HARD_BEFORE_ES[[ord(c) for c in "ixhsc"]] = True  # studies, boxes, caches, biases, matrices
_KEPT_PLURALS = ("bias", "lens")
"""Words that end like simple plurals and are none."""


def _folded(
    encoded: bytes, data: Bytes, starts: Ints, lengths: Ints, hashes: Hashes
) -> tuple[Bytes, Ints, Ints, Hashes]:
    """Fold plurals: mostly by leaving the last byte out, else by pointing to an appended form."""
    ends = starts + lengths
    ending = _ENDING[data[np.maximum(ends, 2) - 2], data[ends - 1]]
    ending[lengths <= 3] = 0
    simple = np.flatnonzero(ending == _SIMPLE)
    simple, asked = _split_simple(data, starts, ends, hashes, simple)
    hard = np.sort(np.concatenate((np.flatnonzero(ending == _HARD), asked)))
    starts, lengths, hashes = starts.copy(), lengths.copy(), hashes.copy()
    lengths[simple] -= 1
    longest = int(lengths.max(initial=0))
    hashes[simple] -= powers(longest)[lengths[simple]] * np.uint64(ord("s"))
    if not len(hard):
        return data, starts, lengths, hashes
    # Words are told apart by their bytes, not by their hashes: input is hostile.
    spans = zip(starts[hard].tolist(), ends[hard].tolist(), strict=True)
    forms: dict[bytes, int] = {}
    number = np.array([forms.setdefault(encoded[start:end], len(forms)) for start, end in spans])
    folded = [_fold_bytes(word) for word in forms]
    form_lengths = np.array([len(form) for form, _ in folded])
    starts[hard] = (len(data) + np.cumsum(form_lengths) - form_lengths)[number]
    lengths[hard] = form_lengths[number]
    hashes[hard] = np.array([value for _, value in folded], dtype=np.uint64)[number]
    appended = np.frombuffer(b"".join(form for form, _ in folded), dtype=np.uint8)
    return np.concatenate((data, appended)), starts, lengths, hashes


def _split_simple(
    data: Bytes, starts: Ints, ends: Ints, hashes: Hashes, words: Ints
) -> tuple[Ints, Ints]:
    """Split words that end in s into those that only lose it and those that must be looked at."""
    es = data[ends[words] - 2] == ord("e")
    hard = es & _HARD_BEFORE_ES[data[ends[words] - 3]]
    for kept in _KEPT_PLURALS:
        hard |= hashes[words] == np.uint64(hash_bytes(kept.encode()))
    # A word with a digit or sign in it is no plural. As it ends in letters, one of them must
    # stand right before a letter, which is rare.
    letter = data >= ord("a")
    others = np.flatnonzero(letter[1:] & ~letter[:-1])
    others = others[_NO_LETTER[data[others]]]
    of_word = np.searchsorted(starts, others, side="right") - 1
    mixed = np.zeros(len(starts), dtype=np.bool_)
    mixed[of_word[(of_word >= 0) & (others < ends[of_word])]] = True
    plain = ~mixed[words]
    return words[plain & ~hard], words[plain & hard]


@lru_cache(maxsize=1 << 16)
def _fold_bytes(word: bytes) -> tuple[bytes, int]:
    folded = to_bytes(fold_plural(from_bytes(word)))
    return folded, hash_bytes(folded)


def _joins(data: Bytes, starts: Ints, lengths: Ints, gap: Bytes, *, plain: bool) -> Flags:
    """Say for each word whether a keyword without a break there may run over the break before it.

    docs/rule-language.md, "A keyword or a phrase": a hyphen; a space between two words of at
    least three characters; a space between a letter and a digit.
    """
    joins: Flags = gap == Break.HYPHEN
    if len(starts) < 2:
        return joins
    characters = lengths if plain else _characters(data, starts, lengths)
    long = characters >= 3
    first_digit = _DIGIT[data[starts]]
    last = data[starts + lengths - 1]
    # A + or # at a word's end is neither letter nor digit.
    last_digit, last_sign = _DIGIT[last], (last == ord(_PLUS)) | (last == ord(_SHARP))
    space = gap[1:] == Break.SPACE
    mixed = (last_digit[:-1] != first_digit[1:]) & ~last_sign[:-1]
    joins[1:] |= space & ((long[1:] & long[:-1]) | mixed)
    return joins


def _characters(data: Bytes, starts: Ints, lengths: Ints) -> Ints:
    """Count characters, not bytes: continuation bytes of UTF-8 are 10xxxxxx."""
    leading = np.concatenate(([0], np.cumsum((data & 0xC0) != 0x80)))
    counts: Ints = leading[starts + lengths] - leading[starts]
    return counts
