"""Dumps, their records and sightings, and refusals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from digest.errors import DumpError
from digest.library.merge import Clustering
from digest.library.prepare import PreparedRecord, prepare
from digest.library.reread import delete_sightings, records_of_dump
from digest.library.unfinished_dumps import Parts, Progress, Unfinished
from digest.model import Record, Refusal
from digest.sources.folder import FileStamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.library.connection import Connection
    from digest.model import DumpInfo

    Items: TypeAlias = Iterable[Record | PreparedRecord | Refusal]
    """The content of a dump: records, which may have been prepared, and refusals."""

PART: Final = 50_000
"""Records of a long dump that are stored in one transaction: ten seconds of work. In a large
library each transaction writes most pages of the indexes, so that smaller parts cost more."""
AT_ONCE, MOST_AT_ONCE = 500, 1 << 20
"""Maximum number of records stored together, and of their characters: SQLite takes at least 999
values in a statement."""
MOST_REFUSALS = 1_000
"""Maximum number of refusals of one dump that are stored; a bad file may have millions."""


class IngestResult(Struct, frozen=True):
    """The result of storing one dump."""

    dump: int
    """Number of the dump, larger than that of every earlier dump."""
    records: int
    new_papers: int
    """Papers that no dump had shown before."""
    refused: tuple[Refusal, ...] = ()
    notes: tuple[Refusal, ...] = ()
    """What was left out because it is not a paper, and what was not understood."""
    repeated: bool = False
    """True if this content was known: then nothing was read and nothing is counted."""


class KnownFile(Struct, frozen=True):
    """A content that was read from a file of a source."""

    sha256: str
    stamp: FileStamp | None
    """The file's stamp when it was read; None if the file may have been changing."""


def _ingested(number: int, records: int, new: int, refused: list[Refusal]) -> IngestResult:
    faults = tuple(refusal for refusal in refused if refusal.kind == "refused")
    notes = tuple(refusal for refusal in refused if refusal.kind != "refused")
    return IngestResult(number, records, new, faults, notes)


class SourceDay(Struct, frozen=True):
    """What one source brought for one day."""

    source: str
    day: date
    """Day of the dumps, else the day of reading."""
    dumps: int
    records: int
    new_papers: int
    refused: int


