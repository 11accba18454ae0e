"""Readers' marks on papers: status, star, note and tags (table `mark`).

A paper without a row is undecided: nothing is stored until it is marked.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.library.timestamps import to_moment_or_none, to_text
from digest.library.undo import remember, take_back
from digest.model.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from digest.library.connection import Connection

FIELDS: Final = (
    "state", "state_at", "until", "starred", "star_at", "note", "note_at", "tags", "tags_at",
    "origin", "quiet",
)  # fmt: skip
COLUMNS: Final = ", ".join(f"mark.{name}" for name in FIELDS)
_PUT: Final = (
    f"INSERT INTO mark (reader, paper, {', '.join(FIELDS)}, profile, added, change)"  # noqa: S608 - names from this module
    f" SELECT ?, paper, {', '.join('?' * len(FIELDS))}, ?, ?, ?"
    " FROM identifier WHERE identifier = ?"
    f" ON CONFLICT (reader, paper) DO UPDATE SET"
    f" {', '.join(f'{name} = excluded.{name}' for name in FIELDS)},"
    " profile = coalesce(excluded.profile, profile), added = coalesce(excluded.added, added),"
    " change = excluded.change"
)
KEYS: Final = "(SELECT paper FROM identifier WHERE identifier IN (SELECT value FROM json_each(?)))"


class DecisionCounts(Struct, frozen=True):
    """A reader's decisions on the papers of one rule."""

    papers: int
    starred: int
    dropped: int


class Marks:
    """The marks of all readers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, reader: str, paper: str) -> Mark:
        """Return the reader's mark of a paper, by any of its identifiers; queued by default."""
        row = self._connection.execute(
            f"SELECT paper.id, {COLUMNS} FROM identifier"  # noqa: S608 - as above
            " JOIN paper ON paper.key = identifier.paper JOIN mark ON mark.paper = paper.key"
            " WHERE identifier = ? AND reader = ?",
            (paper, reader),
        ).fetchone()
        return Mark(paper) if row is None else to_mark(row)

    def of(self, reader: str, papers: Iterable[str] | None = None) -> dict[str, Mark]:
        """Return the reader's marks by the papers' ids: all, or those of `papers`."""
        only, values = "", [reader]
        if papers is not None:
            only, values = f" AND mark.paper IN {KEYS}", [reader, json.dumps(list(papers))]
        rows = self._connection.execute(
            f"SELECT paper.id, {COLUMNS} FROM mark"  # noqa: S608 - as above
            f" JOIN paper ON paper.key = mark.paper WHERE reader = ?{only} ORDER BY paper.id",
            values,
        )
        return {row[0]: to_mark(row) for row in rows}

    def changed_since(self, reader: str, change: int) -> frozenset[str]:
        """Return the papers whose marks changed after this value of `changed`."""
        rows = self._connection.execute(
            "SELECT paper.id FROM mark JOIN paper ON paper.key = mark.paper"
            " WHERE reader = ? AND change > ?",
            (reader, change),
        )
        return frozenset(paper for (paper,) in rows)

    def put(
        self,
        reader: str,
        marks: Iterable[Mark],
        *,
        profile: str | None = None,
        day: date | None = None,
        undoable: bool = False,
    ) -> None:
        """Store marks; unknown papers are skipped.

        With `profile` the papers are on that profile's list, even if no digest of it selected them;
        with `day` they are there as if of that day. All marks of one call are one change, which
        `undo` undoes if it is `undoable`.
        """
        marks = tuple(marks)
        with self._connection.transaction():
            change = self.changed(reader) + 1
            if undoable and marks:
                remember(self._connection, reader, change, [mark.paper for mark in marks])
            self._connection.executemany(
                _PUT,
                (
                    (reader, *_to_row(mark), profile, day_text(day), change, mark.paper)
                    for mark in marks
                ),
            )

    def changed(self, reader: str) -> int:
        """Return a number that grows with each change of the reader's marks; 0: none yet."""
        (change,) = self._connection.execute(
            "SELECT max(change) FROM mark WHERE reader = ?", (reader,)
        ).fetchone()
        return int(change or 0)

    def undo(self, reader: str, change: int | None = None) -> tuple[str, ...]:
        """Undo the reader's last change, or the one with this number; return its papers.

        Return none if there is nothing to undo.
        """
        return take_back(self._connection, reader, self.changed(reader) + 1, change)

    def decided_of(self, profiles: Iterable[str], reader: str, rule: str) -> DecisionCounts:
        """Count the reader's decisions on the papers of a rule's section."""
        row = self._connection.execute(
            "SELECT count(DISTINCT entry.paper), count(DISTINCT iif(starred, entry.paper, NULL)),"
            " count(DISTINCT iif(state = 'dropped', entry.paper, NULL)) FROM entry"
            " LEFT JOIN mark ON mark.paper = entry.paper AND mark.reader = ?"
            " WHERE entry.profile IN (SELECT value FROM json_each(?)) AND section = ?",
            (reader, json.dumps(list(profiles)), rule),
        ).fetchone()
        return DecisionCounts(*row)

    def not_offered(self, reader: str, papers: Iterable[str] | None = None) -> frozenset[str]:
        """Return those of `papers`, or of all, that no digest offers to this reader any more."""
        marks = self.of(reader, papers)
        return frozenset(paper for paper, mark in marks.items() if not mark.offered)

    def unsnooze(self, reader: str, today: date) -> None:
        """Return papers that are snoozed until this day or earlier to the inbox."""
        rows = self._connection.execute(
            f"SELECT paper.id, {COLUMNS} FROM mark JOIN paper ON paper.key = mark.paper"  # noqa: S608 - as above
            " WHERE state = 'snoozed' AND until <= ? AND reader = ?",
            (today.isoformat(), reader),
        )
        for mark in map(to_mark, rows.fetchall()):
            back = replace(mark, state="queued", state_at=None, until=None)
            self.put(reader, [back], day=mark.until)


