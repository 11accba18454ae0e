"""Count in how many papers each word occurs: a statistic of a library, stored as bytes.

Words are counted as rules compare them, with plurals folded; each is shown in its shortest form,
which is the singular if both occur. Words of a single paper are left out: they are half of all
words, and misspelled or useless for a rule. Which papers a keyword matches is decided only by the
matcher.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct

from digest.matching.arrays import ranges
from digest.matching.word_hashes import from_bytes, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from digest.matching.arrays import Bytes, Flags, Hashes, Ints
    from digest.matching.word_index import WordIndex

VERSION: Final = 2
"""Increased with every change of what is counted, or of the bytes."""
LEAST: Final = 2
"""Minimum number of papers in which a word must occur to be kept."""
_HEAD = struct.Struct("<3I")
_BETWEEN: Final = 0


class Vocabulary(Struct, frozen=True):
    """Words, and the number of papers with each."""

    papers: int
    """Number of papers whose words were counted."""
    hash: Hashes
    """Hash of each word's folded form, ascending."""
    counts: Ints
    start: Ints
    """Start of each word in `letters`."""
    letters: bytes
    """All words, a zero byte before the first and after each."""

    def count(self, word: str) -> int:
        """Return in how many papers a word, spelled as in `letters`, occurs."""
        place = self.letters.find(b"\0" + to_bytes(word) + b"\0")
        return 0 if place < 0 else int(self.counts[self._number(place + 1)])

    def beginning(self, stem: str) -> list[tuple[str, int]]:
        """Return the longer words with this beginning, with their counts, most frequent first."""
        return self._matching(rb"\0(%s[^\0]+)" % re.escape(to_bytes(stem)))

    def containing(self, part: str) -> list[tuple[str, int]]:
        """Return the words that contain `part` but do not begin with it, like `beginning`."""
        return self._matching(rb"\0([^\0]+%s[^\0]*)" % re.escape(to_bytes(part)))

    def frequent(self, least: int) -> dict[str, int]:
        """Return the words that occur in at least `least` papers."""
        numbers = np.flatnonzero(self.counts >= least)
        ends = np.append(self.start[1:], len(self.letters)) - 1
        return {
            from_bytes(self.letters[begin:end]): count
            for begin, end, count in zip(
                self.start[numbers].tolist(),
                ends[numbers].tolist(),
                self.counts[numbers].tolist(),
                strict=True,
            )
        }

    def _matching(self, pattern: bytes) -> list[tuple[str, int]]:
        words = [
            (from_bytes(match[1]), int(self.counts[self._number(match.start(1))]))
            for match in re.finditer(pattern, self.letters)
        ]
        return sorted(words, key=lambda pair: (-pair[1], pair[0]))

    def _number(self, place: int) -> int:
        return int(np.searchsorted(self.start, place))


_NOTHING: Final = np.zeros(0, dtype=np.int64)
_NO_WORDS: Final = (_NOTHING.astype(np.uint64), _NOTHING, _NOTHING, b"\0")


def count_words(indexes: Iterable[WordIndex]) -> Vocabulary:
    """Count the words of papers, each of which is two texts of an index."""
    parts = [_count(index) for index in indexes]
    return _merged(parts, least=LEAST)


def merge(parts: Sequence[Vocabulary]) -> Vocabulary:
    """Add up the counts of different papers."""
    return parts[0] if len(parts) == 1 else _merged(parts, least=1)


