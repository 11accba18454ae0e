"""Papers from digests leave the inbox after some days; chosen papers stay."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.library import Library, ListFile
from digest.model.marks import Mark
from digest.reading_list import sync
from tests.reading_list.shelf import Shelf, profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE, TWO, THREE = "2601.00000", "2601.00001", "2601.00002"
TO_READ = "## To read <!-- digest list -->"


def places(shelf: Shelf) -> dict[str, str | None]:
    queue = shelf.library.reading.queue("daily", "daily")
    left = shelf.lists().left(shelf.profiles[0])
    return {queued.paper: queued.place(left) for queued in queue}


@pytest.mark.parametrize("edited", [False, True])
def test_a_large_inbox_may_leave_as_a_whole(tmp_path: Path, edited: bool) -> None:
    shelf = Shelf(tmp_path)
    papers = shelf.select(12)
    shelf.sync()
    if edited:
        shelf.tick(papers[0], "x")
    for days in (30, 0, 1):
        assert shelf.sync(days=days).problems == ()
    assert shelf.shown() == []
    assert shelf.library.listings.entries("daily") == {}


def test_undecided_papers_leave_without_being_dropped(shelf: Shelf) -> None:
    shelf.sync(days=6)
    assert shelf.shown() == [ONE, TWO, THREE]
    shelf.sync(days=1)
    assert shelf.shown() == []
    assert "## " not in shelf.text
    assert shelf.library.marks.of("daily") == {}
    assert places(shelf) == {ONE: None, TWO: None, THREE: None}


@pytest.mark.parametrize(
    "choose",
    [
        lambda shelf: shelf.edit(f"[ ] [Paper {ONE}]", f"[ ] ★ [Paper {ONE}]"),
        lambda shelf: shelf.tick(ONE, "/"),
        lambda shelf: shelf.edit(shelf.line(ONE), shelf.line(ONE) + "\n  a note"),
        lambda shelf: shelf.edit(f"<!-- digest: {ONE}", f"#soon <!-- digest: {ONE}"),
        lambda shelf: move(shelf, "## Mine"),
        lambda shelf: move(shelf, TO_READ),
        lambda shelf: shelf.tick(ONE, "?"),
        lambda shelf: shelf.edit(f"[Paper {ONE}]", "[The one of A.]"),
        lambda shelf: put(shelf, Mark(ONE, starred=True, star_at=shelf.now)),
        lambda shelf: put(shelf, Mark(ONE, state_at=shelf.now)),
        lambda shelf: put(shelf, Mark(ONE, note="a note", note_at=shelf.now)),
    ],
    ids=[
        "star", "reading", "note", "tag", "moved", "to read", "own sign", "words", "command",
        "queued", "noted",
    ],
)  # fmt: skip
def test_what_was_decided_on_stays(shelf: Shelf, choose: Callable[[Shelf], None]) -> None:
    choose(shelf)
    shelf.sync(days=1)
    shelf.sync(days=6)
    assert shelf.shown() == [ONE]
    assert places(shelf)[ONE] == "to read"
    before = shelf.text
    shelf.sync(days=30)
    assert shelf.text == before


def move(shelf: Shelf, heading: str) -> None:
    """Move the first entry under another heading at the end of the file."""
    line = shelf.line(ONE)
    shelf.edit(line + "\n", "")
    shelf.text += f"\n{heading}\n\n{line}\n"


def put(shelf: Shelf, mark: Mark) -> None:
    shelf.library.marks.put("daily", [mark])


def test_the_papers_to_read_stand_before_the_inbox(shelf: Shelf) -> None:
    put(shelf, Mark(TWO, starred=True, star_at=shelf.now))
    shelf.tick(THREE, "/")
    shelf.sync()
    assert shelf.shown() == [TWO, THREE, ONE]
    at = shelf.lines.index(TO_READ)
    assert shelf.lines[at + 2].startswith("- [ ] ★ [Paper")
    assert shelf.lines[at + 4] == ""
    assert shelf.lines[at + 5].startswith("## Monday")


def test_a_star_that_is_taken_back_restores_the_file(shelf: Shelf) -> None:
    before = shelf.text
    for starred in (True, False):
        put(shelf, Mark(TWO, starred=starred, star_at=shelf.now))
        shelf.sync()
        assert (TO_READ in shelf.text) == starred
    assert shelf.text == before


def test_a_star_taken_back_too_late_is_no_reason_to_stay(shelf: Shelf) -> None:
    put(shelf, Mark(TWO, starred=True, star_at=shelf.now))
    shelf.sync(days=9)
    put(shelf, Mark(TWO, star_at=shelf.now))
    shelf.sync(days=1)
    assert shelf.shown() == []
    assert shelf.state(TWO) == "queued"


def test_a_line_that_is_deleted_after_its_days_is_not_dropped(shelf: Shelf) -> None:
    shelf.edit(shelf.line(ONE) + "\n", "")
    shelf.sync(days=8)
    assert shelf.shown() == []
    assert shelf.library.marks.of("daily") == {}


def test_a_run_that_was_killed_while_the_inbox_emptied_drops_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sync.ReadingLists, "_settle", lambda lists: None)
        shelf.sync(days=8)
    assert shelf.shown() == []
    shelf.sync()
    assert shelf.library.marks.of("daily") == {}


def test_the_inbox_may_be_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, replace(profile(), inbox_days=None))
    shelf.select(2)
    shelf.sync()
    shelf.sync(days=400)
    assert len(shelf.shown()) == 2


def test_snoozed_papers_come_back_into_the_inbox_for_some_days(shelf: Shelf) -> None:
    put(shelf, Mark(TWO, "snoozed", shelf.now, date(2026, 1, 19)))
    shelf.sync(days=13)
    assert shelf.shown() == []
    shelf.sync(days=1)
    assert shelf.shown() == [TWO]
    assert places(shelf)[TWO] == "inbox"
    shelf.sync(days=7)
    assert shelf.shown() == []
    assert shelf.state(TWO) == "queued"


# --- files from before there was an inbox --------------------------------------------------------


def as_before(shelf: Shelf) -> None:
    """Store the file in the library as earlier versions did."""
    known = shelf.library.listings.file("daily")
    assert known is not None
    connection = shelf.library._connection
    connection.execute("UPDATE list_file SET inbox_since = NULL, stamp = '1:0:0'")


def test_what_an_earlier_version_listed_has_its_days_from_the_upgrade(shelf: Shelf) -> None:
    as_before(shelf)
    shelf.sync(days=40)
    assert shelf.shown() == [ONE, TWO, THREE]
    (new,) = shelf.select(1)
    shelf.sync(days=6)
    assert shelf.shown() == [new, ONE, TWO, THREE]
    shelf.tick(TWO, "/")
    shelf.sync(days=1)
    assert shelf.shown() == [TWO]
    assert set(shelf.library.marks.of("daily")) == {TWO}


# --- what it costs -------------------------------------------------------------------------------


def statements(shelf: Shelf, action: Callable[[], object]) -> int:
    """Count the rows' worth of work of SQLite: its virtual machine's steps, in thousands."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    shelf.library._connection.set_progress_handler(count, 1_000)
    try:
        action()
    finally:
        shelf.library._connection.set_progress_handler(None, 0)
    return steps


