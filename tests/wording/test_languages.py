"""Every offered language is complete, and writes days and numbers as CLDR does."""

from __future__ import annotations

import ast
import json
import re
from datetime import date
from gettext import GNUTranslations
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from digest.model import PartialDate
from digest.wording.languages import LOCALE, OFFERED, Words, offered, words_in
from tests.wording.messages import messages

if TYPE_CHECKING:
    from collections.abc import Iterable

RENEW = "for each: pybabel compile -i digest/wording/locale/de.po -o digest/wording/locale/de.mo"
OTHERS = [language for language in OFFERED if language != "en"]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def catalogue(language: str) -> dict[str, list[str]]:
    """Return the forms of each phrase of a `.po` file, by its (first) message."""
    entries: dict[str, list[str]] = {}
    message, target = "", ""
    for line in (LOCALE / f"{language}.po").read_text(encoding="utf-8").splitlines():
        head = re.match(r"(msgid|msgid_plural|msgstr(?:\[\d\])?) (.*)", line)
        text = head[2] if head else line
        if not text.startswith('"'):
            continue
        if head:
            target = head[1]
        value = str(ast.literal_eval(text))
        if target == "msgid":
            message = value if head else message + value
        elif target.startswith("msgstr"):
            forms = entries.setdefault(message, [])
            if head:
                forms.append(value)
            else:
                forms[-1] += value
    entries.pop("")
    return entries


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_phrase_and_no_other(language: str) -> None:
    known = catalogue(language)
    assert set(known) == {
        message if isinstance(message, str) else message[0] for message in messages()
    }
    assert all(
        form.strip() or message == ", " for message, forms in known.items() for form in forms
    )


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_the_same_values(language: str) -> None:
    known = catalogue(language)
    for message in messages():
        if isinstance(message, str):
            assert [fields(form) for form in known[message]] == [fields(message)], message
        else:
            one, many = map(fields, message)
            assert all(fields(form) in (one, many, one | many) for form in known[one_of(message)])


def one_of(message: tuple[str, str]) -> str:
    return message[0]


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_says_what_its_source_says(language: str) -> None:
    known = catalogue(language)
    with (LOCALE / f"{language}.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in messages():
        if isinstance(message, str):
            assert compiled.gettext(message) == known[message][0], RENEW
        else:
            shown = {compiled.ngettext(*message, number) for number in (0, 1, 2, 5, 1_000_000)}
            assert shown == set(known[one_of(message)]), RENEW


def _cldr(language: str) -> dict[str, object]:
    babel = pytest.importorskip("babel")
    dates = pytest.importorskip("babel.dates")
    locale = babel.Locale.parse("en_GB" if language == "en" else language)

    def names(of: object) -> list[str]:
        assert isinstance(of, dict) or hasattr(of, "values")
        values: Iterable[str] = of.values()
        return list(values)

    def weekdays(width: str) -> list[str]:
        return [dates.get_day_names(width, locale=locale)[day] for day in range(7)]

    long_day = locale.date_formats["full"].pattern
    return {
        "months": names(dates.get_month_names("wide", locale=locale)),
        "short_months": names(dates.get_month_names("abbreviated", locale=locale)),
        "weekdays": weekdays("wide"),
        "short_weekdays": weekdays("abbreviated"),
        "day": locale.date_formats["long"].pattern,
        # Without the comma that English newspapers leave out.
        "long_day": long_day.replace(", ", " ") if language == "en" else long_day,
        "day_of_year": locale.datetime_skeletons["MMMMd"].pattern,
        "short_day": locale.datetime_skeletons["MMMEd"].pattern,
        "month": locale.datetime_skeletons["yMMMM"].pattern,
        "narrow_day": locale.datetime_skeletons["MMMd"].pattern,
        "narrow_date": locale.datetime_skeletons["yMMMd"].pattern,
        "shortest_weekdays": weekdays("short"),
        "group": locale.number_symbols["latn"]["group"],
    }


@pytest.mark.parametrize("language", OFFERED)
def test_days_and_numbers_are_written_as_cldr_says(language: str) -> None:
    tables = json.loads((LOCALE / "dates.json").read_text(encoding="utf-8"))
    assert tables[language] == _cldr(language)


@pytest.mark.parametrize(
    ("language", "day", "long_day", "month"),
    [
        ("en", "5 January 2026", "Monday 5 January 2026", "March 2026"),
        ("de", "5. Januar 2026", "Montag, 5. Januar 2026", "März 2026"),
        ("fr", "5 janvier 2026", "lundi 5 janvier 2026", "mars 2026"),
        ("es", "5 de enero de 2026", "lunes, 5 de enero de 2026", "marzo de 2026"),
        ("zh", "2026年1月5日", "2026年1月5日星期一", "2026年3月"),
        ("ja", "2026年1月5日", "2026年1月5日月曜日", "2026年3月"),
    ],
)
def test_days(language: str, day: str, long_day: str, month: str) -> None:
    words = Words(language)
    assert words.day(date(2026, 1, 5)) == words.day(PartialDate(2026, 1, 5)) == day
    assert words.long_day(date(2026, 1, 5)) == long_day
    assert words.day(PartialDate(2026, 3)) == month
    assert words.day(PartialDate(2026)) == "2026"
    assert words.day_near(date(2026, 1, 5), date(2026, 9, 1)) in day
    assert words.day_near(date(2025, 1, 5), date(2026, 9, 1)).count("2025") == 1


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("de-CH", "de"), ("ES", "es"), ("zh", "zh"), ("zh-Hans", "zh"), ("zh-CN", "zh"),
     ("zh-TW", None), ("zh-Hant-HK", None), ("it", None), ("x", None)],
)  # fmt: skip
def test_a_tag_means_a_language_that_is_offered_or_none(tag: str, language: str | None) -> None:
    assert offered(tag) == language


def test_a_digest_of_an_earlier_config_falls_back_to_english() -> None:
    assert words_in("it").language == "en"


def test_lists() -> None:
    english, german = Words("en"), Words("de")
    assert english.listed(["A", "B"]) == "A, B"
    assert english.listed(list("ABCDE"), 2) == "A, B and 3 more"
    assert german.joined(["A", "B", "C"]) == "A, B und C"
    assert english.joined(["A"]) == "A"
    assert english.joined([]) == ""
