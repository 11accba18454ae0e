"""Convert the content of dumps to clean text.

Clean text is what the library stores and every output shows: LaTeX as Unicode, one space for each
run of white space, nothing that controls a terminal, a bidirectional layout or an XML parser. It is
still text: `<b>` and `&amp;` in it are characters. The renderer escapes it for a format.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_PRINTABLE_ASCII: Final = bytes(range(0x20, 0x7F))
_SHORT: Final = 50


def clean_text(raw: str, *, latex: bool = True, name: bool = False) -> str:
    r"""Return `raw` as clean text: one line, no control or direction characters.

    `latex=False` is for fields without LaTeX (names of organisations, labels). `name=True` is for
    names of people, in which `\'s` is an accent, not an English contraction.
    """
    # Testing whether all is printable is ten times as fast as a search, and nearly always enough.
    text = raw
    if not (_is_single_spaced(text) and is_printable(text)):
        text = raw.replace("\n", " ").strip(" ")  # enough for most texts with line breaks
        if not (_is_single_spaced(text) and is_printable(text)):
            text = " ".join(raw.split())
            if not is_printable(text):
                text = " ".join(forbidden().sub("", text).split())
    if latex and _may_hold_latex(text):
        from digest.text.latex import latex_to_unicode

        text = single_spaced(latex_to_unicode(text, name=name))
    return text


def single_spaced(text: str) -> str:
    """Return `text` with one space for each run of white space, and none at the ends."""
    # Most text is like that already; testing takes a quarter of the time of splitting and joining.
    if is_printable(text) and _is_single_spaced(text):
        return text
    return " ".join(text.split())


def is_printable(text: str) -> bool:
    """Return whether every character is printable, the space included: `str.isprintable`."""
    # It looks every character up; for ASCII, checking bytes is four times as fast, except for short
    # texts.
    if len(text) > _SHORT and text.isascii():
        return not text.encode().translate(None, _PRINTABLE_ASCII)
    return text.isprintable()


def _is_single_spaced(text: str) -> bool:
    """Return whether printable text is clean: the only white space is the single space."""
    return "  " not in text and text[:1] != " " != text[-1:]


def _may_hold_latex(text: str) -> bool:
    # Eight searches for one sign each take a microsecond; a regex for all takes ten. One for two
    # signs takes as long as all others.
    return (
        "\\" in text or "$" in text or "{" in text or "^" in text
        or "_" in text or "~" in text or "`" in text
        or ("'" in text and "''" in text)
    )  # fmt: skip


@cache
def forbidden() -> re.Pattern[str]:
    """Return an expression for characters that clean text does not have.

    Compiled on first use, which is rare: a millisecond of each start.
    """
    return re.compile(
        "["
        "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are not white space (Unicode Cc)
        "\u202a-\u202e\u2066-\u2069"  # direction embeddings, overrides and isolates (UAX #9)
        "\ud800-\udfff"  # surrogates, which are always lone in a Python string
        "\ufdd0-\ufdef"  # non-characters, as are the last two of each plane
        + "".join(
            f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
        )
        + "]"
    )
