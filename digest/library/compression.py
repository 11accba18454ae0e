"""Compress the texts of the library, each by itself.

An abstract is too short for a compressor to learn from, so all share a dictionary: the words that
abstracts have in common, the most frequent last, and the names of a record's fields. The first byte
of a compressed text is the number of its dictionary; a later dictionary gets another number.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    import zstandard

_WORDS: Final = Path(__file__).with_name("common_words.txt")
_FIELDS: Final = (
    '","journal":"Phys. Rev. ","comment":" pages, figures","license":"http://creativecommons.org/'
    'licenses/by/4.0/","organization":"","author_count":"listed":"","updated":"20","version":'
    '"upvotes":"primary":"math.","doi":"10."],"published":"20","categories":["cs.LG","cs.CV","cs.CL'
    '","cs.AI","stat.ML"],"url":"https://arxiv.org/abs/","pdf_url":"https://arxiv.org/pdf/",'
    '"arxiv_id":"{"title":"","abstract":"We propose a novel ","authors":[["'
)
_FIRST: Final = b"\x01"
_LEVEL: Final = 3
"""Measured on 20,000 records of 1.7 kB: 43 % of the bytes in 10 µs; level 6 saves 2 % in 27 µs."""


class _Codec(Struct, frozen=True):
    compressor: zstandard.ZstdCompressor
    decompressor: zstandard.ZstdDecompressor


@cache
def _codec() -> _Codec:
    import zstandard  # 16 ms, which commands without a library do without

    words = _WORDS.read_bytes().replace(b"\n", b" ") + _FIELDS.encode()
    dictionary = zstandard.ZstdCompressionDict(words, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    dictionary.precompute_compress(level=_LEVEL)
    return _Codec(
        zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary, write_dict_id=False),
        zstandard.ZstdDecompressor(dict_data=dictionary),
    )


def pack(text: bytes) -> bytes:
    """Return a text compressed."""
    return _FIRST + _codec().compressor.compress(text)


def unpack(packed: bytes) -> str:
    """Return the text of UTF-8 that `pack` compressed."""
    return unpack_bytes(packed).decode()


def unpack_bytes(packed: bytes) -> bytes:
    """Return what `pack` compressed."""
    return _codec().decompressor.decompress(packed[1:])
