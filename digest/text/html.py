"""Read the text of HTML fragments, as feeds and JATS hold them; writes no HTML."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from digest.text.latex_macros import SUBSCRIPTS, SUPERSCRIPTS

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LENGTH = 200_000
"""Characters; the rest of a longer fragment is cut."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS = _names(
    "p div br li ul ol dl dt dd h1 h2 h3 h4 h5 h6 tr td th table section sec title hr pre "
    "blockquote article header footer"
)
_UNREAD = _names("script style template noscript iframe object svg head")
_TAG = re.compile(r"<[/!?A-Za-z][^<>]*>")


def fragment_to_text(raw: str) -> str:
    """Return the text of `raw`; a namespace prefix (`jats:p`) does not matter."""
    raw = raw[:MAX_LENGTH]
    if "<" not in raw:
        return unescape(raw)
    if raw.count("<") > 2 * len(_TAG.findall(raw)) + 100:
        # html.parser's time grows with the square of what looks like tags and never closes.
        return unescape(_TAG.sub(" ", raw))
    reader = _Reader()
    reader.feed(raw)
    reader.close()
    return "".join(reader.pieces)


class _Reader(HTMLParser):
    """Collect text as the tags go by."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unread = 0
        self._script: Mapping[int, int | str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what changes how text is read; attributes say nothing to a reader."""
        del attrs
        name = tag.rpartition(":")[2]
        if name in _UNREAD:
            self._unread += 1
        elif name in _BLOCKS:
            self.pieces.append("\n")
        elif name in ("sup", "sub"):
            self._script = SUPERSCRIPTS if name == "sup" else SUBSCRIPTS

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take `<br/>` for a block and any other empty element for nothing."""
        if tag.rpartition(":")[2] in _BLOCKS:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close what `handle_starttag` opened."""
        name = tag.rpartition(":")[2]
        if name in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif name in _BLOCKS:
            self.pieces.append("\n")
        elif name in ("sup", "sub"):
            self._script = None

    def handle_data(self, data: str) -> None:
        """Keep text, digits in scripts as such."""
        if self._unread:
            return
        script = self._script if data.strip("−+-").isdigit() else None
        self.pieces.append(data.translate(script) if script else data)
