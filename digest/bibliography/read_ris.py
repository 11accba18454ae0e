"""Read RIS files: text → entries.

Tags as https://en.wikipedia.org/wiki/RIS_(file_format) lists them; those that vary from one program
to the next are looked for under each of their names. A line without a tag goes on with the one
before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from digest.bibliography.entry import MAX_FIELD, Damaged, Found, arxiv_id_in, to_object
from digest.model import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*)|\s*)$")
_DAY = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?:/.*)?")
_ARXIV_TAGS: Final = ("AN", "UR", "DO", "M1", "IS", "VL", "JO", "JF", "T2", "C7")

_Tags: TypeAlias = dict[str, list[str]]
"""The values of each tag of one entry, in their order."""


def read_ris(text: str) -> Iterator[Found | Damaged]:
    """Yield each entry from `TY` to `ER`, or why there is none."""
    begun, lost = 0, 0
    tags: _Tags = {}
    last: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        found = _TAG.match(line.rstrip())
        tag = found[1] if found else ""
        value = ((found[2] or "") if found else line).strip()
        if tag == "TY":
            if begun:
                yield Damaged(begun, "this entry has no end: another begins before its ER")
            begun, lost, tags, last = number, 0, {}, []
        elif begun and tag == "ER":
            yield Found(begun, "".join(tags.get("ID", ())[:1]), _object(tags))
            begun = 0
        elif begun and tag:
            last = tags.setdefault(tag, [])
            last.append(value)
        elif begun and value and last and len(last[-1]) < MAX_FIELD:
            last[-1] += f" {value}"
        elif value and not begun and not lost:
            lost = number
            yield Damaged(number, "this line stands in no entry: none began with TY")
    if begun:
        yield Damaged(begun, "this entry is cut off: it has no ER")


def _object(tags: _Tags) -> dict[str, object]:
    def first(*names: str) -> str | None:
        return next((value for name in names for value in tags.get(name, ()) if value), None)

    return to_object(
        title=first("TI", "T1", "CT", "BT"),
        authors=[Name.parse(name) for name in (*tags.get("AU", ()), *tags.get("A1", ()))],
        abstract=first("AB", "N2"),
        published=_day(first("DA", "Y1", "PY")),
        url=first("UR", "L2"),
        doi=first("DO", "M3"),
        arxiv_id=arxiv_id_in(value for name in _ARXIV_TAGS for value in tags.get(name, ())),
    )


def _day(text: str | None) -> str | None:
    found = _DAY.fullmatch(text or "")
    return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}" if found else text
