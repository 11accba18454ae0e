"""A date as far as it is known: a year, a month of a year, or a day."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import NamedTuple

_NEW_ID = re.compile(r"(\d\d)(\d\d)\.\d{4,5}")
_OLD_ID = re.compile(r"[a-z-]+/(\d\d)(\d\d)\d{3}")
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class PartialDate(NamedTuple):
    """A year, with the month and the day if they are known: `PartialDate(2026, 3)`."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Return `day` as a completely known date."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Parse the result of `isoformat`: `2026`, `2026-03` or `2026-03-04`; raise ValueError."""
        if len(text) == 10 and text.isascii():
            return cls.of(date.fromisoformat(text))  # the usual form, without a search
        match = _ISO.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a date such as 2026, 2026-03 or 2026-03-04")
        parts = tuple(int(part) for part in match.groups() if part)
        date(*parts, *(1,) * (3 - len(parts)))  # raises for 2026-13
        return cls(*parts)

    def isoformat(self) -> str:
        """Return the date in ISO 8601, as far as it is known: `2026-03`."""
        if self.month is None:
            return f"{self.year:04}"
        month = f"{self.year:04}-{self.month:02}"
        return month if self.day is None else f"{month}-{self.day:02}"

    @property
    def first(self) -> date:
        """The earliest possible day."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The latest possible day."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def order(self) -> tuple[int, int, int]:
        """Sort key: by year, month and day, unknown parts first, as `isoformat` sorts."""
        return self.year, self.month or 0, self.day or 0


def month_of_arxiv_id(identifier: str) -> PartialDate | None:
    """Return the month in an arXiv identifier: `2603.01234` → March 2026.

    https://info.arxiv.org/help/arxiv_identifier.html; the old scheme ran from 1991 to March 2007.
    """
    if match := _NEW_ID.fullmatch(identifier):
        year, month = 2000 + int(match[1]), int(match[2])
    elif match := _OLD_ID.fullmatch(identifier):
        year, month = (1900 if match[1] > "90" else 2000) + int(match[1]), int(match[2])
    else:
        return None
    return PartialDate(year, month) if 1 <= month <= 12 else None


def with_known_month(inferred: PartialDate, known: PartialDate) -> PartialDate:
    """Correct an inferred year with the year of an arXiv identifier.

    A paper has its identifier from the month in which it was submitted, or from the next one. If
    the dates do not fit, the identifier's month counts.
    """
    first = known.first.toordinal()
    for year in (known.year, known.year - 1):
        try:
            day = date(year, inferred.month or 1, inferred.day or 1)
        except ValueError:  # 29 February
            continue
        if first - 10 <= day.toordinal() <= known.last.toordinal():
            return inferred._replace(year=year)
    return known
