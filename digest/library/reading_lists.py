"""Which papers are on the reading list of a profile, and in which order.

`digest.library.marks` stores readers' marks, `digest.library.list_files` the papers in the file of
a list.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from digest.library.marks import COLUMNS, FIELDS, KEYS, day_text, to_mark
from digest.library.snapshots import PICK, load_pick
from digest.model.marks import QueuedPaper

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.library.connection import Connection
    from digest.model import Pick


_PLACE: Final = (
    "max(digest.day, coalesce(mark.added, '')), digest.id, position, section,"
    " json_extract(snapshot, '$.score')"
)
_ADDED: Final = "mark.added, NULL, 0, '', 0"


class ReadingLists:
    """The papers on the lists of all profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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

    def queue(
        self, profile: str, reader: str, papers: Iterable[str] | None = None
    ) -> tuple[QueuedPaper, ...]:
        """Return all papers that the profile's digests selected or a person added to its list.

        Or only those of `papers`. Newest day first; a paper that was put back counts by that day.
        Within a day, added papers come first, then the digests, the last one first, in their order.
        Done and dropped papers are included.
        """
        only = entries = ""
        values: tuple[str, ...] = ()
        if papers is not None:
            values = (json.dumps(list(papers)),)
            only, entries = f" AND mark.paper IN {KEYS}", f" AND entry.paper IN {KEYS}"
        selected = self._connection.execute(
            f"SELECT paper.id, {COLUMNS}, {_PLACE} FROM entry"  # noqa: S608 - as above
            " JOIN digest ON digest.id = entry.digest JOIN paper ON paper.key = entry.paper"
            " LEFT JOIN mark ON mark.paper = entry.paper AND mark.reader = ?"
            f" WHERE entry.profile = ?{entries}",
            (reader, profile, *values),
        )
        added = self._connection.execute(
            f"SELECT paper.id, {COLUMNS}, {_ADDED} FROM mark"  # noqa: S608 - as above
            f" JOIN paper ON paper.key = mark.paper WHERE mark.profile = ? AND reader = ?{only}",
            (profile, reader, *values),
        )
        return _ordered(profile, added, selected)

    def waiting(self, profile: str, reader: str, cutoff: date | None) -> tuple[QueuedPaper, ...]:
        """Return the profile's papers to read and its inbox, in the order of `queue`.

        Undecided papers up to the day `cutoff` have left the inbox; None: none has. The cost grows
        with the list and the inbox, not with the number of papers ever selected.
        """
        after = day_text(cutoff) or ""
        undecided = self._connection.execute(
            f"SELECT paper.id, {COLUMNS}, {_PLACE} FROM digest"  # noqa: S608 - as above
            " CROSS JOIN entry ON entry.digest = digest.id JOIN paper ON paper.key = entry.paper"
            " LEFT JOIN mark ON mark.paper = entry.paper AND mark.reader = ?"
            " WHERE digest.profile = ? AND digest.day > ? AND mark.state IS NULL",
            (reader, profile, after),
        )
        chosen = self._connection.execute(
            f"SELECT paper.id, {COLUMNS}, {_PLACE} FROM mark"  # noqa: S608 - as above
            " CROSS JOIN entry ON entry.paper = mark.paper AND entry.profile = ?"
            " JOIN digest ON digest.id = entry.digest JOIN paper ON paper.key = entry.paper"
            " WHERE mark.reader = ? AND mark.state IN ('queued', 'reading')",
            (profile, reader),
        )
        added = self._connection.execute(
            f"SELECT paper.id, {COLUMNS}, {_ADDED} FROM mark"  # noqa: S608 - as above
            " JOIN paper ON paper.key = mark.paper"
            " WHERE mark.profile = ? AND reader = ? AND state IN ('queued', 'reading')",
            (profile, reader),
        )
        queue = _ordered(profile, added, undecided, chosen)
        return tuple(queued for queued in queue if queued.place(cutoff) is not None)

    def order_of(self, profile: str, reader: str, days: Iterable[date]) -> tuple[str, ...]:
        """Return the papers of these days' digests, in the order of `queue`."""
        rows = self._connection.execute(
            f"SELECT paper.id, {COLUMNS}, {_PLACE} FROM digest"  # noqa: S608 - as above
            " CROSS JOIN entry ON entry.digest = digest.id JOIN paper ON paper.key = entry.paper"
            " LEFT JOIN mark ON mark.paper = entry.paper AND mark.reader = ?"
            " WHERE digest.profile = ? AND digest.day IN (SELECT value FROM json_each(?))",
            (reader, profile, json.dumps([day.isoformat() for day in sorted(days)])),
        )
        return tuple(queued.paper for queued in _ordered(profile, rows))

    def left_inbox_between(
        self, profile: str, reader: str, first: date | None, last: date
    ) -> frozenset[str]:
        """Return papers that left the inbox after the day `first`, up to the day `last`.

        Some of them may have been decided since.
        """
        span = day_text(first) or "", last.isoformat()
        rows = self._connection.execute(
            "SELECT paper.id FROM digest CROSS JOIN entry ON entry.digest = digest.id"
            " JOIN paper ON paper.key = entry.paper"
            " WHERE digest.profile = ? AND digest.day > ? AND digest.day <= ?"
            " UNION SELECT paper.id FROM mark JOIN paper ON paper.key = mark.paper"
            " WHERE reader = ? AND state IN ('queued', 'reading') AND added > ? AND added <= ?",
            (profile, *span, reader, *span),
        )
        return frozenset(paper for (paper,) in rows)

    def selected_since(self, profile: str, digest: int) -> frozenset[str]:
        """Return the papers of the profile's digests after the one with this number."""
        rows = self._connection.execute(
            "SELECT paper.id FROM digest CROSS JOIN entry ON entry.digest = digest.id"
            " JOIN paper ON paper.key = entry.paper WHERE digest.profile = ? AND digest.id > ?",
            (profile, digest),
        )
        return frozenset(paper for (paper,) in rows)

    def revised_since(self, profile: str, dump: int) -> frozenset[str]:
        """Return the papers added to the profile's list that dumps after this one changed."""
        rows = self._connection.execute(
            "SELECT paper.id FROM mark JOIN paper ON paper.key = mark.paper"
            " WHERE mark.profile = ? AND revision > ?",
            (profile, dump),
        )
        return frozenset(paper for (paper,) in rows)

    def picks(self, profile: str, papers: Iterable[str]) -> dict[str, Pick]:
        """Return the picks that delivered these papers to the profile, by the papers' ids."""
        stored = self.stored_picks(profile, papers).items()
        return {paper: load_pick(snapshot, body) for paper, (snapshot, body) in stored}

    def stored_picks(
        self, profile: str, papers: Iterable[str]
    ) -> dict[str, tuple[str, bytes | None]]:
        """Return what `load_pick` takes to load the picks of `picks`."""
        rows = self._connection.execute(
            f"SELECT id, {PICK} FROM paper CROSS JOIN entry ON entry.paper = key"  # noqa: S608 - a constant
            " WHERE profile = ? AND id IN (SELECT value FROM json_each(?))",
            (profile, json.dumps(list(papers))),
        )
        return {paper: (snapshot, body) for paper, snapshot, body in rows}


_MARKED: Final = len(FIELDS) + 1
"""Values of a row of `queue` that form the mark."""


def _ordered(profile: str, *queries: Iterable[Sequence[Any]]) -> tuple[QueuedPaper, ...]:
    """Return the rows of several queries, of which later ones win, in the order of the list."""
    # A paper that turned out to be another, or was added and then selected, appears once.
    rows = {row[0]: row for rows in queries for row in rows}
    ordered = sorted(rows.values(), key=_place, reverse=True)
    return tuple(_to_queued(profile, row) for row in ordered)


def _place(row: Sequence[Any]) -> tuple[str, bool, int, int]:
    day, digest, position, *_ = row[_MARKED:]
    return day, digest is None, digest or 0, -position


def _to_queued(profile: str, row: Sequence[Any]) -> QueuedPaper:
    day, digest, _, rule, score = row[_MARKED:]
    return QueuedPaper(
        paper=row[0],
        profile=profile,
        day=date.fromisoformat(day),
        digest=digest,
        rule=rule,
        score=float(score or 0),
        mark=to_mark(row[:_MARKED]),
    )
