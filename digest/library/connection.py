"""One connection to the library file: its settings, transactions and errors.

This module does not depend on tables. One process writes at a time (`digest.library.lock` enforces
it); any number may read meanwhile, thanks to write-ahead logging. `synchronous` is FULL, because a
delivery that was marked done must stay done when the power fails: with NORMAL, the last
transactions of a write-ahead log may be lost then (sqlite.org/pragma.html#pragma_synchronous).
Dumps are read with NORMAL: they still exist, and are read again. A log keeps its order, so that
nothing durable depends on something that is not.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

from digest.errors import LibraryError
from digest.library.compression import without_base

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_LONGEST_LOG = 1 << 17
"""Pages of 4 KiB after which a commit copies the log into the file. With fewer, a page that every
dump changes would be copied again and again; the rest is copied when the last connection closes."""
_CACHE, _LARGE_CACHE = 16 << 10, 128 << 10
"""KiB of pages in memory. A part of a long dump changes most pages of the indexes: those that do
not fit are written before they are complete, and read again. For each record that took, of the
system's time, 11 µs with 16 MiB, 3 with 64 and 1 with 128 in a library of 800,000 papers; 9 µs with
64 MiB and 4 with 128 in one of 1.5 million."""
_MOST_VALUES = 500
"""Values of one statement; SQLite takes 999 or more (sqlite.org/limits.html, section 9)."""
BUSY_SECONDS = 5.0
"""Seconds that a statement waits for another process to finish its transaction."""

_REASONS = {
    sqlite3.SQLITE_BUSY: "another process is writing to it; try again when that is done",
    sqlite3.SQLITE_LOCKED: "another process is writing to it; try again when that is done",
    sqlite3.SQLITE_NOTADB: "it is not a library; name another file under `library` in the config",
    sqlite3.SQLITE_CORRUPT: "it is damaged; `digest repair` restores what can be read of it",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk is full, or cannot be read or written",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; its folder must exist and be writable",
    sqlite3.SQLITE_READONLY: "it may not be written to; check the permissions of file and folder",
    sqlite3.SQLITE_PERM: "it may not be opened; check the permissions of file and folder",
    sqlite3.SQLITE_AUTH: "it may not be opened; check the permissions of file and folder",
}


def _explained(error: sqlite3.Error, path: str) -> LibraryError | None:
    """Return the message for the user, or None if the fault is ours (SQL, a constraint)."""
    # The low byte is the primary code, the others refine it (sqlite.org/rescode.html).
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    reason = _REASONS.get(code)
    return None if reason is None else LibraryError(f"Cannot use the library {path}: {reason}.")


class Connection(sqlite3.Connection):
    """A connection with nested transactions and errors that say what a user can do.

    Always in autocommit mode outside `transaction`.
    """

    path: str = ":memory:"
    has_log: bool = False
    """Whether transactions go to a write-ahead log first."""
    _savepoints: int = 0

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as the base class
        """Execute one statement; raise `LibraryError` for faults of the file."""
        try:
            return super().execute(sql, parameters)
        except sqlite3.Error as error:
            explained = _explained(error, self.path)
            if explained is None:
                raise
            raise explained from error

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Execute one statement for each row; raises the errors of `execute`."""
        try:
            return super().executemany(sql, parameters)
        except sqlite3.Error as error:
            explained = _explained(error, self.path)
            if explained is None:
                raise
            raise explained from error

    def insert_many(
        self, statement: str, rows: Sequence[Sequence[Any]], *, conflict: str = ""
    ) -> None:
        """Insert `rows`, some dozen with each statement: half the time where rows are short.

        `statement` names table and columns, and `conflict` what happens to a row that is there.
        """
        if not rows:
            return
        columns = len(rows[0])
        at_once = max(1, _MOST_VALUES // columns)
        whole = len(rows) // at_once * at_once
        row = f"({', '.join('?' * columns)})"
        self.executemany(
            f"{statement} VALUES {', '.join([row] * at_once)} {conflict}",
            (
                [*chain.from_iterable(rows[start : start + at_once])]
                for start in range(0, whole, at_once)
            ),
        )
        self.executemany(f"{statement} VALUES {row} {conflict}", rows[whole:])

    @contextmanager
    def large_cache(self) -> Iterator[None]:
        """Keep more pages in memory during the block."""
        self.execute(f"PRAGMA cache_size = -{_LARGE_CACHE}")
        try:
            yield
        finally:
            self.execute(f"PRAGMA cache_size = -{_CACHE}")

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[None]:
        """Commit the block as a whole or, if it raises, not at all; nested blocks are savepoints.

        A transaction that is not `durable` may be lost when the power fails, until a durable one or
        the closing of the file: for work that can be repeated.
        """
        if not durable and self.has_log and not self.in_transaction:
            # With a log this cannot leave a damaged file; without one it could.
            self.execute("PRAGMA synchronous = NORMAL")
            try:
                with self.transaction():
                    yield
            finally:
                self.execute("PRAGMA synchronous = FULL")
            return
        if self.in_transaction:
            name = f"level_{self._savepoints}"
            begin, keep = f"SAVEPOINT {name}", f"RELEASE {name}"
            undo: tuple[str, ...] = (f"ROLLBACK TO {name}", f"RELEASE {name}")
        else:
            # IMMEDIATE: a transaction that reads first and writes later could otherwise find
            # that another process has written in between, and fail without a wait.
            begin, keep, undo = "BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",)
        self.execute(begin)
        self._savepoints += 1
        try:
            yield
            self.execute(keep)
        except BaseException:
            # A full disk may have ended the transaction already.
            if self.in_transaction:
                for statement in undo:
                    self.execute(statement)
            raise
        finally:
            self._savepoints -= 1


def _make_private(path: Path) -> None:
    """Create a missing library readable only by its owner; raise `LibraryError` if it is no file.

    SQLite gives the log beside it the same permissions.
    """
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        elif not path.is_file():
            raise LibraryError(
                f"Cannot use the library {path}: it is not a file; name another one under "
                "`library` in the config."
            )
    except OSError:
        return  # SQLite reports the error


def explained(error: BaseException | None, path: str) -> LibraryError | None:
    """Return the message for the user for an SQLite error; None for any other error."""
    return _explained(error, path) if isinstance(error, sqlite3.Error) else None


def connect(path: Path | None) -> Connection:
    """Open the file, creating it if it is missing, or for None a library in memory.

    Raise `LibraryError` if it cannot be opened or is not an SQLite file.
    """
    shown = ":memory:" if path is None else str(path)
    if path is not None:
        _make_private(path)
    try:
        connection = sqlite3.connect(
            shown, timeout=BUSY_SECONDS, isolation_level=None, factory=Connection
        )
    except sqlite3.Error as error:
        raise _explained(error, shown) or error from error
    connection.path = shown
    connection.create_function("without_base", 2, without_base, deterministic=True)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if path is not None:
            # Some network file systems cannot; then the slower rollback journal is used.
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            connection.has_log = mode == "wal"
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG}")
        # Some systems build SQLite so that each page that is freed is overwritten first, which
        # doubles what the outbox writes. The file is readable by its owner only.
        connection.execute("PRAGMA secure_delete = FAST")
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
    except BaseException:
        connection.close()
        raise
    return connection
