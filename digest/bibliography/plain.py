"""Text without what would steer a terminal or break a file, whatever its format.

Titles and names are clean text already; notes, and what tests and other programs hand over, may be
anything.
"""

from __future__ import annotations

import re

_BREAKS = re.compile(r"[ \t]*(?:\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029])")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def several_lines(text: str) -> str:
    """Return the text in its lines, each ended by a newline but the last; no tabs."""
    lines = _BREAKS.split(_CONTROLS.sub("", text.expandtabs(4)))
    return "\n".join(line.rstrip() for line in lines).strip()
