"""Store a `WordIndex` as bytes, so that the library's papers are cut into words only once.

A stored index of another `VERSION` is built anew.
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

_HEAD = struct.Struct("<6I")
_GAP, _JOINS, _BRACKETED = 3, 4, 8
_NARROW: Final = 1 << 16
"""Forms whose numbers fit into two bytes: those of a few hundred papers nearly always."""


def pack(index: WordIndex) -> bytes:
    """Return `index` as bytes."""
    words, forms = len(index.form), len(index.hash)
    parts = (
        index.hash.astype("<u8"),
        *(column.astype("<u4") for column in (index.first, index.raw_start, index.raw_length)),
        *(column.astype("<u4") for column in (index.start, index.length)),
        *(column.astype("<u4") for column in (index.dotted, index.copies)),
        index.form.astype("<u2" if forms <= _NARROW else "<u4"),
        index.gap
        | index.joins.astype(np.uint8) * np.uint8(_JOINS)
        | index.bracketed.astype(np.uint8) * np.uint8(_BRACKETED),
        index.data,
    )
    counts = (len(index.first), len(index.data), len(index.dotted), len(index.copies))
    head = _HEAD.pack(words, forms, *counts)
    return head + b"".join(part.tobytes() for part in parts)


def unpack(stored: bytes) -> WordIndex:
    """Return the index that `pack` made these bytes of."""
    words, forms, texts, letters, dots, copies = _HEAD.unpack_from(stored)
    place = _HEAD.size

    def take(count: int, kind: str) -> np.ndarray:
        nonlocal place
        array = np.frombuffer(stored, dtype=kind, count=count, offset=place)
        place += array.nbytes
        return array

    def integers(count: int, kind: str = "<u4") -> Ints:
        return take(count, kind).astype(np.int64)

    hashes = take(forms, "<u8")
    first = integers(texts)
    raw_start, raw_length, start, length = (integers(forms) for _ in range(4))
    dotted, copied = integers(dots), integers(copies)
    form = integers(words, "<u2" if forms <= _NARROW else "<u4")
    flags = take(words, "u1")
    return WordIndex(
        data=take(letters, "u1"),
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
