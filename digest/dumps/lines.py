"""Split content into lines, a piece at a time, without interpreting them.

Lines end with LF, CR LF or CR; a byte order mark at the beginning of any line is ignored. Memory
use stays at one line and two chunks for any dump.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from digest.errors import DumpError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE: Final = 4 << 20
"""In bytes; the longest record of arXiv's whole snapshot has some 100 kB."""
MAX_BLANK: Final = 1_000_000
"""Maximum number of blank lines in a dump, counted where lines are short."""
_SHORT: Final = 128
"""Length of a line in bytes."""


class Line(NamedTuple):
    """One line without its end; `content` is None if it was longer than `MAX_LINE`."""

    number: int
    content: bytes | None


class Lines(Struct, frozen=True):
    """Consecutive lines, not split yet: so that many are quickly passed to another process."""

    first: int
    last: int
    """Numbers of the first and last lines."""
    content: bytes | None
    """Without the last line's end; None for a single line longer than `MAX_LINE`."""


def line_feeds(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the chunks with CR LF and CR as LF."""
    pending = b""
    for chunk in chunks:
        if not pending and b"\r" not in chunk:
            yield chunk
            continue
        text = pending + chunk
        pending = b""
        if text.endswith(b"\r"):  # its line feed may come with the next chunk
            text, pending = text[:-1], b"\r"
        yield text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if pending:
        yield b"\n"


def whole_lines(chunks: Iterator[bytes]) -> Iterator[Lines]:
    """Yield the lines that end in each chunk, including their beginnings in earlier chunks.

    Raises `DumpError` for more than `MAX_BLANK` blank lines.
    """
    number = 1
    pending: list[bytes] = []
    size = blank = 0
    for chunk in line_feeds(chunks):
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
            content = b"".join((*pending, lines))
            last = number + content.count(b"\n")
            if content.strip():
                yield Lines(number, last, content)
            if (1 + last - number) * _SHORT > len(content):
                blank += content.count(b"\n\n") + (0 if content.strip() else 1 + last - number)
            if blank > MAX_BLANK:
                raise DumpError(f"has more than {MAX_BLANK:,} blank lines")
            number = last + 1
            pending, size = [], 0
        pending.append(rest)
        size += len(rest)
        if size > MAX_LINE:
            pending.clear()
    if size:
        yield Lines(number, number, b"".join(pending) if size <= MAX_LINE else None)


def cut_lines(lines: Lines) -> Iterator[Line]:
    """Split `lines` at line feeds."""
    if lines.content is None:
        yield Line(lines.first, None)
        return
    whole = lines.content
    # To ask for ASCII takes no time, a search for the mark as long as to cut the lines.
    marked = not whole.isascii() and codecs.BOM_UTF8 in whole
    for number, line in enumerate(whole.split(b"\n"), start=lines.first):
        content = line.removeprefix(codecs.BOM_UTF8) if marked else line
        yield Line(number, content if len(content) <= MAX_LINE else None)
