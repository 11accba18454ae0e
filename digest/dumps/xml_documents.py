"""Split a text into its XML documents, if several were put into one file.

XML ends with its root (section 2.1 of XML 1.0), and the rest would be skipped silently.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.dumps.xml_stream import root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD: Final = 1 << 16
"""Maximum length, in characters, up to the end of a root's start tag."""
_LONGEST_TAG: Final = 100
"""Maximum length, in characters, of a root's end tag, white space included."""
_NOTHING: Final = "\ufeff \t\r\n"
_COMMENTS: Final = re.compile(r"(?:<!--.*?-->|<\?.*?\?>|\s)+", re.DOTALL)
"""What may follow a root."""
_OPENS, _CLOSES = "<![CDATA[", "]]>"


class Documents:
    """The documents of a text that comes in pieces; each is read to its end before the next."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text = ""
        self._ended = False
        self._in_cdata = False
        self.line = 1
        """Line on which the next document begins."""

    def head(self) -> str:
        """Return the beginning of the next document; an empty text after the last one."""
        while True:
            self._take(len(self._text) - len(self._text.lstrip(_NOTHING)))
            if self._ended or len(self._text) >= _HEAD:
                head = self._text[:_HEAD]
                return "" if _COMMENTS.fullmatch(head) else head
            self._more()

    def next(self, *, whole: bool = False) -> Iterator[str]:
        """Yield the text of the next document; with `whole`, or without XML, the whole rest."""
        name = "" if whole else root_of(self.head())[0]
        end = re.compile(rf"</(?:[\w.-]+:)?{re.escape(name)}\s*>") if name else None
        at = 0
        while True:
            match = end.search(self._text, at) if end else None
            if match and not self._is_cdata(match.start()):
                yield self._take(match.end())
                return
            if match:
                at = match.end()
                continue
            if self._ended:
                yield self._take(len(self._text))
                return
            yield self._take(max(0, len(self._text) - _LONGEST_TAG))
            at = 0
            self._more()

    def _more(self) -> None:
        piece = next(self._pieces, None)
        self._ended = piece is None
        self._text += piece or ""

    def _take(self, count: int) -> str:
        """Return the beginning of the text, and remove it."""
        self._in_cdata = self._is_cdata(count)
        text, self._text = self._text[:count], self._text[count:]
        self.line += text.count("\n")
        return text

    def _is_cdata(self, place: int) -> bool:
        """Return whether a place of the text is inside a CDATA section."""
        opens = self._text.rfind(_OPENS, 0, place + len(_OPENS) - 1)
        closes = self._text.rfind(_CLOSES, 0, place + len(_CLOSES) - 1)
        return self._in_cdata if opens == closes == -1 else opens > closes
