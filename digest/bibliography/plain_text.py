"""Remove characters that could control a terminal or break a file of any format.

Titles and names are clean text already; notes, and values from tests and other programs, may be
anything.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from digest.text.markup import plain_text
from digest.text.one_line import one_line

_BREAKS = re.compile(r"[ \t]*(?:\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029])")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def several_lines(text: str) -> str:
    """Return the text in lines, all but the last ended by a newline; no tabs."""
    lines = _BREAKS.split(_CONTROLS.sub("", text.expandtabs(4)))
    return "\n".join(line.rstrip() for line in lines).strip()


TAGGED = re.compile(
    r"<(i|b|em|strong|sub|sup|sc|scp|span|(?:jats|mml):[\w-]+)(?:\s[^<>]*)?>.*?</\1>",
    re.IGNORECASE | re.DOTALL,
)
"""A pair of rich-text tags, with the text between."""
_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8}\d?);")
_NESTED: Final = 2
"""How often entities are resolved: real files have `&amp;gt;` for a sign."""


def without_markup(text: str) -> str:
    """Return a field as clean text, without the tags and entities of reference managers.

    Only pairs of rich-text tags are markup; any other `<` is a sign.
    """
    for _ in range(_NESTED if "&" in text else 0):
        text = _ENTITY.sub(lambda match: unescape(match[0]), text)
    if "<" in text:
        text = TAGGED.sub(lambda match: plain_text(match[0]).strip(), text)
    return one_line(text)
