"""Records and identifiers for tests of identity."""

from __future__ import annotations

from digest.model import Record

A1, A2, D1, D2 = "2601.00001", "2601.00002", "10.1000/one", "10.1000/two"


def record(title: str = "Pruning at Scale", **fields: object) -> Record:
    return Record(title=title, line=1, **fields)  # type: ignore[arg-type]
