"""Read ZIP and tar archives: each member is a dump, within the limits of the whole.

Members are read from the archive, never written: their names are never paths. Members that are not
dumps (a README, a picture, a folder) are reported and left out.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from msgspec.structs import replace

from digest.dumps.reader_types import ReadResult
from digest.dumps.stream import Content
from digest.dumps.unpack import CHUNK, MAX_RATIO, RATIO_FREE
from digest.errors import DumpError
from digest.model import Record, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from digest.dumps.reader_types import ReadOptions

MAX_MEMBERS: Final = 10_000
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
_OFFICE: Final = (
    "[Content_Types].xml",
    "word/",
    "xl/",
    "ppt/",
    "META-INF/container.xml",
    "mimetype",
)


def read_archive(content: Content, stream: BinaryIO, options: ReadOptions) -> ReadResult[Any]:
    """Return the content of an archive's members, in order.

    The day is the latest of any member. Raises `DumpError` for an archive without a dump.
    """
    readings = _zip(stream) if content.archive == "zip" else _tar(content)
    members = _read(readings, options)
    first = list(islice(members, 1))
    if not first:
        raise DumpError("is an archive without files")
    format_, day, _ = first[0]
    return ReadResult(format_, day, _items(first, members))


def _items(
    first: list[tuple[str, date | None, Iterator[Any]]],
    members: Iterator[tuple[str, date | None, Iterator[Any]]],
) -> Iterator[Any]:
    for _, day, items in [*first]:
        yield from _listed(items, day)
    for _, day, items in members:
        yield from _listed(items, day)


def _listed(items: Iterator[Any], day: date | None) -> Iterator[Any]:
    """Yield the items; a record without a day of listing gets that of its member."""
    for item in items:
        if day and isinstance(item, Record) and item.listed is None:
            yield replace(item, listed=day)
        else:
            yield item


def _read(
    members: Iterator[tuple[str, BinaryIO]], options: ReadOptions
) -> Iterator[tuple[str, date | None, Iterator[Any]]]:
    from digest.dumps import read_content

    for name, stream in members:
        inner = replace(options, name=f"{options.name}/{name}")
        try:
            reading = read_content(_opened(stream), inner)
        except DumpError as error:
            refusal = Refusal(
                inner.name, error.line, f"the file {error.reason}", _kind(name, error)
            )
            yield "archive", None, iter((refusal,))
        else:
            yield reading.format, reading.day, _until_broken(reading.items, inner.name)


def _opened(stream: BinaryIO) -> Content:
    content = Content(stream)
    if content.archive:
        raise DumpError("is an archive inside an archive; unpack it once")
    return content


def _kind(name: str, error: DumpError) -> Any:  # noqa: ANN401 - a kind of refusal
    """Return how to report an unread member: a README beside the dumps is not an error."""
    is_extra = (
        name.lower().rsplit("/", 1)[-1].startswith(("readme", "license", "changelog", "index"))
    )
    return "left out" if is_extra or "no known format" in error.reason else "refused"


def _until_broken(items: Iterator[Any], name: str) -> Iterator[Any]:
    try:
        yield from items
    except DumpError as error:
        yield Refusal(name, error.line, f"the file {error.reason}")


def _zip(stream: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    try:
        stream.seek(0)
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DumpError(f"is a damaged ZIP archive: {error}") from None
    names = archive.namelist()
    if any(name.startswith(_OFFICE) for name in names[:20]):
        raise DumpError("is an office document or a book (ZIP); export it as CSV, JSON or text")
    if len(names) > MAX_MEMBERS:
        raise DumpError(f"holds more than {MAX_MEMBERS:,} files; split it")
    size = _size(stream)
    unfolded = [0]
    for info in archive.infolist():
        if info.is_dir() or _is_hidden(info.filename):
            continue
        yield info.filename, cast("BinaryIO", _Member(archive, info, size, unfolded))


def _size(stream: BinaryIO) -> int:
    at = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(at)
    return size


class _Member(io.RawIOBase):
    """A member of a ZIP archive, read within the limits of the whole archive."""

    def __init__(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int, unfolded: list[int]
    ) -> None:
        super().__init__()
        self._archive, self._info = archive, info
        self._size, self._unfolded = size, unfolded
        self._file: Any = None

    def read(self, size: int = -1) -> bytes:
        try:
            if self._file is None:
                if self._info.flag_bits & 1:
                    raise DumpError("is encrypted; unpack it first")
                self._file = self._archive.open(self._info)
            piece: bytes = self._file.read(CHUNK if size < 0 else min(size, CHUNK))
        except _DAMAGE as error:
            raise DumpError(f"is damaged in its ZIP archive: {error}") from None
        self._unfolded[0] += len(piece)
        if self._unfolded[0] > RATIO_FREE and self._unfolded[0] > MAX_RATIO * self._size:
            raise DumpError(
                f"unfolds to more than {MAX_RATIO} times its size, as only decompression bombs do"
            )
        return piece


def _tar(content: Content) -> Iterator[tuple[str, BinaryIO]]:
    try:
        with tarfile.open(fileobj=cast("BinaryIO", _Chunks(iter(content))), mode="r|") as archive:
            for number, info in enumerate(archive):
                if number >= MAX_MEMBERS:
                    raise DumpError(f"holds more than {MAX_MEMBERS:,} files; split it")
                if not info.isfile() or _is_hidden(info.name):
                    continue
                file = archive.extractfile(info)
                if file is not None:
                    yield info.name, cast("BinaryIO", file)
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise DumpError(f"is a damaged tar archive: {error}") from None


class _Chunks(io.RawIOBase):
    """A stream of chunks as a file, for `tarfile`."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._pending = b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._pending) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._pending += chunk
        if size < 0:
            size = len(self._pending)
        piece, self._pending = self._pending[:size], self._pending[size:]
        return piece


def _is_hidden(name: str) -> bool:
    parts = name.split("/")
    return "__MACOSX" in parts or any(part.startswith(".") and part != ".." for part in parts)
