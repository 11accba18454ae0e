"""Markdown from the config as HTML, in bounded time.

The parser is quadratic in open brackets and recursive in nested quotes and lists. Text with more of
them than any introduction needs is shown as it is, paragraph by paragraph: nothing is lost.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

MOST_CHARACTERS: Final = 20_000
MOST_BRACKETS: Final = 200
"""Maximum number of `[` and `<` together."""


def markdown_to_html(source: str) -> str:
    """Return Markdown as HTML; text that would take too long to parse, as plain paragraphs."""
    brackets = source.count("[") + source.count("<")
    if len(source) > MOST_CHARACTERS or brackets > MOST_BRACKETS:
        return _as_it_stands(source)
    # Imported here: it costs 35 ms, and most profiles have no introduction.
    from markdown import markdown

    try:
        return markdown(source, extensions=["sane_lists"], output_format="html")
    except RecursionError:
        return _as_it_stands(source)


def _as_it_stands(source: str) -> str:
    paragraphs = re.split(r"\n[ \t]*\n", source)
    return "\n".join(
        f"<p>{escape(paragraph.strip())}</p>" for paragraph in paragraphs if paragraph.strip()
    )
