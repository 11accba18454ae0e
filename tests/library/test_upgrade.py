"""A library of an earlier version, dumped as SQL, is upgraded completely when it is opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from digest.library import Library
from digest.library.connection import connect
from digest.library.migrations import MIGRATIONS, outputs
from digest.library.schema import APPLICATION_ID, apply
from digest.model import PartialDate
from tests.library.samples import WEDNESDAY, add, ids, record
from tests.people import people

OLD: Final = Path(__file__).with_name("schema_6.sql")
COUNTING, PRUNING, GARDENS = "t-464afe5a20c9b9b1", "2601.00001", "hep-th/9901001"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "digest.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD.read_text(encoding="utf-8"))
    return path


def test_papers_are_what_they_were(path: Path) -> None:
    with Library.open(path) as library:
        assert ids(library) == [
            "10.1000/tides", PRUNING, GARDENS, COUNTING, "t-962b9122eac2aaa9",
        ]  # fmt: skip
        paper = library.papers.get(PRUNING)
    assert paper is not None
    assert paper.authors == people("Ada van der Berg", "B. Lind", "The Harbor Team")
    assert paper.published == PartialDate(2026, 1, 2)
    assert (paper.upvotes, paper.comments, paper.organization) == (57, 2, "Example Lab")
    assert (paper.abstract or "").startswith("We prune")
    assert (paper.categories, paper.sources) == (("cs.LG",), ("d",))


def test_each_text_is_stored_once(path: Path) -> None:
    with Library.open(path) as library:
        rows = library._connection.execute("SELECT id, record IS NULL, body IS NULL FROM paper")
        stored = {identifier: tuple(where) for identifier, *where in rows}
    assert stored.pop(PRUNING) == (1, 0), "two records say what it is"
    assert set(stored.values()) == {(0, 1)}, "all others refer to their record"


def test_new_records_find_the_old_papers(path: Path) -> None:
    with Library.open(path) as library:
        second = add(
            library,
            "c",
            [
                record("Teaching MC# to Count", abstract="We count with a compressor of experts."),
                record("Pruning at Scale", arxiv_id=PRUNING, upvotes=99),
                record("Teaching MC to Count", abstract="Masters of ceremonies learn."),
            ],
            WEDNESDAY,
        )
        assert second.new_papers == 1, "MC and MC# are two"
        new = library.papers.new_after(0, "me")
        assert set(new) == set(ids(library)) - {COUNTING, PRUNING}
        paper = library.papers.get(PRUNING)
        assert paper is not None
        assert paper.upvotes == 99


def test_a_record_that_comes_again_is_known(path: Path) -> None:
    with Library.open(path) as library:
        said = record("An Untold Title", url="https://example.org/untold")
        assert add(library, "c", [said]).new_papers == 0
        (count,) = library._connection.execute("SELECT count(*) FROM record").fetchone()
    assert count == 6


def test_the_file_is_sound_and_holds_no_free_pages(path: Path) -> None:
    Library.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        for pragma, expected in (("integrity_check", "ok"), ("freelist_count", 0)):
            assert connection.execute(f"PRAGMA {pragma}").fetchone() == (expected,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_what_waits_for_delivery_is_delivered(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    with closing(connect(path)) as connection:
        known = MIGRATIONS.index(outputs.DELIVERY_CONTENT)
        for migration in MIGRATIONS[:known]:
            apply(connection, migration)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {known}")
        connection.execute(
            "INSERT INTO digest VALUES (1, 'daily', '2026-01-05', 1, '2026-01-05T07:00:00Z', '{}')"
        )
        connection.executemany(
            "INSERT INTO delivery (digest, profile, channel, target, content, state, created)"
            " VALUES (1, 'daily', 'file', ?, ?, ?, '2026-01-05T07:00:00Z')",
            [("done.md", None, "done"), ("waits.md", b"\xffbytes", "waiting")],
        )
    now = datetime(2026, 1, 6, 7, tzinfo=UTC)
    with Library.open(path) as library:
        waiting = library.outbox.next()
        assert waiting is not None
        assert (waiting.target, waiting.content) == ("waits.md", b"\xffbytes")
        assert library.outbox.next(after=waiting.id) is None
        library.outbox.mark_done(waiting.id, now=now)
        assert library.outbox.size() == 0
