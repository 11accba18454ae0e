"""Split a saved file into its web pages, if several were put into one file.

An HTML parser would put everything into one tree and lose the second page.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGINS: Final = re.compile(rb"<!doctype\s+html\b|</html\s*>\s*(?=<html\b)", re.IGNORECASE)
_QUOTES: Final = (b'"', b"'", b"`", b"=")
_NEAR: Final = 64
"""Bytes before a mark that are searched for a quotation mark."""
_END: Final = re.compile(rb"</html\s*>", re.IGNORECASE)


class Document(Struct, frozen=True):
    """One document, with the text after its end."""

    content: bytes
    trailing: bytes
    """The part after the end that is not HTML; mostly empty."""
    line: int
    """Number of lines of the file before the document."""


def documents_of(content: bytes) -> Iterator[Document]:
    """Yield the documents of a file; most have one."""
    line = 0
    for start, end in pairwise((0, *_starts(content), len(content))):
        document = content[start:end]
        closing = max((match.end() for match in _END.finditer(document)), default=len(document))
        rest = document[closing:].lstrip()
        # Tags that a server appends belong to the page.
        yield Document(document, b"" if rest.startswith(b"<") else rest, line)
        line += document.count(b"\n")


def _starts(content: bytes) -> Iterator[int]:
    """Yield where further documents begin, outside scripts and quoted attributes."""
    scripts = position = 0
    for match in _BEGINS.finditer(content):
        between = content[position : match.start()].lower()
        scripts += between.count(b"<script") - between.count(b"</script")
        is_first = not position and not between.strip(b" \t\r\n\xef\xbb\xbf")
        position = match.start()
        start = match.end() if match[0].startswith(b"</") else match.start()
        before = content[max(0, start - _NEAR) : start].rstrip()
        if scripts <= 0 and not is_first and not before.endswith(_QUOTES):
            yield start
