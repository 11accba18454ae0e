"""Find the unique words of many texts: a few thousand.

What depends on a word and not on its place (its letters, its plural, its hash) is then computed
once for each. Words are compared byte for byte, never only by hashes, because hashes of hostile
text may collide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digest.matching.arrays import Flags, Hashes, Ints

PADDING = b"\0" * 16
"""Padding after the last word: eight bytes are read at once."""
_HALF, _WHOLE = 8, 16
_KEPT = np.array([(1 << 8 * count) - 1 for count in range(_HALF + 1)], dtype=np.uint64)
"""By a number of bytes: the mask that keeps that many of eight."""
_FACTORS = tuple(
    (np.uint64(first), np.uint64(second))
    for first, second in (
        (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F),
        (0xD6E8FEB86659FD93, 0xA0761D6478BD642F),
        (0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3),
    )
)
"""Factors for the places of words in the table: a new pair in each turn, for collisions."""


def distinct(padded: bytes, starts: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """Return the unique words and, for each word, the index of its unique form.

    Like `np.unique(…, return_inverse=True)`. The words are nonzero bytes of `padded` at `starts`,
    `lengths` long; `PADDING` follows the last.
    """
    numbers = np.arange(len(starts))
    long = np.flatnonzero(lengths >= _HALF)
    low, high = _halves(padded, starts, lengths, long)
    wide = long[lengths[long] > _WHOLE]
    low[wide] = 0  # a word that is longer than what is compared equals nothing
    like, same = _match_by_hash(low, high, numbers, long, 0)
    same[wide] = False
    remaining = np.flatnonzero(~same)
    like[remaining] = remaining
    if len(wide):
        _match_wide(like, padded, starts, lengths, wide)
        remaining = remaining[lengths[remaining] <= _WHOLE]
    for turn in range(1, len(_FACTORS)):
        long = np.flatnonzero(lengths[remaining] >= _HALF)
        candidate, same = _match_by_hash(low[remaining], high[remaining], remaining, long, turn)
        like[remaining[same]] = candidate[same]
        remaining = remaining[~same]
    if len(remaining):
        _match_sorted(like, low, high, remaining)
    of_kind = np.flatnonzero(like == numbers)
    number = np.empty(len(like), dtype=np.int64)
    number[of_kind] = np.arange(len(of_kind))
    return of_kind, number.take(like, mode="clip")


def _halves(padded: bytes, starts: Ints, lengths: Ints, long: Ints) -> tuple[Hashes, Hashes]:
    """Return the first eight bytes of each word, and the next eight, as numbers.

    Only the words at `long` may have a second eight.
    """
    # Eight bytes from every place on, without a copy.
    from_each: NDArray[np.uint64] = np.ndarray(
        (len(padded) - _HALF + 1,), dtype="<u8", buffer=padded, strides=(1,)
    )
    low = from_each[starts]
    low &= _KEPT.take(lengths, mode="clip")
    high = np.zeros(len(starts), dtype=np.uint64)
    high[long] = from_each[starts[long] + _HALF] & _KEPT.take(lengths[long] - _HALF, mode="clip")
    return low, high


def _match_by_hash(
    low: Hashes, high: Hashes, words: Ints, long: Ints, turn: int
) -> tuple[Ints, Flags]:
    """Put each of `words` into a table by its hash; return the last word with the same place.

    In the first turn, 0, `words` are all words. Also return whether that word is the same. The
    words at `long` have eight bytes or more; the first eight bytes distinguish any other word from
    all different ones, because they include a zero.
    """
    first, second = _FACTORS[turn]
    # Few words are unique, and a small table stays in the cache; the remaining ones are many.
    bits = max(8, len(words).bit_length() + (2 if turn else -3))
    long_high = high[long]
    place = low * first
    place[long] ^= long_high * second
    place >>= np.uint64(64 - bits)
    at = place.view(np.int64)
    table = np.empty(1 << bits, dtype=np.int64)
    table[at] = np.arange(len(words)) if turn else words
    candidate = table.take(at, mode="clip")
    same = low.take(candidate, mode="clip") == low
    same[long] &= high[candidate[long]] == long_high
    return words[candidate] if turn else candidate, same


def _match_sorted(like: Ints, low: Hashes, high: Hashes, words: Ints) -> None:
    """Find equal `words` by sorting: slower, but it works for all of them."""
    order = words[np.lexsort((high[words], low[words]))]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    like[order] = order[new][np.cumsum(new) - 1]


def _match_wide(like: Ints, padded: bytes, starts: Ints, lengths: Ints, words: Ints) -> None:
    """Find equal words among the few that do not fit into two numbers."""
    first: dict[bytes, int] = {}
    spans = zip(starts[words].tolist(), (starts + lengths)[words].tolist(), strict=True)
    like[words] = [
        first.setdefault(padded[start:end], word)
        for word, (start, end) in zip(words.tolist(), spans, strict=True)
    ]
