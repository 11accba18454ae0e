"""Names of people and groups."""

from __future__ import annotations

import pytest

from digest.model import Name


@pytest.mark.parametrize(
    ("name", "shown", "surname"),
    [
        (Name("Berg", "Ada B."), "Ada B. Berg", "Berg"),
        (Name("Berg", "Ada", "van der", "Jr."), "Ada van der Berg Jr.", "van der Berg"),
        (Name("Plato"), "Plato", "Plato"),
        (Name(literal="The Sky Survey"), "The Sky Survey", "The Sky Survey"),
    ],
)
def test_a_name_is_shown_in_reading_order(name: Name, shown: str, surname: str) -> None:
    assert str(name) == shown
    assert name.surname == surname
