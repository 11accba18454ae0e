"""Check a library file: its structure, its references, its hashes and its JSON."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from digest.errors import LibraryError
from digest.library.compression import unpack_bytes, without_base
from digest.library.connection import connect, explained
from digest.library.records import decode
from digest.library.snapshots import load_paper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from digest.library.connection import Connection

_DAY_COLUMNS: Final = (("dump", "day"), ("dump", "read_on"), ("digest", "day"))
NAMED: Final = 20
"""Maximum number of faults that are listed; a damaged page can cause thousands."""
_JSON_COLUMNS: Final = (
    ("digest", "payload"),
    ("entry", "snapshot"),
    ("candidate", "snapshot"),
    ("update_sent", "snapshot"),
    ("paper", "authors"),
    ("paper", "categories"),
    ("paper", "sources"),
    ("paper", "aliases"),
    ("mark", "tags"),
    ("reference", "fields"),
)

_PACKED: Final[tuple[tuple[str, Callable[[bytes], object]], ...]] = (
    ("record", decode),
    ("paper", decode),
    ("delivery_content", unpack_bytes),
)
"""Tables with a packed `body`, and what reads it."""


def faults_of(path: Path, *, most: int = NAMED) -> tuple[str, ...]:
    """Return the faults of the library, one sentence each; none if it is sound."""
    faults: list[str] = []
    try:
        with closing(connect(path)) as connection:
            # Text that is not UTF-8 is reported as a fault; it must not stop the check.
            connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            for fault in _faults(connection):
                faults.append(fault)
                if len(faults) == most:
                    break
    except LibraryError as error:
        faults.append(str(error))
    except Exception as error:
        explanation = explained(error, str(path))
        if explanation is None and not isinstance(error, sqlite3.Error):
            raise
        faults.append(str(explanation or f"the file: {error}"))
    return tuple(faults)


def _faults(connection: Connection) -> Iterator[str]:
    for (line,) in connection.execute(f"PRAGMA integrity_check({NAMED})"):
        if line != "ok":
            yield f"the file: {line}"
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} refers to a {parent} that is not there"
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    yield from _damaged_values(connection, tables)


def _damaged_values(connection: Connection, tables: set[str]) -> Iterator[str]:
    for table, column in _JSON_COLUMNS:
        if table in tables:
            yield from _damaged_json(connection, table, column)
    for table, column in _DAY_COLUMNS:
        if table in tables:
            yield from _damaged_days(connection, table, column)
    if "record" in tables:
        yield from _damaged_records(connection)
    for table, read in _PACKED:
        if table in tables:
            yield from _unreadable_bodies(connection, table, read)
    if "shown_paper" in tables:
        yield from _unreadable_papers(connection)


def _damaged_json(connection: Connection, table: str, column: str) -> Iterator[str]:
    names = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    if column not in names:
        return
    values = connection.execute(f"SELECT {column} FROM {table}")  # noqa: S608 - names of our own
    for number, (value,) in enumerate(values, 1):
        if isinstance(value, str):
            try:
                json.loads(value)
                value.encode()
            except ValueError:
                yield f"{column} of {table} {number} is not JSON"


def _damaged_days(connection: Connection, table: str, column: str) -> Iterator[str]:
    rows = connection.execute(
        f"SELECT rowid FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608 - names of our own
        f" AND date({column}) IS NULL"
    )
    for (number,) in rows:
        yield f"{column} of {table} {number} is not a day"


def _unreadable_bodies(
    connection: Connection, table: str, read: Callable[[bytes], object]
) -> Iterator[str]:
    """Yield the compressed texts that cannot be unpacked and read."""
    names = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    if "body" not in names:
        return
    rows = connection.execute(f"SELECT rowid, body FROM {table}")  # noqa: S608 - names of our own
    for number, body in rows:
        if isinstance(body, bytes) and not _is_readable(read, body):
            yield f"the text of {table} {number} cannot be read"


def _unreadable_papers(connection: Connection) -> Iterator[str]:
    """Yield the papers of digests that cannot be unpacked and read."""
    names = {row[1] for row in connection.execute("PRAGMA table_info(shown_paper)")}
    base = "(SELECT record.body FROM record WHERE record.id = base)" if "base" in names else "NULL"
    rows = connection.execute(f"SELECT number, body, {base} FROM shown_paper")  # noqa: S608
    for number, body, base_body in rows:
        if not _is_readable(lambda packed: load_paper(without_base(*packed)), (body, base_body)):
            yield f"the text of shown_paper {number} cannot be read"


def _is_readable(read: Callable[[Any], object], body: object) -> bool:
    try:
        read(body)
    except Exception:  # noqa: BLE001 - zstd, UTF-8, JSON, dates: damage has many ways
        return False
    return True


def _damaged_records(connection: Connection) -> Iterator[str]:
    """Yield the records whose content does not have its stored hash."""
    names = {row[1] for row in connection.execute("PRAGMA table_info(record)")}
    if not {"content", "body"} <= names:
        return
    for number, content, body in connection.execute("SELECT id, content, body FROM record"):
        if isinstance(body, str) and hashlib.sha256(body.encode()).digest() != content:
            yield f"record {number} does not have the hash that it was stored with"
