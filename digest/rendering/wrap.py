"""Wrap plain text to columns."""

from __future__ import annotations

import unicodedata

from digest.text.one_line import one_line


def wrap(text: str, width: int = 72, indent: str = "", first: str | None = None) -> str:
    """Wrap `text` to lines of at most `width` columns, `indent` before each (`first` before one).

    A link is never broken; any other word longer than a line is.
    """
    room = max(1, width - len(indent))
    lines: list[str] = []
    line = ""
    for word in _words(one_line(text), room):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    lead = indent if first is None else first
    return "\n".join(f"{indent if n else lead}{line}".rstrip() for n, line in enumerate(lines))


def columns(text: str) -> int:
    """Return the width of `text` in columns; wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, width: int) -> str:
    """Pad `text` with spaces to `width` columns."""
    return text + " " * (width - columns(text))


def _words(line: str, room: int) -> list[str]:
    words: list[str] = []
    for word in line.split(" "):
        if len(word) <= room or "://" in word:
            words.append(word)
        else:
            words += (word[at : at + room] for at in range(0, len(word), room))
    return words
