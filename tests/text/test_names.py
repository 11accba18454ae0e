"""Author strings: one name, and lists of names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Name
from digest.text.names import list_authors, name_of, parse_name, split_authors

ONE = [
    ("Anna He", Name("He", "Anna")),
    ("He, Anna", Name("He", "Anna")),
    ("Laurens van der Berg", Name("Berg", "Laurens", "van der")),
    ("van der Berg, Laurens", Name("Berg", "Laurens", "van der")),
    ("Luc Van Berg", Name("Van Berg", "Luc")),
    ("Ana de la Cruz", Name("Cruz", "Ana", "de la")),
    ("Bo Nygård, Jr.", Name("Nygård", "Bo", suffix="Jr.")),
    ("Nygård, Jr., Bo", Name("Nygård", "Bo", suffix="Jr.")),
    ("Nygård, Bo, III", Name("Nygård", "Bo", suffix="III")),
    ("Bo IV", Name("IV", "Bo")),
    ("Ann Lee Jr. III", Name("Lee", "Ann", suffix="Jr. III")),
    ("王 小明", Name("王", "小明")),
    ("Plato", Name(literal="Plato")),
    ("The Harbor Team", Name(literal="The Harbor Team")),
    ("Harbor Labs, Inc.", Name(literal="Harbor Labs, Inc.")),
    (r"Jan Bana\'s", Name("Banaś", "Jan")),
    (r"Mar\'\i a Nu\~nez", Name("Nuñez", "María")),
    (r"Knut \O degaard", Name("Ødegaard", "Knut")),
    ("", Name()),
]


@pytest.mark.parametrize(("text", "name"), ONE)
def test_a_name_has_its_parts(text: str, name: Name) -> None:
    assert parse_name(text) == name


LISTS = [
    ("Ann B. Lee, Jr., Carl Diaz", ["Ann B. Lee Jr.", "Carl Diaz"], 2),
    ("Ann B. Lee III, Carl Diaz and D. Eng, Sr.", ["Ann B. Lee III", "Carl Diaz", "D. Eng Sr."], 3),
    ("Lee, Ann B., Jr.; Diaz, Carl", ["Ann B. Lee Jr.", "Carl Diaz"], 2),
    ("Lee, Ann and Diaz, Carl", ["Ann Lee", "Carl Diaz"], 2),
    ("Lee, Ann and Diaz, Carl and Eng, Dan and others", ["Ann Lee", "Carl Diaz", "Dan Eng"], None),
    ("Lee, A., Diaz, C. B., & Eng, D.", ["A. Lee", "C. B. Diaz", "D. Eng"], 3),
    ("Berg, Ada", ["Ada Berg"], 1),
    ("Ada Berg, Bo Day, and Cy Eng", ["Ada Berg", "Bo Day", "Cy Eng"], 3),
    ("Ada Berg & Bo Day", ["Ada Berg", "Bo Day"], 2),
    ("Ada Berg, Bo Day, et al.", ["Ada Berg", "Bo Day"], None),
    ("Ada Berg et.al.", ["Ada Berg"], None),
    ("Ada Berg, Bo Day, ...", ["Ada Berg", "Bo Day"], None),
    ("Ada Berg, Bo Day and 12 others", ["Ada Berg", "Bo Day"], 14),
    ("Ada Berg, Bo Day, +3 more", ["Ada Berg", "Bo Day"], 5),
    ("Ada Berg (1), Bo Day (2) ((1) Institute X, (2) College Y)", ["Ada Berg", "Bo Day"], 2),
    ("Ada Berg (Univ. (North) of X, Y), Bo Day", ["Ada Berg", "Bo Day"], 2),
    ("A. Berg and the Harbor Collaboration", ["A. Berg", "the Harbor Collaboration"], 2),
    ("['Ada Berg', \"Bo D'Ay\"]", ["Ada Berg", "Bo D'Ay"], 2),
    ('["Ada Berg"]', ["Ada Berg"], 1),
    ("Ada Berg\nBo Day\n", ["Ada Berg", "Bo Day"], 2),
    ("Authors: Ada Berg; Bo Day;", ["Ada Berg", "Bo Day"], 2),
    ("by Ada Berg and Bo Day", ["Ada Berg", "Bo Day"], 2),
    ("王小明，李四", ["王小明", "李四"], 2),
    ("", [], None),
    (" ; , and ", [], None),
    ("et al.", [], None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "count"), LISTS)
def test_a_list_of_names_is_cut(text: str, names: list[str], count: int | None) -> None:
    result = split_authors(text)
    assert [str(name) for name in result.names] == names
    assert result.total == count


def test_a_list_by_family_name() -> None:
    result = split_authors("Berg AB, van der Day C, Harbor Team", family_first=True)
    assert result.names == (
        Name("Berg", "AB"), Name("Day", "C", "van der"), Name(literal="Harbor Team"),
    )  # fmt: skip


def test_a_list_with_a_name_in_each_part() -> None:
    result = list_authors(["Ada Berg", "Day, Bo", "and others", " "])
    assert [str(name) for name in result.names] == ["Ada Berg", "Bo Day"]
    assert (result.open, result.total) == (True, None)


def test_parts_as_a_source_gives_them() -> None:
    assert name_of("van der Berg", "Ada") == Name("Berg", "Ada", "van der")
    assert name_of("Harbor Team") == Name(literal="Harbor Team")
    assert name_of("", "Ada Berg") == Name("Berg", "Ada")
    assert str(name_of("Berg", "Ada", suffix="Jr.")) == "Ada Berg Jr."


@settings(max_examples=80)
@given(st.text(st.sampled_from("aA é李,.;-'{}\\ and Jr.vandeIII()&[]"), max_size=60))
def test_any_text_gives_names(text: str) -> None:
    result = split_authors(text)
    assert all(any(name) for name in result.names)
    assert all(str(name).strip() for name in result.names)


@pytest.mark.parametrize(
    "text",
    [
        "Ada Berg", "Ada B. Berg", "Ada B. Day", "Ada B. Jr", "Ada Jr", "Van Gool", "Le Day",
        "Lake Team", "Ada Research", "The Lakes", "Ada van Berg", "Ada B. Sr", "Bo Iii", "Ada Li",
    ],
)  # fmt: skip
def test_a_plain_name_is_parsed_as_any_other(text: str) -> None:
    assert parse_name(text) == Name.parse(text)
