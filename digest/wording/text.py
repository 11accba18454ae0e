"""Counts, points and shortened text, in English or language-independent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.model import MarkedText


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: 1 paper, 2 papers, 1,200 papers."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def points(value: float) -> str:
    """Write points without a redundant fraction: 1 point, 2.5 points."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{shown} point" if shown == "1" else f"{shown} points"


def plain(marked: MarkedText) -> str:
    """Return marked text without the marks."""
    return "".join(segment.text for segment in marked)
