"""Take dumps into the library: read those whose content is new, count what came.

One bad record costs that record and one bad dump that dump; both are in the result with their
reasons, and the rest goes on.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from io import BytesIO
from os import fstat
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, NamedTuple

from digest.cores import shared, workers
from digest.dumps import read_dump
from digest.errors import DumpError
from digest.library.prepared import prepare
from digest.model import DumpInfo, Refusal
from digest.sources import collect, open_dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from digest.dumps.jsonl import Block, Read, Share
    from digest.library import Ingested, Library
    from digest.library.prepared import Prepared
    from digest.model import FolderSource
    from digest.sources import FoundDump

    Progress = Callable[[Iterable[FoundDump], str], Iterable[FoundDump]]
    """Yields what it is given, and shows under a name how far that is."""


LONG: Final = 2 << 20
"""Bytes of a dump from which other processes help to read it: about a second's work."""


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
    return take_in_dumps(
        library, progress(found.dumps, source.name), source.name, today=today, refused=found.refused
    )


def take_in_dumps(
    library: Library,
    dumps: Iterable[FoundDump],
    source: str,
    *,
    today: date,
    refused: Iterable[Refusal] = (),
) -> Intake:
    """Read `dumps` as those of `source`; `refused` are files that were refused before."""
    brought: list[Ingested] = []
    refusals = list(refused)
    for dump in dumps:
        try:
            ingested = _take_in(library, dump, source, today)
        except DumpError as error:
            refusals.append(Refusal(dump.name, error.line, f"the dump {error.reason}"))
            continue
        if ingested is not None:
            brought.append(ingested)
            refusals += ingested.refused
    return Intake(
        source,
        dumps=sum(not each.repeated for each in brought),
        records=sum(each.records for each in brought),
        new_papers=sum(each.new_papers for each in brought),
        refused=tuple(refusals),
    )


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


def _take_in(library: Library, dump: FoundDump, source: str, today: date) -> Ingested | None:
    with open_dump(dump.path) as (stream, sha256):
        long = fstat(stream.fileno()).st_size >= LONG and workers() > 1
        share = partial(_by_others, dump.name) if long else None
        return _read(library, stream, sha256, dump.name, source, today, share)


def _by_others(
    dump: str, read: Callable[[Block], Read], blocks: Iterable[Block]
) -> Iterable[list[Prepared | Refusal]]:
    """Let other processes read blocks of lines, and prepare the records for the library."""
    return shared(partial(_read_and_prepared, dump, read), blocks)


def _read_and_prepared(
    dump: str, read: Callable[[Block], Read], block: Block
) -> list[Prepared | Refusal]:
    return [item if isinstance(item, Refusal) else prepare(dump, item) for item in read(block)]


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
    info = DumpInfo(
        name=name,
        source=source,
        sha256=sha256,
        format=reading.format,
        day=reading.day,
        day_inferred=reading.day_inferred,
    )
    return library.dumps.add(info, reading.items, read_on=today)
