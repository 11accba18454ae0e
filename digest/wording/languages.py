"""The language of a digest: its phrases, dates and numbers.

Phrases come from compiled gettext catalogues in `locale/`; names of months and days and their order
come from `locale/dates.json`, taken from CLDR. Both are generated with Babel (35 MB), which no run
needs. A language is offered only if its catalogue has every phrase.
"""

from __future__ import annotations

import json
import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.model import PartialDate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from gettext import NullTranslations

OFFERED: Final = ("en", "de", "fr", "es", "zh", "ja")
"""Languages whose catalogue is complete."""
LOCALE: Final = Path(__file__).resolve().parent / "locale"
MOST_LISTED: Final = 10
"""Number of items that a list names; the others are counted."""
_OTHER_SCRIPT: Final = re.compile(r"zh-(?:hant|tw|hk|mo)", re.IGNORECASE)
"""Chinese in traditional characters, for which there is no catalogue."""


class Calendar(Struct, frozen=True):
    """How a language writes days and numbers; patterns are those of CLDR."""

    months: Sequence[str]
    short_months: Sequence[str]
    weekdays: Sequence[str]
    """Monday first."""
    short_weekdays: Sequence[str]
    day: str
    long_day: str
    day_of_year: str
    short_day: str
    month: str
    group: str
    """Thousands separator."""
    shortest_weekdays: Sequence[str]
    """For the head of a calendar, Monday first."""
    narrow_day: str
    """Day and short month."""
    narrow_date: str
    """Day, short month and year."""


def offered(tag: str) -> str | None:
    """Return the offered language that a tag such as `de-CH` means, or None."""
    language = tag.partition("-")[0].lower()
    return language if language in OFFERED and not _OTHER_SCRIPT.match(tag) else None


class Words:
    """Phrases, dates and numbers in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def _translations(self) -> NullTranslations:
        return _translations(self.language)

    @cached_property
    def _calendar(self) -> Calendar:
        return _calendars()[self.language]

    def text(self, message: str, **values: object) -> str:
        """Return `message` in this language, its `{names}` filled with `values`."""
        return self._translations.gettext(message).format(**values)

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the plural form for `number`, which fills `{number}`."""
        chosen = self._translations.ngettext(one, many, number)
        return chosen.format(number=self.number(number), **values)

    def number(self, number: int) -> str:
        """Write a whole number with its thousands separated."""
        return f"{number:,}".replace(",", self._calendar.group)

    def day(self, day: date | PartialDate) -> str:
        """Write a day, or a month or year if no more is known: 5 January 2026."""
        if isinstance(day, PartialDate):
            if day.month is None:
                return str(day.year)
            if day.day is None:
                return self._dated(self._calendar.month, day.first)
            day = day.first
        return self._dated(self._calendar.day, day)

    def long_day(self, day: date) -> str:
        """Write a day with its weekday: Monday 5 January 2026."""
        return self._dated(self._calendar.long_day, day)

    def short_day(self, day: date) -> str:
        """Write a day with its weekday, short: Mon 5 Jan."""
        return self._dated(self._calendar.short_day, day)

    def narrow_day(self, day: date) -> str:
        """Write a day for a narrow column: 5 Jan."""
        return self._dated(self._calendar.narrow_day, day)

    def narrow_date(self, day: date) -> str:
        """Write a day with its year for a narrow column: 5 Jan 2026."""
        return self._dated(self._calendar.narrow_date, day)

    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """Return the shortest and the full name of each day of the week, Monday first."""
        calendar = self._calendar
        return tuple(zip(calendar.shortest_weekdays, calendar.weekdays, strict=True))

    def day_near(self, day: date, today: date) -> str:
        """Write a day without its year if that is the year of `today`: 5 January."""
        same = day.year == today.year
        return self._dated(self._calendar.day_of_year if same else self._calendar.day, day)

    def listed(self, items: Sequence[str], most: int = MOST_LISTED) -> str:
        """Join at most `most` items with commas, and count the rest: A, B and 3 more."""
        comma = self.text(", ")
        shown = comma.join(items[:most])
        hidden = len(items) - most
        if hidden <= 0:
            return shown
        return self.count(
            "{list} and {number} more", "{list} and {number} more", hidden, list=shown
        )

    def joined(self, items: Sequence[str]) -> str:
        """Join a few items as a sentence does: A, B and C."""
        if len(items) < 2:
            return "".join(items)
        first = self.text(", ").join(items[:-1])
        return self.text("{first} and {last}", first=first, last=items[-1])

    def _dated(self, pattern: str, day: date) -> str:
        calendar = self._calendar
        fields = {
            "d": str(day.day),
            "M": str(day.month),
            "MMM": calendar.short_months[day.month - 1],
            "MMMM": calendar.months[day.month - 1],
            "y": str(day.year),
            "E": calendar.short_weekdays[day.weekday()],
            "EEEE": calendar.weekdays[day.weekday()],
        }
        # CLDR quotes literal words: d 'de' MMMM.
        pieces = re.findall(r"'([^']*)'|(d+|M+|y+|E+)|([^'dMyE]+)", pattern)
        return "".join(quoted or fields.get(field, "") or plain for quoted, field, plain in pieces)


@lru_cache(maxsize=len(OFFERED))
def words_in(tag: str) -> Words:
    """Return the words of the language of a tag; English if it is not offered."""
    return Words(offered(tag) or "en")


ENGLISH: Final = words_in("en")
"""The language of the terminal. Its tables are read when first used."""


def _translations(language: str) -> NullTranslations:
    from gettext import GNUTranslations, NullTranslations  # 5 ms that most commands do not need

    if language == "en":
        return NullTranslations()
    with (LOCALE / f"{language}.mo").open("rb") as file:
        return GNUTranslations(file)


@lru_cache(maxsize=1)
def _calendars() -> dict[str, Calendar]:
    tables = json.loads((LOCALE / "dates.json").read_text(encoding="utf-8"))
    return {language: Calendar(**table) for language, table in tables.items()}
