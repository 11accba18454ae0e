"""Queries of the site and its feeds: digests, the entries of rules and papers, stars and tags.

Only reads. Each query for one more day costs what that day brought, not the history.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import astuple

from digest.library.digests import StoredDigest, StoredEntry, to_digest, to_entry
from digest.library.paper_history import Sighting, sightings_of
from digest.library.snapshots import PICK
from digest.library.timestamps import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.library.connection import Connection

_ENTRY: Final = f"paper.id, section, kind, {PICK}, entry.selected_at, day, number, entry.position"
_DIGEST: Final = "digest.id, digest.profile, day, number, created, payload"
_OF_RULE: Final = (
    f"SELECT {_ENTRY} FROM entry_rule"  # noqa: S608 - names of our own
    " CROSS JOIN entry ON entry.digest = entry_rule.digest"
    " AND entry.position = entry_rule.position"
    " CROSS JOIN digest ON digest.id = entry.digest"
    " CROSS JOIN paper ON paper.key = entry.paper"
    " WHERE entry_rule.rule = ?"
)


class DigestCount(Struct, frozen=True):
    """A digest and how many papers it has."""

    id: int
    profile: str
    day: date
    number: int
    papers: int


class MarkedPaper(Struct, frozen=True):
    """A paper that a reader starred or tagged, and when."""

    paper: str
    at: datetime
    """Aware, in UTC."""
    entry: StoredEntry | None
    """The entry that delivered it first; None if no digest did."""


class UpvotedPaper(Struct, frozen=True):
    """A delivered paper with its upvotes."""

    paper: str
    title: str
    day: date
    """Day of its first digest since the given day."""
    upvotes: int


class LibraryState(Struct, frozen=True):
    """How far the library has come."""

    digest: int
    dump: int


class SiteQueries:
    """Queries of the site."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen(self) -> LibraryState:
        """Return the numbers of the newest digest and the newest dump; 0 for none."""
        row = self._connection.execute(
            "SELECT coalesce((SELECT max(id) FROM digest), 0),"
            " coalesce((SELECT max(id) FROM dump), 0)"
        ).fetchone()
        return LibraryState(*row)

    def digests(self) -> tuple[DigestCount, ...]:
        """Return all digests, oldest first."""
        rows = self._connection.execute(
            "SELECT id, profile, day, number,"
            " (SELECT count(*) FROM entry WHERE entry.digest = digest.id)"
            " FROM digest ORDER BY id"
        )
        return tuple(
            DigestCount(number, profile, date.fromisoformat(day), count, papers)
            for number, profile, day, count, papers in rows
        )

    def digest(self, number: int) -> StoredDigest:
        """Return the digest with that number; raise `KeyError` if there is none."""
        row = self._connection.execute(
            f"SELECT {_DIGEST} FROM digest WHERE id = ?",  # noqa: S608 - names of our own
            (number,),
        ).fetchone()
        if row is None:
            raise KeyError(number)
        return to_digest(row)

    # --- papers ---------------------------------------------------------------------------------

    def papers(self) -> tuple[str, ...]:
        """Return the ids of all papers that a digest delivered."""
        rows = self._connection.execute(
            "SELECT id FROM paper WHERE key IN (SELECT paper FROM entry) ORDER BY key"
        )
        return tuple(paper for (paper,) in rows)

    def changed_papers(self, since: LibraryState) -> frozenset[str]:
        """Return the delivered papers that digests delivered or dumps showed after `since`."""
        rows = self._connection.execute(
            "SELECT id FROM paper WHERE key IN ("
            " SELECT paper FROM entry WHERE digest > ?"
            " UNION SELECT identifier.paper FROM sighting"
            " JOIN record ON record.id = sighting.record"
            " JOIN identifier ON identifier.identifier = record.identifier"
            " WHERE sighting.dump > ? AND EXISTS"
            " (SELECT 1 FROM entry WHERE entry.paper = identifier.paper))",
            astuple(since),
        )
        return frozenset(paper for (paper,) in rows)

    def entries_of(self, papers: Iterable[str]) -> dict[str, tuple[tuple[str, StoredEntry], ...]]:
        """Return the entries that delivered these papers, with their profiles, oldest first."""
        entries_by_paper: defaultdict[str, list[tuple[str, StoredEntry]]] = defaultdict(list)
        rows = self._connection.execute(
            f"SELECT entry.profile, {_ENTRY} FROM json_each(?) AS wanted"  # noqa: S608 - as above
            " CROSS JOIN paper ON paper.id = wanted.value"
            " CROSS JOIN entry ON entry.paper = paper.key"
            " CROSS JOIN digest ON digest.id = entry.digest ORDER BY digest.id",
            (json.dumps(list(papers)),),
        )
        for profile, *row in rows:
            entry = to_entry(row)
            entries_by_paper[entry.paper].append((profile, entry))
        return {paper: tuple(entries) for paper, entries in entries_by_paper.items()}

    def days_of(self, papers: Iterable[str]) -> dict[str, date]:
        """Return the day of each paper's first digest."""
        rows = self._connection.execute(
            "SELECT paper.id, min(day) FROM json_each(?) AS wanted"
            " CROSS JOIN paper ON paper.id = wanted.value"
            " CROSS JOIN entry ON entry.paper = paper.key"
            " CROSS JOIN digest ON digest.id = entry.digest GROUP BY paper.key",
            (json.dumps(list(papers)),),
        )
        return {paper: date.fromisoformat(day) for paper, day in rows}

    def rules_of(self, papers: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the rules that selected each paper."""
        rules_by_paper: defaultdict[str, dict[str, None]] = defaultdict(dict)
        rows = self._connection.execute(
            "SELECT paper.id, json_extract(chosen.value, '$.rule') FROM json_each(?) AS wanted"
            " CROSS JOIN paper ON paper.id = wanted.value"
            " CROSS JOIN entry ON entry.paper = paper.key,"
            " json_each(entry.snapshot, '$.rules') AS chosen",
            (json.dumps(list(papers)),),
        )
        for paper, rule in rows:
            rules_by_paper[paper][rule] = None
        return {paper: tuple(rules) for paper, rules in rules_by_paper.items()}

    def months(self) -> dict[str, tuple[str, ...]]:
        """Return the papers by the month of their first digest: `2026-01` → ids."""
        rows = self._connection.execute(
            "SELECT paper.id, substr(min(day), 1, 7) FROM entry"
            " JOIN digest ON digest.id = entry.digest JOIN paper ON paper.key = entry.paper"
            " GROUP BY paper.key ORDER BY paper.key"
        )
        months: defaultdict[str, list[str]] = defaultdict(list)
        for paper, month in rows:
            months[month].append(paper)
        return {month: tuple(papers) for month, papers in months.items()}

    def sightings_of(self, papers: Iterable[str]) -> dict[str, tuple[Sighting, ...]]:
        """Return when and where dumps showed these papers, oldest first."""
        return sightings_of(self._connection, papers)

    def titles_since(self, day: date) -> tuple[tuple[date, str], ...]:
        """Return the first day and the title of each paper first seen on that day or later."""
        rows = self._connection.execute(
            "SELECT first_seen, title FROM paper WHERE first_seen >= ? ORDER BY key",
            (day.isoformat(),),
        )
        return tuple((date.fromisoformat(first), title) for first, title in rows)

    def papers_between(self, first: date, last: date, most: int) -> tuple[str, ...]:
        """Return the ids of the last `most` papers first seen on these days, newest first."""
        rows = self._connection.execute(
            "SELECT id FROM paper WHERE first_seen BETWEEN ? AND ?"
            " ORDER BY first_seen DESC, key DESC LIMIT ?",
            (first.isoformat(), last.isoformat(), most),
        )
        return tuple(paper for (paper,) in rows)

    def last_day(self) -> date | None:
        """Return the day on which the newest papers were first seen."""
        (day,) = self._connection.execute("SELECT max(first_seen) FROM paper").fetchone()
        return None if day is None else date.fromisoformat(day)

    def came(self, first: date, last: date) -> int:
        """Return how many papers were first seen from one day to another."""
        (papers,) = self._connection.execute(
            "SELECT count(*) FROM paper WHERE first_seen BETWEEN ? AND ?",
            (first.isoformat(), last.isoformat()),
        ).fetchone()
        return int(papers)

    def new_by_source(self, since: date) -> dict[str, int]:
        """Return how many new papers each source brought since a day, the most first."""
        rows = self._connection.execute(
            "SELECT source, sum(new_papers) AS papers FROM dump"
            " JOIN (SELECT DISTINCT dump, source FROM dump_name) AS named ON named.dump = dump.id"
            " WHERE coalesce(day, read_on) >= ? GROUP BY source HAVING papers > 0"
            " ORDER BY papers DESC, source",
            (since.isoformat(),),
        )
        return dict(rows.fetchall())

    def most_upvoted(self, since: date, most: int) -> tuple[UpvotedPaper, ...]:
        """Return the papers with most upvotes of the digests since a day."""
        rows = self._connection.execute(
            "SELECT paper.id, title, min(day), upvotes FROM digest"
            " CROSS JOIN entry ON entry.digest = digest.id"
            " CROSS JOIN paper ON paper.key = entry.paper"
            " WHERE day >= ? AND upvotes > 0 GROUP BY paper.key"
            " ORDER BY upvotes DESC, paper.key LIMIT ?",
            (since.isoformat(), most),
        )
        return tuple(
            UpvotedPaper(paper, title, date.fromisoformat(day), upvotes)
            for paper, title, day, upvotes in rows
        )

    # --- rules ----------------------------------------------------------------------------------

    def rules(self) -> dict[str, int]:
        """Return the rules that selected anything, each with its number of papers."""
        rows = self._connection.execute(
            "SELECT rule, count(*) FROM entry_rule GROUP BY rule ORDER BY rule"
        )
        return dict(rows.fetchall())

    def rule_counts(self, rules: Iterable[str], first: date, before: date) -> dict[str, int]:
        """Return how many papers each rule selected from `first` on, before `before`."""
        rows = self._connection.execute(
            "SELECT rule, count(DISTINCT entry.paper) FROM json_each(?) AS wanted"
            " CROSS JOIN entry_rule ON rule = wanted.value AND entry_rule.selected_at >= ?"
            " CROSS JOIN digest ON digest.id = entry_rule.digest AND day >= ? AND day < ?"
            " CROSS JOIN entry ON entry.digest = entry_rule.digest"
            " AND entry.position = entry_rule.position GROUP BY rule",
            (json.dumps(list(rules)), _day_before(first), first.isoformat(), before.isoformat()),
        )
        return dict(rows.fetchall())

    def changed_rules(self, digest: int) -> frozenset[str]:
        """Return the rules that selected papers of later digests than this."""
        rows = self._connection.execute(
            "SELECT DISTINCT json_extract(chosen.value, '$.rule') FROM entry,"
            " json_each(entry.snapshot, '$.rules') AS chosen WHERE entry.digest > ?",
            (digest,),
        )
        return frozenset(rule for (rule,) in rows if rule is not None)

    def of_rule(
        self, rule: str, *, at_least: int, since: datetime | None = None
    ) -> tuple[StoredEntry, ...]:
        """Return the newest entries that a rule selected: `at_least`, and all since a moment.

        A paper that several profiles got appears once, by its first entry among these.
        """
        rows = self._connection.execute(
            f"{_OF_RULE} ORDER BY entry_rule.selected_at DESC, entry_rule.digest DESC,"
            " entry_rule.position LIMIT ?",
            (rule, at_least),
        ).fetchall()
        if since is not None and len(rows) == at_least:
            rows = self._connection.execute(
                f"{_OF_RULE} AND entry_rule.selected_at >= ? ORDER BY"
                " entry_rule.selected_at DESC, entry_rule.digest DESC, entry_rule.position",
                (rule, min(to_text(since), rows[-1][5])),
            ).fetchall()
        first = {row[0]: row for row in rows}
        return tuple(to_entry(row) for row in rows if first[row[0]] is row)

    def newest_days(self, rules: Iterable[str]) -> dict[str, date]:
        """Return the day of each rule's last digest with a paper, for rules that selected any."""
        rows = self._connection.execute(
            "SELECT wanted.value, (SELECT day FROM entry_rule"
            " JOIN digest ON digest.id = entry_rule.digest WHERE rule = wanted.value"
            " ORDER BY entry_rule.selected_at DESC LIMIT 1) FROM json_each(?) AS wanted",
            (json.dumps(list(rules)),),
        )
        return {rule: date.fromisoformat(day) for rule, day in rows if day is not None}

    def days_of_rule(self, rule: str, since: date) -> tuple[date, ...]:
        """Return the day of each paper that a rule selected on that day or later."""
        rows = self._connection.execute(
            "SELECT day FROM entry_rule CROSS JOIN digest ON digest.id = entry_rule.digest"
            " CROSS JOIN entry ON entry.digest = entry_rule.digest"
            " AND entry.position = entry_rule.position"
            " WHERE rule = ? AND entry_rule.selected_at >= ? AND day >= ? GROUP BY entry.paper",
            (rule, _day_before(since), since.isoformat()),
        )
        return tuple(date.fromisoformat(day) for (day,) in rows)

    # --- stars and tags ---------------------------------------------------------------------------

    def starred(self, reader: str) -> tuple[MarkedPaper, ...]:
        """Return what a reader starred, last first."""
        return self._marked("starred AND star_at IS NOT NULL", "star_at", (reader,))

    def tags(self, reader: str) -> tuple[str, ...]:
        """Return the tags of a reader."""
        rows = self._connection.execute(
            "SELECT DISTINCT value FROM mark, json_each(mark.tags)"
            " WHERE reader = ? AND tags IS NOT NULL ORDER BY value",
            (reader,),
        )
        return tuple(tag for (tag,) in rows)

    def tagged(self, reader: str, tag: str) -> tuple[MarkedPaper, ...]:
        """Return what a reader tagged so, last first."""
        return self._marked(
            "tags IS NOT NULL AND tags_at IS NOT NULL"
            " AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)",
            "tags_at",
            (reader, tag),
        )

    def _marked(self, condition: str, at: str, values: tuple[str, ...]) -> tuple[MarkedPaper, ...]:
        rows = self._connection.execute(
            f"SELECT paper.id, {at} FROM mark JOIN paper ON paper.key = mark.paper"  # noqa: S608 - as above
            f" WHERE reader = ? AND {condition} ORDER BY {at} DESC, paper.id LIMIT 100",
            values,
        ).fetchall()
        entries = self.entries_of(paper for paper, _ in rows)
        return tuple(
            MarkedPaper(
                paper,
                datetime.fromisoformat(moment),
                entries[paper][0][1] if paper in entries else None,
            )
            for paper, moment in rows
        )


def _day_before(day: date) -> str:
    """Return a day in UTC that no moment of `day` precedes, in whatever zone."""
    return date.fromordinal(day.toordinal() - 1).isoformat()
