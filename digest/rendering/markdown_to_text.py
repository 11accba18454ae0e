"""Markdown that people wrote, as plain text without its marks.

Not for data: papers are only wrapped in plain text.
"""

from __future__ import annotations

from html.parser import HTMLParser

from digest.rendering.config_markdown import markdown_to_html
from digest.rendering.wrap import wrap
from digest.text.one_line import one_line

_BLOCKS = frozenset({"p", "div", "ul", "ol", "li", "blockquote", "pre", "hr", "table", "tr"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def markdown_to_plain(source: str, width: int = 72) -> str:
    """Turn Markdown by the profile's owner into paragraphs of plain text.

    Lists keep a dash, links have their address after them; emphasis is dropped.
    """
    reader = _Reader()
    reader.feed(markdown_to_html(source))
    reader.close()
    return reader.text(width)


class _Reader(HTMLParser):
    """Collect the text of simple HTML, block by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[str] = [""]
        self._lead = ""
        self._target = ""
        self._anchor = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or tag in _HEADINGS:
            self._blocks.append("")
        if tag == "li":
            self._lead = "- "
        elif tag == "a":
            self._target = dict(attrs).get("href") or ""
            self._anchor = ""
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._target:
            target, self._target = self._target, ""
            if one_line(self._anchor) not in (target, target.removeprefix("mailto:")):
                self.handle_data(f" ({target})")
        elif tag in _BLOCKS or tag in _HEADINGS:
            self._blocks.append("")

    def handle_data(self, data: str) -> None:
        if self._target:
            self._anchor += data
        if data.strip() and self._lead:
            self._blocks[-1] += self._lead
            self._lead = ""
        self._blocks[-1] += data

    def text(self, width: int) -> str:
        """Return the blocks as paragraphs; the items of a list are on lines without a gap."""
        blocks = [line for block in self._blocks if (line := one_line(block))]
        parts: list[str] = []
        for before, block in zip(["", *blocks], blocks, strict=False):
            item = block.startswith("- ")
            tight = item and before.startswith("- ")
            shown = wrap(block[2:], width, "  ", "- ") if item else wrap(block, width)
            parts += ("\n" if tight else "\n\n", shown)
        return "".join(parts[1:])
