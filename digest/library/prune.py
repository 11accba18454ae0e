"""Remove the texts of old papers that nobody marked, and old answers.

A paper is never pruned if a digest delivered it, a reader marked it, it is carried over, or it is
in the reader's own references. Of the others, abstract, summary and comment are removed once no
dump has shown them for long. Everything that identifies a paper stays: identifiers, title, authors,
dates, and the hash of each record. If such a record comes again, it is restored
(`digest.library.dumps`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.library.paper_rows import KNOWN, text_stamp
from digest.library.records import without_texts
from digest.library.reread import IS_FREE
from digest.library.snapshots import IS_UNUSED
from digest.library.timestamps import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from digest.library.connection import Connection

_RECORDS: Final = """
    SELECT record.id FROM identifier JOIN record USING (identifier)
    WHERE identifier.paper = paper.key
    AND NOT EXISTS (SELECT 1 FROM shown_paper WHERE base = record.id)
"""
_OLD: Final = f"""
    SELECT key FROM paper WHERE {IS_FREE}
    AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.paper = paper.key)
    AND NOT EXISTS (
        SELECT 1 FROM identifier JOIN reference USING (identifier)
        WHERE identifier.paper = paper.key
    )
    AND NOT EXISTS (
        SELECT 1 FROM identifier JOIN record USING (identifier)
        JOIN sighting ON sighting.record = record.id JOIN dump ON dump.id = sighting.dump
        WHERE identifier.paper = paper.key AND dump.read_on >= ?1
    )
    AND EXISTS ({_RECORDS} AND NOT record.pruned)
"""  # noqa: S608 - no text of a user is in it
_OLD_FILES: Final = """
    SELECT DISTINCT file FROM answer
    WHERE file <> '' AND fetched < ?1 AND (dump IS NOT NULL OR NOT is_dump)
    AND file NOT IN (
        SELECT file FROM answer WHERE fetched >= ?1 OR (dump IS NULL AND is_dump)
    )
"""
_TEXTS: Final = sum(1 << KNOWN.index(name) for name in ("abstract", "comment"))


class PruneResult(Struct, frozen=True):
    """What was removed, or would be."""

    papers: int
    """Papers whose texts were removed."""
    saved: int
    """Bytes of their texts, as stored."""
    files: tuple[str, ...]
    """Answers of services, below the folder of answers, that are no longer needed."""


def prune(
    connection: Connection, before: datetime, only: Iterable[str] | None = None
) -> PruneResult:
    """Remove the texts of papers that were last shown before `before`; return what was removed.

    With `only`, remove those of papers with these ids, and no answers: those have other papers too.
    The caller removes the files of the answers, after the library's transaction.
    """
    day, moment = before.date().isoformat(), to_text(before)
    chosen = "" if only is None else " AND id IN (SELECT value FROM json_each(?2))"
    ids = () if only is None else (json.dumps(list(only)),)
    with connection.transaction():
        keys = [key for (key,) in connection.execute(_OLD + chosen, (day, *ids)).fetchall()]
        saved = sum(_drop_texts(connection, key) for key in keys)
        connection.execute(f"DELETE FROM shown_paper WHERE {IS_UNUSED}")  # noqa: S608 - a constant
        if only is not None:
            return PruneResult(len(keys), saved, ())
        files = tuple(file for (file,) in connection.execute(_OLD_FILES, (moment,)))
        # Without its headers: a service's "not modified" would refer to a file that is gone.
        connection.executemany(
            "UPDATE answer SET file = '', headers = '[]' WHERE file = ?",
            ((file,) for file in files),
        )
    return PruneResult(len(keys), saved, files)


def _drop_texts(connection: Connection, key: int) -> int:
    """Remove the texts of one paper and of its records; return the number of saved bytes."""
    execute = connection.execute
    saved = 0
    records = execute(
        "SELECT record.id, record.body FROM identifier JOIN record USING (identifier)"
        " WHERE identifier.paper = ? AND NOT record.pruned"
        " AND NOT EXISTS (SELECT 1 FROM shown_paper WHERE base = record.id)",
        (key,),
    ).fetchall()
    for number, body in records:
        short = without_texts(body)
        saved += len(body) - len(short)
        execute("UPDATE record SET body = ?, pruned = 1 WHERE id = ?", (short, number))
    title, packed = execute("SELECT title, body FROM paper WHERE key = ?", (key,)).fetchone()
    remaining = None if packed is None else without_texts(packed)
    saved += 0 if remaining is None else len(packed) - len(remaining)
    execute(
        "UPDATE paper SET body = ?, text = ?, known = known & ~? WHERE key = ?",
        (remaining, text_stamp(title, None), _TEXTS, key),
    )
    return saved


def compact(connection: Connection) -> None:
    """Return free space to the disk; raise `LibraryError` if there is too little to do so."""
    connection.execute("VACUUM")
