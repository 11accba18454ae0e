"""Independent parsers of the renderings: of a browser or for Markdown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser

import markdown
from markdown_it import MarkdownIt


@dataclass
class Seen:
    """What stands in a page: its elements, its links, and the text of its headings and bolds."""

    tags: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)
    text: str = ""


def read_html(page: str) -> Seen:
    """Parse a page as HTML."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.seen


def read_markdown(source: str) -> dict[str, Seen]:
    """Parse Markdown with every parser that is a library."""
    commonmark = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return {
        "markdown-it": read_html(commonmark.render(source)),
        "python-markdown": read_html(markdown.markdown(source, extensions=["extra", "sane_lists"])),
    }


def squash(text: str) -> str:
    """Return text as it looks: runs of white space are one space."""
    return re.sub(r"\s+", " ", text).strip()


def composed(text: str) -> str:
    """Return text in NFC, which some parsers make of it; no reader sees a difference."""
    return unicodedata.normalize("NFC", squash(text))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = Seen()
        self._heading: str | None = None
        self._bold: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.tags.append(tag)
        for name, value in attrs:
            if name.startswith("on"):
                self.seen.handlers.append(name)
            if name in {"href", "src"}:
                self.seen.links.append(value or "")
        if re.fullmatch("h[1-6]", tag):
            self._heading = ""
        elif tag in {"strong", "mark"}:
            self._bold = ""

    def handle_endtag(self, tag: str) -> None:
        if re.fullmatch("h[1-6]", tag) and self._heading is not None:
            self.seen.headings.append(squash(self._heading))
            self._heading = None
        elif tag in {"strong", "mark"} and self._bold is not None:
            self.seen.bold.append(squash(self._bold))
            self._bold = None

    def handle_data(self, data: str) -> None:
        self.seen.text += data
        if self._heading is not None:
            self._heading += data
        if self._bold is not None:
            self._bold += data
