"""The reading lists: what readers made of papers, and which papers a profile's list has.

A paper without a row is queued: nothing is written until something is marked. What stands in the
file of a list is the business of `digest.library.list_files`.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from digest.library.snapshots import decode_pick
from digest.library.timestamps import to_moment_or_none, to_text
from digest.model.marks import Mark, Queued

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from digest.library.connection import Connection
    from digest.model import Pick

_FIELDS: Final = (
    "state", "state_at", "until", "starred", "star_at", "note", "note_at", "tags", "tags_at",
    "origin",
)  # fmt: skip
_COLUMNS: Final = ", ".join(f"mark.{name}" for name in _FIELDS)
_PUT: Final = (
    f"INSERT INTO mark (reader, paper, {', '.join(_FIELDS)}, profile, added, change)"  # noqa: S608 - names from this module
    f" SELECT ?, paper, {', '.join('?' * len(_FIELDS))}, ?, ?, ?"
    " FROM identifier WHERE identifier = ?"
    f" ON CONFLICT (reader, paper) DO UPDATE SET"
    f" {', '.join(f'{name} = excluded.{name}' for name in _FIELDS)},"
    " profile = coalesce(excluded.profile, profile), added = coalesce(excluded.added, added),"
    " change = excluded.change"
)


class Reading:
    """The marks of all readers, and the papers on the lists of all profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, reader: str, paper: str) -> Mark:
        """Return what the reader made of a paper, by whatever identifier; queued if nothing."""
        row = self._connection.execute(
            f"SELECT paper.id, {_COLUMNS} FROM identifier"  # noqa: S608 - as above
            " JOIN paper ON paper.key = identifier.paper JOIN mark ON mark.paper = paper.key"
            " WHERE identifier = ? AND reader = ?",
            (paper, reader),
        ).fetchone()
        return Mark(paper) if row is None else _to_mark(row)

    def marks(self, reader: str) -> dict[str, Mark]:
        """Return everything that the reader marked, by the paper's id."""
        rows = self._connection.execute(
            f"SELECT paper.id, {_COLUMNS} FROM mark"  # noqa: S608 - as above
            " JOIN paper ON paper.key = mark.paper WHERE reader = ? ORDER BY paper.id",
            (reader,),
        )
        return {row[0]: _to_mark(row) for row in rows}

    def put(
        self,
        reader: str,
        marks: Iterable[Mark],
        *,
        profile: str | None = None,
        day: date | None = None,
    ) -> None:
        """Note what the reader makes of papers; unknown papers are passed over.

        With `profile` the papers are on that profile's list, whatever its digests selected; with
        `day` they stand there as if of that day.
        """
        with self._connection.transaction():
            change = self.changed(reader) + 1
            self._connection.executemany(
                _PUT,
                (
                    (reader, *_to_row(mark), profile, _day_text(day), change, mark.paper)
                    for mark in marks
                ),
            )

    def changed(self, reader: str) -> int:
        """Return a number that grows with each change of the reader's marks; 0: none yet."""
        (change,) = self._connection.execute(
            "SELECT max(change) FROM mark WHERE reader = ?", (reader,)
        ).fetchone()
        return int(change or 0)

    def not_offered(self, reader: str) -> frozenset[str]:
        """Return the ids of the papers that no digest of this reader offers any more."""
        return frozenset(paper for paper, mark in self.marks(reader).items() if not mark.offered)

    def wake(self, reader: str, today: date) -> None:
        """Let what is snoozed until this day or an earlier one wait again, as if of its day."""
        rows = self._connection.execute(
            f"SELECT paper.id, {_COLUMNS} FROM mark JOIN paper ON paper.key = mark.paper"  # noqa: S608 - as above
            " WHERE state = 'snoozed' AND until <= ? AND reader = ?",
            (today.isoformat(), reader),
        )
        for mark in map(_to_mark, rows.fetchall()):
            woken = mark._replace(state="queued", until=None)
            self.put(reader, [woken], day=mark.until)

    def newest(self, profile: str) -> int:
        """Return the number of the profile's last digest; 0 before the first."""
        (digest,) = self._connection.execute(
            "SELECT max(id) FROM digest WHERE profile = ?", (profile,)
        ).fetchone()
        return int(digest or 0)

    def revised(self, profile: str) -> int:
        """Return the number of the last dump that changed a paper added to the profile's list."""
        (dump,) = self._connection.execute(
            "SELECT max(revision) FROM mark JOIN paper ON paper.key = mark.paper"
            " WHERE mark.profile = ?",
            (profile,),
        ).fetchone()
        return int(dump or 0)

    def queue(self, profile: str, reader: str) -> tuple[Queued, ...]:
        """Return what the profile's digests selected or a person added, with the reader's marks.

        The newest day first, by which a paper counts that was put back; of one day what was added,
        then its digests, the last one first, each in its own order. What is done or dropped is
        among them.
        """
        selected = self._connection.execute(
            f"SELECT paper.id, {_COLUMNS}, max(digest.day, coalesce(mark.added, '')),"  # noqa: S608 - as above
            " digest.id, position, section, json_extract(snapshot, '$.score') FROM entry"
            " JOIN digest ON digest.id = entry.digest JOIN paper ON paper.key = entry.paper"
            " LEFT JOIN mark ON mark.paper = entry.paper AND mark.reader = ?"
            " WHERE entry.profile = ?",
            (reader, profile),
        )
        added = self._connection.execute(
            f"SELECT paper.id, {_COLUMNS}, mark.added, NULL, 0, '', 0"  # noqa: S608 - as above
            " FROM mark JOIN paper ON paper.key = mark.paper"
            " WHERE mark.profile = ? AND reader = ?",
            (profile, reader),
        )
        # A paper that turned out to be another, or was added and then selected, stands once.
        rows = {row[0]: row for row in (*added, *selected)}
        ordered = sorted(rows.values(), key=_place, reverse=True)
        return tuple(_to_queued(profile, row) for row in ordered)

    def picks(self, profile: str, papers: Iterable[str]) -> dict[str, Pick]:
        """Return the picks that delivered these papers to the profile, by the papers' ids."""
        rows = self._connection.execute(
            "SELECT id, snapshot FROM paper JOIN entry ON entry.paper = key"
            " WHERE profile = ? AND id IN (SELECT value FROM json_each(?))",
            (profile, json.dumps(list(papers))),
        )
        return {paper: decode_pick(snapshot) for paper, snapshot in rows}