def _count(index: WordIndex) -> Vocabulary:
    """Count the words of one index."""
    papers = index.texts // 2
    # The shortest form of each folded word represents it, of several the first.
    order = np.argsort(index.hash)
    hashes = index.hash[order]
    new = _first_of_each(hashes)
    starts = np.flatnonzero(new)
    word_of = np.empty(len(order), dtype=np.int64)
    word_of[order] = np.cumsum(new) - 1
    ranked = index.raw_length[order] * len(order) + order
    shown = np.minimum.reduceat(ranked, starts) % len(order) if len(order) else order
    # Each paper and word once: sorted as one number.
    lengths = np.diff(index.first[: 2 * papers + 1 : 2]) if papers else np.zeros(0, dtype=np.int64)
    bits = papers.bit_length()
    paper = np.repeat(np.arange(papers, dtype=np.int64), lengths)
    pairs = word_of[index.form[: len(paper)]] << bits | paper
    if len(order) << bits < 1 << 32:
        pairs = pairs.astype(np.uint32)  # sorted in half the time
    pairs.sort()
    counts = np.bincount(pairs[_first_of_each(pairs)] >> bits, minlength=len(shown))
    start, letters = _letters(index.data, index.raw_start[shown], index.raw_length[shown])
    return Vocabulary(papers, hashes[new], counts, start, letters)


def _merged(parts: Sequence[Vocabulary], *, least: int) -> Vocabulary:
    papers = sum(part.papers for part in parts)
    if not parts:
        return Vocabulary(papers, *_NO_WORDS)
    hashes = np.concatenate([part.hash for part in parts])
    # Faster than `np.unique`, which sorts so that equals keep their order.
    order = np.argsort(hashes)
    starts = np.flatnonzero(_first_of_each(hashes[order]))
    if not len(starts):
        return Vocabulary(papers, *_NO_WORDS)
    counts = np.add.reduceat(np.concatenate([part.counts for part in parts])[order], starts)
    first = np.minimum.reduceat(order, starts)
    is_frequent = counts >= least
    data = np.frombuffer(b"".join(part.letters for part in parts), dtype=np.uint8)
    offsets = np.cumsum([0, *(len(part.letters) for part in parts)])
    starts = np.concatenate(
        [part.start + offset for part, offset in zip(parts, offsets[:-1], strict=True)]
    )
    ends = np.concatenate(
        [
            np.append(part.start[1:], len(part.letters))[: len(part.start)] - 1 + offset
            for part, offset in zip(parts, offsets[:-1], strict=True)
        ]
    )
    chosen = first[is_frequent]
    start, letters = _letters(data, starts[chosen], (ends - starts)[chosen])
    return Vocabulary(papers, hashes[chosen], counts[is_frequent], start, letters)


def _first_of_each(ascending: NDArray[Any]) -> Flags:
    """Return whether each of some sorted numbers differs from the one before."""
    first = np.ones(len(ascending), dtype=np.bool_)
    first[1:] = ascending[1:] != ascending[:-1]
    return first


def _letters(data: Bytes, starts: Ints, lengths: Ints) -> tuple[Ints, bytes]:
    """Return the start of each word in the concatenated letters, and these.

    A byte follows each word in `data`: it is copied too, and becomes the one between words.
    """
    ends = np.cumsum(lengths + 1)
    letters = data[ranges(starts, lengths + 1)]
    letters[ends - 1] = _BETWEEN
    return ends - lengths, bytes([_BETWEEN]) + letters.tobytes()


def pack(vocabulary: Vocabulary) -> bytes:
    """Return a vocabulary as bytes."""
    head = _HEAD.pack(vocabulary.papers, len(vocabulary.hash), len(vocabulary.letters))
    arrays = (vocabulary.hash.astype("<u8"), vocabulary.counts.astype("<u4"))
    return head + b"".join(array.tobytes() for array in arrays) + vocabulary.letters


def unpack(stored: bytes) -> Vocabulary:
    """Return the vocabulary that `pack` converted to these bytes."""
    papers, words, size = _HEAD.unpack_from(stored)
    place = _HEAD.size
    hashes = np.frombuffer(stored, dtype="<u8", count=words, offset=place)
    place += 8 * words
    counts = np.frombuffer(stored, dtype="<u4", count=words, offset=place).astype(np.int64)
    letters = stored[place + 4 * words : place + 4 * words + size]
    zeros = np.flatnonzero(np.frombuffer(letters, dtype=np.uint8) == _BETWEEN)
    return Vocabulary(papers, hashes, counts, zeros[:-1] + 1, letters)
