"""Copy a library while it is in use, and restore the readable parts of a damaged one.

A copy is made with SQLite's online backup (https://www.sqlite.org/backup.html), which takes a
consistent state while a run writes. A damaged library is read table by table from both ends, up to
the damage; the newest copy provides what is missing.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.errors import LibraryError
from digest.library.connection import connect, explained
from digest.library.integrity import faults_of
from digest.library.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from digest.library.connection import Connection

KEPT: Final = 7
"""Number of copies that are kept: a week of daily ones."""
_DERIVED: Final = frozenset({"form", "vocabulary", "sqlite_sequence"})
"""Tables that are rebuilt from others."""


class RepairResult(Struct, frozen=True):
    """The result of a repair."""

    restored_rows: int
    """Rows that the damaged library still had."""
    from_backup: int
    """Rows that came from a copy."""
    backup: Path | None
    damaged: Path
    """Path of the damaged file."""


def backups_of(library: Path) -> list[Path]:
    """Return the copies of a library, newest first."""
    return sorted(_folder(library).glob(f"{library.stem}-*.db"), reverse=True)


def back_up(library: Path, *, now: datetime, keep: int = KEPT, to: Path | None = None) -> Path:
    """Copy the library to a new file and return its path; raise `LibraryError`.

    Without `to` the copy goes into the folder `<library>-backups`, which keeps the newest `keep`.
    """
    target = to or _folder(library) / f"{library.stem}-{now:%Y%m%dT%H%M%S}.db"
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            temporary.unlink()
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
        with closing(connect(library)) as source, closing(sqlite3.connect(temporary)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log
        temporary.replace(target)
    except OSError as error:
        raise LibraryError(f"{target} cannot be written: {error.strerror}") from error
    except sqlite3.Error as error:
        with suppress(OSError):
            temporary.unlink()
        raise explained(error, str(library)) or error from error
    if to is None:
        for old in backups_of(library)[keep:]:
            old.unlink(missing_ok=True)
    return target


def repair(library: Path, *, now: datetime, new_id: str) -> RepairResult:
    """Replace a damaged library by its readable parts and those of its newest sound copy.

    The damaged file stays beside it under another name. `new_id` is the library's identifier if the
    old one cannot be read.
    """
    backup = next((path for path in backups_of(library) if not faults_of(path, most=1)), None)
    new_library = library.with_name(f".{library.name}.repaired")
    with suppress(FileNotFoundError):
        new_library.unlink()
    with closing(connect(new_library)) as target:
        migrate(target, lambda: new_id)
        target.execute("PRAGMA foreign_keys = OFF")
        with target.transaction():
            target.execute("DELETE FROM meta")
            counts = _copy_all(target, library)
            copied = 0 if backup is None else _copy_all(target, backup)
            target.execute(
                "INSERT OR IGNORE INTO meta (name, value) VALUES ('library_id', ?)", (new_id,)
            )
            _drop_orphans(target)
            target.execute(
                "UPDATE delivery SET state = 'dropped', error = 'its content could not be read'"
                " WHERE state IN ('waiting', 'failed') AND id NOT IN (SELECT delivery FROM"
                " delivery_content)"
            )
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        target.execute("PRAGMA journal_mode = DELETE")
    if faults := faults_of(new_library, most=1):
        raise LibraryError(f"{library} cannot be repaired: {faults[0]}")
    damaged = library.with_name(f"{library.name}.damaged-{now:%Y%m%dT%H%M%S}")
    library.replace(damaged)
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            library.with_name(library.name + suffix).replace(
                damaged.with_name(damaged.name + suffix)
            )
    new_library.replace(library)
    return RepairResult(counts, copied, backup, damaged)


def _folder(library: Path) -> Path:
    return library.with_name(f"{library.name}-backups")


def _copy_all(target: Connection, source: Path) -> int:
    """Copy the readable rows of every table that the target lacks; return their number."""
    count = 0
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old:
        old.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for table in _tables(target):
            columns = _shared_columns(target, old, table)
            if not columns:
                continue
            names = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join("?" * len(columns))
            before = target.total_changes
            target.executemany(
                f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})",  # noqa: S608
                _readable_rows(old, table, names),
            )
            count += target.total_changes - before
    return count


def _tables(connection: Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in rows if name not in _DERIVED and not name.startswith("sqlite_")]


def _shared_columns(target: Connection, old: sqlite3.Connection, table: str) -> list[str]:
    columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
    try:
        known = {row[1] for row in old.execute(f"PRAGMA table_info({table})")}
    except sqlite3.Error:
        known = set()
    return [name for name in columns if name in known]


def _readable_rows(old: sqlite3.Connection, table: str, names: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows from the first and, after damage, from the last back to it.

    A row that is found twice is ignored when it is inserted.
    """
    key = ", ".join(str(place) for place in range(1, names.count(",") + 2))
    for order in ("", f" ORDER BY {_key_of(old, table) or key} DESC"):
        try:
            yield from old.execute(f"SELECT {names} FROM {table}{order}")  # noqa: S608
        except sqlite3.Error:
            continue
        return


def _key_of(old: sqlite3.Connection, table: str) -> str:
    """Return the order in which a table is stored: by rowid, or by its primary key."""
    try:
        keys = [(row[5], row[1]) for row in old.execute(f"PRAGMA table_info({table})") if row[5]]
    except sqlite3.Error:
        return ""
    return ", ".join(f'"{name}" DESC' for _, name in sorted(keys)).removesuffix(" DESC")


def _drop_orphans(target: Connection) -> None:
    """Delete rows that refer to unreadable rows, until none is left."""
    while orphans := target.execute("PRAGMA foreign_key_check").fetchall():
        for table, row, *_ in orphans:
            if row is None:  # a table without row numbers: delete all rows without a target at once
                _drop_without_rowid(target, table)
                break
            target.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))  # noqa: S608


def _drop_without_rowid(target: Connection, table: str) -> None:
    for _, _, parent, column, to, *_ in target.execute(f"PRAGMA foreign_key_list({table})"):
        key = (
            to
            or target.execute(
                "SELECT name FROM pragma_table_info(?) WHERE pk = 1", (parent,)
            ).fetchone()[0]
        )
        target.execute(
            f"DELETE FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608
            f" AND {column} NOT IN (SELECT {key} FROM {parent})"
        )
