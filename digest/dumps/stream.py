"""Open a dump's content: decompressed, as UTF-8, without a byte order mark.

It does not depend on papers. Archives are recognised here and opened in `digest.dumps.archives`.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

from digest.dumps.unpack import CHUNK, FOREIGN, Unfolding, folded_kind
from digest.errors import DumpError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD: Final = 1 << 16
_TAR: Final = slice(257, 262)
_ZIPS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Content:
    """The bytes of one dump: `head` is read already; iterating yields all of them, once."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read the head; raise `DumpError` if the content cannot be decompressed."""
        raw = _raw_chunks(stream)
        first = next(raw, b"")
        self.archive: Literal["zip", "tar"] | None = None
        self._unfolding: Unfolding | None = None
        self._damage: DumpError | None = None
        if kind := folded_kind(first):
            self._unfolding = Unfolding(kind, first, raw)
            raw = iter(self._unfolding)
            first = self._next(raw)
            if inner_kind := folded_kind(first):
                raise DumpError(f"is {inner_kind} inside {kind}; unfold it once and try again")
        for magic, description in FOREIGN:
            if first.startswith(magic):
                raise DumpError(f"is {description}; {WHAT_TO_DO}")
        first = self._fill(first, raw)
        if first.startswith(_ZIPS):
            if self._unfolding:
                raise DumpError("is a ZIP archive inside another compression; unfold it once")
            self.archive = "zip"
        elif first[_TAR] == b"ustar":
            self.archive = "tar"
        encoding = next((name for mark, name in _MARKS if first.startswith(mark)), None)
        if encoding and not self.archive:
            raw = _decoded(encoding, first, raw)
            first = self._fill(b"", raw)
        self.head = first.removeprefix(codecs.BOM_UTF8)
        self._rest = raw

    def _next(self, chunks: Iterator[bytes]) -> bytes:
        """Return the next chunk; b"" at the end, or at an error, which is reported later."""
        try:
            return next(chunks, b"")
        except DumpError as error:
            self._damage = error
            return b""

    def _fill(self, first: bytes, chunks: Iterator[bytes]) -> bytes:
        parts, size = [first], len(first)
        while size < _HEAD and (chunk := self._next(chunks)):
            parts.append(chunk)
            size += len(chunk)
        head = b"".join(parts)
        if self._damage and not head.strip():
            raise self._damage
        return head

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        if self._damage:
            raise self._damage
        yield from self._rest

    @property
    def folded(self) -> int | None:
        """Bytes that were decompressed so far; None for uncompressed content."""
        return self._unfolding.folded if self._unfolding else None


WHAT_TO_DO: Final = "unpack it, or export it as JSON, CSV, BibTeX or text"


def _raw_chunks(stream: BinaryIO) -> Iterator[bytes]:
    pending = b""
    # A stream may return less than asked for; marks are searched in a first chunk of some length.
    while len(pending) < 512 and (chunk := stream.read(CHUNK)):
        pending += chunk
    if pending:
        yield pending
    while chunk := stream.read(CHUNK):
        yield chunk


def _decoded(encoding: str, first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    # A lone surrogate decodes to U+FFFD here, so that only its record shows the damage.
    yield decoder.decode(first).encode("utf-8", "replace")
    for chunk in rest:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def read_whole(
    chunks: Iterator[bytes], limit: int, description: str
) -> tuple[bytes, DumpError | None]:
    """Return all of a dump that is held as a whole, and the error that cut it off, if any.

    Raises `DumpError` beyond `limit` bytes.
    """
    parts: list[bytes] = []
    size = 0
    try:
        for chunk in chunks:
            size += len(chunk)
            parts.append(chunk)
            if size > limit:
                break
    except DumpError as error:
        return b"".join(parts), error
    if size > limit:
        raise DumpError(
            f"is larger than {limit >> 20} MiB, too much for {description}; JSON Lines and JSON "
            "lists can have any size"
        )
    return b"".join(parts), None
