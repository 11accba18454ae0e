"""The reading list in a run: read first, written last, and used by digests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from digest.config import load_config
from digest.digests.storage import last_digest
from digest.model import Record
from digest.model.marks import ADDED_SOURCE, Mark
from digest.pipeline.ingest import ingest_records
from tests.pipeline.world import RULES, World, digest_of, of_profile, shown

if TYPE_CHECKING:
    from pathlib import Path

READERS = """\
sources: [dumps/]
rules:
  - {name: Pruning, keywords: [pruning]}
  - {name: Routing, keywords: [routing]}
profiles:
  - {name: daily, reader: me, rules: [Pruning]}
  - {name: lab, reader: me, rules: [Pruning, Routing]}
  - {name: other, rules: [Pruning]}
"""
CLOSING = """\
sources: [dumps/]
rules: [{name: Pruning, keywords: [pruning]}]
profiles:
  - {name: daily, still_on_list: {best: 1, oldest: 1}, review: sunday, inbox_days: 30}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def tick(world: World, title: str, box: str, name: str = "daily") -> None:
    path = world.output / name / "reading-list.md"
    text = path.read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if title in line)
    path.write_text(text.replace(line, line.replace("[ ]", f"[{box}]")), encoding="utf-8")


def test_the_digests_papers_are_on_the_list(world: World) -> None:
    world.drop("a", "Pruning A", "Routing B", "Nothing else")
    world.run()
    text = world.text("daily/reading-list.md")
    assert text.index("- [ ] Pruning A · Pruning: pruning <!--") < text.index("- [ ] Routing B")
    assert "Nothing else" not in text


def test_a_run_without_anything_new_changes_nothing(world: World) -> None:
    world.drop("a", "Pruning A")
    world.run()
    before = world.outputs()
    world.run()
    assert world.outputs() == before


def test_a_dry_run_writes_no_list_and_forgets_what_it_took_over(world: World) -> None:
    world.drop("a", "Pruning A")
    world.run()
    tick(world, "Pruning A", "x")
    before = world.outputs()
    world.run(dry=True)
    assert world.outputs() == before
    with world.library(scratch=True) as library:
        assert library.marks.of("daily") == {}


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ("", True),
        ("formats: [rss]", False),
        ("formats: [rss], reading_list: true", True),
        ("reading_list: false", False),
    ],
)
def test_a_list_is_kept_where_there_is_markdown_or_as_the_config_says(
    world: World, settings: str, kept: bool
) -> None:
    world.configure(f"{RULES}profiles:\n  - {{name: daily, {settings}}}\n".replace(", }", "}"))
    world.drop("a", "Pruning A")
    world.run()
    assert (world.output / "daily/reading-list.md").exists() == kept


@pytest.mark.parametrize(("box", "again"), [("x", False), ("-", False), ("/", True), (" ", True)])
def test_what_is_read_or_dropped_no_profile_of_the_reader_offers(
    world: World, box: str, again: bool
) -> None:
    world.configure(READERS)
    world.drop("a", "Pruning A", "Routing B")
    world.run("daily")
    tick(world, "Pruning A", box)
    world.drop("b", "Pruning A", "Pruning C")
    result = world.run("lab", since=date(2026, 1, 1))
    assert shown(result, "lab") == ["Pruning A"] * again + ["Pruning C", "Routing B"]
    coverage = of_profile(result, "lab").selection.coverage
    assert (coverage.papers, coverage.settled) == (2 + again, 1 - again)
    left_out = "1 that you already know was left out." in digest_of(result, "lab").details
    assert left_out != again
    assert "Pruning A" in shown(world.run("other", since=date(2026, 1, 1)), "other")


def test_a_carried_over_paper_is_dropped_when_it_is_settled(world: World) -> None:
    world.configure(READERS.replace("name: lab,", "name: lab, limit: 1,"))
    world.drop("a", "Pruning A", "Pruning B")
    world.run()
    tick(world, "Pruning B", "-")
    world.wait()
    assert shown(world.run("lab"), "lab") == []
    with world.library(scratch=True) as library:
        assert library.profiles.carried_over("lab") == ()


