"""A paper that a digest has shown keeps its id, and is never delivered twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.identity import title_id
from digest.library import Library
from tests.library.samples import (
    MONDAY,
    MORNING,
    TUESDAY,
    add,
    carried,
    deliver,
    ids,
    pick,
    record,
)
from tests.strategies import built

if TYPE_CHECKING:
    import random

    from digest.model import Record

ARXIV, OTHER, DOI = "2601.00001", "2601.00002", "10.1000/one"
TITLE = title_id("Pruning at Scale")


def test_a_used_id_stays_and_a_later_identifier_is_its_alias(library: Library) -> None:
    add(library, "a", [record()])
    deliver(library, TITLE)
    add(library, "b", [record(arxiv_id=ARXIV, abstract="Now known.")])
    (paper,) = library.papers
    assert (paper.id, paper.aliases, paper.arxiv_id) == (TITLE, (ARXIV,), ARXIV)
    assert paper.abstract == "Now known."
    assert library.papers.get(ARXIV) == paper
    assert library.papers.new_after(0, "daily") == ()
    assert library.papers.new_after(0, "another") == (paper.id,)


def test_of_two_used_papers_that_are_one_the_older_keeps_its_id(library: Library) -> None:
    add(library, "a", [record(doi=DOI)])
    add(library, "b", [record("Another Title", arxiv_id=ARXIV)])
    deliver(library, DOI, profile="first")
    deliver(library, ARXIV, profile="second")
    add(library, "c", [record("Another Title", arxiv_id=ARXIV, doi=DOI)], TUESDAY)
    (paper,) = library.papers
    assert (paper.id, paper.aliases) == (DOI, (ARXIV,))
    for profile in ("first", "second"):
        assert library.papers.new_after(0, profile) == ()
        assert library.digests.delivered(profile, ARXIV)
        assert [
            entry.paper for entry in library.digests.feed(profile, since=MORNING, at_least=9)
        ] == [DOI]
    (shown,) = library.digests.feed("second", since=MORNING, at_least=9)
    assert shown.pick == pick(ARXIV), "what was shown stays as it was"


def test_what_was_held_back_under_one_id_and_given_under_the_other_is_dropped(
    library: Library,
) -> None:
    add(library, "a", [record(doi=DOI), record("Another Title", arxiv_id=ARXIV)])
    digest = deliver(library, DOI)
    library.profiles.carry_over("daily", [carried(ARXIV)], digest=digest)
    library.profiles.carry_over("another", [carried(ARXIV, TUESDAY)], digest=digest)
    library.profiles.carry_over("another", [carried(DOI)], digest=digest)
    add(library, "b", [record("Another Title", arxiv_id=ARXIV, doi=DOI)])
    assert library.profiles.carried_over("daily") == ()
    (held,) = library.profiles.carried_over("another")
    assert (held.since, len(ids(library))) == (MONDAY, 1)


def test_two_arxiv_papers_stay_two_even_after_a_use_of_their_common_title(
    library: Library,
) -> None:
    add(library, "a", [record()])
    deliver(library, TITLE)
    add(library, "b", [record(arxiv_id=OTHER)])
    add(library, "c", [record(arxiv_id=ARXIV)])
    assert ids(library) == [ARXIV, TITLE]
    assert library.papers.get(OTHER) == library.papers.get(TITLE)


def test_a_used_paper_keeps_a_doi_that_it_would_lose_by_a_later_record(library: Library) -> None:
    add(library, "a", [record(doi=DOI)])
    deliver(library, DOI)
    add(library, "b", [record(arxiv_id=ARXIV)])
    add(library, "c", [record(arxiv_id=ARXIV, doi="10.1000/two")])
    assert ids(library) == [DOI]
    assert library.papers.new_after(0, "daily") == ()


def test_a_held_back_paper_has_its_final_id(library: Library) -> None:
    add(library, "a", [record()])
    digest = deliver(library)
    library.profiles.carry_over("daily", [carried(TITLE)], digest=digest)
    add(library, "b", [record(arxiv_id=ARXIV)])
    assert ids(library) == [TITLE]


def test_a_paper_cannot_be_delivered_twice_by_any_of_its_ids(library: Library) -> None:
    add(library, "a", [record(doi=DOI)])
    deliver(library, DOI)
    add(library, "b", [record(arxiv_id=ARXIV)])
    with pytest.raises(ValueError, match="before"):
        deliver(library, ARXIV, number=2)
    assert library.digests.count_on("daily", TUESDAY) == 1, "nothing of the second digest is kept"


def test_an_unknown_paper_cannot_be_delivered(library: Library) -> None:
    with pytest.raises(KeyError):
        deliver(library, "2601.99999")


RECORDS = built(
    record,
    st.sampled_from(["One", "Two", "Three"]),
    arxiv_id=st.sampled_from([None, None, ARXIV, OTHER]),
    doi=st.sampled_from([None, None, DOI, "10.1000/two"]),
)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.lists(RECORDS, max_size=3), st.booleans()), max_size=7),
    st.randoms(use_true_random=False),
)
def test_whatever_comes_after_a_delivery_ids_stay_and_nothing_comes_twice(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[list[Record], bool]],
    chance: random.Random,
) -> None:
    path = tmp_path_factory.getbasetemp() / "absent.db"
    shown: dict[str, str] = {}
    with Library.open(path, scratch=True) as library:
        for number, (records, delivers) in enumerate(steps):
            add(library, f"dump {number}", records)
            for identifier, title in shown.items():
                paper = library.papers.get(identifier)
                assert paper is not None, "an id that was shown leads to a paper for ever"
                assert paper.id in shown, "which goes by an id that was shown"
                assert library.digests.delivered("daily", identifier), title
            if delivers:
                new = library.papers.new_after(0, "daily")
                some = chance.sample(new, len(new) // 2 + len(new) % 2)
                deliver(
                    library,
                    *some,
                    number=number + 1,
                    at=datetime(2026, 1, 7, number, tzinfo=UTC),
                )
                shown |= {item.id: item.title for item in library.papers.get_many(some).values()}
        everything = list(library.papers)
        assert len({paper.id for paper in everything}) == len(everything)
        for paper in everything:
            names = {paper.id, *paper.aliases}
            assert len(names & {ARXIV, OTHER}) <= 1, "two arXiv ids are never one paper"
            assert library.papers.get(paper.id) == paper
