"""Update the papers with the records that a dump has added.

SQL narrows: it finds everything that is linked to the changed records. `digest.identity` and
`digest.library.stable_ids` decide which records are one paper, and what the paper is. Work is done
in independent pieces, so that memory does not grow with the dump; each paper is computed once per
dump, however often the dump names it.

Most records of most dumps are linked to no other: each is a new paper, which is written with the
record. The others wait until all records of the dump are stored.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from digest.identity import (
    Evidence,
    Keys,
    PaperMerger,
    evidence_of,
    gather,
    is_title,
    plain_id,
)
from digest.library.marks import merge_marks
from digest.library.paper_rows import COLUMNS, SELECTED, sources_column, to_paper, to_row
from digest.library.records import decode
from digest.library.sightings import Sightings
from digest.library.stable_ids import SettledPaper, StoredPaper, settle

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence, Set

    from digest.library.connection import Connection
    from digest.library.prepare import PreparedRecord
    from digest.model import Paper

PIECE = 2_000
"""Records whose papers are computed together."""

# Records with the same arXiv identifier, DOI or title: in the order of the fields of `Keys`.
_COLUMNS = ("identifier", "doi", "title_id")
_OWN = "CASE WHEN coalesce(arxiv_id, doi) IS NULL THEN identifier ELSE '' END"
_LINKED = tuple(
    f"SELECT DISTINCT arxiv_id, doi, title_id, {_OWN} FROM record"  # noqa: S608 - names from here
    f" WHERE {column} IN (SELECT value FROM json_each(?))"
    for column in _COLUMNS
)
_KNOWN = tuple(
    f"SELECT DISTINCT {column} FROM record"  # noqa: S608 - names as above
    f" WHERE {column} IN (SELECT value FROM json_each(?))"
    for column in _COLUMNS
)

_INSERT = (
    f"INSERT INTO paper (key, revision, {', '.join(COLUMNS)})"  # noqa: S608 - names from our own class
    f" VALUES (?, ?, {', '.join('?' * len(COLUMNS))})"
)
_INSERT_LONE = (
    "INSERT INTO paper (key, revision, id, record, title, published, upvotes, text, known, sources,"
    " first_seen)"
)
_UPDATE = (
    f"UPDATE paper SET revision = ?, {', '.join(f'{name} = ?' for name in COLUMNS)}"  # noqa: S608
    " WHERE key = ?"
)
_PRESENT = (
    f"SELECT key, revision, {SELECTED} FROM paper"  # noqa: S608 - names as above
    " WHERE key IN (SELECT value FROM json_each(?))"
)
# CROSS: from the few settled papers to all that belongs to them, not the other way round
# (sqlite.org/optoverview.html, section 8.2).
_NEW = """
    WITH shown AS (
        SELECT settled.paper, sighting.dump FROM settled
        CROSS JOIN identifier ON identifier.paper = settled.paper
        CROSS JOIN record ON record.identifier = identifier.identifier
        CROSS JOIN sighting ON sighting.record = record.id
        WHERE settled.paper >= ?
    )
    SELECT count(*) FROM (
        SELECT paper FROM shown GROUP BY paper HAVING min(dump) = ? AND max(dump) = ?
    )