def test_a_list_that_is_left_alone_makes_the_run_incomplete(world: World) -> None:
    world.drop("a", "Pruning A")
    world.run()
    path = world.output / "daily/reading-list.md"
    path.write_bytes(b"\xff")
    world.drop("b", "Pruning B")
    result = world.run()
    assert not result.complete
    assert shown(result) == ["Pruning B"]
    assert [item.profile for item in result.lists] == ["daily"]
    assert path.read_bytes() == b"\xff"


# --- the end of a digest -------------------------------------------------------------------------


def test_a_digest_closes_with_what_waits(world: World) -> None:
    world.configure(CLOSING)
    world.drop("a", "Pruning A", "Pruning B")
    assert digest_of(world.run()).closing.still == ()
    world.wait()
    world.drop("b", "Pruning C")
    world.run()
    world.wait()
    digest = digest_of(world.run())
    assert [line.title for line in digest.closing.still] == ["Pruning C", "Pruning B"]
    assert "## Still on your list (2)" in world.text("daily/2026-01-07.md")
    assert "- Pruning B · since 5 January 2026" in world.text("daily/2026-01-07.md")
    for name in ("html", "txt"):
        assert "Still on your list" in world.text(f"daily/2026-01-07.{name}")


def test_a_review_comes_once_with_the_first_digest_on_or_after_its_day(world: World) -> None:
    """Monday and Tuesday bring papers; one is read. There is no run on Sunday."""
    world.configure(CLOSING)
    world.drop("a", *(f"Pruning {letter}" for letter in "ABCD"))
    world.run()
    world.wait()
    world.drop("b", "Pruning E")
    world.run()
    tick(world, "Pruning A", "x")
    tick(world, "Pruning B", "-")
    reviews = []
    for days in (1, 5, 0.1, 1):
        world.wait(days=days)
        world.drop(f"c{world.now:%d%H}", f"Pruning {world.now:%d%H}")
        reviews.append(digest_of(world.run()).closing.review)
    (review,) = filter(None, reviews)
    assert reviews[1] is review
    assert [(day.day.day, day.came, day.read) for day in review.days] == [
        (4, 0, 0), (5, 4, 0), (6, 1, 0), (7, 1, 1), (8, 0, 0), (9, 0, 0), (10, 0, 0),
    ]  # fmt: skip
    assert (review.came, review.read, review.dropped, review.waiting) == (6, 1, 1, 4)
    assert [line.title for line in review.titles] == ["Pruning A"]
    assert review.oldest == date(2026, 1, 5)
    assert "The week of 4 January 2026" in world.text("daily/2026-01-12.md")


def test_a_second_digest_on_the_day_of_a_review_has_none(world: World) -> None:
    world.configure(CLOSING)
    world.drop("a", "Pruning A")
    world.run()
    world.wait(days=6)  # Sunday
    reviews = []
    for name in ("b", "c"):
        world.drop(name, f"Pruning {name}")
        reviews.append(digest_of(world.run()).closing.review)
        world.wait(days=0.1)
    assert [review is not None for review in reviews] == [True, False]


def test_a_digest_that_is_rendered_again_closes_as_it_did(world: World) -> None:
    world.configure(CLOSING)
    world.drop("a", "Pruning A", "Pruning B")
    world.run()
    world.wait(days=7)
    closing = digest_of(world.run()).closing
    assert closing.review is not None
    (profile,) = load_config(world.config).profiles
    with world.library(scratch=True) as library:
        assert last_digest(library, profile).closing == closing


def test_a_paper_that_a_person_added_is_not_offered_and_keeps_its_title(world: World) -> None:
    world.drop("a", "Pruning A")
    world.run()
    record = Record("arXiv:2601.00009", 1, arxiv_id="2601.00009")
    with world.library() as library:
        day = date(2026, 1, 5)
        ingest_records(library, [record], sha256="x", source=ADDED_SOURCE, name="x", today=day)
        added = Mark("2601.00009", origin="added", state_at=datetime(2026, 1, 5, tzinfo=UTC))
        library.marks.put("daily", [added], profile="daily", day=date(2026, 1, 5))
    world.wait()
    world.drop("b", {"title": "Pruning, really", "arxiv_id": "2601.00009"})
    assert shown(world.run()) == []
    with world.library(scratch=True) as library:
        paper = library.papers.get("2601.00009")
    assert paper is not None
    assert paper.title == "Pruning, really"
    line = "- [ ] [Pruning, really](https://arxiv.org/abs/2601.00009)"
    assert line in world.text("daily/reading-list.md")
