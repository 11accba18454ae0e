"""Readers' marks, and the papers on their lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.library import FileEntry, ListFile
from digest.model.marks import Mark
from tests.library.samples import MONDAY, MORNING, TUESDAY, WEDNESDAY, add, carried, deliver, record

if TYPE_CHECKING:
    from digest.library import Library

ONE, TWO, DOI = "2601.00001", "2601.00002", "10.1000/one"
LATER = MORNING + timedelta(hours=1)


@pytest.fixture(autouse=True)
def papers(library: Library) -> None:
    add(library, "a", [record("One", arxiv_id=ONE), record("Two", arxiv_id=TWO)])


def test_a_paper_that_nobody_marked_is_queued(library: Library) -> None:
    assert library.marks.get("me", ONE) == Mark(ONE)
    assert library.marks.of("me") == {}
    assert library.marks.changed("me") == 0


def test_a_mark_comes_back_as_it_was_put(library: Library) -> None:
    mark = Mark(
        ONE, "snoozed", MORNING, TUESDAY, True, MORNING, "*read* me", LATER, ("a", "ß"), LATER,
        "owned",
    )  # fmt: skip
    library.marks.put("me", [mark])
    assert library.marks.get("me", ONE) == mark
    assert library.marks.of("me") == {ONE: mark}
    assert library.marks.of("you") == {}


def test_a_paper_that_is_unknown_is_passed_over(library: Library) -> None:
    library.marks.put("me", [Mark("2601.99999", "done"), Mark(ONE, "done")])
    assert list(library.marks.of("me")) == [ONE]


def test_each_change_counts_up_for_its_reader_alone(library: Library) -> None:
    library.marks.put("me", [Mark(ONE, "done")])
    library.marks.put("me", [Mark(ONE, "dropped")])
    assert (library.marks.changed("me"), library.marks.changed("you")) == (2, 0)


@pytest.mark.parametrize(
    ("mark", "offered"),
    [
        (Mark(ONE), True),
        (Mark(ONE, "reading"), True),
        (Mark(ONE, "done"), False),
        (Mark(ONE, "dropped"), False),
        (Mark(ONE, "snoozed"), False),
        (Mark(ONE, origin="added"), False),
        (Mark(ONE, origin="owned"), False),
    ],
)
def test_what_is_read_put_off_or_had_already_is_not_offered(
    library: Library, mark: Mark, offered: bool
) -> None:
    library.marks.put("me", [mark])
    assert library.marks.not_offered("me") == (frozenset() if offered else {ONE})


def test_a_snoozed_paper_wakes_on_its_day(library: Library) -> None:
    library.marks.put("me", [Mark(ONE, "snoozed", MORNING, TUESDAY)])
    library.marks.unsnooze("me", MONDAY)
    assert library.marks.get("me", ONE).state == "snoozed"
    library.marks.unsnooze("me", TUESDAY)
    mark = library.marks.get("me", ONE)
    assert (mark.state, mark.until, library.marks.changed("me")) == ("queued", None, 2)


def test_the_queue_has_the_newest_digest_first(library: Library) -> None:
    add(library, "b", [record(f"Paper {n}", arxiv_id=f"2601.0010{n}") for n in range(3)])
    deliver(library, "2601.00101", "2601.00100")
    deliver(library, ONE, at=MORNING + timedelta(days=1))
    library.marks.put("me", [Mark(TWO, origin="added")], profile="daily", day=TUESDAY)
    library.marks.put("me", [Mark("2601.00100", "done")])
    queue = library.reading.queue("daily", "me")
    assert [(queued.paper, queued.day, queued.mark.state) for queued in queue] == [
        (ONE, WEDNESDAY, "queued"),
        (TWO, TUESDAY, "queued"),
        ("2601.00101", TUESDAY, "queued"),
        ("2601.00100", TUESDAY, "done"),
    ]
    assert library.reading.queue("another", "me") == ()


def test_a_paper_that_was_added_and_then_selected_stands_once(library: Library) -> None:
    library.marks.put("me", [Mark(ONE, origin="added")], profile="daily", day=MONDAY)
    number = deliver(library, ONE)
    (queued,) = library.reading.queue("daily", "me")
    assert (queued.digest, queued.rule) == (number, "Pruning")


def test_two_papers_that_are_one_have_one_mark(library: Library) -> None:
    add(library, "b", [record("Three", doi=DOI)])
    early, late = Mark(DOI, "done", MORNING, note="a"), Mark(ONE, "dropped", LATER, note="b")
    library.marks.put("me", [replace(early, starred=True, star_at=LATER), late])
    library.listings.keep("daily", [FileEntry(DOI, "line", "{}"), FileEntry(ONE, "other", "{}")])
    add(library, "c", [record("Three", doi=DOI, arxiv_id=ONE)], TUESDAY)
    mark = library.marks.get("me", DOI)
    assert (mark.paper, mark.state, mark.starred, mark.note) == (ONE, "dropped", True, "b\n\na")
    assert library.listings.entries("daily") == {ONE: FileEntry(ONE, "other", "{}")}


def test_what_a_limit_holds_back_is_not_on_the_list(library: Library) -> None:
    number = deliver(library, ONE)
    library.profiles.carry_over("daily", [carried(TWO)], digest=number)
    assert [queued.paper for queued in library.reading.queue("daily", "me")] == [ONE]
    assert library.reading.newest("daily") == number


def test_what_stands_in_a_file_is_remembered_until_it_is_forgotten(library: Library) -> None:
    listings = library.listings
    listings.keep("daily", [FileEntry(ONE, "line", "{}"), FileEntry("nothing", "", "")])
    listings.keep("daily", [FileEntry(ONE, "line", '{"box": "x"}'), FileEntry(TWO, "other", "{}")])
    assert listings.entries("daily")[ONE].seen == '{"box": "x"}'
    listings.forget("daily", [ONE])
    assert list(listings.entries("daily")) == [TWO]
    assert listings.names([ONE, "nothing"]) == {ONE: ONE}


def test_a_file_is_known_by_its_content_and_by_what_it_shows(library: Library) -> None:
    assert library.listings.file("daily") is None
    for stamp in ("1", "2"):
        library.listings.set_file("daily", ListFile("ab", stamp))
    assert library.listings.file("daily") == ListFile("ab", "2")


def test_moments_are_aware(library: Library) -> None:
    library.marks.put("me", [Mark(ONE, "done", datetime(2026, 1, 6, tzinfo=UTC))])
    moment = library.marks.get("me", ONE).state_at
    assert moment is not None
    assert moment.tzinfo is not None
