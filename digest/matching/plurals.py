"""Fold the plurals of many words at once: as `digest.text.words.fold_plural` does, on arrays."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from digest.matching.hashes import (
    DIGIT,
    PLUS,
    SHARP,
    byte_table,
    from_bytes,
    hash_bytes,
    powers,
    to_bytes,
)
from digest.text.words import fold_plural

if TYPE_CHECKING:
    from digest.matching.arrays import Bytes, Hashes, Ints

_NO_LETTER = DIGIT | byte_table(".," + PLUS + SHARP)
"""Bytes that may stand in a word and are no letters."""
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


class Forms(NamedTuple):
    """Different words: where the letters of each stand in `data`, raw and folded, and a hash."""

    data: Bytes
    raw_start: Ints
    raw_length: Ints
    start: Ints
    length: Ints
    hash: Hashes
    """Of the folded letters."""


def folded(forms: Forms) -> Forms:
    """Fold plurals: mostly by leaving the last byte out, else by pointing to appended letters."""
    data, starts, lengths, _, _, hashes = forms
    if not len(starts):
        return forms
    ends = starts + lengths
    ending = _ENDING[data[np.maximum(ends, 2) - 2], data[ends - 1]]
    ending[lengths <= 3] = 0
    simple = np.flatnonzero(ending == _SIMPLE)
    simple, asked = _split_simple(forms, ends, simple)
    hard = np.sort(np.concatenate((np.flatnonzero(ending == _HARD), asked)))
    starts, lengths, hashes = starts.copy(), lengths.copy(), hashes.copy()
    lengths[simple] -= 1
    longest = int(lengths.max())
    hashes[simple] -= powers(longest)[lengths[simple]] * np.uint64(ord("s"))
    letters = data.tobytes()
    spans = zip(starts[hard].tolist(), ends[hard].tolist(), strict=True)
    singular = [_fold_bytes(letters[start:end]) for start, end in spans]
    lengths[hard] = [len(word) for word, _ in singular]
    starts[hard] = len(data) + np.cumsum(lengths[hard]) - lengths[hard]
    hashes[hard] = np.array([value for _, value in singular], dtype=np.uint64)
    appended = np.frombuffer(b"".join(word for word, _ in singular), dtype=np.uint8)
    return Forms(
        np.concatenate((data, appended)), forms.raw_start, forms.raw_length, starts, lengths, hashes
    )


def _split_simple(forms: Forms, ends: Ints, words: Ints) -> tuple[Ints, Ints]:
    """Split words that end in s into those that only lose it and those that must be looked at."""
    data = forms.data
    es = data[ends[words] - 2] == ord("e")
    hard = es & _HARD_BEFORE_ES[data[ends[words] - 3]]
    for kept in _KEPT_PLURALS:
        hard |= forms.hash[words] == np.uint64(hash_bytes(kept.encode()))
    # A word with a digit or sign in it is no plural.
    before = np.concatenate(([0], np.cumsum(_NO_LETTER[data])))
    plain = before[ends[words]] == before[forms.raw_start[words]]
    return words[plain & ~hard], words[plain & hard]


@lru_cache(maxsize=1 << 16)
def _fold_bytes(word: bytes) -> tuple[bytes, int]:
    folded = to_bytes(fold_plural(from_bytes(word)))
    return folded, hash_bytes(folded)
