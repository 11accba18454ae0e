"""Store a `WordIndex` as bytes, so that the library's papers are cut into words only once.

A stored index with another `VERSION` is rebuilt.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

import numpy as np

from digest.matching.word_index import WordIndex

if TYPE_CHECKING:
    from digest.matching.arrays import Ints

VERSION: Final = 4
"""Increase it with every change of words, breaks or folding, or of these bytes."""

_HEAD = struct.Struct("<7I")
_LEVEL: Final = 1
"""Level of zstd. On 1,024 abstracts: 381 of 983 kB become 129 kB in 2 ms, and 381 kB again in 0.5
ms. Compressing the rest too saves another 150 kB but takes three times as long to read."""
_GAP, _JOINS, _BRACKETED = 3, 4, 8
_NARROW: Final = 1 << 16
"""Maximum number of forms whose numbers fit into two bytes: nearly always enough for a few hundred
papers."""


def pack(index: WordIndex) -> bytes:
    """Return `index` as bytes."""
    import zstandard  # 16 ms, and the library's texts need it anyway

    words, forms = len(index.form), len(index.hash)
    flags = (
        index.gap
        | index.joins.astype(np.uint8) * np.uint8(_JOINS)
        | index.bracketed.astype(np.uint8) * np.uint8(_BRACKETED)
    )
    places = (index.raw_start, index.raw_length, index.start, index.length)
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(
        b"".join((*(column.astype("<u4").tobytes() for column in places), flags.tobytes()))
    )
    parts = (
        index.hash.astype("<u8"),
        *(column.astype("<u4") for column in (index.first, index.dotted, index.copies)),
        index.form.astype("<u2" if forms <= _NARROW else "<u4"),
        index.data,
    )
    counts = (len(index.first), len(index.data), len(index.dotted), len(index.copies))
    head = _HEAD.pack(words, forms, *counts, len(packed))
    return head + packed + b"".join(part.tobytes() for part in parts)


def unpack(stored: bytes) -> WordIndex:
    """Return the index that `pack` converted to these bytes."""
    import zstandard

    words, forms, texts, letters, dots, copies, size = _HEAD.unpack_from(stored)
    packed = memoryview(stored)[_HEAD.size : _HEAD.size + size]
    columns = zstandard.ZstdDecompressor().decompress(packed)
    source, place = stored, _HEAD.size + size

    def take(count: int, kind: str) -> np.ndarray:
        nonlocal place
        array = np.frombuffer(source, dtype=kind, count=count, offset=place)
        place += array.nbytes
        return array

    def integers(count: int, kind: str = "<u4") -> Ints:
        return take(count, kind).astype(np.int64)

    hashes = take(forms, "<u8")
    first, dotted, copied = (integers(count) for count in (texts, dots, copies))
    form = integers(words, "<u2" if forms <= _NARROW else "<u4")
    data = take(letters, "u1")
    source, place = columns, 0
    raw_start, raw_length, start, length = (integers(forms) for _ in range(4))
    flags = take(words, "u1")
    return WordIndex(
        data=data,
        raw_start=raw_start,
        raw_length=raw_length,
        start=start,
        length=length,
        hash=hashes,
        form=form,
        gap=flags & np.uint8(_GAP),
        joins=(flags & np.uint8(_JOINS)) > 0,
        first=first,
        bracketed=(flags & np.uint8(_BRACKETED)) > 0,
        dotted=dotted,
        copies=copied,
    )
