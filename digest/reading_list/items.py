"""Find list items and code in the lines of a Markdown file.

Only the parts of CommonMark 0.31 that the reading list needs: list items (section 5.2), lazy
continuation lines (5.1), fenced code (4.5) and indented code (4.4). Inline markup is not parsed,
except code spans (6.1), which have no tags. One pass over the lines; nothing is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

TAB: Final = 4
CODE_INDENT: Final = 4

_MARGIN: Final = re.compile(r"\ufeff?[ \t>]*")
_BULLET: Final = re.compile(r"(?:[-*+•]|\d{1,9}[.)])(?P<space>[ \t]+|(?=\r?\n?\Z))")
_TIGHT_BULLET: Final = re.compile(r"(?:[-*+•–—]|\d{1,9}[.)])(?=\\?\[[^\[\]\r\n]{0,3}\\?\])")
"""`-[x]`: not a list item in Markdown, but clearly meant as one."""
_RULE: Final = re.compile(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\r?\n?\Z")
_FENCE: Final = re.compile(r"(?P<fence>`{3,}(?=[^`]*\Z)|~{3,})")
_INTERRUPTS: Final = re.compile(
    r"#{1,6}(?:[ \t]|\r?\n?\Z)|[-*+][ \t]|\d{1,9}[.)][ \t]|```|~~~|>|<(?!!--\s*digest:)"
)
"""What ends a paragraph without a blank line; a paper's comment does not (a formatter may have
moved it to the beginning of a line)."""
_BACKTICKS: Final = re.compile(r"\\?`+")


class Scan(Struct, frozen=True):
    """The list item and code of each line of a file."""

    code: list[bool]
    """Whether the line is code; the fences are."""
    item: list[int]
    """The first line of the innermost list item that contains the line; -1: none."""
    open_fence: int | None
    """The line of a fence that the file does not close; None: all are closed."""


class _Fence(Struct, frozen=True):
    """An open code fence."""

    sign: str
    line: int
    indent: int
    """Indentation of the containing list item's content: less indentation closes both."""


class _Scanner:
    """Tracks the open list items, the open fence and whether a paragraph continues."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._items: list[tuple[int, int]] = []
        """The indentation of each open list item's content, and its first line."""
        self._quotes = 0
        self._paragraph = False
        self.fence: _Fence | None = None
        self.code = [False] * len(lines)
        self.item = [-1] * len(lines)

    def scan(self) -> Scan:
        for number, line in enumerate(self._lines):
            if line.isspace() or not line:
                self._paragraph = False
                self.code[number] = self.fence is not None
            else:
                self._take(number, line)
            if self._items:
                self.item[number] = self._items[-1][1]
        open_fence = None if self.fence is None else self.fence.line
        return Scan(self.code, self.item, open_fence)

    def _take(self, number: int, line: str) -> None:
        match = _MARGIN.match(line)
        margin = "" if match is None else match[0]
        indent = width(margin)
        content = line[len(margin) :]
        if self.fence is not None:
            if indent >= self.fence.indent:
                self.code[number] = True
                if _closes(content, self.fence.sign):
                    self.fence = None
                return
            self.fence = None  # the list item that contains it ends here
        quotes = margin.count(">")
        if quotes != self._quotes and not (self._paragraph and quotes < self._quotes):
            self._quotes = quotes
            self._items.clear()
            self._paragraph = False
        if self._paragraph and not _INTERRUPTS.match(content) and not _TIGHT_BULLET.match(content):
            return  # continues, indented or not
        while self._items and indent < self._items[-1][0]:
            self._items.pop()
        base = self._items[-1][0] if self._items else 0
        if indent - base >= CODE_INDENT and not self._paragraph:
            self.code[number] = True
            return
        self._begin(number, indent, content)

    def _begin(self, number: int, indent: int, content: str) -> None:
        """Start a block with its first line."""
        bullet = _BULLET.match(content) or _TIGHT_BULLET.match(content)
        while bullet is not None and not _RULE.match(content):
            space = width(bullet[0][len(bullet[0].rstrip()) :])
            marker = len(bullet[0].rstrip())
            indent += marker + (space if 0 < space <= CODE_INDENT else 1)
            self._items.append((indent, number))
            content = content[bullet.end() :]
            bullet = _BULLET.match(content)
        fence = _FENCE.match(content)
        if fence is not None:
            base = self._items[-1][0] if self._items else 0
            self.fence = _Fence(fence["fence"], number, base)
            self.code[number] = True
        self._paragraph = fence is None and bool(content.strip()) and not content.startswith("#")


def scan(lines: Sequence[str]) -> Scan:
    """Return which lines are code, and which list item contains each line."""
    return _Scanner(lines).scan()


def _closes(content: str, sign: str) -> bool:
    shut = content.strip()
    return len(shut) >= len(sign) and shut == sign[0] * len(shut)


def width(margin: str) -> int:
    """Return how many columns a margin of spaces, tabs and `>` takes."""
    if "\t" not in margin:
        return len(margin.removeprefix("\ufeff"))
    columns = 0
    for character in margin.removeprefix("\ufeff"):
        columns += TAB - columns % TAB if character == "\t" else 1
    return columns


def without_code_spans(text: str) -> str:
    """Return text with a space in place of each code span."""
    if "`" not in text:
        return text
    runs = list(_BACKTICKS.finditer(text))
    # For each run the next one with the same length: a span ends there, or there is none.
    following: list[int | None] = [None] * len(runs)
    last: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        length = len(runs[number][0].lstrip("\\"))
        following[number] = last.get(length)
        last[length] = number
    parts: list[str] = []
    at = number = 0
    while number < len(runs):
        end = following[number]
        if end is None or runs[number][0].startswith("\\"):
            number += 1
            continue
        parts += (text[at : runs[number].start()], " ")
        at, number = runs[end].end(), end + 1
    return "".join((*parts, text[at:]))
