"""Reading a dump again updates the library and keeps its promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from digest.library import Library
from digest.model import Refusal
from tests.library.samples import MONDAY, TUESDAY, add, deliver, dump, ids, record
from tests.strategies import built

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.library import IngestResult
    from digest.model import Paper, Record


def replace(library: Library, name: str, items: Sequence[Record | Refusal]) -> IngestResult:
    info = dump(name)
    number = library.dumps.number_of(info.sha256)
    assert number is not None
    return library.dumps.replace(number, info, items)


def papers(library: Library) -> list[Paper]:
    return [paper for batch in library.papers.batches(100) for paper in batch]


def test_a_better_reading_takes_the_place_of_the_former(library: Library) -> None:
    add(library, "a", [record("Pruning [PDF]"), record("Routing", arxiv_id="2601.00002")])
    result = replace(
        library,
        "a",
        [record("Pruning", arxiv_id="2601.00001"), record("Routing", arxiv_id="2601.00002")],
    )
    assert (result.records, result.new_papers) == (2, 1)
    assert [(paper.id, paper.title) for paper in papers(library)] == [
        ("2601.00001", "Pruning"),
        ("2601.00002", "Routing"),
    ]
    assert library.papers.find("Pruning [PDF]", limit=1)[0].title == "Pruning"


def test_a_paper_that_was_delivered_stays_itself(library: Library) -> None:
    add(library, "a", [record("Pruning at Scale", abstract="Cut o")])
    (before,) = ids(library)
    deliver(library, before)
    better = record("Pruning at Scale", abstract="Cut off no more.", arxiv_id="2601.00001")
    replace(library, "a", [better])
    (paper,) = papers(library)
    assert paper.id == before
    assert paper.abstract == "Cut off no more."
    assert paper.arxiv_id == "2601.00001"
    assert library.papers.new_after(0, "daily") == ()
    assert library.papers.find("2601.00001") == (paper,)


def test_a_delivered_paper_that_is_read_no_more_is_kept(library: Library) -> None:
    add(library, "a", [record("A Heading")])
    (before,) = ids(library)
    deliver(library, before)
    replace(library, "a", [record("A Paper")])
    assert sorted(paper.title for paper in papers(library)) == ["A Heading", "A Paper"]


def test_no_profile_considers_it_anew_but_looking_back_does(library: Library) -> None:
    add(library, "a", [record("One")])
    cursor = library.dumps.newest()
    replace(library, "a", [record("One"), record("Two", arxiv_id="2601.00002")])
    assert library.papers.new_after(cursor, "daily") == ()
    assert "2601.00002" in library.papers.new_since(MONDAY, "daily")


def test_what_other_dumps_show_stays(library: Library) -> None:
    add(library, "a", [record("One", upvotes=3), record("Two")])
    add(library, "b", [record("One", upvotes=5)], TUESDAY)
    replace(library, "a", [])
    (paper,) = papers(library)
    assert (paper.title, paper.upvotes, paper.first_seen) == ("One", 5, TUESDAY)


def test_refusals_are_those_of_the_last_reading(library: Library) -> None:
    add(library, "a", [record("One"), Refusal("a", 2, "no title")])
    replace(library, "a", [record("One"), record("Two")])
    assert library.dumps.refusals(1) == ()
    replace(library, "a", [Refusal("a", 1, "no title")])
    assert [refusal.line for refusal in library.dumps.refusals(1)] == [1]
    assert papers(library) == []


SOME = st.lists(
    built(
        lambda title, arxiv_id, doi, upvotes: record(
            title, arxiv_id=arxiv_id, doi=doi, upvotes=upvotes
        ),
        st.sampled_from(["One Paper", "Two Papers", "Three Papers"]),
        st.sampled_from([None, "2601.00001", "2601.00002"]),
        st.sampled_from([None, "10.1000/one", "10.1000/two"]),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=4,
)


@given(first=SOME, second=SOME, other=SOME)
def test_the_library_is_as_if_read_so_at_first(
    first: list[Record], second: list[Record], other: list[Record]
) -> None:
    with Library.in_memory() as reread, Library.in_memory() as fresh:
        add(reread, "a", first)
        add(reread, "b", other, TUESDAY)
        replace(reread, "a", second)
        add(fresh, "a", second)
        add(fresh, "b", other, TUESDAY)
        assert papers(reread) == papers(fresh)
