"""A `WordIndex` as bytes, and back: so that the library's papers are cut into words only once.

A derived form: `VERSION` names how it was derived, and what bears another is built anew. Half as
large as the arrays in memory, for what follows from the rest is left out.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

import numpy as np

from digest.rules.index import WordIndex

if TYPE_CHECKING:
    from digest.rules.index import Ints

VERSION: Final = 1
"""Increased with every change of what words, breaks or plurals are, or of the form itself."""

_HEAD = struct.Struct("<5I")
_GAP, _JOINS, _SHORTENED = 3, 4, 8
_WIDE_LENGTH: Final = 255
"""Raw lengths from here on stand apart: hostile input has words of any length."""


def pack(index: WordIndex) -> bytes:
    """Return `index` as bytes; only the letters of its words are kept, not what was between."""
    words = len(index.hash)
    owner = np.repeat(np.arange(words), index.raw_length)
    within = np.arange(len(owner)) - np.repeat(
        np.cumsum(index.raw_length) - index.raw_length, index.raw_length
    )
    letters = index.data[index.raw_start[owner] + within]
    shortened = (index.start == index.raw_start) & (index.length < index.raw_length)
    # Folded otherwise than by leaving the end out: these point to forms of their own.
    apart = np.flatnonzero(index.start != index.raw_start)
    forms = np.concatenate(
        [np.zeros(0, dtype=np.uint8)]
        + [index.data[index.start[word] :][: index.length[word]] for word in apart]
    )
    flags = (
        index.gap
        | index.joins.astype(np.uint8) * np.uint8(_JOINS)
        | shortened.astype(np.uint8) * np.uint8(_SHORTENED)
    )
    wide = np.flatnonzero(index.raw_length >= _WIDE_LENGTH)
    parts = (
        index.hash.astype("<u8"),
        index.first.astype("<u4"),
        apart.astype("<u4"),
        index.length[apart].astype("<u4"),
        wide.astype("<u4"),
        index.raw_length[wide].astype("<u4"),
        flags,
        np.minimum(index.raw_length, _WIDE_LENGTH).astype(np.uint8),
        letters,
        forms,
    )
    head = _HEAD.pack(words, len(index.first), len(apart), len(wide), len(letters))
    return head + b"".join(part.tobytes() for part in parts)


def unpack(stored: bytes) -> WordIndex:
    """Return the index that `pack` made these bytes of."""
    words, texts, apart_count, wide_count, letters = _HEAD.unpack_from(stored)
    place = _HEAD.size

    def take(count: int, kind: str) -> np.ndarray:
        nonlocal place
        array = np.frombuffer(stored, dtype=kind, count=count, offset=place)
        place += array.nbytes
        return array

    hashes = take(words, "<u8")
    first = take(texts, "<u4").astype(np.int64)
    apart = take(apart_count, "<u4").astype(np.int64)
    apart_length = take(apart_count, "<u4").astype(np.int64)
    wide = take(wide_count, "<u4").astype(np.int64)
    wide_length = take(wide_count, "<u4")
    flags = take(words, "u1")
    raw_length: Ints = take(words, "u1").astype(np.int64)
    raw_length[wide] = wide_length
    raw_start = np.cumsum(raw_length) - raw_length
    start = raw_start.copy()
    start[apart] = letters + np.cumsum(apart_length) - apart_length
    length = raw_length - (flags >> 3 & 1)
    length[apart] = apart_length
    return WordIndex(
        data=np.frombuffer(stored, dtype=np.uint8, offset=place),
        raw_start=raw_start,
        raw_length=raw_length,
        start=start,
        length=length,
        hash=hashes,
        gap=flags & np.uint8(_GAP),
        joins=(flags & np.uint8(_JOINS)) > 0,
        first=first,
    )
