"""The parts of people's names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Name

TABLE = [
    ("Anna He", Name("He", "Anna")),
    ("He, Anna", Name("He", "Anna")),
    ("Anna B. C. He", Name("He", "Anna B. C.")),
    ("Laurens van der Berg", Name("Berg", "Laurens", "van der")),
    ("van der Berg, Laurens", Name("Berg", "Laurens", "van der")),
    ("Lena von Au und Moos", Name("Au und Moos", "Lena", "von")),
    ("Luc Van Berg", Name("Van Berg", "Luc")),
    ("Vincent Le Roux", Name("Le Roux", "Vincent")),
    ("Thomas Le", Name("Le", "Thomas")),
    ("Ana de la Cruz", Name("Cruz", "Ana", "de la")),
    ("Bo Nygård Jr.", Name("Nygård", "Bo", suffix="Jr.")),
    ("Bo Nygård, Jr.", Name("Nygård", "Bo", suffix="Jr.")),
    ("Nygård, Jr., Bo", Name("Nygård", "Bo", suffix="Jr.")),
    ("Nygård, Bo, III", Name("Nygård", "Bo", suffix="III")),
    ("John Smith IV", Name("Smith", "John", suffix="IV")),
    ("bell hooks", Name("hooks", "bell")),
    ("Jean-Luc Dupont", Name("Dupont", "Jean-Luc")),
    ("李明", Name(literal="李明")),
    ("王 小明", Name("王", "小明")),
    ("Plato", Name(literal="Plato")),
    ("OpenAI", Name(literal="OpenAI")),
    ("The Harbor Team", Name(literal="The Harbor Team")),
    ("The Viet Bui", Name("Bui", "The Viet")),
    ("Boxian Ai", Name("Ai", "Boxian")),
    ("Harbor AI", Name(literal="Harbor AI")),
    ("Harbor Labs, Inc.", Name(literal="Harbor Labs, Inc.")),
    ("Institute of Rain", Name(literal="Institute of Rain")),
    ("Sun and Moon", Name(literal="Sun and Moon")),
    ("A, B, C, D", Name(literal="A, B, C, D")),
    ("one two three four five six seven eight nine ten eleven twelve thirteen",
     Name(literal="one two three four five six seven eight nine ten eleven twelve thirteen")),
    ("  Anna \n He ;", Name("He", "Anna")),
    ("", Name()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), TABLE)
def test_a_name_has_its_parts(text: str, name: Name) -> None:
    assert Name.parse(text) == name


@pytest.mark.parametrize(
    ("name", "sorting", "shown"),
    [
        (Name("Berg", "Laurens", "van der", "Jr."), "van der Berg, Laurens, Jr.",
         "Laurens van der Berg Jr."),
        (Name("He", "Anna"), "He, Anna", "Anna He"),
        (Name("王", "小明"), "王, 小明", "王 小明"),
        (Name(literal="The Harbor Team"), "The Harbor Team", "The Harbor Team"),
    ],
)  # fmt: skip
def test_parts_are_put_together(name: Name, sorting: str, shown: str) -> None:
    assert (name.sorting, str(name)) == (sorting, shown)


@settings(max_examples=80)
@given(st.text(st.sampled_from("aA é李,.;-'{}\\ and Jr.vandeIII"), max_size=40))
def test_nothing_of_a_name_is_lost(text: str) -> None:
    name = Name.parse(text)

    def letters(of: str) -> list[str]:
        return sorted(character for character in of if character.isalnum())

    assert letters(str(name)) == letters(text)
    assert letters(name.sorting) == letters(text)
