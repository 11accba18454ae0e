"""Shortcuts for tests of readers: bytes in, records and refusals separately."""

from __future__ import annotations

import io
from datetime import date
from typing import NamedTuple

from digest.dumps import read_dump
from digest.model import DumpFormat, Record, Refusal

TODAY = date(2026, 11, 21)
NAME = "dump"


class Read(NamedTuple):
    """All that a dump gave."""

    format: DumpFormat
    day: date | None
    day_inferred: bool
    records: tuple[Record, ...]
    refusals: tuple[Refusal, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(record.title for record in self.records)


def read(content: bytes | str, name: str = NAME, today: date = TODAY) -> Read:
    """Read a dump to its end."""
    data = content if isinstance(content, bytes) else content.encode()
    reading = read_dump(io.BytesIO(data), name=name, today=today)
    items = list(reading.items)
    return Read(
        reading.format,
        reading.day,
        reading.day_inferred,
        tuple(item for item in items if isinstance(item, Record)),
        tuple(item for item in items if isinstance(item, Refusal)),
    )
