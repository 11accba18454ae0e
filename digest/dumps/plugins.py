"""Third-party readers: entry points of the group `digest.readers`.

An entry point names an object with three members: `format`, a short name; `recognizes(head)`, which
decides by the first bytes; and `read(stream)`, which yields a `Draft` for each paper, or a text
with the reason why a record cannot be read, each with its line. They are used for dumps that no
reader of the project recognizes. `docs/formats.md` has an example.
"""

from __future__ import annotations

import io
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from digest.dumps.draft import to_record
from digest.dumps.fields import BadRecordError, day_in_name
from digest.dumps.reader_types import ReadResult
from digest.errors import DumpError
from digest.model import Record, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.dumps.reader_types import Reader, ReadOptions
    from digest.dumps.stream import Content

GROUP: Final = "digest.readers"


def read_by_plugin(content: Content, options: ReadOptions) -> ReadResult[Record | Refusal] | None:
    """Return what the first plug-in that recognizes a content reads, or None."""
    for name, reader in chain(((plugin.format, plugin) for plugin in options.readers), _readers()):
        try:
            known = reader.recognizes(content.head)
        except Exception as error:
            raise DumpError(f"could not be looked at by the reader {name!r}: {error}") from error
        if known:
            items = _items(name, reader, content, options.name)
            return ReadResult(str(reader.format), day_in_name(options.name), items)
    return None


def _readers() -> Iterator[tuple[str, Reader]]:
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            loaded: Any = point.load()
        except Exception as error:
            raise DumpError(
                f"needs the reader {point.name!r}, which cannot be loaded: {error}"
            ) from error
        yield point.name, loaded() if isinstance(loaded, type) else loaded


def _items(name: str, reader: Reader, content: Content, dump: str) -> Iterator[Record | Refusal]:
    line = 0
    stream = cast("BinaryIO", io.BufferedReader(_Stream(iter(content))))
    try:
        for line, draft in reader.read(stream):
            if isinstance(draft, str):
                yield Refusal(dump, line, draft)
                continue
            try:
                yield draft if isinstance(draft, Record) else to_record(draft, line)
            except BadRecordError as error:
                yield Refusal(dump, line, f"this record {error}")
    except DumpError:
        raise
    except Exception as error:
        raise DumpError(
            f"could not be read by the reader {name!r}: {error}", line=line or None
        ) from error


class _Stream(io.RawIOBase):
    """Chunks as a raw stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks, self._pending = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - a writable buffer
        while not self._pending:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._pending = chunk
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size
