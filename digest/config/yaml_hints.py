"""Explain what is wrong with the indentation of YAML that cannot be parsed. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MARGIN: Final = re.compile(r"[ \t]*")
_ITEM: Final = re.compile(r"-(?:[ \t]+|$)")
_FLOW: Final = ("',' or ']'", "',' or '}'", "quoted scalar")
"""Names, for messages, text in which indentation does not count."""
_FAR: Final = 1_000


class IndentHint(Struct, frozen=True):
    """What is wrong with a line, and where."""

    line: int
    """1-based."""
    column: int
    message: str


def indent_hint(lines: Sequence[str], at: int, problem: str) -> IndentHint | None:
    """Return what is wrong with the indentation at or before line `at` (from 0), if anything.

    `problem` is the parser's message: it names what was expected, not what the person did.
    """
    if any(sign in problem for sign in _FLOW):
        return None
    near = [number for number in (at, *_lines_above(lines, at)) if number < len(lines)]
    for number in near[:2]:
        margin = _margin(lines[number])
        if "\t" in margin:
            return IndentHint(
                number + 1,
                margin.index("\t") + 1,
                "this line is indented with a tab; YAML allows only spaces; replace the tab with "
                f"spaces{_like(lines, number)}",
            )
    return _wrong_indent(lines, at) if at < len(lines) else None


def _like(lines: Sequence[str], at: int) -> str:
    """Return the number of spaces that indent the previous lines."""
    for number in _lines_above(lines, at):
        margin = _margin(lines[number])
        if margin and "\t" not in margin:
            return f", as in line {number + 1} ({_spaces(len(margin))})"
    return ""


def _wrong_indent(lines: Sequence[str], at: int) -> IndentHint | None:
    """Return the indentation that a line should have, if no line above it opens its own.

    A list may be at the column of its key; a key may not be at the column of a dash.
    """
    margin = len(_margin(lines[at]))
    is_item = _ITEM.match(lines[at][margin:]) is not None
    keys: dict[int, int] = {}
    dashes: dict[int, int] = {}
    """Line by column: where a key, or a dash, of the same block may begin."""
    for number in _lines_above(lines, at):
        below = min((*keys, *dashes), default=margin + _FAR)
        *items, key = _columns(lines[number])
        if key < below:
            keys.setdefault(key, number)
        for column in items:
            if column < below:
                dashes.setdefault(column, number)
        if not _margin(lines[number]):
            break
    if margin in keys or (is_item and margin in dashes) or not keys:
        return None
    known = dashes if is_item and dashes else keys
    best = min(known, key=lambda column: (abs(column - margin), -column))
    advice = "do not indent it" if best == 0 else f"give it {_spaces(best)}"
    return IndentHint(
        at + 1,
        margin + 1,
        f"this line is indented by {_spaces(margin)}, but the line that it belongs with "
        f"(line {known[best] + 1}) by {_spaces(best)}; {advice}",
    )


def _columns(line: str) -> list[int]:
    """Return the columns at which blocks begin on a line: its dashes, and the text after them."""
    column = len(_margin(line))
    columns = [column]
    rest = line[column:]
    while item := _ITEM.match(rest):
        column += item.end()
        rest = rest[item.end() :]
        columns.append(column)
    return columns


def _lines_above(lines: Sequence[str], at: int) -> Iterable[int]:
    """Yield the lines above a line that are neither blank nor a comment, nearest first."""
    for number in range(at - 1, -1, -1):
        text = lines[number].strip()
        if text and not text.startswith("#"):
            yield number


def _margin(line: str) -> str:
    match = _MARGIN.match(line)
    return "" if match is None else match[0]


def _spaces(count: int) -> str:
    return "1 space" if count == 1 else f"{count} spaces"
