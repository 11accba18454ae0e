"""Parse dates in files of references: years, months by name or number, ranges, uncertain years."""

from __future__ import annotations

import re
from typing import Final

from digest.model import PartialDate

_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_ISO = re.compile(r"\s*(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?=\D|$)")
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_WORDS = re.compile(r"(\d{4})\s+([A-Za-z]{3})[a-z]*(?:[-/][A-Za-z]+)?\s*(\d{1,2})?(?!\d)")


def parse_date(text: str) -> PartialDate | None:
    """Return the date as far as it is known; the first of a range; None without a year.

    Examples: `2019`, `2019-04`, `2019/04/05/`, `2019-04~`, `2019/2021`, `2019 Apr 5` (PubMed) and
    `in press 2019`.
    """
    if match := _WORDS.match(text.strip()) or _ISO.match(text):
        # `2019/2021` is a range: what follows the slash is not a month.
        return date_of_parts(*(part or "" for part in match.groups()))
    year = _YEAR.search(text)
    return PartialDate(int(year[1])) if year else None


def date_of_parts(year: str, month: str = "", day: str = "") -> PartialDate | None:
    """Return the date of a year, a month (`4`, `apr`, `April`) and a day, if valid."""
    match = _YEAR.search(year)
    if match is None:
        return None
    known = PartialDate(int(match[1]))
    number = _month(month)
    if number is None:
        return known
    known = known._replace(month=number)
    if day.isdigit() and int(day):
        try:
            return PartialDate.parse(f"{known.isoformat()}-{int(day):02}")
        except ValueError:
            return known
    return known


def _month(text: str) -> int | None:
    text = text.strip().lower()
    if text.isdigit():
        return int(text) if 1 <= int(text) <= 12 else None
    return _MONTHS.index(text[:3]) + 1 if text[:3] in _MONTHS else None
