"""Partially known dates."""

from __future__ import annotations

from datetime import date

import pytest

from digest.model import PartialDate
from digest.model.dates import month_of_arxiv_id, with_known_month


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
    ],
)
def test_a_date_spans_the_days_that_it_may_be(text: str, first: date, last: date) -> None:
    partial = PartialDate.parse(text)
    assert (partial.first, partial.last) == (first, last)
    assert partial.isoformat() == text


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2024-02-30", "0000", "2024-2", "2024-02-"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date|month|day|year"):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("identifier", "month"),
    [
        ("2603.01234", PartialDate(2026, 3)),
        ("0704.0001", PartialDate(2007, 4)),
        ("hep-th/9901001", PartialDate(1999, 1)),
        ("math/0309136", PartialDate(2003, 9)),
        ("2613.01234", None),
        ("10.1000/2603.01234", None),
    ],
)
def test_an_arxiv_identifier_tells_the_month(identifier: str, month: PartialDate | None) -> None:
    assert month_of_arxiv_id(identifier) == month


@pytest.mark.parametrize(
    ("inferred", "known", "date"),
    [
        ("2026-12-28", "2025-12", "2025-12-28"),
        ("2026-12-30", "2026-01", "2025-12-30"),
        ("2026-02-27", "2026-03", "2026-02-27"),
        ("2026-01-05", "2026-03", "2026-03"),
        ("2025-02-29", "2024-02", "2024-02-29"),
    ],
)
def test_a_day_without_a_year_takes_that_of_the_identifier(
    inferred: str, known: str, date: str
) -> None:
    year, month, day = map(int, inferred.split("-"))  # 29 February 2025 is what a page may say
    result = with_known_month(PartialDate(year, month, day), PartialDate.parse(known))
    assert result == PartialDate.parse(date)
