"""Papers keep their citation keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.library.samples import TUESDAY, add, ids, record

if TYPE_CHECKING:
    from digest.library import Library

ONE, TWO = "2601.00001", "2601.00002"


@pytest.fixture(autouse=True)
def papers(library: Library) -> None:
    add(library, "a", [record("One", arxiv_id=ONE), record("Two", arxiv_id=TWO)])


def test_a_key_that_was_kept_comes_back(library: Library) -> None:
    library.citations.keep({ONE: "He2026One"})
    assert library.citations.of([ONE, TWO, "unknown"]) == {ONE: "He2026One"}
    assert library.citations.taken() == {"he2026one"}


def test_a_paper_keeps_its_first_key(library: Library) -> None:
    library.citations.keep({ONE: "first"})
    library.citations.keep({ONE: "second"})
    assert library.citations.of([ONE]) == {ONE: "first"}


def test_no_two_papers_have_keys_that_differ_by_case_alone(library: Library) -> None:
    library.citations.keep({ONE: "he2026one", TWO: "He2026One"})
    assert library.citations.of([ONE, TWO]) == {ONE: "he2026one"}


def test_a_paper_that_is_unknown_is_passed_over(library: Library) -> None:
    library.citations.keep({"2601.99999": "nobody"})
    assert library.citations.taken() == frozenset()


def test_a_key_follows_a_paper_that_gets_a_better_id(library: Library) -> None:
    add(library, "b", [record("Three")])
    (untitled,) = set(ids(library)) - {ONE, TWO}
    library.citations.keep({untitled: "three"})
    add(library, "c", [record("Three", arxiv_id="2601.00003")], TUESDAY)
    assert library.citations.of(["2601.00003"]) == {"2601.00003": "three"}


def test_of_two_papers_that_are_one_the_earlier_key_counts(library: Library) -> None:
    add(library, "b", [record("Three", doi="10.1000/3"), record("Dritte", doi="10.1000/3b")])
    library.citations.keep({"10.1000/3b": "dritte"})
    library.citations.keep({"10.1000/3": "three"})
    both = [
        record("Three", doi="10.1000/3", arxiv_id="2601.00003"),
        record("Dritte", doi="10.1000/3b", arxiv_id="2601.00003"),
    ]
    add(library, "c", both, TUESDAY)
    assert library.citations.of(["2601.00003"]) == {"2601.00003": "dritte"}
    assert library.citations.taken() == {"dritte", "three"}
