"""A paper's past: which dumps showed it when, and where each field comes from."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.identity import PaperMerger
from digest.library.records import decode
from digest.library.sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.library.connection import Connection


class Sighting(Struct, frozen=True):
    """One record of a paper in one dump."""

    day: str
    """ISO day of the record or its dump, else of the reading."""
    source: str
    dump: str
    line: int
    format: str
    version: int | None
    upvotes: int | None
    comments: int | None


class Counts(Struct, frozen=True):
    """What one dump says of a paper's upvotes and comments."""

    day: date
    """Day of the record or its dump, else of the reading."""
    upvotes: int | None
    comments: int | None


class History(Struct, frozen=True):
    """The sightings of a paper, oldest first, and the dump of each field."""

    sightings: tuple[Sighting, ...]
    origins: tuple[tuple[str, str], ...]
    """Field and name of a dump, in the order of the fields."""


_SIGHTINGS = """
    SELECT coalesce(listed, dump.day, read_on) AS shown, source, name, line, format, record.id, body
    FROM identifier AS asked JOIN identifier USING (paper)
    JOIN record ON record.identifier = identifier.identifier
    JOIN sighting ON sighting.record = record.id JOIN dump ON dump.id = sighting.dump
    JOIN dump_name ON dump_name.dump = dump.id
    WHERE asked.identifier = ? ORDER BY shown, dump.id, line, source, name
"""


_COUNTS = """
    SELECT coalesce(listed, dump.day, read_on) AS shown, body
    FROM identifier AS asked JOIN identifier USING (paper)
    JOIN record ON record.identifier = identifier.identifier
    JOIN sighting ON sighting.record = record.id JOIN dump ON dump.id = sighting.dump
    WHERE asked.identifier = ? AND dump.id > ? AND dump.id <= ? ORDER BY shown, dump.id, line
"""


def counts_between(
    connection: Connection, identifier: str, after: int, until: int
) -> Iterator[Counts]:
    """Yield a paper's counts in the dumps after `after`, up to `until`, oldest first."""
    for day, body in connection.execute(_COUNTS, (identifier, after, until)).fetchall():
        record = decode(body)
        yield Counts(date.fromisoformat(day), record.upvotes, record.comments)


_SIGHTINGS_OF_MANY = """
    SELECT paper.id, coalesce(listed, dump.day, read_on) AS shown, source, name, line, format,
        record.body
    FROM json_each(?) AS wanted CROSS JOIN paper ON paper.id = wanted.value
    JOIN identifier ON identifier.paper = paper.key
    JOIN record ON record.identifier = identifier.identifier
    JOIN sighting ON sighting.record = record.id JOIN dump ON dump.id = sighting.dump
    JOIN dump_name ON dump_name.dump = dump.id
    ORDER BY shown, dump.id, line, source, name
"""


def sightings_of(connection: Connection, papers: Iterable[str]) -> dict[str, tuple[Sighting, ...]]:
    """Return the sightings of papers by their ids, oldest first."""
    seen: defaultdict[str, list[Sighting]] = defaultdict(list)
    rows = connection.execute(_SIGHTINGS_OF_MANY, (json.dumps(list(papers)),))
    for paper, day, source, name, line, format_, body in rows:
        record = decode(body)
        seen[paper].append(
            Sighting(
                day, source, name, line, format_, record.version, record.upvotes, record.comments
            )
        )
    return {paper: tuple(sightings) for paper, sightings in seen.items()}


def history(connection: Connection, identifier: str) -> History:
    """Return a paper's history; an empty one for an unknown paper."""
    rows = connection.execute(_SIGHTINGS, (identifier,)).fetchall()
    names: dict[int, str] = {}
    sightings = []
    for day, source, name, line, format_, number, body in rows:
        record = decode(body)
        names.setdefault(number, name)
        sightings.append(
            Sighting(
                day, source, name, line, format_, record.version, record.upvotes, record.comments
            )
        )
    identifiers = connection.execute(
        "SELECT identifier.identifier FROM identifier AS asked JOIN identifier USING (paper)"
        " WHERE asked.identifier = ?",
        (identifier,),
    )
    merging = PaperMerger()
    by_content: dict[bytes, str] = {}
    for _, number, seen in Sightings(connection).of([identifier for (identifier,) in identifiers]):
        merging.offer(seen)
        by_content[seen.content] = names[number]
    origins = ((field, by_content[content]) for field, content in merging.origins().items())
    return History(tuple(sightings), tuple(origins))
