"""Unfold and cut what a dump's bytes hold, a piece at a time; knows nothing of papers.

gzip is unfolded on the fly (RFC 1952, several members too) under caps, UTF-16 becomes UTF-8, a byte
order mark goes, lines are cut with a limit. Memory stays at one line and two chunks, whatever the
dump's size. What breaks on the way is raised as `DumpError`, after everything before it was given.
"""

from __future__ import annotations

import codecs
import zlib
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from digest.errors import DumpError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 18
MAX_LINE = 4 << 20
"""Bytes; the longest record of arXiv's whole snapshot has some 100 kB."""
MAX_UNFOLDED = 16 << 30
"""Bytes; arXiv's whole snapshot has less than 6 GiB."""
MAX_RATIO = 200
"""Text folds to a tenth, tables of numbers to a fiftieth; gzip's best is 1 : 1032."""
RATIO_FREE = 64 << 20
"""Bytes that may unfold at any ratio."""

GZIP = b"\x1f\x8b"
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xfd7zXZ\x00", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard"),
    (b"BZh", "compressed with bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x04\x22\x4d\x18", "compressed with LZ4"),
    (b"%PDF-", "a PDF"),
    (b"SQLite format 3\x00", "an SQLite database"),
)


class Line(NamedTuple):
    """One line without its end; `content` is None where it was longer than `MAX_LINE`."""

    number: int
    content: bytes | None


class Lines(NamedTuple):
    """Lines that follow each other, not cut yet: so many are soon handed to another process."""

    first: int
    last: int
    """Numbers of the first and of the last line."""
    content: bytes | None
    """Without the last line's end; None for a single line that was longer than `MAX_LINE`."""


def read_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the dump as UTF-8 where it says so, else as it stands: unfolded, without mark.

    Raises `DumpError` for archives and foreign compressions, for a bomb, and, after what could be
    read, for a gzip that is cut off or damaged.
    """
    raw = _raw_chunks(stream)
    first = next(raw, b"")
    if first.startswith(GZIP):
        raw = _unfold(first, raw)
        first = next(raw, b"")
        if first.startswith(GZIP):
            raise DumpError("is gzip inside gzip; unfold it once and try again")
    for magic, what in _FOREIGN:
        if first.startswith(magic):
            raise DumpError(f"is {what}; unpack it to text, JSON or JSON Lines (or gzip of these)")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from _from_utf16(first, raw)
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from raw


def _raw_chunks(stream: BinaryIO) -> Iterator[bytes]:
    pending = b""
    # A stream may give less than asked for; marks are looked for in a first chunk of some length.
    while len(pending) < 16 and (chunk := stream.read(CHUNK)):
        pending += chunk
    if pending:
        yield pending
    while chunk := stream.read(CHUNK):
        yield chunk


def _unfold(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Unfold gzip; the caps hold for the whole, whatever the number of members."""
    member = zlib.decompressobj(wbits=31)
    folded = unfolded = 0
    pending = first
    while True:
        pending = pending or next(rest, b"")
        at_end = not pending
        if member.eof:
            pending = pending.lstrip(b"\x00")  # tape padding, which gzip itself ignores
            if at_end:
                return
            if not pending:
                continue
            member = zlib.decompressobj(wbits=31)
        before = len(pending)
        try:
            out = member.decompress(pending, CHUNK)
        except zlib.error as error:
            raise DumpError(f"is damaged: its gzip cannot be unfolded further ({error})") from None
        pending = member.unused_data if member.eof else member.unconsumed_tail
        folded += before - len(pending)
        unfolded += len(out)
        _refuse_bomb(folded, unfolded)
        if out:
            yield out
        elif at_end and not member.eof:
            raise DumpError("is cut off: its gzip ends in the middle")


def _refuse_bomb(folded: int, unfolded: int) -> None:
    if unfolded > MAX_UNFOLDED:
        raise DumpError(f"unfolds to more than {MAX_UNFOLDED >> 30} GiB; split it into parts")
    if unfolded > RATIO_FREE and unfolded > MAX_RATIO * folded:
        raise DumpError(
            f"unfolds to more than {MAX_RATIO} times its size, as only decompression bombs do"
        )


def _from_utf16(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    # A lone surrogate decodes to U+FFFD here, so that only its record shows the damage.
    yield decoder.decode(first).encode()
    for chunk in rest:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def whole_lines(chunks: Iterator[bytes]) -> Iterator[Lines]:
    """Yield the lines that end in each chunk, together with what the chunks before began."""
    number = 1
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        rest = chunk
        if size > MAX_LINE:
            _, end, rest = chunk.partition(b"\n")
            if not end:
                continue
            yield Lines(number, number, None)
            number += 1
            size = 0
        lines, end, rest = rest.rpartition(b"\n")
        if end:
            content = b"".join((*held, lines))
            last = number + content.count(b"\n")
            yield Lines(number, last, content)
            number = last + 1
            held, size = [], 0
        held.append(rest)
        size += len(rest)
        if size > MAX_LINE:
            held.clear()
    if size:
        yield Lines(number, number, b"".join(held) if size <= MAX_LINE else None)


def cut_lines(lines: Lines) -> Iterator[Line]:
    """Cut `lines` at line feeds; a carriage return before one goes with it."""
    if lines.content is None:
        yield Line(lines.first, None)
        return
    for number, line in enumerate(lines.content.split(b"\n"), start=lines.first):
        yield Line(number, line.removesuffix(b"\r") if len(line) <= MAX_LINE else None)


def read_whole(chunks: Iterator[bytes], limit: int) -> tuple[bytes, DumpError | None]:
    """Return all of a dump that is read as a whole, and what broke it off, if anything did.

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
            f"is larger than {limit >> 20} MiB, too much for a format that is read as a whole; "
            "JSON Lines can have any size"
        )
    return b"".join(parts), None
