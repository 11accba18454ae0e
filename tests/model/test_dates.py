"""Dates as far as they are known."""

from __future__ import annotations

from datetime import date

import pytest

from digest.model import PartialDate


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
