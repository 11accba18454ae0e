"""Take dumps into the library: read those whose content is new, count what came.

One bad record costs that record and one bad dump that dump; both are in the result with their
reasons, and the rest goes on.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from io import BytesIO
from itertools import islice
from os import fstat
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, NamedTuple

from digest.dumps import read_dump
from digest.dumps.stream import GZIP
from digest.errors import DumpError
from digest.library.prepare import Prepared, prepare
from digest.model import DumpInfo, Refusal
from digest.parallel import shared, workers
from digest.sources.folder import collect, open_dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from digest.dumps import Reading
    from digest.dumps.jsonl import Read, Share
    from digest.dumps.stream import Lines
    from digest.library import Ingested, Library
    from digest.model import FolderSource, Record
    from digest.sources.folder import FoundDump

    Progress = Callable[[Iterable[FoundDump], str], Iterable[FoundDump]]
    """Yields what it is given, and shows under a name how far that is."""


LONG: Final = 2 << 20
"""Bytes of a dump, or of small ones together, from which other processes help to read: about a
second's work."""
AHEAD: Final = 64
"""Small dumps that are looked at before the first of them is read."""
TOGETHER: Final = 5_000
"""Records of small dumps that are written in one transaction. Each transaction writes every page
anew that it has changed, and a thousand new records change most pages of the indexes."""
CHARACTERS_TOGETHER: Final = 8 << 20
"""Characters of these records: they wait in memory."""


class Intake(NamedTuple):
    """What one source, or one call of `digest ingest`, brought."""

    name: str
    dumps: int = 0
    """Dumps whose content was new."""
    records: int = 0
    new_papers: int = 0
    state: Literal["ok", "failed"] = "ok"
    reason: str | None = None
    refused: tuple[Refusal, ...] = ()


def take_in_source(
    library: Library, source: FolderSource, *, today: date, progress: Progress
) -> Intake:
    """Read every dump of `source` that the library does not know; `today` dates the reading."""
    found = collect(source)
    if found.state == "failed":
        return Intake(source.name, state="failed", reason=found.reason)
    taken = take_in_dumps(
        library, found.dumps, source.name, today=today, shown=progress(found.dumps, source.name)
    )
    return taken._replace(refused=(*found.refused, *taken.refused))


def take_in_dumps(
    library: Library,
    dumps: Sequence[FoundDump],
    source: str,
    *,
    today: date,
    shown: Iterable[FoundDump] | None = None,
) -> Intake:
    """Read `dumps` as those of `source`; `shown` yields them, too, and shows how far that is."""
    taking = _Taking(library, today)
    ahead = _read_ahead(library, dumps, source, today)
    for dump, read in zip(dumps if shown is None else shown, ahead, strict=True):
        if isinstance(read, _Read):
            taking.later(read)
        elif read == "here":
            taking.now(dump, source)
    taking.write()
    brought = taking.brought
    return Intake(
        source,
        dumps=sum(not each.repeated for each in brought),
        records=sum(each.records for each in brought),
        new_papers=sum(each.new_papers for each in brought),
        refused=tuple(taking.refused),
    )


class _Taking:
    """Writes dumps in their order; small ones that have been read together."""

    def __init__(self, library: Library, today: date) -> None:
        self._library = library
        self._today = today
        self._waiting: list[_Read] = []
        self._records = self._characters = 0
        self.brought: list[Ingested] = []
        self.refused: list[Refusal] = []

    def later(self, read: _Read) -> None:
        """Write `read` as soon as there are enough."""
        self._waiting.append(read)
        self._records += len(read.items)
        self._characters += read.characters
        if self._records >= TOGETHER or self._characters >= CHARACTERS_TOGETHER:
            self.write()

    def now(self, dump: FoundDump, source: str) -> None:
        """Read a dump, writing as it is read."""
        self.write()
        try:
            ingested = _take_in(self._library, dump, source, self._today)
        except DumpError as error:
            self.refused.append(Refusal(dump.name, error.line, f"the dump {error.reason}"))
        else:
            if ingested is not None:
                self._note(ingested)

    def write(self) -> None:
        """Write what waits."""
        if self._waiting:
            dumps = ((each.dump, each.items) for each in self._waiting)
            for ingested in self._library.dumps.add_all(dumps, read_on=self._today):
                self._note(ingested)
            self._waiting.clear()
            self._records = self._characters = 0

    def _note(self, ingested: Ingested) -> None:
        self.brought.append(ingested)
        self.refused += ingested.refused


