"""Shortcuts for adding records and dumps to a library."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from digest.library import CarriedOver, DigestText, Library, NewDigest, NewEntry
from digest.model import DumpInfo, Paper, Pick, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.library import IngestResult
    from digest.model import Refusal

MONDAY, TUESDAY, WEDNESDAY = date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)
MORNING = datetime(2026, 1, 6, 7, tzinfo=UTC)


def record(title: str = "Pruning at Scale", **fields: object) -> Record:
    return Record(title=title, line=1, **fields)  # type: ignore[arg-type]


def dump(name: str, day: date | None = MONDAY, *, source: str = "dumps", of: str = "") -> DumpInfo:
    """Return a dump whose content is `of`, or its name."""
    sha256 = hashlib.sha256((of or name).encode()).hexdigest()
    return DumpInfo(name, source, sha256, "jsonl", day)


def add(
    library: Library,
    name: str,
    items: Iterable[Record | Refusal],
    day: date | None = MONDAY,
    *,
    source: str = "dumps",
    of: str = "",
) -> IngestResult:
    return library.dumps.add(dump(name, day, source=source, of=of), items, read_on=WEDNESDAY)


def pick(paper: str, title: str = "Pruning at Scale") -> Pick:
    return Pick(Paper(paper, title), 1.0, ())


def carried(paper: str, since: date = MONDAY, title: str = "Pruning at Scale") -> CarriedOver:
    return CarriedOver(paper, since, pick(paper, title))


def entry(paper: str, *, at: datetime = MORNING) -> NewEntry:
    return NewEntry(pick(paper), "Pruning", "shown", at)


def deliver(
    library: Library, *papers: str, profile: str = "daily", number: int = 1, at: datetime = MORNING
) -> int:
    """Store a digest of these papers."""
    entries = tuple(entry(paper, at=at) for paper in papers)
    return library.digests.add(NewDigest(profile, at.date(), number, at, DigestText(), entries))


def ids(library: Library) -> list[str]:
    return [paper.id for paper in library.papers]
