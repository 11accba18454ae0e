"""What the dumps that showed a record say of it: when, where, in which format."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from digest.identity import SightedRecord
from digest.library.records import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digest.library.connection import Connection
    from digest.model import DumpFormat


class DumpFacts(NamedTuple):
    """The fields of `SightedRecord` after record and content: those of its dump."""

    format: DumpFormat
    newest: date | None
    earliest: date
    sources: frozenset[str]


class Sightings:
    """Records with the dumps that showed them; each dump's facts are read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._facts: dict[int, DumpFacts] = {}

    def of(self, identifiers: Sequence[str]) -> Iterator[tuple[str, int, SightedRecord]]:
        """Yield the records of some identifiers: identifier, number, and dump facts."""
        rows = self._connection.execute(
            "SELECT identifier, id, body, content,"
            " (SELECT group_concat(dump) FROM sighting WHERE record = record.id) FROM record"
            " WHERE identifier IN (SELECT value FROM json_each(?))",
            (json.dumps(identifiers),),
        )
        for identifier, number, body, content, dumps in rows:
            record = decode(body)
            for facts in self._facts_of_all(dumps):
                yield identifier, number, SightedRecord(record, content, *facts)

    def _facts_of_all(self, dumps: str) -> Iterable[DumpFacts]:
        """Return the joint facts of dumps that show the same record, format by format."""
        if "," not in dumps:
            return (self.facts_of(int(dumps)),)
        by_format: defaultdict[DumpFormat, list[DumpFacts]] = defaultdict(list)
        for dump in map(int, dumps.split(",")):
            facts = self.facts_of(dump)
            by_format[facts.format].append(facts)
        return [
            DumpFacts(
                format_,
                newest=max((dump.newest for dump in facts if dump.newest), default=None),
                earliest=min(dump.earliest for dump in facts),
                sources=frozenset().union(*(dump.sources for dump in facts)),
            )
            for format_, facts in by_format.items()
        ]

    def facts_of(self, dump: int) -> DumpFacts:
        """Return the facts of a dump."""
        known = self._facts.get(dump)
        if known is None:
            execute = self._connection.execute
            format_, day, read_on = execute(
                "SELECT format, day, read_on FROM dump WHERE id = ?", (dump,)
            ).fetchone()
            names = execute("SELECT DISTINCT source FROM dump_name WHERE dump = ?", (dump,))
            known = self._facts[dump] = DumpFacts(
                format=format_,
                newest=None if day is None else date.fromisoformat(day),
                earliest=date.fromisoformat(day or read_on),
                sources=frozenset(source for (source,) in names),
            )
        return known