def merge_marks(connection: Connection, absorbed: int, key: int) -> None:
    """Merge the marks of a paper into the paper that it turned out to be, by their keys.

    The later value counts; notes and tags of both are kept.
    """
    rows = connection.execute(
        f"SELECT reader, {COLUMNS}, profile, added FROM mark WHERE paper = ?",  # noqa: S608 - as above
        (absorbed,),
    ).fetchall()
    for reader, *fields, profile, added in rows:
        row = connection.execute(
            f"SELECT {COLUMNS} FROM mark WHERE paper = ? AND reader = ?",  # noqa: S608 - as above
            (key, reader),
        ).fetchone()
        mark = to_mark(("", *fields))
        if row is not None:
            mark = _joined(to_mark(("", *row)), mark)
        (identifier,) = connection.execute("SELECT id FROM paper WHERE key = ?", (key,)).fetchone()
        Marks(connection).put(
            reader,
            [replace(mark, paper=identifier)],
            profile=profile,
            day=None if added is None else date.fromisoformat(added),
        )
    connection.execute("DELETE FROM mark WHERE paper = ?", (absorbed,))
    connection.execute("UPDATE OR IGNORE undo SET paper = ? WHERE paper = ?", (key, absorbed))
    connection.execute("DELETE FROM undo WHERE paper = ?", (absorbed,))
    connection.execute("UPDATE OR IGNORE listed SET paper = ? WHERE paper = ?", (key, absorbed))
    connection.execute("DELETE FROM listed WHERE paper = ?", (absorbed,))


def _joined(first: Mark, second: Mark) -> Mark:
    state = max(first, second, key=lambda mark: _sort_key(mark.state_at))
    star = max(first, second, key=lambda mark: _sort_key(mark.star_at))
    notes = [note for note in dict.fromkeys((first.note, second.note)) if note]
    return replace(
        first,
        state=state.state,
        state_at=state.state_at,
        until=state.until,
        quiet=state.quiet,
        starred=star.starred,
        star_at=star.star_at,
        note="\n\n".join(notes),
        note_at=max((first.note_at, second.note_at), key=_sort_key),
        tags=tuple(sorted({*first.tags, *second.tags})),
        tags_at=max((first.tags_at, second.tags_at), key=_sort_key),
    )


def _sort_key(moment: datetime | None) -> str:
    return "" if moment is None else to_text(moment)


def _to_row(mark: Mark) -> tuple[object, ...]:
    """Return the values of `FIELDS`."""
    return (
        mark.state,
        _moment_text(mark.state_at),
        day_text(mark.until),
        mark.starred,
        _moment_text(mark.star_at),
        mark.note,
        _moment_text(mark.note_at),
        json.dumps(mark.tags, ensure_ascii=False) if mark.tags else None,
        _moment_text(mark.tags_at),
        mark.origin,
        mark.quiet,
    )


def to_mark(row: Sequence[Any]) -> Mark:
    """Return the mark of a row: a paper's id and the values of `FIELDS`, NULL for none."""
    paper, state, state_at, until, starred, star_at, note, note_at, tags, tags_at, *rest = row
    origin, quiet = rest
    if state is None:
        return Mark(paper)
    return Mark(
        paper=paper,
        state=state,
        state_at=to_moment_or_none(state_at),
        until=None if until is None else date.fromisoformat(until),
        starred=bool(starred),
        star_at=to_moment_or_none(star_at),
        note=note,
        note_at=to_moment_or_none(note_at),
        tags=tuple(json.loads(tags)) if tags else (),
        tags_at=to_moment_or_none(tags_at),
        origin=origin,
        quiet=bool(quiet),
    )


def _moment_text(moment: datetime | None) -> str | None:
    return None if moment is None else to_text(moment)


def day_text(day: date | None) -> str | None:
    """Return a day as the library stores it."""
    return None if day is None else day.isoformat()
