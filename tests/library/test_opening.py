"""Opening a library: migrations, other files, the lock, scratch libraries, transactions."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from digest.errors import LibraryError
from digest.library import Library
from digest.library.connection import Connection, connect
from digest.library.migrations import MIGRATIONS
from digest.library.schema import APPLICATION_ID, BETWEEN, SCHEMA, apply, migrate
from tests.library.samples import MORNING, add, deliver, ids, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.model import Record


def pragma(path: Path, name: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_new_library_has_the_newest_schema_and_an_id(path: Path) -> None:
    with Library.open(path, new_id=lambda: "given") as library:
        assert library.id == "given"
    assert pragma(path, "user_version") == len(MIGRATIONS)
    assert pragma(path, "application_id") == APPLICATION_ID
    assert pragma(path, "integrity_check") == "ok"


def statements(connection: Connection) -> list[str]:
    """Return what makes all tables, indexes and triggers, in their order."""
    rows = connection.execute(
        "SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid"
    )
    return [statement.strip() for (statement,) in rows]


def test_a_new_library_is_as_all_migrations_make_it(request: pytest.FixtureRequest) -> None:
    with closing(connect(None)) as connection:
        for migration in MIGRATIONS:
            apply(connection, migration)
        migrated = statements(connection)
    text = BETWEEN.join(re.sub(r"\n {4}", "\n", statement) for statement in migrated) + "\n"
    if request.config.getoption("--renew"):
        SCHEMA.write_text(text, encoding="utf-8")
    assert SCHEMA.read_text(encoding="utf-8") == text, "`pytest tests/library --renew`"
    with closing(connect(None)) as connection:
        migrate(connection, lambda: "new")
        made = statements(connection)
    assert [statement.split() for statement in made] == [item.split() for item in migrated]


def test_a_library_opened_again_is_the_same(path: Path) -> None:
    with Library.open(path) as library:
        first = library.id
        add(library, "a", [record()])
    with Library.open(path) as library:
        assert library.id == first
        assert len(ids(library)) == 1


def test_a_migration_is_done_whole_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(path) as library:
        add(library, "a", [record()])
    better = ("CREATE TABLE added (x)", "CREATE TABLE paper (x)")
    monkeypatch.setattr("digest.library.schema.MIGRATIONS", (*MIGRATIONS, better))
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Library.open(path)
    assert pragma(path, "user_version") == len(MIGRATIONS)
    monkeypatch.setattr("digest.library.schema.MIGRATIONS", (*MIGRATIONS, better[:1]))
    with Library.open(path) as library:
        assert len(ids(library)) == 1
    assert pragma(path, "user_version") == len(MIGRATIONS) + 1


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    Library.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="newer version of digest"):
        Library.open(path)
    assert path.read_bytes() == before


def test_another_programs_file_is_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(LibraryError, match="another program"):
        Library.open(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("rules:\n  - name: this is a config\n" * 40)
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="not a library"):
        Library.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("wrong", ["absent/digest.db", "."])
def test_a_path_that_cannot_be_a_file_is_an_error_with_a_way_out(
    tmp_path: Path, wrong: str
) -> None:
    with pytest.raises(LibraryError, match=r"cannot be opened|is not a file"):
        Library.open(tmp_path / wrong)


def test_a_damaged_library_is_an_error_not_a_traceback(path: Path) -> None:
    with Library.open(path) as library:
        add(library, "a", [record(str(number)) for number in range(500)])
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x07" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(LibraryError, match="damaged"), Library.open(path) as library:
        list(library.papers)


def test_a_second_run_is_told_that_there_is_a_first(path: Path) -> None:
    with Library.open(path) as one, Library.open(path) as other:
        with (
            one.lock(),
            pytest.raises(LibraryError, match=r"Another run is using .*digest\.db"),
            other.lock(),
        ):
            pytest.fail("both hold the lock")
        with other.lock():
            pass


def test_a_reader_is_not_disturbed_by_a_writer(path: Path) -> None:
    with Library.open(path) as writer, Library.open(path) as reader, writer.transaction():
        add(writer, "a", [record()])
        assert ids(reader) == []


def test_a_second_writer_gets_an_error_that_says_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.library.connection.BUSY_SECONDS", 0.01)
    with (
        Library.open(path) as one,
        Library.open(path) as other,
        one.transaction(),
        pytest.raises(LibraryError, match="another process is writing"),
    ):
        add(other, "a", [record()])


# --- scratch -------------------------------------------------------------------------------------


def test_a_scratch_library_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    with Library.open(path, scratch=True) as library, library.lock():
        add(library, "a", [record()])
        assert len(ids(library)) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_scratch_library_forgets_what_it_was_told(tmp_path: Path, path: Path) -> None:
    with Library.open(path) as library:
        add(library, "a", [record("One")])
    before = path.read_bytes()
    with Library.open(path, scratch=True) as library:
        add(library, "b", [record(f"Two {number}") for number in range(2000)])
        deliver(library, ids(library)[0])
        library.profiles.start("daily")
        with library.transaction():
            add(library, "c", [record("Three")])
        assert len(ids(library)) == 2002
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with Library.open(path) as library:
        assert len(ids(library)) == 1


# --- transactions --------------------------------------------------------------------------------


def test_a_block_is_kept_whole_or_not_at_all(library: Library) -> None:
    add(library, "a", [record()])
    (paper,) = ids(library)

    def run() -> None:
        with library.transaction():
            deliver(library, paper)
            library.profiles.advance("daily", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        run()
    assert library.digests.feed("daily", since=MORNING, at_least=100) == ()
    assert library.profiles.cursor("daily") is None
    add(library, "b", [record(arxiv_id="2601.00001")])
    assert ids(library) == ["2601.00001"], "the id was not used after all"


def test_an_inner_block_can_fail_alone(library: Library) -> None:
    with library.transaction():
        add(library, "a", [record("One")])
        with pytest.raises(KeyError):
            deliver(library, "nothing")
        add(library, "b", [record("Two")])
    assert len(ids(library)) == 2
    assert library.digests.last("daily") is None


@pytest.mark.parametrize("count", [0, 1, 249, 250, 251, 600])
def test_all_rows_are_inserted_in_their_order(count: int) -> None:
    with closing(connect(None)) as connection:
        connection.execute("CREATE TABLE seen (name TEXT PRIMARY KEY, times INTEGER)")
        rows = [(f"{number:03}", number) for number in range(count)]
        connection.insert_many("INSERT INTO seen (name, times)", rows)
        assert connection.execute("SELECT * FROM seen ORDER BY rowid").fetchall() == rows
        connection.insert_many(
            "INSERT INTO seen (name, times)",
            rows[:300],
            conflict="ON CONFLICT (name) DO UPDATE SET times = times + 1",
        )
        more = connection.execute("SELECT name, times FROM seen ORDER BY rowid").fetchall()
        assert more == [(name, times + (times < 300)) for name, times in rows]


def test_a_bug_is_not_dressed_up_as_the_users_fault(path: Path) -> None:
    with closing(connect(path)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            connection.execute("SELECT * FROM missing")
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            connection.executemany("INSERT INTO missing VALUES (?)", [(1,)])


def test_only_what_can_be_done_again_is_not_waited_for(path: Path) -> None:
    """A delivery that is marked done must stay done when the power fails; a dump is read again."""

    def synchronous(library: Library) -> int:
        (level,) = library._connection.execute("PRAGMA synchronous").fetchone()
        return int(level)

    normal, full = 1, 2
    with Library.open(path) as library:
        levels = []

        def items() -> Iterator[Record]:
            levels.append(synchronous(library))
            yield record("One")

        add(library, "a", items())
        assert levels == [normal]
        with library.transaction():
            assert synchronous(library) == full
            with library.transaction(durable=False):
                assert synchronous(library) == full
        with pytest.raises(ValueError, match="broken"), library.transaction(durable=False):
            raise ValueError("broken")
        assert synchronous(library) == full


def test_without_a_log_all_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollback journal that is not on the disk could leave a damaged file."""
    monkeypatch.setattr(Connection, "has_log", property(lambda _: False, lambda *_: None))
    with Library.open(path) as library, library.transaction(durable=False):
        assert library._connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_what_is_in_the_log_is_copied_while_something_else_is_done(path: Path) -> None:
    with Library.open(path) as library:
        add(library, "a", [record("One")])
        size = path.stat().st_size
        with library.writing_back():
            pass
        assert path.stat().st_size > size