class Dumps:
    """The dumps that the library has read; each content once, under any number of names."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._unfinished = Unfinished(connection)

    def files(self, source: str) -> dict[str, list[KnownFile]]:
        """Return the contents that were read of a source, by the names of their files."""
        rows = self._connection.execute(
            "SELECT name, sha256, size, mtime_ns FROM dump_name JOIN dump ON dump = id"
            " WHERE source = ? AND id NOT IN (SELECT dump FROM unfinished)",
            (source,),
        )
        files: dict[str, list[KnownFile]] = {}
        for name, sha256, size, mtime_ns in rows:
            stamp = None if size is None else FileStamp(size, mtime_ns)
            files.setdefault(name, []).append(KnownFile(sha256, stamp))
        return files

    def remember_files(self, source: str, files: Iterable[tuple[str, str, FileStamp]]) -> None:
        """Store the stamps of files of a source, given by name and hash of the content."""
        with self._connection.transaction(durable=False):
            self._connection.executemany(
                "UPDATE dump_name SET size = ?, mtime_ns = ? WHERE source = ? AND name = ?"
                " AND dump = (SELECT id FROM dump WHERE sha256 = ?)",
                ((*stamp, source, name, sha256) for name, sha256, stamp in files),
            )

    def newest(self) -> int:
        """Return the number of the last dump; 0 before the first."""
        (newest,) = self._connection.execute("SELECT max(id) FROM dump").fetchone()
        return int(newest or 0)

    def add(self, dump: DumpInfo, items: Items, *, read_on: date) -> IngestResult:
        """Store a dump in one transaction and update the papers.

        `items` is read lazily and not kept; if it raises, the library is unchanged. Known content
        is not read: only its new name and source are stored, and if that name has an earlier day,
        the dump moves to that day, so that the order of reading two copies does not matter.
        """
        (ingested,) = self.add_all([(dump, items)], read_on=read_on)
        return ingested

    def add_all(
        self, dumps: Iterable[tuple[DumpInfo, Items]], *, read_on: date
    ) -> list[IngestResult]:
        """Store several dumps in one transaction: cheaper if they are small."""
        with self._connection.transaction(durable=False):
            return [self._add(dump, items, read_on) for dump, items in dumps]

    def progress(self, sha256: str) -> Progress | None:
        """Return how far `add_in_parts` came with a content; None if it was not started."""
        return self._unfinished.find(sha256)

    def add_in_parts(
        self, dump: DumpInfo, items: Items, *, read_on: date, part: int = PART
    ) -> IngestResult:
        """Store a long dump a part at a time, each in a transaction; `items` are what remains.

        If it is killed, the library keeps the earlier parts; `progress` returns how far it came,
        and `items` should continue there. If `items` raises, the parts are removed again.
        """
        start = self._begin(dump, read_on)
        clustering = Clustering(self._connection, start.dump)
        refused = [*self.refusals(start.dump)]
        parts = Parts(iter(items), start, part)
        try:
            with self._connection.large_cache():
                while parts.more():
                    with self._connection.transaction(durable=False):
                        items = parts.items()
                        records, refusals = self._read(start.dump, dump.name, items, clustering)
                        clustering.run()
                        refused += refusals
                        self._unfinished.store(
                            parts.progress(records, refusals, clustering.new_papers())
                        )
        except DumpError:
            self._take_back(start.dump)
            raise
        progress = self._unfinished.find(dump.sha256) or start
        with self._connection.transaction(durable=False):
            self._unfinished.finish(start.dump)
        return _ingested(start.dump, progress.records, progress.new_papers, refused)

    def _begin(self, dump: DumpInfo, read_on: date) -> Progress:
        """Return how far a dump was read, with the number for the rest of it."""
        with self._connection.transaction(durable=False):
            known = self._unfinished.find(dump.sha256)
            if known is not None and known.dump == self.newest():
                return known
            if known is not None:
                self._unfinished.close(known)
            number = self._insert(dump, read_on)
            progress = Progress(number, known.items, known.line) if known else Progress(number)
            self._unfinished.store(progress)
            return progress

    def _take_back(self, number: int) -> None:
        """Delete what was stored of a dump that is refused as a whole."""
        execute = self._connection.execute
        with self._connection.transaction():
            touched = delete_sightings(self._connection, number, set())
            clustering = Clustering(self._connection, number)
            clustering.defer(touched)
            clustering.run()
            self._unfinished.finish(number)
            execute("DELETE FROM refusal WHERE dump = ?", (number,))
            # A paper that something refers to keeps its record, and so the dump.
            execute(
                "DELETE FROM dump_name WHERE dump = ?1"
                " AND NOT EXISTS (SELECT 1 FROM sighting WHERE dump = ?1)",
                (number,),
            )
            execute(
                "DELETE FROM dump WHERE id = ?1"
                " AND NOT EXISTS (SELECT 1 FROM sighting WHERE dump = ?1)",
                (number,),
            )

    def _add(self, dump: DumpInfo, items: Items, read_on: date) -> IngestResult:
        known = self._connection.execute(
            "SELECT id, day FROM dump WHERE sha256 = ?", (dump.sha256,)
        ).fetchone()
        if known is not None:
            self._rename(known[0], known[1], dump)
            return IngestResult(known[0], 0, 0, repeated=True)
        number = self._insert(dump, read_on)
        clustering = Clustering(self._connection, number)
        records, refused = self._read(number, dump.name, items, clustering)
        clustering.run()
        new_papers = clustering.new_papers()
        self._connection.execute(
            "UPDATE dump SET records = ?, new_papers = ? WHERE id = ?",
            (records, new_papers, number),
        )
        return _ingested(number, records, new_papers, refused)

    def number_of(self, sha256: str) -> int | None:
        """Return the number of the dump with this content; None if it was never read."""
        row = self._connection.execute("SELECT id FROM dump WHERE sha256 = ?", (sha256,)).fetchone()
        return None if row is None else int(row[0])

    def day_of(self, number: int) -> date | None:
        """Return the day of a dump, or the day of reading if it has none."""
        (day,) = self._connection.execute(
            "SELECT coalesce(day, read_on) FROM dump WHERE id = ?", (number,)
        ).fetchone()
        return date.fromisoformat(day)

    def replace(self, number: int, dump: DumpInfo, items: Items) -> IngestResult:
        """Replace what was read of a dump by what is read now.

        Its number and its day of reading stay, and so does everything that a digest or a reader
        refers to.
        """
        execute = self._connection.execute
        with self._connection.transaction():
            before = records_of_dump(self._connection, number)
            day = None if dump.day is None else dump.day.isoformat()
            execute(
                "UPDATE dump SET format = ?, day = ?, day_inferred = ? WHERE id = ?",
                (dump.format, day, dump.day_inferred, number),
            )
            execute("DELETE FROM refusal WHERE dump = ?", (number,))
            # Set aside, to distinguish what is read now from what was read before.
            execute("UPDATE sighting SET times = 0 WHERE dump = ?", (number,))
            clustering = Clustering(self._connection, number)
            records, refused = self._read(number, dump.name, items, clustering)
            clustering.run()
            shown = {
                record
                for (record,) in execute(
                    "SELECT record FROM sighting WHERE dump = ? AND times > 0", (number,)
                )
            }
            touched = delete_sightings(self._connection, number, shown)
            execute("UPDATE sighting SET times = 1 WHERE dump = ? AND times = 0", (number,))
            clustering = Clustering(self._connection, number)
            clustering.defer(touched)
            clustering.defer_all()
            clustering.run()
            execute("UPDATE dump SET records = ? WHERE id = ?", (records, number))
            self._unfinished.finish(number)
        return _ingested(number, records, len(shown - before), refused)

    def _insert(self, dump: DumpInfo, read_on: date) -> int:
        inserted = self._connection.execute(
            "INSERT INTO dump (sha256, format, day, day_inferred, read_on) VALUES (?, ?, ?, ?, ?)",
            (
                dump.sha256,
                dump.format,
                None if dump.day is None else dump.day.isoformat(),
                dump.day_inferred,
                read_on.isoformat(),
            ),
        )
        number = int(inserted.lastrowid or 0)
        self._name(number, dump)
        return number

    def _name(self, number: int, dump: DumpInfo) -> bool:
        """Store name and source of a dump; return whether the source is new for it."""
        execute = self._connection.execute
        before = execute(
            "SELECT 1 FROM dump_name WHERE dump = ? AND source = ?", (number, dump.source)
        ).fetchone()
        execute(
            "INSERT OR IGNORE INTO dump_name (dump, source, name) VALUES (?, ?, ?)",
            (number, dump.source, dump.name),
        )
        return before is None

    def _rename(self, number: int, day: str | None, dump: DumpInfo) -> None:
        changed = self._name(number, dump)
        day_text = None if dump.day is None else dump.day.isoformat()
        if day_text is not None and (day is None or day_text < day):
            self._connection.execute(
                "UPDATE dump SET day = ?, day_inferred = ? WHERE id = ?",
                (day_text, dump.day_inferred, number),
            )
            changed = True
        if changed:
            clustering = Clustering(self._connection, number)
            clustering.defer_all()
            clustering.run()

    def _read(
        self, number: int, name: str, items: Items, clustering: Clustering
    ) -> tuple[int, list[Refusal]]:
        """Store the items; return the number of records, and the refusals."""
        records = 0
        more = 0
        refused: list[Refusal] = []
        stored: list[PreparedRecord] = []
        size = 0
        for item in items:
            prepared = prepare(name, item) if isinstance(item, Record) else item
            if isinstance(prepared, PreparedRecord):
                records += 1
                stored.append(prepared)
                size += len(prepared.body)
                if len(stored) == AT_ONCE or size > MOST_AT_ONCE:
                    self._store(number, stored, clustering)
                    stored.clear()
                    size = 0
            elif len(refused) < MOST_REFUSALS:
                refused.append(prepared)
            else:
                more += 1
        self._store(number, stored, clustering)
        if more:
            refused.append(Refusal(name, None, f"{more:,} more records were refused"))
        self._connection.executemany(
            "INSERT INTO refusal VALUES (?, ?, ?)",
            (
                (number, refusal.line, refusal.reason)
                for refusal in refused
                if refusal.kind == "refused"
            ),
        )
        return records, refused

    def _store(self, number: int, stored: Sequence[PreparedRecord], clustering: Clustering) -> None:
        """Store records that are new, and a sighting of each record."""
        execute = self._connection.execute
        first = {record.content: record for record in reversed(stored)}
        keys = clustering.known_keys(first.values())
        # A record whose arXiv identifier is new is new itself.
        maybe = [
            content
            for content, record in first.items()
            if record.keys[0] is None or record.keys[0] in keys
        ]
        marks = ", ".join("?" * len(maybe))
        known: dict[bytes, int] = dict(
            execute(f"SELECT content, id FROM record WHERE content IN ({marks})", maybe)  # noqa: S608 - only marks
        )
        (last,) = execute("SELECT coalesce(max(id), 0) FROM record").fetchone()
        self._connection.executemany(
            "UPDATE record SET body = ?, pruned = 0 WHERE id = ? AND pruned",
            ((first[content].body, number) for content, number in known.items()),
        )
        new = [
            record
            for record in stored
            if record.content not in known and first[record.content] is record
        ]
        lone = clustering.lone(new, keys)
        known.update((record.content, last + place) for place, record in enumerate(new, start=1))
        self._connection.executemany(
            "INSERT INTO record (id, content, body, identifier, arxiv_id, doi, title_id, listed,"
            " news)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((known[record.content], *record.columns) for record in new),
        )
        self._connection.insert_many(
            "INSERT INTO sighting (dump, record, line)",
            [(number, known[record.content], record.line) for record in stored],
            conflict="ON CONFLICT (dump, record) DO UPDATE SET times = times + 1",
        )
        clustering.write_unlinked(lone, known)
        written = {record.content for record in lone}
        clustering.defer(known[content] for content in first.keys() - written)

    def by_source(self) -> tuple[SourceDay, ...]:
        """Return what each source brought for each day, newest day first."""
        rows = self._connection.execute(
            "SELECT source, coalesce(day, read_on) AS shown, count(*), sum(records),"
            " sum(new_papers), sum((SELECT count(*) FROM refusal WHERE refusal.dump = id))"
            " FROM dump JOIN (SELECT DISTINCT dump, source FROM dump_name) AS named"
            " ON named.dump = id GROUP BY source, shown ORDER BY shown DESC, source"
        )
        return tuple(
            SourceDay(source, date.fromisoformat(day), *counts) for source, day, *counts in rows
        )

    def refusals(self, dump: int) -> tuple[Refusal, ...]:
        """Return the refusals of a dump, under its first name."""
        rows = self._connection.execute(
            "SELECT (SELECT min(name) FROM dump_name WHERE dump = refusal.dump), line, reason"
            " FROM refusal WHERE dump = ? ORDER BY rowid",
            (dump,),
        )
        return tuple(Refusal(*row) for row in rows)
