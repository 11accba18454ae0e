"""Read new dumps into the library and count their records and papers.

A bad record costs that record and a bad dump that dump. Both are in the result, with the reason
and, if known, the line.
"""

from __future__ import annotations

import time
from functools import partial
from itertools import compress, islice
from os import fstat
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from digest.bibliography.dump import READERS
from digest.dumps import read_dump
from digest.dumps.dump_limits import mostly_understood
from digest.dumps.reader_types import NO_FIELDS, Fields
from digest.errors import DumpError
from digest.library.prepare import PreparedRecord, prepare
from digest.model import DumpInfo, Refusal
from digest.parallel import shared, workers
from digest.sources.folder import FileStamp, collect, file_stamp, open_dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.dumps import ReadResult
    from digest.dumps.json_reader import Read
    from digest.dumps.lines import Lines
    from digest.library import IngestResult, KnownFile, Library
    from digest.model import DayCoverage, FolderSource, Record
    from digest.sources.folder import FoundDump, OpenDump

    Progress = Callable[[Iterable[FoundDump], str], Iterable[FoundDump]]
    """Yields the given dumps, and shows under a name how many are done."""


LONG: Final = 2 << 20
"""Size in bytes, of one dump or of several small ones, that takes about a second to read: above it,
other processes help."""
AHEAD: Final = 64
"""Small dumps that may be read before the first of them is stored."""
TOGETHER: Final = 5_000
"""Records of small dumps that are stored in one transaction. Each transaction rewrites every page
that it changes, and a thousand new records change most pages of the indexes."""
CHARACTERS_TOGETHER: Final = 8 << 20
"""Characters of these records, which are held in memory."""
SETTLED: Final = 2_000_000_000
"""Nanoseconds since a file's last change after which its stamp is trusted. Some file systems count
time in steps of two seconds: within one step, a file may change and keep its stamp."""


class Intake(Struct, frozen=True):
    """The result for one source, or for one call of `digest ingest`."""

    name: str
    dumps: int = 0
    """Dumps with new content."""
    records: int = 0
    new_papers: int = 0
    state: Literal["ok", "failed"] = "ok"
    reason: str | None = None
    refused: tuple[Refusal, ...] = ()
    notes: tuple[Refusal, ...] = ()
    """What was left out because it is not a paper, and what was not understood."""
    days: tuple[DayCoverage, ...] = ()
    """The days that a service was asked for, oldest first."""


def ingest_source(
    library: Library, source: FolderSource, *, today: date, progress: Progress
) -> Intake:
    """Read every dump of `source` that the library does not know; `today` is the day of reading."""
    collected = collect(source)
    if collected.state == "failed":
        return Intake(source.name, state="failed", reason=collected.reason)
    intake = ingest_dumps(
        library,
        collected.dumps,
        source.name,
        today=today,
        shown=progress(collected.dumps, source.name),
        fields=Fields(source.fields),
    )
    return replace(intake, refused=(*collected.refused, *intake.refused))


def ingest_dumps(  # noqa: PLR0913 - the dumps, where they come from, and how they are read
    library: Library,
    dumps: Sequence[FoundDump],
    source: str,
    *,
    today: date,
    shown: Iterable[FoundDump] | None = None,
    fields: Fields = NO_FIELDS,
) -> Intake:
    """Read `dumps` as dumps of `source`; `shown` yields the same dumps and shows progress."""
    known = library.dumps.files(source)
    storing = _Storing(library, source, today, fields)
    reading = _read_ahead(dumps, known, source, today, fields)
    for dump, read in zip(dumps if shown is None else shown, reading, strict=True):
        if isinstance(read, _SmallDump):
            storing.add_small(read)
        elif isinstance(read, Refusal):
            storing.refuse(read)
        elif isinstance(read, _Known):
            storing.note_stamp(dump.name, read.sha256, read.stamp)
        elif read == "long":
            storing.add_long(dump, known.get(dump.name, ()))
    return storing.finish()


def ingest_records(  # noqa: PLR0913 - a dump is its records, their hash, its name and its source
    library: Library,
    records: Iterable[Record | Refusal],
    *,
    sha256: str,
    source: str,
    name: str,
    today: date,
) -> Intake:
    """Store records that come from no dump: a paper added by hand, a file of references.

    `sha256` identifies their content: the same content under the same name is stored once.
    """
    from digest.dumps.fields import day_in_name

    info = DumpInfo(name, source, sha256, "jsonl", day_in_name(name))
    return _intake(source, [library.dumps.add(info, records, read_on=today)])


def ingest_stream(  # noqa: PLR0913 - a dump is its bytes, their hash, its name and its source
    library: Library, stream: BinaryIO, *, sha256: str, source: str, name: str, today: date
) -> IngestResult:
    """Read one dump outside the folders of the config.

    Raises `DumpError` if the dump is refused as a whole.
    """
    reading = read_dump(stream, name=name, today=today, readers=READERS)
    info = _info(reading, name, source, sha256)
    items = mostly_understood(reading.items, name, reading.folded)
    return library.dumps.add(info, items, read_on=today)


