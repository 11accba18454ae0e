"""The last changes of marks, so that they can be undone (table `undo`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.library.connection import Connection

KEPT: Final = 100
"""Number of changes of one reader that can be undone."""

_COLUMNS: Final = (
    "state", "state_at", "until", "starred", "star_at", "note", "note_at", "tags", "tags_at",
    "origin", "quiet", "profile", "added",
)  # fmt: skip
_UNMARKED: Final = ("queued", None, None, 0, None, "", None, None, None, "digest", 0, None, None)
"""The value of a paper without a mark. Its row stays: the file has to follow the change."""
_RESTORE: Final = (
    f"UPDATE mark SET {', '.join(f'{name} = ?' for name in _COLUMNS)}, change = ?"  # noqa: S608 - names from this module
    " WHERE reader = ? AND paper = ?"
)


def remember(connection: Connection, reader: str, change: int, papers: Iterable[str]) -> None:
    """Store the marks of papers before the change with this number."""
    values = ", ".join(f"mark.{name}" for name in _COLUMNS)
    connection.execute(
        "INSERT OR IGNORE INTO undo SELECT ?, ?, identifier.paper,"  # noqa: S608 - as above
        f" CASE WHEN mark.paper IS NOT NULL THEN json_array({values}) END"
        " FROM identifier LEFT JOIN mark ON mark.paper = identifier.paper AND mark.reader = ?"
        " WHERE identifier IN (SELECT value FROM json_each(?))",
        (reader, change, reader, json.dumps(list(papers))),
    )
    connection.execute(
        "DELETE FROM undo WHERE reader = ?1 AND change <= coalesce((SELECT change FROM"
        " (SELECT DISTINCT change FROM undo WHERE reader = ?1) ORDER BY change DESC"
        " LIMIT 1 OFFSET ?2), 0)",
        (reader, KEPT),
    )


def take_back(
    connection: Connection, reader: str, change: int, last: int | None = None
) -> tuple[str, ...]:
    """Restore the marks before change number `last`, as change number `change`.

    By default the last change that can be undone. Return the papers.
    """
    with connection.transaction():
        if last is None:
            (last,) = connection.execute(
                "SELECT max(change) FROM undo WHERE reader = ?", (reader,)
            ).fetchone()
        rows = connection.execute(
            "SELECT undo.paper, id, before FROM undo LEFT JOIN paper ON paper.key = undo.paper"
            " WHERE reader = ? AND change = ? ORDER BY id",
            (reader, last),
        ).fetchall()
        for key, _, before in rows:
            values = _UNMARKED if before is None else json.loads(before)
            connection.execute(_RESTORE, (*values, change, reader, key))
        connection.execute("DELETE FROM undo WHERE reader = ? AND change = ?", (reader, last))
    return tuple(paper for _, paper, _ in rows if paper is not None)
