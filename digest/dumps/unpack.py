"""Decompress dumps, within limits: gzip, bzip2, xz and Zstandard.

Bytes are processed a piece at a time, so that memory use stays at two chunks. Several members or
frames in a row are one content, as in every program for these formats. The first mebibyte is held
back until its ratio is known: a small bomb is refused before any record of it is read. Errors on
the way are raised as `DumpError`, after everything before them was yielded.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import TYPE_CHECKING, Final, Protocol

from digest.errors import DumpError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK: Final = 1 << 18
MAX_UNFOLDED: Final = 16 << 30
"""In bytes; arXiv's whole snapshot has less than 6 GiB."""
MAX_RATIO: Final = 200
"""Text compresses to a tenth, tables of numbers to a fiftieth; gzip's best is 1 : 1032."""
RATIO_FREE: Final = 1 << 20
"""Bytes that may be decompressed at any ratio."""
MAX_MEMORY: Final = 160 << 20
"""Bytes of memory that xz may ask for; `xz -9` needs 65 MiB."""

GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
FOLDED: Final = {
    GZIP: "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    _ZSTD: "Zstandard",
}
FOREIGN: Final = (
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x04\x22\x4d\x18", "compressed with LZ4"),
    (b"%PDF-", "a PDF"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
)


class _Decompressor(Protocol):
    """The common interface of the standard library's decompressors."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib's decompressor with the interface of the others."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._member.eof

    @property
    def unused_data(self) -> bytes:
        return self._member.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._member.decompress(self._member.unconsumed_tail + data, max_length)


def _opener(kind: str) -> tuple[Callable[[], _Decompressor], tuple[type[Exception], ...]]:
    """Return what opens a member of this kind, and the errors of damaged ones."""
    if kind == "gzip":
        return _Gzip, (zlib.error,)
    if kind == "bzip2":
        return bz2.BZ2Decompressor, (OSError, ValueError)
    if kind == "xz":
        return lambda: lzma.LZMADecompressor(memlimit=MAX_MEMORY), (lzma.LZMAError, EOFError)
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # Python 3.14
    except ImportError:
        try:
            from backports import zstd
        except ImportError:
            raise DumpError(
                "is compressed with Zstandard; install digest-papers[zstd], or use gzip"
            ) from None
    return zstd.ZstdDecompressor, (zstd.ZstdError,)


def folded_kind(head: bytes) -> str | None:
    """Return how content that begins with `head` is compressed; None if it is not."""
    return next((kind for magic, kind in FOLDED.items() if head.startswith(magic)), None)


class Unfolding:
    """Chunks of compressed content, decompressed while they are iterated, once."""

    def __init__(self, kind: str, first: bytes, rest: Iterator[bytes]) -> None:
        self._kind = kind
        self._open, self._errors = _opener(kind)
        self._first, self._rest = first, rest
        self.folded = 0
        """Bytes that were decompressed so far."""
        self._unfolded = 0

    def __iter__(self) -> Iterator[bytes]:
        pending: list[bytes] | None = []
        pieces = self._pieces()
        while True:
            try:
                piece = next(pieces, None)
            except DumpError:
                yield from pending or ()
                raise
            if piece is None:
                yield from pending or ()
                return
            self._refuse_bomb()
            if pending is None:
                yield piece
                continue
            pending.append(piece)
            if self._unfolded > RATIO_FREE:
                yield from pending
                pending = None

    def _pieces(self) -> Iterator[bytes]:
        member, is_first, data = self._open(), True, b""
        slices = self._slices()
        while True:
            if member.eof:
                data = (member.unused_data or next(slices, b"")).lstrip(b"\x00")
                while not data:  # the padding of tapes, which gzip and xz ignore
                    if not (data := next(slices, b"")):
                        return
                    data = data.lstrip(b"\x00")
                member, is_first = self._open(), False
            try:
                piece = member.decompress(data, CHUNK)
            except self._errors as error:
                raise DumpError(self._damage(error, data, is_first=is_first)) from None
            self._unfolded += len(piece)
            data = b""
            if piece:
                yield piece
            elif not member.eof and not (data := next(slices, b"")):
                raise DumpError(f"is cut off: its {self._kind} ends in the middle")

    def _slices(self) -> Iterator[bytes]:
        """Yield the compressed bytes in slices, small ones at first so that the ratio is exact."""
        chunk = self._first
        while chunk:
            at = 0
            while at < len(chunk):
                size = 1 << 10 if self.folded < 1 << 16 else 1 << 14
                piece = chunk[at : at + size]
                self.folded += len(piece)
                at += size
                yield piece
            chunk = next(self._rest, b"")

    def _damage(self, error: Exception, data: bytes, *, is_first: bool) -> str:
        if not is_first and folded_kind(data) is None:
            return f"is damaged: what follows its {self._kind} is none"
        return f"is damaged: its {self._kind} cannot be unfolded further ({error})"

    def _refuse_bomb(self) -> None:
        if self._unfolded > MAX_UNFOLDED:
            raise DumpError(f"unfolds to more than {MAX_UNFOLDED >> 30} GiB; split it into parts")
        if self._unfolded > RATIO_FREE and self._unfolded > MAX_RATIO * self.folded:
            raise DumpError(
                f"unfolds to more than {MAX_RATIO} times its size, as only decompression bombs do"
            )