def _intake(source: str, ingested: Sequence[IngestResult]) -> Intake:
    return Intake(
        source,
        dumps=sum(not dump.repeated for dump in ingested),
        records=sum(dump.records for dump in ingested),
        new_papers=sum(dump.new_papers for dump in ingested),
        refused=tuple(refusal for dump in ingested for refusal in dump.refused),
        notes=tuple(note for dump in ingested for note in dump.notes),
    )


class _SmallDump(Struct, frozen=True):
    """A small dump, read completely."""

    info: DumpInfo
    items: list[PreparedRecord | Refusal]
    characters: int
    """Number of characters in the records."""
    stamp: FileStamp | None


class _Known(Struct, frozen=True):
    """A file whose content was read before under its name."""

    sha256: str
    stamp: FileStamp | None


_ReadDump: TypeAlias = "_SmallDump | _Known | Refusal | Literal['unchanged', 'long']"
"""`unchanged`: a known file with the same stamp; `long`: a dump to be stored while it is read."""


class _Storing:
    """Stores dumps in order; several small ones in one transaction."""

    def __init__(self, library: Library, source: str, today: date, fields: Fields) -> None:
        self._library = library
        self._source = source
        self._today = today
        self._fields = fields
        self._waiting: list[_SmallDump] = []
        self._records = self._characters = 0
        self._stamps: list[tuple[str, str, FileStamp]] = []
        self._ingested: list[IngestResult] = []
        self._refused: list[Refusal] = []

    def add_small(self, dump: _SmallDump) -> None:
        """Queue `dump`, and store the queued dumps once there are enough."""
        self._waiting.append(dump)
        self._records += len(dump.items)
        self._characters += dump.characters
        if self._records >= TOGETHER or self._characters >= CHARACTERS_TOGETHER:
            self._store_waiting()

    def add_long(self, dump: FoundDump, known: Sequence[KnownFile]) -> None:
        """Read a dump and store its records as they come."""
        self._store_waiting()
        try:
            with open_dump(dump.path) as opened:
                if any(file.sha256 == opened.sha256 for file in known):
                    self.note_stamp(dump.name, opened.sha256, _settled_stamp(opened))
                    return
                self._note(self._store_long(dump, opened))
                self.note_stamp(dump.name, opened.sha256, _settled_stamp(opened))
        except DumpError as error:
            self.refuse(_whole_refusal(dump, error))

    def _store_long(self, dump: FoundDump, opened: OpenDump) -> IngestResult:
        """Store a dump while it is read, a part at a time; resume after a killed run."""
        dumps = self._library.dumps
        before = dumps.progress(opened.sha256)
        help_wanted = opened.stamp.size >= LONG and workers() > 1
        reading = read_dump(
            opened.stream,
            name=dump.name,
            today=self._today,
            share=partial(_by_others, dump.name) if help_wanted else None,
            fields=self._fields,
            readers=READERS,
            after=before.line if before else 0,
        )
        counts = (before.records, before.refused) if before and reading.by_lines else (0, 0)
        items: Iterator[Record | PreparedRecord | Refusal] = mostly_understood(
            reading.items, dump.name, reading.folded, counts
        )
        if before and not reading.by_lines:
            items = islice(items, before.items, None)
        info = _info(reading, dump.name, self._source, opened.sha256)
        return dumps.add_in_parts(info, _and_unchanged(items, opened), read_on=self._today)

    def refuse(self, refusal: Refusal) -> None:
        """Report a dump that is refused as a whole, after the refusals of the dumps before it."""
        self._store_waiting()
        self._refused.append(refusal)

    def note_stamp(self, name: str, sha256: str, stamp: FileStamp | None) -> None:
        """Store a file's stamp, so that the next run need not hash it."""
        if stamp is not None:
            self._stamps.append((name, sha256, stamp))

    def finish(self) -> Intake:
        """Store what is queued; return the result for all dumps."""
        self._store_waiting()
        if self._stamps:
            self._library.dumps.remember_files(self._source, self._stamps)
        return replace(_intake(self._source, self._ingested), refused=tuple(self._refused))

    def _store_waiting(self) -> None:
        if not self._waiting:
            return
        dumps = ((dump.info, dump.items) for dump in self._waiting)
        for ingested in self._library.dumps.add_all(dumps, read_on=self._today):
            self._note(ingested)
        for dump in self._waiting:
            self.note_stamp(dump.info.name, dump.info.sha256, dump.stamp)
        self._waiting.clear()
        self._records = self._characters = 0

    def _note(self, ingested: IngestResult) -> None:
        self._ingested.append(ingested)
        self._refused += ingested.refused


