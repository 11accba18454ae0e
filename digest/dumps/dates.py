"""Parse dates as dumps write them, as far as they are known: a year, a month, or a day.

`2026-03-04`, `2026-03-04T07:00:00Z`, `2026/03`, `20260304`, `2026-03-00`, `4 Mar 2026`, `March 4,
2026`, `2026 Mar-Apr`, `2026 Spring`, `11-12 July 2018`, Unix times, and the lists of CSL.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from digest.model import PartialDate

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_NUMBERS = re.compile(
    rf"{_YEAR}(?:(?P<sign>[-/.])(?P<month>\d{{1,2}})(?:(?P=sign)(?P<day>\d{{1,2}})(?!\d))?(?!\d))?"
    r"(?:[T ]\d{1,2}:.*|[-+]\d\d:?\d\d|[T ]*|/[\d-]*|Z)?",
)
_ISO = re.compile(rf"{_YEAR}-(?:0[1-9]|1[0-2])-\d\d", re.ASCII)
"""The commonest form, which `_NUMBERS` understands too."""
_COMPACT = re.compile(rf"{_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?:T?\d*Z?)?")
_NAME = r"(?P<name>[A-Za-z]{3,9})\.?"
_DAY_FIRST = re.compile(
    rf"(?:[A-Z][a-z]+,? )?"
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?P<span>\s?[-–/]\s?\d{{1,2}})?[ -])?"
    rf"{_NAME}(?:\s?[-–/]\s?[A-Za-z]{{3,9}}\.?)?,?[ -]{_YEAR}\b"
)
_MONTH_FIRST = re.compile(
    rf"{_NAME} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?P<span>\s?[-–]\s?\d{{1,2}})?,? {_YEAR}\b"
)
_YEAR_FIRST = re.compile(
    rf"{_YEAR}[ -]{_NAME}(?P<span>[-–/][A-Za-z]{{3,9}})?(?:[ -](?P<day>\d{{1,2}})(?:-\d+)?)?(?!\w)"
)
_UNIX = (631_152_000, 4_102_444_800)
"""Seconds: 1990 to 2100."""


def parse_date(value: object) -> PartialDate | None:
    """Parse a date; None if it is not one, or has no year."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _number(value)
    if isinstance(value, list):
        return _parts(value)
    return _csl(value) if isinstance(value, dict) else None


def _text(value: str) -> PartialDate | None:
    if _ISO.fullmatch(value):
        return _date(value[:4], int(value[5:7]), int(value[8:]))
    text = " ".join(value[:80].split())
    if match := _NUMBERS.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(match["year"], int(match["month"] or 0), int(match["day"] or 0))
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST):
        if match := pattern.match(text):
            month = parse_month(match["name"])
            day = 0 if match["span"] else int(match["day"] or 0)
            if month or pattern is _YEAR_FIRST:  # 1990 Spring
                return _date(match["year"], month or 0, day if month else 0)
    return _number(int(text)) if text.isascii() and text.isdigit() and len(text) < 14 else None


def parse_day(value: object) -> date | None:
    """Return the day of a date; None if its day is unknown."""
    parsed = parse_date(value)
    return parsed.first if parsed and parsed.day else None


def parse_month(name: str) -> int | None:
    """Return the number of an English month name of at least three letters."""
    key = name[:3].lower()
    return MONTHS.index(key) + 1 if key in MONTHS else None


def real_day(year: int, month: int, day: int) -> date | None:
    """Return a day; None if it is not in the calendar."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _date(year: str | int, month: int = 0, day: int = 0) -> PartialDate | None:
    """Return a date of numbers, 0 for unknown; None if it is not in the calendar."""
    number = int(year)
    if not month or month > 12:
        return PartialDate(number) if not month else None
    if not day:
        return PartialDate(number, month)
    parsed = real_day(number, month, day)
    return PartialDate.of(parsed) if parsed else None


def _number(value: int) -> PartialDate | None:
    """Return the date of a year, or of a Unix time in seconds or milliseconds."""
    if 1500 <= value < 2100:
        return PartialDate(value)
    seconds = value if value < 10**11 else value // 1000
    if _UNIX[0] <= seconds < _UNIX[1]:
        return PartialDate.of(datetime.fromtimestamp(seconds, UTC).date())
    return None


def _parts(parts: list[object]) -> PartialDate | None:
    """Return the date of `[2026, 3, 4]`; the numbers may be texts, and fewer."""
    if parts and isinstance(parts[0], list):
        return _parts(parts[0])
    numbers: list[int] = []
    for part in parts[:3]:
        if not isinstance(part, (int, str)) or isinstance(part, bool) or not str(part).isdigit():
            break
        numbers.append(int(str(part)[:6]))
    return _date(*numbers) if numbers and 1500 <= numbers[0] < 2100 else None


def _csl(value: dict[str, object]) -> PartialDate | None:
    """Return the date of a CSL object, or of one of other services' objects."""
    for key in ("date-parts", "raw", "literal", "date", "value", "date-time", "timestamp"):
        if (parsed := parse_date(value.get(key))) is not None:
            return parsed
    return _parts([value.get(key) for key in ("year", "month", "day")])
