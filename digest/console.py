"""Where the program speaks: results on stdout, everything else on stderr.

Colour only on a terminal, never alone, and not at all where `NO_COLOR` is set
(https://no-color.org). Widths are at most 100 columns.
"""

from __future__ import annotations

import json
import shutil
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TextIO, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    Style = Literal["bold", "dim", "mark"]

_Item = TypeVar("_Item")

MAX_WIDTH = 100
_CODES = {"bold": "1", "dim": "2", "mark": "1;33"}
_PROGRESS_FROM = 3
"""Fewer steps than this are done before a bar could be read."""


@dataclass(frozen=True, slots=True)
class Console:
    """The two streams of one call, and how much is wanted on them."""

    out: TextIO
    err: TextIO
    environment: Mapping[str, str]
    verbosity: int = 0
    """-1: only what went wrong; 1: details."""

    @property
    def width(self) -> int:
        """Columns to fill."""
        return min(MAX_WIDTH, shutil.get_terminal_size((MAX_WIDTH, 24)).columns)

    def result(self, text: str = "") -> None:
        """Print what was asked for."""
        self.out.write(text + "\n")

    def json(self, value: object, *, indent: int | None = None) -> None:
        """Print a value as JSON: on one line, or indented."""
        self.result(json.dumps(value, ensure_ascii=False, indent=indent))

    def note(self, text: str) -> None:
        """Say what happens; silent with --quiet."""
        if self.verbosity >= 0:
            self.err.write(text + "\n")

    def detail(self, text: str) -> None:
        """Say what happens in detail; only with --verbose."""
        if self.verbosity > 0:
            self.err.write(text + "\n")

    def problem(self, text: str) -> None:
        """Say what went wrong, always."""
        self.err.write(text + "\n")

    def styled(self, text: str, style: Style) -> str:
        """Return `text` as it shall look on stdout."""
        if not self.out.isatty() or self.environment.get("NO_COLOR"):
            return text
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m"

    def progress(self, items: Iterable[_Item], label: str) -> Iterable[_Item]:
        """Yield `items`, with a bar on stderr where that is a terminal."""
        if self.verbosity < 0 or not self.err.isatty():
            return items
        if hasattr(items, "__len__") and len(_sized(items)) < _PROGRESS_FROM:
            return items
        from tqdm import tqdm

        return tqdm(items, desc=label, file=self.err, leave=False, ncols=min(80, self.width))


def _sized(items: Iterable[_Item]) -> Collection[_Item]:
    return items if isinstance(items, (list, tuple)) else tuple(items)


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` fills (wide and combining characters)."""
    return sum(
        0 if unicodedata.combining(character) else
        2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )  # fmt: skip


def shortened(text: str, width: int) -> str:
    """Return `text` in at most `width` columns, with an ellipsis where it was cut."""
    if columns(text) <= width:
        return text
    while columns(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def table(rows: Iterable[Collection[str]], *, right: Collection[int] = ()) -> str:
    """Align `rows` in columns; those numbered in `right` on the right."""
    cells = [tuple(row) for row in rows]
    if not cells:
        return ""
    widths = [max(columns(row[number]) for row in cells) for number in range(len(cells[0]))]
    lines = []
    for row in cells:
        padded = [
            " " * (width - columns(cell)) + cell if number in right
            else cell + " " * (width - columns(cell))
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]  # fmt: skip
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)
