"""Copy a library, and restore a damaged one."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.errors import LibraryError
from digest.library import Library
from digest.library.backup import back_up, backups_of, repair
from digest.library.integrity import faults_of
from tests.library.samples import add, deliver, ids, record

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 1, 6, 7, tzinfo=UTC)
PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a library of some pages, with a digest."""
    path = tmp_path / "digest.db"
    with Library.open(path) as library:
        add(library, "a", [record(f"Paper {n}", abstract="x" * 900) for n in range(200)])
        deliver(library, *ids(library)[:3])
    return path


def damage(path: Path, page: int) -> None:
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(os.urandom(PAGE))


def test_a_sound_library_has_no_faults(path: Path) -> None:
    assert faults_of(path) == ()


def test_a_copy_is_taken_while_another_process_writes(path: Path) -> None:
    with Library.open(path) as library, library.transaction():
        add(library, "b", [record("Not yet there")])
        copy = back_up(path, now=NOW)
    with Library.open(copy) as library:
        assert library.papers.count() == 200
    assert faults_of(copy) == ()
    assert copy.stat().st_mode & 0o777 == 0o600


def test_the_newest_copies_are_kept(path: Path) -> None:
    for day in range(4):
        back_up(path, now=NOW + timedelta(days=day), keep=2)
    assert [copy.name for copy in backups_of(path)] == [
        "digest-20260109T070000.db", "digest-20260108T070000.db",
    ]  # fmt: skip


def test_a_copy_is_written_where_it_is_wanted(path: Path, tmp_path: Path) -> None:
    assert back_up(path, now=NOW, to=tmp_path / "elsewhere/copy.db").exists()
    assert backups_of(path) == []


@pytest.mark.parametrize("page", [4, 20, 40, 60, 80])
def test_a_damaged_library_is_restored_from_itself_and_a_copy(path: Path, page: int) -> None:
    back_up(path, now=NOW)
    with Library.open(path) as library:
        add(library, "later", [record("Came after the copy")])
        before = library.id
    damage(path, page)
    assert faults_of(path)
    repair(path, now=NOW, new_id="new")
    assert faults_of(path) == ()
    with Library.open(path) as library:
        assert library.id == before
        assert library.papers.count() >= 200
        assert library.digests.count_on("daily", NOW.date()) == 1
    assert list(path.parent.glob("digest.db.damaged-*"))


def test_without_a_copy_what_can_be_read_is_kept(path: Path) -> None:
    damage(path, 60)
    repaired = repair(path, now=NOW, new_id="new")
    assert repaired.backup is None
    assert faults_of(path) == ()
    with Library.open(path) as library:
        assert library.papers.count() > 100


def test_a_file_that_is_no_library_at_all_is_replaced_by_the_copy(path: Path) -> None:
    back_up(path, now=NOW)
    path.write_bytes(b"nothing of a library" * 500)
    repair(path, now=NOW, new_id="new")
    with Library.open(path) as library:
        assert library.papers.count() == 200


def test_damage_is_said_and_never_a_traceback(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    content = path.read_bytes()
    for page in range(1, pages, 7):
        path.write_bytes(content)
        damage(path, page)
        try:
            with Library.open(path) as library:
                list(library.papers)
                library.papers.find("Paper 3")
                library.digests.last("daily")
        except LibraryError as error:
            assert "damaged" in str(error) or "not a library" in str(error)  # noqa: PT017


def test_a_library_is_for_its_owner_only_and_is_a_file(tmp_path: Path) -> None:
    with Library.open(tmp_path / "new.db"):
        pass
    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o600
    with pytest.raises(LibraryError, match="is not a file"):
        Library.open(tmp_path)