def test_a_day_costs_the_same_after_a_long_history(tmp_path: Path) -> None:
    """The inbox and what changed decide, not all that was ever listed."""
    counts = []
    for days in (20, 80):
        shelf = Shelf(tmp_path / str(days))
        with shelf.library.transaction():
            for _ in range(days):
                shelf.select(20)
                shelf.now += timedelta(days=1)
        shelf.sync()
        shelf.select(20)
        counts.append(statements(shelf, partial(shelf.sync, days=1)))
        assert len(shelf.shown()) == 20 * 6
    assert counts[1] <= 2 * counts[0] + 2


def test_a_file_that_shows_everything_is_not_parsed(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(sync.ReadingLists, "_parse", fail)
    before = shelf.library.listings.file("daily")
    shelf.sync()
    assert shelf.library.listings.file("daily") == before
    assert isinstance(before, ListFile)
    assert isinstance(shelf.library, Library)


# --- undo ----------------------------------------------------------------------------------------


def test_undo_takes_back_one_change_after_another(shelf: Shelf) -> None:
    before = shelf.text
    marks = shelf.library.marks
    marks.put("daily", [Mark(ONE, "done", shelf.now)], undoable=True)
    marks.put("daily", [Mark(TWO, "dropped"), Mark(THREE, "dropped")], undoable=True)
    shelf.sync()
    assert shelf.shown() == []
    assert marks.undo("daily") == (TWO, THREE)
    shelf.sync()
    assert shelf.shown() == [TWO, THREE]
    assert marks.undo("daily") == (ONE,)
    assert marks.undo("daily") == ()
    shelf.sync()
    assert shelf.text == before


def test_lines_deleted_by_mistake_are_taken_back_together(shelf: Shelf) -> None:
    shelf.edit(f"{shelf.line(ONE)}\n{shelf.line(TWO)}\n", "")
    shelf.sync()
    assert (shelf.state(ONE), shelf.state(TWO)) == ("dropped", "dropped")
    assert shelf.library.marks.undo("daily") == (ONE, TWO)
    shelf.sync()
    assert shelf.shown() == [ONE, TWO, THREE]
