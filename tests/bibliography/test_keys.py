"""Citation keys look like those that people use, are unique, and never change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.bibliography import allot
from digest.bibliography.keys import base_key
from tests.bibliography.builders import HOSTILE, PAPERS, arxiv, paper
from tests.people import people

if TYPE_CHECKING:
    from digest.model import Paper

YEAR = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("title", "author", "key"),
    [
        ("Model Merging for All", "Anna He", "he2024modelmerging"),
        ("A Theory of the Mixture-of-Experts", "He, Anna", "he2024theorymixture"),
        ("BERT: Pre-training of Things", "Luc van der Berg", "berg2024bertpre"),
        ("What Is It?", "Anna He", "he2024whatis"),
        ("Why Don't Models Sleep", "Ana Gómez-Peña", "gomezpena2024dontmodels"),
        ("α-Divergence at 4K", "Søren Ødegård", "odegard2024alphadivergence"),
        ("Straße nach Łódź", "Jürgen Weiß", "weiss2024strassenach"),
        ("One Word", "The Harbor Team", "theharborteam2024oneword"),
        ("Transformers", "Anna He Jr.", "he2024transformers"),
        ("Transformers", "李明", "2024transformers"),
    ],
)
def test_a_key_is_name_year_and_two_words(title: str, author: str, key: str) -> None:
    assert base_key(paper(title, authors=people(author), published=YEAR)) == key


def test_what_is_unknown_is_left_out() -> None:
    assert base_key(paper("Model Merging")) == "modelmerging"
    assert base_key(arxiv("2401.00001", "Model Merging")) == "2024modelmerging"
    assert base_key(paper("Model Merging", authors=people("Anna He"))) == "hemodelmerging"


def test_a_title_without_a_latin_letter_has_a_key_of_its_own() -> None:
    one, other = base_key(paper("深度学习")), base_key(paper("学习"))
    assert one != other
    assert one.startswith("paper")


def test_of_two_namesakes_the_later_identifier_tells() -> None:
    first = arxiv("2401.00001", "Model Merging", authors=people("Anna He"), published=YEAR)
    second = arxiv("2402.00017", "Model Merging!", authors=people("Ivo He"), published=YEAR)
    for papers in ((first, second), (second, first)):
        assert allot(papers, (), {}) == {
            first.id: "he2024modelmerging",
            second.id: "he2024modelmerging-2402-00017",
        }


def test_a_key_that_was_given_stays_whoever_comes() -> None:
    first = arxiv("2401.00001", "Model Merging", authors=people("Anna He"), published=YEAR)
    second = arxiv("2402.00017", "Model Merging", authors=people("Ivo He"), published=YEAR)
    kept = allot([second], (), {})
    assert kept == {second.id: "he2024modelmerging"}
    taken = {key.lower() for key in kept.values()}
    assert allot([first, second], taken, kept) == {
        **kept,
        first.id: "he2024modelmerging-2401-00001",
    }
    assert allot([first], taken, {}) == {first.id: "he2024modelmerging-2401-00001"}


def test_keys_differ_by_more_than_the_case_of_letters() -> None:
    one = arxiv("2401.00001", "Model Merging", authors=people("Anna He"), published=YEAR)
    assert allot([one], {"he2024modelmerging"}, {}) == {one.id: "he2024modelmerging-2401-00001"}
    assert allot([one], (), {"x": "He2024ModelMerging"})[one.id] != "he2024modelmerging"


@settings(max_examples=60)
@given(st.permutations([*PAPERS, *(paper(title, authors=people(title)) for title in HOSTILE)]))
def test_keys_are_plain_different_and_the_same_in_any_order(papers: list[Paper]) -> None:
    keys = allot(papers, (), {})
    assert len(set(map(str.lower, keys.values()))) == len({paper.id for paper in papers})
    for key in keys.values():
        assert key.isascii()
        assert key.replace("-", "").isalnum()
    assert keys == allot(sorted(papers, key=lambda each: each.id), (), {})