"""


class Clustering:
    """One pass over the papers of one dump, inside a transaction of the caller."""

    def __init__(self, connection: Connection, dump: int) -> None:
        """Begin with `dump`, which is stored except for its records."""
        self._connection = connection
        self._dump = dump
        self._sightings = Sightings(connection)
        self._first = self._last_key() + 1
        """Keys of new papers start here."""
        self._lone = range(0)
        """Keys of the papers that were written with their only record."""
        # Temporary tables go to disk when they are large.
        for table in ("pending (record", "settled (paper"):
            connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} INTEGER PRIMARY KEY)")
        connection.execute("DELETE FROM pending")
        connection.execute("DELETE FROM settled")

    def known_keys(self, records: Collection[PreparedRecord]) -> set[str]:
        """Return which keys of `records` the library has."""
        # Values of different kinds are never equal, so that one set is enough.
        known: set[str] = set()
        for position, sql in enumerate(_KNOWN):
            keys = [key for record in records if (key := record.keys[position]) is not None]
            known.update(key for (key,) in self._connection.execute(sql, (json.dumps(keys),)))
        return known

    def lone(self, new: Sequence[PreparedRecord], known: Set[str]) -> list[PreparedRecord]:
        """Return those of `new`, not stored yet, that share no key with each other or any record.

        `known` are the keys that the library has. Each record is an unknown paper; `gather` and
        `settle` would give the same result.
        """
        counts = Counter(chain.from_iterable(record.keys for record in new))
        del counts[None]
        shared = {key for key, count in counts.items() if count > 1} | known
        # An id may belong to a paper whose records no longer have this title id.
        owned = self._owners(json.dumps([record.public for record in new]))
        return [
            record
            for record in new
            if record.public not in owned and shared.isdisjoint(record.keys)
        ]

    def write_unlinked(self, lone: Sequence[PreparedRecord], records: Mapping[bytes, int]) -> None:
        """Write the papers of the records `lone`, now stored; `records` has their numbers."""
        facts = self._sightings.facts_of(self._dump)
        earliest, sources = facts.earliest.isoformat(), sources_column(facts.sources)
        first = self._last_key() + 1
        self._lone = range(self._lone.start or first, first + len(lone))
        self._connection.insert_many(
            _INSERT_LONE,
            [
                (
                    key,
                    self._dump,
                    record.public,
                    records[record.content],
                    *record.paper,
                    sources,
                    record.listed or earliest,
                )
                for key, record in enumerate(lone, start=first)
            ],
        )
        self._connection.insert_many(
            "INSERT INTO identifier (identifier, paper)",
            [
                (identifier, key)
                for key, record in enumerate(lone, start=first)
                for identifier in {record.identifier, record.public}
            ],
        )

    def defer(self, records: Iterable[int]) -> None:
        """Leave the papers of some records of the dump to `run`."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO pending VALUES (?)", ((record,) for record in records)
        )

    def defer_all(self) -> None:
        """Leave the papers of all records of the dump to `run`."""
        self._connection.execute(
            "INSERT OR IGNORE INTO pending SELECT record FROM sighting WHERE dump = ?",
            (self._dump,),
        )

    def run(self) -> None:
        """Compute every paper that a deferred record belongs to, or belonged to."""
        execute = self._connection.execute
        while piece := execute(
            f"SELECT arxiv_id, doi, title_id, {_OWN} FROM record"  # noqa: S608 - as above
            " WHERE id IN (SELECT record FROM pending ORDER BY record LIMIT ?)",
            (PIECE,),
        ).fetchall():
            self._work_out(self._linked({Keys(*row) for row in piece}))

    def new_papers(self) -> int:
        """Return how many papers this dump was the first to show.

        Papers written with their only record are new and are not examined again, unless a later
        record of the dump added to them.
        """
        (merged_papers,) = self._connection.execute(
            _NEW, (self._first, self._dump, self._dump)
        ).fetchone()
        (known_papers,) = self._connection.execute(
            "SELECT count(*) FROM settled WHERE paper >= ? AND paper < ?",
            (self._lone.start, self._lone.stop),
        ).fetchone()
        return len(self._lone) - int(known_papers) + int(merged_papers)

    def _linked(self, keys: set[Keys]) -> set[Keys]:
        """Add everything that shares an identifier or a title, directly or through others."""
        cluster_keys: set[Keys] = set()
        looked_up: tuple[set[str | None], ...] = ({None}, {None}, {None})
        while new_keys := keys - cluster_keys:
            cluster_keys |= new_keys
            keys = set()
            for position, sql in enumerate(_LINKED):
                values = {key[position] for key in new_keys} - looked_up[position]
                looked_up[position].update(values)
                rows = self._connection.execute(sql, (json.dumps(list(values)),))
                keys.update(Keys(*row) for row in rows)
        return cluster_keys

    def _work_out(self, keys: set[Keys]) -> None:
        """Settle and write the papers of keys that are linked to no others."""
        papers = gather(keys, self._evidence(keys))
        identifiers = json.dumps(list(papers))
        owners = self._owners(json.dumps(list({*papers, *map(plain_id, papers)})))
        settled = settle(papers, owners)
        touched = self._touched(identifiers)
        touched.update(_losing(settled, owners))
        changed = [cluster for cluster in settled if not touched.isdisjoint(cluster.identifiers)]
        written: list[tuple[str, int]] = []
        for cluster, key in zip(changed, self._write(changed), strict=True):
            written += [(identifier, key) for identifier in cluster.identifiers]
            self._hand_over(cluster.absorbed, key)
        self._connection.executemany(
            "INSERT INTO identifier VALUES (?, ?)"
            " ON CONFLICT (identifier) DO UPDATE SET paper = excluded.paper",
            written,
        )
        ended = [(known.key,) for cluster in settled for known in cluster.absorbed]
        self._connection.executemany("DELETE FROM paper WHERE key = ?", ended)
        self._connection.executemany(
            "INSERT OR IGNORE INTO settled VALUES (?)", [*((key,) for _, key in written), *ended]
        )
        self._connection.execute(
            "DELETE FROM pending WHERE record IN (SELECT id FROM record"
            " WHERE identifier IN (SELECT value FROM json_each(?)))",
            (identifiers,),
        )

    def _evidence(self, keys: Iterable[Keys]) -> dict[str, Evidence]:
        """Return the records' evidence for the identifiers that share their title with others."""
        by_title: defaultdict[str, set[Keys]] = defaultdict(set)
        for key in keys:
            by_title[key.title_id].add(key)
        compared = {
            key.identifier
            for same in by_title.values()
            # Papers with different arXiv ids are always different, and not compared.
            if len({key.identifier for key in same}) > 1 and not all(key.arxiv_id for key in same)
            for key in same
        }
        rows = self._connection.execute(
            "SELECT identifier, body FROM record"
            " WHERE identifier IN (SELECT value FROM json_each(?))",
            (json.dumps(list(compared)),),
        )
        evidence: defaultdict[str, Evidence] = defaultdict(Evidence)
        for identifier, body in rows:
            evidence[identifier] |= evidence_of(decode(body))
        return evidence

    def _owners(self, identifiers: str) -> dict[str, StoredPaper]:
        rows = self._connection.execute(
            "SELECT identifier, key, id, used FROM identifier JOIN paper ON key = paper"
            " WHERE identifier IN (SELECT value FROM json_each(?))",
            (identifiers,),
        )
        return {identifier: StoredPaper(*known) for identifier, *known in rows}

    def _touched(self, identifiers: str) -> set[str]:
        """Return which of the identifiers have a record in the dump."""
        rows = self._connection.execute(
            "SELECT DISTINCT identifier FROM record JOIN pending ON record.id = pending.record"
            " WHERE identifier IN (SELECT value FROM json_each(?))",
            (identifiers,),
        )
        return {identifier for (identifier,) in rows}

    def _write(self, settled: Sequence[SettledPaper]) -> list[int]:
        """Merge the papers again, write those that changed, and return their keys."""
        merged = self._merged(settled)
        keys = json.dumps([cluster.key for cluster in settled if cluster.key is not None])
        rows = self._connection.execute(_PRESENT, (keys,))
        present = {
            key: (revision, row[0], to_paper(row) if row[1] else None)
            for key, revision, *row in rows
        }
        inserts: list[tuple[object, ...]] = []
        updates: list[tuple[object, ...]] = []
        result: list[int] = []
        last = self._last_key()
        self._free_ids(settled, {key: identifier for key, (_, identifier, _) in present.items()})
        for cluster, (paper, record) in zip(settled, merged, strict=True):
            if cluster.key is None:
                result.append(last + len(inserts) + 1)
                inserts.append((result[-1], self._dump, *to_row(paper, record)))
                continue
            result.append(cluster.key)
            revision, _, before = present[cluster.key]
            if before != paper:
                # None: its record was deleted when its dump was read again.
                if before is None or _text(before) != _text(paper):
                    revision = self._dump
                updates.append((revision, *to_row(paper, record), cluster.key))
        self._connection.executemany(_UPDATE, updates)
        self._connection.executemany(_INSERT, inserts)
        return result

    def _free_ids(self, settled: Iterable[SettledPaper], ids: Mapping[int, str]) -> None:
        """Free the ids that are about to change, so that another paper can have them."""
        changing = [
            cluster.key
            for cluster in settled
            if cluster.key is not None and ids[cluster.key] != cluster.id
        ]
        ending = [known.key for cluster in settled for known in cluster.absorbed]
        self._connection.executemany(
            "UPDATE paper SET id = '#' || key WHERE key = ?",
            ((key,) for key in (*changing, *ending)),
        )

    def _last_key(self) -> int:
        """Return the largest key that any paper ever had: keys of deleted papers are not reused."""
        (last,) = self._connection.execute(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'paper'"
        ).fetchone()
        return int(last)

    def _merged(self, settled: Sequence[SettledPaper]) -> list[tuple[Paper, int | None]]:
        """Return each paper merged from all its records, which are read once and not kept.

        With the number of its record if it has only one.
        """
        merging = [PaperMerger() for _ in settled]
        records: list[set[int]] = [set() for _ in settled]
        owner = {
            identifier: number
            for number, cluster in enumerate(settled)
            for identifier in cluster.identifiers
        }
        for identifier, record, seen in self._sightings.of(list(owner)):
            merging[owner[identifier]].offer(seen)
            records[owner[identifier]].add(record)
        return [
            (
                merger.paper(cluster.id, aliases=filter(_is_shown, cluster.identifiers)),
                next(iter(cluster_records)) if len(cluster_records) == 1 else None,
            )
            for cluster, merger, cluster_records in zip(settled, merging, records, strict=True)
        ]

    def _hand_over(self, absorbed: tuple[StoredPaper, ...], key: int) -> None:
        """Point all references to papers at the paper that they turned out to be."""
        execute = self._connection.execute
        for known in absorbed:
            merge_marks(self._connection, known.key, key)
            execute("UPDATE identifier SET paper = ? WHERE paper = ?", (key, known.key))
            if known.used is None:
                continue
            execute("UPDATE entry SET paper = ? WHERE paper = ?", (key, known.key))
            execute("UPDATE update_sent SET paper = ? WHERE paper = ?", (key, known.key))
            # A profile may carry both over: the earlier day decides for how long.
            execute(
                "INSERT INTO candidate SELECT profile, ?, since, snapshot, shown FROM candidate"
                " WHERE paper = ? ON CONFLICT (profile, paper)"
                " DO UPDATE SET since = min(since, excluded.since)",
                (key, known.key),
            )
            execute("DELETE FROM candidate WHERE paper = ?", (known.key,))
            # A paper delivered under one id must not come again under the other.
            execute(
                "DELETE FROM candidate WHERE paper = ? AND EXISTS (SELECT 1 FROM entry"
                " WHERE entry.profile = candidate.profile AND entry.paper = candidate.paper)",
                (key,),
            )


def _losing(settled: Iterable[SettledPaper], owners: Mapping[str, StoredPaper]) -> set[str]:
    """Return the identifiers of every paper that gains or loses one."""
    changed: set[int | None] = set()
    identifiers: set[str] = set()
    for cluster in settled:
        for identifier in cluster.identifiers:
            owner = owners.get(identifier)
            if owner is None or owner.key != cluster.key:
                changed.update((cluster.key, None if owner is None else owner.key))
                identifiers.add(identifier)
    for cluster in settled:
        if cluster.key is not None and cluster.key in changed:
            identifiers.update(cluster.identifiers)
    return identifiers


def _is_shown(identifier: str) -> bool:
    """Return whether an identifier is shown to people: one without a hash of evidence."""
    return not is_title(identifier) or plain_id(identifier) == identifier


def _text(paper: Paper) -> tuple[object, ...]:
    """Return the text whose changes make a revision: docs/library.md."""
    return paper.title, paper.abstract, paper.authors, paper.organization