def hand_over(connection: Connection, absorbed: int, key: int) -> None:
    """Give the marks of a paper to the one that it turned out to be, by their keys.

    Of what was said of both, the later word counts; notes and tags of both are kept.
    """
    rows = connection.execute(
        f"SELECT reader, {_COLUMNS}, profile, added FROM mark WHERE paper = ?",  # noqa: S608 - as above
        (absorbed,),
    ).fetchall()
    for reader, *fields, profile, added in rows:
        own = connection.execute(
            f"SELECT {_COLUMNS} FROM mark WHERE paper = ? AND reader = ?",  # noqa: S608 - as above
            (key, reader),
        ).fetchone()
        mark = _to_mark(("", *fields))
        if own is not None:
            mark = _joined(_to_mark(("", *own)), mark)
        (identifier,) = connection.execute("SELECT id FROM paper WHERE key = ?", (key,)).fetchone()
        Reading(connection).put(
            reader,
            [mark._replace(paper=identifier)],
            profile=profile,
            day=None if added is None else date.fromisoformat(added),
        )
    connection.execute("DELETE FROM mark WHERE paper = ?", (absorbed,))
    connection.execute("UPDATE OR IGNORE listed SET paper = ? WHERE paper = ?", (key, absorbed))
    connection.execute("DELETE FROM listed WHERE paper = ?", (absorbed,))


def _joined(one: Mark, other: Mark) -> Mark:
    state = max(one, other, key=lambda mark: _when(mark.state_at))
    star = max(one, other, key=lambda mark: _when(mark.star_at))
    notes = [note for note in dict.fromkeys((one.note, other.note)) if note]
    return one._replace(
        state=state.state,
        state_at=state.state_at,
        until=state.until,
        starred=star.starred,
        star_at=star.star_at,
        note="\n\n".join(notes),
        note_at=max((one.note_at, other.note_at), key=_when),
        tags=tuple(sorted({*one.tags, *other.tags})),
        tags_at=max((one.tags_at, other.tags_at), key=_when),
    )


def _when(moment: datetime | None) -> str:
    return "" if moment is None else to_text(moment)


def _to_row(mark: Mark) -> tuple[object, ...]:
    """Return the values of `_FIELDS`."""
    return (
        mark.state,
        _moment_text(mark.state_at),
        _day_text(mark.until),
        mark.starred,
        _moment_text(mark.star_at),
        mark.note,
        _moment_text(mark.note_at),
        json.dumps(mark.tags, ensure_ascii=False) if mark.tags else None,
        _moment_text(mark.tags_at),
        mark.origin,
    )


def _to_mark(row: Sequence[Any]) -> Mark:
    """Return the mark of a paper's id and the values of `_FIELDS`, which are NULL for none."""
    paper, state, state_at, until, starred, star_at, note, note_at, tags, tags_at, origin = row
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
    )


_MARKED: Final = len(_FIELDS) + 1
"""Values of a row of `queue` that make the mark."""


def _place(row: Sequence[Any]) -> tuple[str, bool, int, int]:
    day, digest, position, *_ = row[_MARKED:]
    return day, digest is None, digest or 0, -position


def _to_queued(profile: str, row: Sequence[Any]) -> Queued:
    day, digest, _, rule, score = row[_MARKED:]
    return Queued(
        paper=row[0],
        profile=profile,
        day=date.fromisoformat(day),
        digest=digest,
        rule=rule,
        score=float(score or 0),
        mark=_to_mark(row[:_MARKED]),
    )


def _moment_text(moment: datetime | None) -> str | None:
    return None if moment is None else to_text(moment)


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
