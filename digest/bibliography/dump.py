"""Read files of references as dumps: BibTeX and RIS in a source's folder.

The package `digest.dumps` does not depend on references and is given these readers. `digest
import-papers` reads files that a person wants to keep as references.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from msgspec import Struct

from digest.errors import DumpError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Record

_CHUNK: Final = 1 << 16


class ReferencesReader(Struct, frozen=True):
    """A reader for one format of references, like `digest.dumps.plugins.Reader`."""

    format: str
    begins: re.Pattern[str]
    """The beginning of a file in this format."""

    def recognizes(self, head: bytes, /) -> bool:
        """Return whether a dump that begins with `head` has this format."""
        text = head.decode(errors="replace").lstrip("\ufeff").replace("\r", "\n")
        return self.begins.match(text) is not None

    def read(self, stream: BinaryIO, /) -> Iterator[tuple[int, Record | str]]:
        """Yield the line and the record of each entry, or why it cannot be read."""
        # 14 ms with its imports, which most runs do without
        from digest.bibliography.read import MAX_BYTES, read_references

        content, damage = _read_all(stream, MAX_BYTES)
        file = read_references(content, "")
        entries: list[tuple[int, Record | str]] = []
        entries += [(item.record.line, item.record) for item in file.items]
        entries += [(refusal.line or 1, refusal.reason) for refusal in file.refused]
        yield from sorted(entries, key=lambda entry: entry[0])
        if damage:
            reason = f"the dump {damage.reason}; what came before it was read"
            yield content.count(b"\n") + 1, reason


def _read_all(stream: BinaryIO, most: int) -> tuple[bytes, DumpError | None]:
    """Return the content as far as it can be read, and the error that ended it, if any."""
    content = bytearray()
    try:
        while len(content) <= most and (chunk := stream.read(_CHUNK)):
            content += chunk
    except DumpError as error:
        return bytes(content), error
    return bytes(content), None


READERS: Final = (
    ReferencesReader("bibtex", re.compile(r"(?:\s|%.*\n)*@\s*[A-Za-z]{2,30}\s*[{(]")),
    ReferencesReader("ris", re.compile(r"\s*TY {1,2}- [A-Z]{2,10}\s")),
)
