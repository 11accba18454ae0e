"""Lay out styled text in the columns of a terminal. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from digest.cli.console import columns, fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PIECES: Final = re.compile(r"[^\S\u00a0]+|(?:\S|\u00a0)+")


class Span(NamedTuple):
    """A part of a line in one style: names from `screen.STYLES`, or none."""

    style: str
    text: str


Line: TypeAlias = list[Span]


def plain(text: str) -> Line:
    """Return a line without styles."""
    return [Span("", text)]


def text_of(line: Line) -> str:
    """Return the text of a line."""
    return "".join(span.text for span in line)


def spread(left: str, right: str, width: int) -> str:
    """Return a line with `left` at its start and `right` at its end."""
    left = fitted(left, max(0, width - columns(right) - 1))
    return left + " " * max(0, width - columns(left) - columns(right)) + right


def without_year(day: str) -> str:
    """Return a day without its year: 5 March 2026 → 5 March."""
    return day.rpartition(" ")[0]


def filled(lines: list[Line], height: int) -> list[Line]:
    """Return exactly `height` lines: cut, or padded with empty ones."""
    return [*lines[:height], *([[]] * (height - len(lines)))]


def wrap(spans: Iterable[Span], width: int, *, indent: int = 0) -> list[Line]:
    """Break styled text into lines of at most `width` columns, between words.

    Lines after the first are indented. A word that is too long is cut.
    """
    lines: list[Line] = [[]]
    used = 0
    for gap, word in _words(spans):
        for number, pieces in enumerate(_cut(word, width - indent)):
            size = sum(columns(piece.text) for piece in pieces)
            space = gap if number == 0 else ""
            if lines[-1] and (number or used + columns(space) + size > width):
                lines.append([Span("", " " * indent)] if indent else [])
                used, space = indent, ""
            if space and lines[-1]:
                style = pieces[0].style if lines[-1][-1].style == pieces[0].style else ""
                lines[-1].append(Span(style, space))
                used += columns(space)
            lines[-1] += pieces
            used += size
    return [_merged(line) for line in lines]


def _words(spans: Iterable[Span]) -> Iterator[tuple[str, Line]]:
    """Yield each word, whose style may change inside it, with the space before it."""
    word: Line = []
    gap = ""
    for span in spans:
        for piece in _PIECES.findall(_printable(span.text)):
            if not piece.isspace() or piece == "\u00a0":
                word.append(Span(span.style, piece))
                continue
            if word:
                yield gap, word
            word, gap = [], " "
    if word:
        yield gap, word


def _cut(word: Line, width: int) -> list[Line]:
    """Cut a word into parts of at most `width` columns."""
    if sum(columns(piece.text) for piece in word) <= width:
        return [word]
    parts: list[Line] = [[]]
    used = 0
    for piece in word:
        for character in piece.text:
            size = columns(character)
            if used + size > width:
                parts.append([])
                used = 0
            parts[-1].append(Span(piece.style, character))
            used += size
    return [_merged(part) for part in parts]


def _printable(text: str) -> str:
    """Replace characters that could control a terminal with �."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or sign.isspace() else "\N{REPLACEMENT CHARACTER}"
        for sign in text
    )


def _merged(line: Line) -> Line:
    merged: Line = []
    for span in line:
        if merged and merged[-1].style == span.style:
            merged[-1] = Span(span.style, merged[-1].text + span.text)
        else:
            merged.append(span)
    return merged
