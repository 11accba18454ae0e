"""Fold the plurals and spellings of many words at once, like `digest.text.folding`.

Nearly all plurals only lose their s, and nearly all other words are unchanged. Tables of the first
and last bytes select the few words that need `fold_word`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from digest.matching.arrays import where
from digest.matching.word_hashes import (
    DIGIT,
    PLUS,
    SHARP,
    byte_table,
    from_bytes,
    hash_bytes,
    powers,
    to_bytes,
)
from digest.text.folding import fold_word
from digest.text.word_tables import PLURALS, SPELLED_PREFIXES, SPELLED_SUFFIXES, SPELLED_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digest.matching.arrays import Bytes, Flags, Hashes, Ints

MARGIN: Final = 8
"""Zero bytes before the first word and after the last: eight bytes are read at once."""
_NO_LETTER = DIGIT | byte_table(".," + PLUS + SHARP)
"""Bytes that may be in a word but are not letters."""


class Forms(NamedTuple):
    """Unique words: where the letters of each are in `data`, raw and folded, and a hash."""

    data: Bytes
    """The words, each followed by a zero byte, with `MARGIN` before and after all."""
    raw_start: Ints
    raw_length: Ints
    start: Ints
    length: Ints
    hash: Hashes
    """Of the folded letters."""


def _number(letters: str) -> int:
    return int.from_bytes(letters.encode(), "little")


_MIX = np.uint64(0x9E3779B97F4A7C15)


class _Sieve:
    """Tests quickly whether numbers may be in a set, and never misses one that is."""

    def __init__(self, numbers: set[int]) -> None:
        self._table = np.zeros(1 << 14, dtype=np.bool_)
        self._table[self._slots(np.array(sorted(numbers), dtype=np.uint64))] = True

    def __call__(self, numbers: Hashes) -> Flags:
        flags: Flags = self._table[self._slots(numbers)]
        return flags

    @staticmethod
    def _slots(numbers: Hashes) -> Ints:
        return ((numbers * _MIX) >> np.uint64(50)).view(np.int64)


def _last(ending: str) -> tuple[np.uint64, np.uint64]:
    """Return the shift that leaves the ending of a word's last eight bytes, and that ending."""
    return np.uint64(8 * (8 - len(ending))), np.uint64(_number(ending))


_LAST_4 = _Sieve({_number(word[-4:].rjust(4, "\0")) for word in PLURALS})
_SPELLED = (*SPELLED_PREFIXES, *SPELLED_WORDS)
_FIRST_4 = _Sieve({_number(start) for start in _SPELLED if len(start) == 4})
_FIRST_5 = _Sieve({_number(start[:5]) for start in _SPELLED if len(start) > 4})
_ENDINGS = [
    _last(ending)
    for suffix, spelled in SPELLED_SUFFIXES.items()
    if suffix != spelled
    for ending in ((suffix, suffix + "s") if len(suffix) < 8 else (suffix,))
] + [_last(ending) for ending in ("ies", "xes", "hes", "sses", "ie", "he", "xe")]
_LAST_2 = np.zeros(1 << 16, dtype=np.bool_)
"""Indexed by the last two letters of a word, as a number: whether it may have a special ending."""
_LAST_2[[ending >> np.uint64(48) - shift for shift, ending in _ENDINGS]] = True
_FOUR, _FIVE = (np.uint64((1 << 8 * size) - 1) for size in (4, 5))


def folded(forms: Forms, kept: Flags) -> Forms:
    """Fold words: mostly by dropping the last byte, else by pointing to appended letters.

    The words that are `kept` are unchanged.
    """
    data, starts, lengths, _, _, hashes = forms
    if not len(starts):
        return forms
    ends = starts + lengths
    is_special = _is_special(data, starts, ends) & ~kept
    simple = (data[ends - 1] == ord("s")) & (lengths > 3) & ~is_special & ~kept
    before_s = data[ends - 2]
    simple &= (before_s > 96) & (before_s != ord("s"))
    simple &= (before_s != ord("u")) & (before_s != ord("i"))
    # A word with a digit or sign in it is not a plural.
    plain = np.ones(len(starts), dtype=np.bool_)
    plain[np.searchsorted(starts, where(_NO_LETTER[data]), side="right") - 1] = False
    drops = np.flatnonzero(simple & plain)
    hard = np.flatnonzero(is_special & plain)
    starts, lengths, hashes = starts.copy(), lengths.copy(), hashes.copy()
    lengths[drops] -= 1
    longest = int(lengths.max())
    hashes[drops] -= powers(longest)[lengths[drops]] * np.uint64(ord("s"))
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


def _is_special(data: Bytes, starts: Ints, ends: Ints) -> Flags:
    """Return which words `fold_word` may change other than by dropping an s."""
    # Eight bytes from every place on, without a copy.
    eight: NDArray[np.uint64] = np.ndarray(
        (len(data) - 7,), dtype="<u8", buffer=np.ascontiguousarray(data), strides=(1,)
    )
    first, last = eight[starts], eight[ends - 8]
    is_special = _LAST_4(last >> np.uint64(32))
    is_special |= _FIRST_4(first & _FOUR)
    is_special |= _FIRST_5(first & _FIVE)
    candidates = np.flatnonzero(_LAST_2[last >> np.uint64(48)])
    last = last[candidates]
    for shift, ending in _ENDINGS:
        is_special[candidates] |= (last >> shift) == ending
    return is_special


@lru_cache(maxsize=1 << 16)
def _fold_bytes(word: bytes) -> tuple[bytes, int]:
    form = to_bytes(fold_word(from_bytes(word)))
    return form, hash_bytes(form)
