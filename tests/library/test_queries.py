"""Queries of the library: papers, profiles, digests, deliveries, status."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.identity import title_id
from digest.library import NewDelivery, ProfileStatus, ShownCounts, SourceDay, StoredAnswer
from digest.library.paper_history import History
from digest.model import PartialDate, Refusal
from tests.library.samples import (
    MONDAY,
    MORNING,
    TUESDAY,
    WEDNESDAY,
    add,
    carried,
    deliver,
    ids,
    record,
)

if TYPE_CHECKING:
    from digest.library import Library


@pytest.fixture
def stocked(library: Library) -> Library:
    items = [
        record("Pruning at Scale", arxiv_id="2601.00001", doi="10.1000/one"),
        record("Sparse Models, Dense Results", doi="10.1000/two"),
        record("Pruning at Scale, Revisited"),
        record("Old Scheme", arxiv_id="hep-th/9901001"),
    ]
    add(library, "a", items)
    return library


@pytest.mark.parametrize(
    "text",
    [
        "2601.00001",
        "arXiv:2601.00001v3",
        " https://arxiv.org/abs/2601.00001v2 ",
        "https://huggingface.co/papers/2601.00001",
        "10.48550/arXiv.2601.00001",
        "10.1000/one",
        "https://doi.org/10.1000/ONE",
        "Pruning at Scale",
        "pruning AT scale.",
    ],
)
def test_a_paper_is_found_by_any_spelling_of_what_names_it(stocked: Library, text: str) -> None:
    assert [paper.id for paper in stocked.papers.find(text)] == ["2601.00001"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hep-th/9901001", ["hep-th/9901001"]),
        ("sparse models", ["10.1000/two"]),
        ("Pruning", ["2601.00001", title_id("Pruning at Scale, Revisited")]),
        ("Sparze Models, Dense Result", ["10.1000/two"]),
        ("something else altogether", []),
        ("2601.99999", []),
        ("%", []),
    ],
)
def test_a_title_is_found_by_a_part_or_in_spite_of_a_slip(
    stocked: Library, text: str, found: list[str]
) -> None:
    assert [paper.id for paper in stocked.papers.find(text)] == found


def test_papers_come_in_the_order_of_their_ids_however_many(library: Library) -> None:
    names = [f"2601.{number:05}" for number in range(1201)]
    add(library, "a", [record(name, arxiv_id=name) for name in reversed(names)])
    assert ids(library) == names


def test_papers_are_had_by_ids_and_aliases_the_unknown_left_out(library: Library) -> None:
    add(library, "a", [record(), record(arxiv_id="2601.00001")])
    alias = title_id("Pruning at Scale")
    assert set(library.papers.get_many([alias, "2601.00001", "nothing"])) == {alias, "2601.00001"}


# --- what is new to a profile --------------------------------------------------------------------


def test_a_profile_starts_with_the_dumps_of_its_first_run(library: Library) -> None:
    add(library, "a", [record("Before")])
    assert library.profiles.cursor("daily") is None
    assert library.profiles.start("daily") == 1
    newest = add(library, "b", [record("One"), record("Two")])
    new = library.papers.get_many(library.papers.new_after(1, "daily"))
    assert {paper.title for paper in new.values()} == {"One", "Two"}
    assert library.papers.shown_after(1) == ShownCounts(dumps=1, records=2)
    library.profiles.advance("daily", newest.dump)
    library.profiles.advance("daily", 1)
    assert library.profiles.start("daily") == newest.dump, "a cursor never goes back"


def test_a_paper_is_new_again_when_shown_again_until_it_is_delivered(library: Library) -> None:
    add(library, "a", [record("One"), record("Two")])
    add(library, "b", [record("One", upvotes=20)], TUESDAY)
    (paper,) = library.papers.new_after(1, "daily")
    deliver(library, paper)
    both = set(library.papers.new_after(0, "other"))
    assert set(library.papers.new_after(0, "daily")) == both - {paper} != set()
    assert paper not in library.papers.new_after(0, "daily")


def test_looking_back_goes_by_the_day_of_the_sighting(library: Library) -> None:
    add(library, "a", [record("Old"), record("Listed late", listed=WEDNESDAY)], MONDAY)
    add(library, "b", [record("New"), record("New")], TUESDAY)
    add(library, "c", [record("Undated")], None)
    new = library.papers.get_many(library.papers.new_since(TUESDAY, "daily"))
    assert sorted(paper.title for paper in new.values()) == ["Listed late", "New", "Undated"]
    assert library.papers.shown_since(TUESDAY, or_after=3) == ShownCounts(dumps=3, records=4)
    assert library.papers.shown_since(TUESDAY, or_after=0) == ShownCounts(dumps=3, records=5)


def test_what_is_carried_over_stays_until_it_is_delivered_or_dropped(library: Library) -> None:
    add(library, "a", [record("One"), record("Two"), record("Three")])
    names = {paper.title: paper.id for paper in library.papers}
    digest = deliver(library, number=1)
    held = [carried(names[title], title=title) for title in ("One", "Two", "Three")]
    library.profiles.carry_over("daily", held, digest=digest)
    second = carried(names["One"], TUESDAY, "One, newer")
    library.profiles.carry_over("daily", [second], digest=digest)
    deliver(library, names["Two"], number=2)
    library.profiles.drop_carried_over("daily", [names["Three"], "unknown"])
    assert library.profiles.carried_over("daily") == (replace(second, since=MONDAY),)
    assert library.profiles.carried_over("other") == ()


# --- digests and the feed ------------------------------------------------------------------------


def test_digests_are_counted_by_day_and_the_last_comes_back_as_it_was(library: Library) -> None:
    zone = timezone(timedelta(hours=1))
    moment = datetime(2026, 1, 6, 7, tzinfo=zone)
    assert library.digests.last("daily") is None
    deliver(library, at=moment)
    number = deliver(library, number=2, at=moment)
    assert library.digests.count_on("daily", TUESDAY) == 2
    assert library.digests.count_on("daily", WEDNESDAY) == 0
    last = library.digests.last("daily")
    assert last is not None
    assert (last.id, last.number, last.created.isoformat()) == (number, 2, moment.isoformat())


def test_a_feed_has_the_last_two_weeks_and_at_least_the_newest(library: Library) -> None:
    add(library, "a", [record(str(number), arxiv_id=f"2601.{number:05}") for number in range(9)])
    days = [datetime(2026, 1, 1 + number, 7, tzinfo=UTC) for number in range(3)]
    for number, day in enumerate(days):
        names = [f"2601.{3 * number + place:05}" for place in range(3)]
        deliver(library, *names, at=day)
    since = days[1]

    def feed(at_least: int) -> list[str]:
        return [
            entry.paper[-1]
            for entry in library.digests.feed("daily", since=since, at_least=at_least)
        ]

    assert feed(1) == ["6", "7", "8", "3", "4", "5"]
    assert feed(7) == ["6", "7", "8", "3", "4", "5", "0"]
    (newest, *_) = library.digests.feed("daily", since=since, at_least=1)
    assert (newest.selected_at, newest.day, newest.number) == (days[2], date(2026, 1, 3), 1)


def test_moments_of_different_zones_are_put_in_the_order_of_time(library: Library) -> None:
    add(library, "a", [record("One", doi="10.1000/1"), record("Two", doi="10.1000/2")])
    deliver(library, "10.1000/1", at=datetime(2026, 1, 6, 7, tzinfo=UTC))
    east = timezone(timedelta(hours=9))
    deliver(library, "10.1000/2", at=datetime(2026, 1, 6, 8, tzinfo=east), number=2)
    feed = library.digests.feed("daily", since=MORNING, at_least=100)
    assert [entry.paper for entry in feed] == ["10.1000/1", "10.1000/2"]


# --- the outbox ----------------------------------------------------------------------------------


def test_a_delivery_waits_until_it_is_marked(library: Library) -> None:
    digest = deliver(library)
    first, second, third = library.outbox.add(
        digest,
        "daily",
        [
            NewDelivery("file", "daily/2026-01-06.md", b"# Papers"),
            NewDelivery("smtp", "you@example.org", b"Subject: x", "<1@example.org>"),
            NewDelivery("smtp", "her@example.org", b"Subject: x", "<2@example.org>"),
        ],
        now=MORNING,
    )
    waiting = library.outbox.next()
    assert waiting is not None
    assert (waiting.id, waiting.content, waiting.tries) == (first, b"# Papers", 0)
    library.outbox.mark_done(first, now=MORNING)
    library.outbox.mark_tried(second, "busy", now=MORNING)
    library.outbox.mark_tried(second, "greylisted", now=MORNING + timedelta(hours=1))
    library.outbox.mark_failed(third, "no such user", now=MORNING)
    again = library.outbox.next()
    assert again is not None
    assert (again.id, again.message_id, again.tries) == (second, "<1@example.org>", 2)
    assert again.first_try == MORNING
    assert again == library.outbox.get(second)
    assert library.outbox.get(third) is None
    assert library.outbox.next(after=second) is None
    states = [(delivery.state, delivery.error) for delivery in library.outbox.of_digest(digest)]
    assert states == [("done", None), ("waiting", "greylisted"), ("failed", "no such user")]
    assert [delivery.id for delivery in library.outbox.not_done()] == [second, third]
    assert library.outbox.not_done()[0].last_try == MORNING + timedelta(hours=1)


def test_what_failed_can_be_put_back_or_dropped(library: Library) -> None:
    digest = deliver(library)
    mails = [NewDelivery("smtp", f"{item}@example.org", b"Subject: x") for item in "abc"]
    back, gone, done = library.outbox.add(digest, "daily", mails, now=MORNING)
    library.outbox.mark_failed(back, "no such user", now=MORNING)
    library.outbox.mark_failed(gone, "no such user", now=MORNING)
    library.outbox.mark_done(done, now=MORNING)
    for number in (back, done):
        library.outbox.requeue(number)
    for number in (gone, done):
        library.outbox.drop(number)
    states = [delivery.state for delivery in library.outbox.of_digest(digest)]
    assert states == ["waiting", "dropped", "done"]
    waiting = library.outbox.next()
    assert waiting is not None
    assert (waiting.id, waiting.content, waiting.first_try) == (back, b"Subject: x", None)
    assert [delivery.id for delivery in library.outbox.not_done()] == [back]


# --- status --------------------------------------------------------------------------------------


def test_status_tells_what_came_from_each_source_on_each_day(library: Library) -> None:
    add(library, "a", [record("One"), Refusal("a", 2, "broken")], MONDAY)
    add(library, "b", [record("One", upvotes=1), record("Two")], MONDAY)
    add(library, "c", [record("Three")], None, source="other")
    assert library.dumps.by_source() == (
        SourceDay("other", WEDNESDAY, dumps=1, records=1, new_papers=1, refused=0),
        SourceDay("dumps", MONDAY, dumps=2, records=3, new_papers=2, refused=1),
    )


def test_status_tells_what_each_profile_got(library: Library) -> None:
    add(library, "a", [record("One"), record("Two")])
    library.profiles.start("new")
    deliver(library, ids(library)[0])
    digest = deliver(library, number=2)
    held = carried(ids(library)[1])
    library.profiles.carry_over("daily", [held], digest=digest)
    assert library.digests.by_profile() == (
        ProfileStatus("daily", 2, papers=1, carried_over=1, last_day=TUESDAY, last_papers=0),
        ProfileStatus("new", 0, papers=0, carried_over=0, last_day=None, last_papers=0),
    )


def test_a_new_version_alone_is_no_news(library: Library) -> None:
    """A replacement updates a paper; the paper is news once any record shows it as new."""
    items = [
        record("Old", arxiv_id="2401.00001", announce="replace"),
        record("Cross-listed", arxiv_id="2601.00002", announce="cross"),
        record("New", arxiv_id="2601.00003", announce="new"),
    ]
    add(library, "a", items)
    assert library.papers.new_after(0, "daily") == ("2601.00002", "2601.00003")
    add(library, "b", [record("New", arxiv_id="2601.00003", announce="replace")], TUESDAY)
    assert library.papers.new_after(0, "daily") == ("2601.00002", "2601.00003")
    assert library.papers.new_since(MONDAY, "daily") == ("2601.00002", "2601.00003")
    add(library, "c", [record("Old", arxiv_id="2401.00001", upvotes=3)], TUESDAY)
    assert library.papers.new_after(0, "daily") == ("2401.00001", "2601.00002", "2601.00003")


def test_what_a_service_lists_for_a_late_version_is_no_news(library: Library) -> None:
    def of(name: str, published: str, updated: date) -> None:
        shown = record(
            name, arxiv_id=f"2601.{name}", published=PartialDate.parse(published), updated=updated
        )
        ingested = add(library, name, [shown])
        stored = StoredAnswer(0, "arxiv", MONDAY, name, MORNING, (), "", "", True, None)
        library.answers.mark_read(library.answers.add(stored), ingested.dump)

    of("00001", "2025-06-01", MONDAY)
    of("00002", "2026-01-02", MONDAY)
    of("00003", "2026", MONDAY)
    assert library.papers.new_after(0, "daily") == ("2601.00002", "2601.00003")
    # The same words in a file that a person put there are news.
    old = record(
        "In a file",
        arxiv_id="2601.00004",
        published=PartialDate.parse("2025-06-01"),
        updated=MONDAY,
    )
    add(library, "file", [old])
    assert "2601.00004" in library.papers.new_after(0, "daily")


def test_the_history_of_a_paper_tells_days_upvotes_and_origins(library: Library) -> None:
    add(library, "a", [record(arxiv_id="2601.00001", upvotes=12, abstract="Short.")], MONDAY)
    add(library, "b", [record(arxiv_id="2601.00001", upvotes=57)], TUESDAY)
    past = library.papers.history("2601.00001")
    assert [(sighting.day, sighting.dump, sighting.upvotes) for sighting in past.sightings] == [
        (MONDAY.isoformat(), "a", 12), (TUESDAY.isoformat(), "b", 57),
    ]  # fmt: skip
    origins = dict(past.origins)
    assert (origins["abstract"], origins["upvotes"]) == ("a", "b")
    assert library.papers.history("2601.99999") == History((), ())
