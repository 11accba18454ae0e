"""Give a library the newest schema.

A new library gets the statements of `schema.sql`, an older one the migrations that it lacks. Both
have the same tables: `pytest tests/library --renew` writes `schema.sql` from the migrations.

The number of applied migrations is in `user_version`; `application_id` tells a library from
other SQLite files. Nothing here reads or writes rows.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.errors import LibraryError
from digest.library.migrations import MIGRATIONS, ONE_COPY_FROM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.library.connection import Connection
    from digest.library.migrations import Step

APPLICATION_ID = 0x44675374
"""`DgSt`: identifies the file, also to `file(1)`."""
SCHEMA: Final = Path(__file__).with_name("schema.sql")
"""What all migrations together make of an empty file, in a quarter of their time."""
BETWEEN: Final = ";\n\n"
"""What separates its statements."""


def migrate(connection: Connection, new_id: Callable[[], str]) -> bool:
    """Migrate the library to the newest schema in one transaction.

    Return whether there was anything to do.

    A library that is made now gets its id from `new_id`. Raise `LibraryError` for a file of
    another program, or of a newer version of this one, before anything is written.
    """
    before = _version(connection)
    if before == len(MIGRATIONS):
        return False
    with connection.transaction():
        # Asked again under the lock: another process may have done it meanwhile.
        version = _version(connection)
        if version == 0:
            apply(connection, SCHEMA.read_text(encoding="utf-8").split(BETWEEN))
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("INSERT INTO meta VALUES ('library_id', ?)", (new_id(),))
        else:
            for migration in MIGRATIONS[version:]:
                apply(connection, migration)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    if 0 < before < ONE_COPY_FROM and not connection.in_transaction:
        # Half of the file is free now. Without room for a copy it stays so, and is used again.
        with suppress(LibraryError):
            connection.execute("VACUUM")
    return True


def apply(connection: Connection, steps: Iterable[Step]) -> None:
    """Take the steps of one migration, or of `schema.sql`."""
    for step in steps:
        if callable(step):
            step(connection)
        else:
            connection.execute(step)


def is_outdated(library: Path) -> bool:
    """Return whether a library has an older schema, from the head of its file."""
    try:
        with library.open("rb") as file:
            head = file.read(72)  # https://www.sqlite.org/fileformat.html, section 1.3
    except OSError:
        return False
    version, application = (int.from_bytes(head[at : at + 4]) for at in (60, 68))
    return application == APPLICATION_ID and 0 < version < len(MIGRATIONS)


def _version(connection: Connection) -> int:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and (application or version or tables):
        raise LibraryError(
            f"{connection.path} is an SQLite file of another program, not a library. "
            "Name another file under `library` in the config."
        )
    if version > len(MIGRATIONS):
        raise LibraryError(
            f"{connection.path} was written by a newer version of digest: its schema is {version}, "
            f"this version knows {len(MIGRATIONS)}. Upgrade digest, or name another library."
        )
    return int(version)
