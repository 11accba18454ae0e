"""Show matches on a terminal: their sentences, wrapped, with the words in brackets.

Brackets as well as colour, because colour alone does not reach everybody.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from digest.digests.excerpt import excerpt, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.cli.console import Console
    from digest.model import MarkedText, Match, Paper

_INDENT = " " * 6
_OPEN, _CLOSE = "\x01", "\x02"
"""Placeholders for the brackets while lines are wrapped; clean text has no control characters."""


def title(paper: Paper, matches: Sequence[Match], console: Console) -> str:
    """Return the title with its `matches` marked, ready to print."""
    spans = [span for match in matches if (span := _span(match, "title"))]
    return _shown(mark(paper.title, spans), console, indent="  ")


def in_text(
    paper: Paper, matches: Sequence[Match], console: Console, *, titled: bool = True
) -> Iterator[str]:
    """Yield, for each field with `matches`, the text around them, ready to print."""
    if titled:
        for words in _in_field(paper.title, matches, "title"):
            yield _shown(words, console)
    abstract = paper.abstract or ""
    spans = [(match.keyword, span) for match in matches if (span := _span(match, "abstract"))]
    for sentence in excerpt(abstract, spans):
        yield _shown(sentence, console)
    for index, author in enumerate(paper.authors or ()):
        field_matches = [match for match in matches if match.index == index]
        for name in _in_field(str(author), field_matches, "author"):
            yield _shown(name, console)
    for organization in _in_field(paper.organization or "", matches, "org"):
        yield _shown(organization, console)


def wrapped(line: str, console: Console, *, indent: str = _INDENT) -> str:
    """Return `line` wrapped to the terminal's width; further lines are indented."""
    return textwrap.fill(
        line, console.width, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _span(match: Match, field: str) -> tuple[int, int] | None:
    if match.field != field or match.start is None or match.end is None:
        return None
    return match.start, match.end


def _in_field(text: str, matches: Sequence[Match], field: str) -> tuple[MarkedText, ...]:
    spans = [span for match in matches if (span := _span(match, field))]
    return (mark(text, spans),) if spans else ()


def _shown(marked: MarkedText, console: Console, *, indent: str = _INDENT) -> str:
    text = "".join(
        f"{_OPEN}{segment.text}{_CLOSE}" if segment.marked else segment.text for segment in marked
    )
    on, off = console.styled("\x03", "mark").split("\x03")
    lines = wrapped(indent + text, console, indent=indent)
    return lines.replace(_OPEN, f"{on}[").replace(_CLOSE, f"]{off}")