def _read_ahead(
    dumps: Sequence[FoundDump],
    known: Mapping[str, Sequence[KnownFile]],
    source: str,
    today: date,
    fields: Fields,
) -> Iterator[_ReadDump]:
    """Yield the content of each dump in order.

    Other processes read many small dumps while this one stores the earlier ones.
    """
    read: Callable[[_Unread], _ReadDump] = partial(_read_small, source, today, fields)
    for start in range(0, len(dumps), AHEAD):
        batch = dumps[start : start + AHEAD]
        stamps = [dump.stamp or file_stamp(dump.path) for dump in batch]
        changed = [
            not _is_known(stamp, known.get(dump.name, ()))
            for dump, stamp in zip(batch, stamps, strict=True)
        ]
        unread = [
            _Unread(dump, tuple(file.sha256 for file in known.get(dump.name, ())), stamp)
            for dump, stamp in compress(zip(batch, stamps, strict=True), changed)
            if _is_small(stamp)
        ]
        size = sum(item.stamp.size for item in unread if item.stamp)
        in_parallel = workers() > 1 and size >= LONG
        reading = iter(shared(read, unread) if in_parallel else map(read, unread))
        for stamp, has_changed in zip(stamps, changed, strict=True):
            if has_changed:
                yield next(reading) if _is_small(stamp) else "long"
            else:
                yield "unchanged"


class _Unread(Struct, frozen=True):
    dump: FoundDump
    known: tuple[str, ...]
    """Hashes of the contents that were read under its name."""
    stamp: FileStamp | None


def _is_known(stamp: FileStamp | None, known: Sequence[KnownFile]) -> bool:
    return stamp is not None and any(file.stamp == stamp for file in known)


def _is_small(stamp: FileStamp | None) -> bool:
    return stamp is None or stamp.size < LONG  # without a stamp: opening it raises the error


def _read_small(source: str, today: date, fields: Fields, unread: _Unread) -> _ReadDump:
    """Read a dump completely; return `long` if it has too many records or characters to hold."""
    dump = unread.dump
    try:
        with open_dump(dump.path) as opened:
            if opened.sha256 in unread.known:
                return _Known(opened.sha256, _settled_stamp(opened))
            reading = read_dump(
                opened.stream, name=dump.name, today=today, fields=fields, readers=READERS
            )
            info = _info(reading, dump.name, source, opened.sha256)
            items: list[PreparedRecord | Refusal] = []
            characters = 0
            understood = mostly_understood(reading.items, dump.name, reading.folded)
            for item in _prepared(dump.name, islice(understood, TOGETHER + 1)):
                items.append(item)
                characters += len(item.body) if isinstance(item, PreparedRecord) else 0
                if len(items) > TOGETHER or characters > CHARACTERS_TOGETHER:
                    return "long"
            opened.check_unchanged()
            return _SmallDump(info, items, characters, _settled_stamp(opened))
    except DumpError as error:
        return _whole_refusal(dump, error)


def _and_unchanged(
    items: Iterator[Record | PreparedRecord | Refusal], opened: OpenDump
) -> Iterator[Record | PreparedRecord | Refusal]:
    """Yield the items; raise `DumpError` at the end if the file changed meanwhile.

    The stored hash is therefore the hash of the bytes that were read.
    """
    yield from items
    opened.check_unchanged()


def _settled_stamp(opened: OpenDump) -> FileStamp | None:
    """Return the stamp of a file that has not changed since it was opened, nor just before."""
    status = fstat(opened.stream.fileno())
    unchanged = FileStamp(status.st_size, status.st_mtime_ns) == opened.stamp
    old = time.time_ns() - opened.stamp.mtime_ns > SETTLED
    return opened.stamp if unchanged and old else None


def _whole_refusal(dump: FoundDump, error: DumpError) -> Refusal:
    return Refusal(dump.name, error.line, f"the dump {error.reason}")


def _by_others(
    dump: str, read: Callable[[Lines], Read], lines: Iterable[Lines]
) -> Iterable[list[PreparedRecord | Refusal]]:
    """Parse the lines in other processes, and prepare the records for the library."""
    return shared(partial(_read_and_prepared, dump, read), lines, spare=1)


def _read_and_prepared(
    dump: str, read: Callable[[Lines], Read], lines: Lines
) -> list[PreparedRecord | Refusal]:
    return list(_prepared(dump, read(lines)))


def _prepared(dump: str, items: Iterable[Record | Refusal]) -> Iterator[PreparedRecord | Refusal]:
    for item in items:
        yield item if isinstance(item, Refusal) else prepare(dump, item)


def _info(reading: ReadResult[Any], name: str, source: str, sha256: str) -> DumpInfo:
    return DumpInfo(
        name=name,
        source=source,
        sha256=sha256,
        format=reading.format,
        day=reading.day,
        day_inferred=reading.day_inferred,
    )
