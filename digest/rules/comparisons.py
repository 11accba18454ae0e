"""Parse the value of a field of days or counts: `published:`, `upvotes:` and the like.

Pure text to bounds; today's day is only named here (`today-30`) and filled in when the rules are
compiled for a run.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from digest.rules.syntax import DayBound, DayField, DayRange, NumberField, NumberRange

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.rules.terms import Place

_COMPARISON = (
    r"\s*(?:\[\s*(?P<low>[^\s\]]+)\s+TO\s+(?P<high>[^\s\]]+)\s*\]"
    r"|(?P<op>>=|<=|>|<|=)?\s*(?P<value>[^\s()\[\]<>=\"^|&{commas}][^\s()\"|&^{commas}]*))"
    r"(?:\^(?P<boost>-?(?:\d{{1,6}}(?:\.\d{{1,6}})?|\.\d{{1,6}})))?"
    r"(?=[\s(){commas}]|\|\||&&|$)"
)
COMPARISON = re.compile(_COMPARISON.format(commas=""))
"""What may follow the field's colon, white space included."""
LISTED_COMPARISON = re.compile(_COMPARISON.format(commas=","))
"""The same in the list of an ANY, where a comma ends it."""

_DAY = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$"
_TODAY = r"(?i:today)(?:([+-])(\d{1,5}))?$"

_Bound = TypeVar("_Bound", DayBound, int)
_Span = tuple[_Bound, _Bound]


def day_range(field: DayField, match: re.Match[str], text: str, place: Place) -> DayRange:
    """Build the range of days of a match of `COMPARISON`; raises `QueryError`."""

    def parse(value: str) -> _Span[DayBound]:
        return _parse_day(value, place)

    low, high = _bounds(match, parse, _next_day)
    return DayRange(text, field, low, high, _boost(match))


def number_range(field: NumberField, match: re.Match[str], text: str, place: Place) -> NumberRange:
    """Build the range of counts of a match of `COMPARISON`; raises `QueryError`."""

    def parse(value: str) -> _Span[int]:
        if not (value.isascii() and value.isdigit() and len(value) <= 15):
            raise place.error(
                f"{value!r} is not a whole number", f"Write {field}:>=10 or {field}:[5 TO 20]."
            )
        return int(value), int(value)

    low, high = _bounds(match, parse, _next_number)
    return NumberRange(text, field, low, high, _boost(match))


def _boost(match: re.Match[str]) -> float | None:
    return float(match["boost"]) if match["boost"] else None


def _bounds(
    match: re.Match[str],
    parse: Callable[[str], _Span[_Bound]],
    shift: Callable[[_Bound, int], _Bound],
) -> tuple[_Bound | None, _Bound | None]:
    """Return the lowest and highest value of the comparison."""
    if match["value"] is None:
        low, high = match["low"], match["high"]
        return (
            None if low == "*" else parse(low)[0],
            None if high == "*" else parse(high)[1],
        )
    first, last = parse(match["value"])
    operator = match["op"] or "="
    if operator == ">":
        return shift(last, 1), None
    if operator == ">=":
        return first, None
    if operator == "<":
        return None, shift(first, -1)
    return (None if operator == "<=" else first), last


def _next_number(value: int, step: int) -> int:
    return value + step


def _next_day(bound: DayBound, step: int) -> DayBound:
    if not bound.iso:
        return DayBound("", bound.offset + step)
    try:
        return DayBound((date.fromisoformat(bound.iso) + timedelta(days=step)).isoformat())
    except OverflowError:
        return bound  # the calendar's own end: there are no days beyond it


def _parse_day(value: str, place: Place) -> _Span[DayBound]:
    """Return the first and the last day that `value` (day, month, year, today±N) names."""
    if match := re.match(_TODAY, value):
        offset = int(match[2] or 0) * (-1 if match[1] == "-" else 1)
        return DayBound("", offset), DayBound("", offset)
    error = place.error(
        f"{value!r} is not a day", "Write 2026-01-31, 2026-01, 2026, today or today-30."
    )
    match = re.match(_DAY, value)
    if match is None:
        raise error
    try:
        year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
        if match[2] is None:
            first, last = date(year, 1, 1), date(year, 12, 31)
        elif match[3] is None:
            first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        else:
            first = last = date(year, month, day)
    except ValueError:
        raise error from None
    return DayBound(first.isoformat()), DayBound(last.isoformat())
