"""Title keys, identifiers and the keys of a record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.identity import Keys, keys_of, strength, title_id, title_key
from tests.identity.records import record


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pruning at Scale", "pruning  at scale"),
        ("Pre-training: A Recipe", "Pretraining, a recipe."),
        ("Schrödinger Bridges", "Schrodinger bridges"),
        ("ﬁnite Straße", "Finite STRASSE"),
        ("注意力 机制", "注意力机制"),
    ],
)
def test_titles_that_differ_only_in_how_they_are_written_are_the_same(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)
    assert title_id(one) == title_id(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Pruning 1", "Pruning 2"), ("???", "!!!"), ("机制", "注意")]
)
def test_titles_that_differ_in_a_letter_or_have_none_are_not_the_same(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


@given(st.text(max_size=40))
def test_every_title_has_a_key_that_is_its_own_key_unless_it_is_a_hash(title: str) -> None:
    key = title_key(title)
    assert key
    assert key.startswith("#") or title_key(key) == key


def test_a_title_id_is_short_and_says_what_it_is() -> None:
    assert title_id("Pruning at Scale").startswith("t-")
    assert len(title_id("Pruning at Scale")) == 18


def test_arxiv_is_stronger_than_doi_is_stronger_than_title() -> None:
    names = ["t-00", "10.1000/b", "2601.00002", "math/0101001", "10.1000/a", "2601.00001"]
    assert sorted(names, key=strength) == [
        "2601.00001", "2601.00002", "math/0101001", "10.1000/a", "10.1000/b", "t-00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Teaching C", "Teaching C++"),
        ("Teaching C#", "Teaching C++"),
        ("Teaching F", "Teaching F♯"),
        ("Fast A Search", "Fast A* Search"),
        ("C Algebras", "C*-Algebras"),
        ("Seeding k-means", "Seeding k-means++"),
        ("Na Channels", "Na⁺ Channels"),
    ],
)
def test_signs_that_tell_names_apart_count(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LSTM+CRF Taggers", "LSTM-CRF Taggers"),
        ("Pruning at Scale*", "Pruning at Scale"),
        ("Lesson #3", "Lesson 3"),
        ("A-Star Search in C-Sharp", "A* Search in C#"),
        ("1 + 1", "1 1"),
    ],
)
def test_other_signs_do_not(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("doi", "work"),
    [
        ("10.1101/2024.01.02.573912v3", "10.1101/2024.01.02.573912"),
        ("10.64898/2025.12.01.691234v1", "10.64898/2025.12.01.691234"),
        ("10.1101/123456v2", "10.1101/123456"),
        ("10.26434/chemrxiv-2024-abcde-v2", "10.26434/chemrxiv-2024-abcde"),
        ("10.21203/rs.3.rs-123456/v1", "10.21203/rs.3.rs-123456"),
        ("10.20944/preprints202401.0001.v2", "10.20944/preprints202401.0001"),
        ("10.1000/v1", "10.1000/v1"),
        ("10.1101/gr.123v2", "10.1101/gr.123v2"),
    ],
)
def test_versions_of_a_preprint_have_one_doi_in_common(doi: str, work: str) -> None:
    assert keys_of(record(doi=doi)) == Keys(None, work, title_id("Pruning at Scale"))


def test_records_without_identifier_are_told_apart_by_what_they_say() -> None:
    bare, said = keys_of(record()), keys_of(record(abstract="Short."))
    assert bare.identifier == bare.public == said.public == title_id("Pruning at Scale")
    assert said.identifier.startswith(said.public + "-")
    assert keys_of(record(abstract=" SHORT… ")) == said


def test_the_keys_of_a_record_take_an_empty_identifier_for_none() -> None:
    keys = keys_of(record(arxiv_id="", doi="10.1000/one"))
    assert keys == Keys(None, "10.1000/one", title_id("Pruning at Scale"))
    assert keys.public == "10.1000/one"
    assert keys.identifier == "10.1000/one"
