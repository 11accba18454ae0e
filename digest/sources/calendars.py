"""The days on which a service lists nothing.

arXiv announces on the evenings of Sunday to Thursday (US Eastern) and not on the evenings of its
holidays; its feeds are rebuilt at the following midnight, so the list of a day is what was
announced on the evening before (https://info.arxiv.org/help/availability.html). The holidays are
those that arXiv has named for 2023 to 2026, by rule for the following years; on the days around the
turn of the year, which differ from year to year, an empty list counts as a holiday.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6
_NAMES: Final = (
    "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays",
)  # fmt: skip
_DAY: Final = timedelta(days=1)


def weekend(clause: str) -> Callable[[date], str]:
    """Return a calendar without Saturdays and Sundays: "it has no list on Saturdays"."""

    def quiet(day: date) -> str:
        return f"{clause} on {_NAMES[day.weekday()]}" if day.weekday() >= SATURDAY else ""

    return quiet


def arxiv_quiet(day: date) -> str:
    """Return why arXiv's list of `day` is empty, or an empty text if one is expected."""
    if day.weekday() >= SATURDAY:
        return f"it does not announce on {_NAMES[day.weekday()]}"
    evening = day - _DAY
    if name := us_holiday(evening):
        return f"it does not announce on {name}"
    return ""


def may_be_holiday(day: date) -> bool:
    """Return whether `day` is around the turn of the year, when holidays follow no rule."""
    return (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 2)


def us_holiday(day: date) -> str:
    """Return the name of the holiday on which arXiv does not announce, or an empty text."""
    return _holidays(day.year).get(day, "")


def _holidays(year: int) -> dict[date, str]:
    return {
        date(year, 1, 1): "New Year's Day",
        _nth(year, 1, MONDAY, 3): "Martin Luther King Day",
        _observed(date(year, 6, 19)): "Juneteenth",
        _observed(date(year, 7, 4)): "Independence Day",
        _nth(year, 9, MONDAY, 1): "Labor Day",
        _nth(year, 11, THURSDAY, 4): "Thanksgiving",
        date(year, 12, 25): "Christmas Day",
    }


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _observed(day: date) -> date:
    """Return the weekday of a holiday's observance: Saturday's on Friday, Sunday's on Monday."""
    if day.weekday() == SATURDAY:
        return day - _DAY
    return day + _DAY if day.weekday() == SUNDAY else day