def take_in_content(
    library: Library, content: bytes, *, source: str, name: str, today: date
) -> Intake:
    """Read `content`, which lies in no file, as a dump of `source` that is called `name`.

    What a person hands over by other ways than dumps (one paper, a list of references) comes in as
    JSON Lines through here, so that there is one way in.
    """
    try:
        ingested = _read(
            library, BytesIO(content), sha256(content).hexdigest(), name, source, today
        )
    except DumpError as error:
        refusal = Refusal(name, error.line, f"the dump {error.reason}")
        return Intake(source, refused=(refusal,))
    if ingested is None:
        return Intake(source)
    return Intake(
        source,
        dumps=int(not ingested.repeated),
        records=ingested.records,
        new_papers=ingested.new_papers,
        refused=ingested.refused,
    )


class _Read(NamedTuple):
    """A small dump that has been read."""

    dump: DumpInfo
    items: list[Prepared | Refusal]
    characters: int
    """Of the records."""


def _read_ahead(
    library: Library, dumps: Sequence[FoundDump], source: str, today: date
) -> Iterator[_Read | Literal["known", "here"]]:
    """Yield for each dump what was read of it, or why it was not.

    Of many small dumps each is read by another process while this one writes those before. A long
    one is read `here`, as it is written, and is shared by itself.
    """
    for start in range(0, len(dumps), AHEAD):
        some = dumps[start : start + AHEAD]
        sizes = {dump: _size(dump.path) for dump in some}
        states = {
            dump: "here" if size >= LONG else _state(library, dump, source)
            for dump, size in sizes.items()
        }
        new = [dump for dump in some if states[dump] == "new"]
        read: Callable[[FoundDump], _Read | None] = partial(_read_whole, source, today)
        many = workers() > 1 and sum(sizes[dump] for dump in new) >= LONG
        reading = iter(shared(read, new) if many else map(read, new))
        for dump in some:
            if states[dump] == "new":
                whole: _Read | None = next(reading)
                yield "here" if whole is None else whole
            else:
                yield "known" if states[dump] == "known" else "here"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return LONG  # what is wrong with it is said when it is read here


def _state(library: Library, dump: FoundDump, source: str) -> Literal["new", "known", "here"]:
    try:
        with open_dump(dump.path) as (stream, sha256):
            if library.dumps.knows(sha256, source=source, name=dump.name):
                return "known"
            # What a folded one holds may be of any length.
            return "here" if stream.read(len(GZIP)) == GZIP else "new"
    except DumpError:
        return "here"


def _read_whole(source: str, today: date, dump: FoundDump) -> _Read | None:
    """Read a dump; None for one that is refused as a whole: it is read again to say why.

    None, too, where there are too many records in it to be held, however short they are.
    """
    try:
        with open_dump(dump.path) as (stream, sha256):
            reading = read_dump(stream, name=dump.name, today=today)
            info = _info(reading, dump.name, source, sha256)
            items = _prepared(dump.name, islice(reading.items, TOGETHER + 1))
    except DumpError:
        return None
    if len(items) > TOGETHER:
        return None
    return _Read(info, items, sum(len(each.body) for each in items if isinstance(each, Prepared)))


def _take_in(library: Library, dump: FoundDump, source: str, today: date) -> Ingested | None:
    with open_dump(dump.path) as (stream, sha256):
        long = fstat(stream.fileno()).st_size >= LONG and workers() > 1
        share = partial(_by_others, dump.name) if long else None
        return _read(library, stream, sha256, dump.name, source, today, share)


def _by_others(
    dump: str, read: Callable[[Lines], Read], lines: Iterable[Lines]
) -> Iterable[list[Prepared | Refusal]]:
    """Let other processes read the lines, and prepare the records for the library."""
    return shared(partial(_read_and_prepared, dump, read), lines)


def _read_and_prepared(
    dump: str, read: Callable[[Lines], Read], lines: Lines
) -> list[Prepared | Refusal]:
    return _prepared(dump, read(lines))


def _prepared(dump: str, items: Iterable[Record | Refusal]) -> list[Prepared | Refusal]:
    return [item if isinstance(item, Refusal) else prepare(dump, item) for item in items]


def _read(  # noqa: PLR0913, PLR0917 - a dump is its bytes, their hash, its name and where it is from
    library: Library,
    stream: BinaryIO,
    sha256: str,
    name: str,
    source: str,
    today: date,
    share: Share[Prepared | Refusal] | None = None,
) -> Ingested | None:
    """Read one dump; return None where it was read before under this name."""
    if library.dumps.knows(sha256, source=source, name=name):
        return None
    reading = read_dump(stream, name=name, today=today, share=share)
    return library.dumps.add(_info(reading, name, source, sha256), reading.items, read_on=today)


def _info(reading: Reading[Any], name: str, source: str, sha256: str) -> DumpInfo:
    return DumpInfo(
        name=name,
        source=source,
        sha256=sha256,
        format=reading.format,
        day=reading.day,
        day_inferred=reading.day_inferred,
    )
