"""Words as bytes, and their hash, shared by the index and the tables of phrases.

A hash is a polynomial, so that the hash of joined words follows from the hashes of the words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from digest.matching.arrays import Bytes, Flags, Hashes, Ints

PLUS, SHARP = "\x03", "\x04"
"""The `+` and `#` that belong to a word (c++, c#), as otherwise unused bytes."""
BASE: Final = 0x9E3779B97F4A7C15
"""Odd, so that no position's factor vanishes modulo 2**64. A collision that somebody constructs
only costs time: every hit is compared byte for byte."""

_INVERSE = pow(BASE, -1, 1 << 64)

_TO_BYTES = str.maketrans("+#", PLUS + SHARP)


def byte_table(characters: str) -> Flags:
    """Return a table of which bytes are one of some ASCII characters."""
    table = np.zeros(256, dtype=np.bool_)
    table[[ord(character) for character in characters]] = True
    return table


DIGIT = byte_table("0123456789")


def to_bytes(word: str) -> bytes:
    """Return a normalised word as in `WordIndex.data`."""
    return word.translate(_TO_BYTES).encode()


def from_bytes(data: bytes) -> str:
    """Undo `to_bytes`."""
    return data.decode().replace(PLUS, "+").replace(SHARP, "#")


def hash_bytes(data: bytes) -> int:
    """Return the polynomial hash of `data`; hashes of joined words are computed from it."""
    total = 0
    for byte in reversed(data):
        total = (total * BASE + byte) & 0xFFFF_FFFF_FFFF_FFFF
    return total


_powers: dict[int, Hashes] = {}


def powers(size: int, base: int = BASE) -> Hashes:
    """Return the powers of the hash's base, or another, from 0 up to at least `size`."""
    known = _powers.get(base)
    if known is None or len(known) < size:
        # A little more than needed, so that only a far longer batch computes them again.
        known = np.full(size + size // 8 + 1, base, dtype=np.uint64)
        known[0] = 1
        np.multiply.accumulate(known, out=known)
        _powers[base] = known
    return known


def hash_each(data: Bytes, starts: Ints, ends: Ints) -> Hashes:
    """Return `hash_bytes` of each of many pieces of `data`."""
    sums = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum(data * powers(len(data))[: len(data)], out=sums[1:])
    return (sums[ends] - sums[starts]) * powers(len(data), _INVERSE)[starts]
