"""Put text onto one line, and shorten it."""

from __future__ import annotations

import re
from typing import Final

CONTROLS: Final = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""All but `Char` of XML 1.0 (section 2.2), and the controls and non-characters that it discourages.
With one of them in a title, feedgen refuses the whole feed; an escape character steers a terminal.
A string, because most text is printable and the expression takes long to compile."""


def without_controls(text: str) -> str:
    """Drop `CONTROLS`; white space among them becomes a space."""
    return re.sub(CONTROLS, lambda char: " " if char[0].isspace() else "", text)


def one_line(text: str) -> str:
    """Return `text` on one line: no control characters, single spaces, none at the ends."""
    return " ".join((text if text.isprintable() else without_controls(text)).split())


def shortened(text: str, room: int) -> str:
    """Cut `text` to at most `room` characters, at a space if there is one near the end."""
    if len(text) <= room:
        return text
    cut = text[: room - 1]
    at = cut.rfind(" ", room // 2)
    return (cut if at < 0 else cut[:at]).rstrip(" ,;:–—-") + "…"
