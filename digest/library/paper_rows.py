"""A paper as a row of the library, and back.

The content of a paper is stored once: a paper with one record has that record's number, one with
several records a compressed body of its own. Further columns have what orders papers (title, date,
upvotes), what follows from dumps (sources, first day) and other identifiers.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import lru_cache
from itertools import compress
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from digest.identity import paper_of
from digest.library.records import decode, encode_paper, iso_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model import Paper, PartialDate, Record

COLUMNS: Final = (
    "id", "record", "body", "title", "published", "upvotes", "text", "known", "sources",
    "first_seen", "aliases",
)  # fmt: skip
"""Columns of `paper`, except its key, its first use and its revision."""
KNOWN: Final = (
    "abstract", "authors", "organization", "journal", "comment", "categories", "primary", "doi",
    "announce", "published", "updated", "upvotes", "comments",
)  # fmt: skip
"""The bits of the column `known`, from the lowest: the fields that the paper has."""
BODY: Final = (
    "coalesce(paper.body, (SELECT record.body FROM record WHERE record.id = paper.record))"
)
"""The paper's fields, compressed."""
SELECTED: Final = f"paper.id, {BODY}, paper.sources, paper.first_seen, paper.aliases"
"""For a SELECT from `paper`, in the order that `to_paper` expects."""

# One encoder: `json.dumps` creates one at each call with other options than ASCII.
_to_json = json.JSONEncoder(ensure_ascii=False).encode


@lru_cache(maxsize=256)
def _sources(text: str) -> tuple[str, ...]:
    """Return the list of sources in `text`; cached, because most papers have the same."""
    return tuple(json.loads(text))


def text_stamp(title: str, abstract: str | None) -> int:
    """Return a number that changes with title or abstract: 64 bits, signed for SQLite."""
    text = f"{title}\n{abstract or ''}".encode("utf-8", "surrogatepass")
    # Processors have instructions for SHA-256: half the time of BLAKE2.
    return int.from_bytes(hashlib.sha256(text).digest()[:8], signed=True)


_said = attrgetter(*KNOWN)
_BITS: Final = tuple(1 << place for place in range(len(KNOWN)))
_PUBLISHED: Final = _BITS[KNOWN.index("published")]
_COUNTS: Final = tuple((name, _BITS[KNOWN.index(name)]) for name in ("upvotes", "comments"))


def record_columns(record: Paper | Record, published: PartialDate | None) -> tuple[Any, ...]:
    """Return the columns from `title` to `known` of a paper or its only record."""
    known = sum(compress(_BITS, _said(record)))
    if published:
        known |= _PUBLISHED
    for name, bit in _COUNTS:
        if getattr(record, name) == 0:  # none are known, too
            known |= bit
    day = None if published is None else iso_text(published)
    return record.title, day, record.upvotes, text_stamp(record.title, record.abstract), known


def to_row(paper: Paper, record: int | None) -> tuple[Any, ...]:
    """Return the values of `COLUMNS`; `record` is the paper's only record, if it has one."""
    return (
        paper.id,
        record,
        encode_paper(paper) if record is None else None,
        *record_columns(paper, paper.published),
        _to_json(paper.sources) if paper.sources else None,
        paper.first_seen.isoformat() if paper.first_seen else None,
        _to_json(paper.aliases) if paper.aliases else None,
    )


def sources_column(sources: Iterable[str]) -> str:
    """Return the column `sources` of a paper with these sources."""
    return _to_json(sorted(sources))


def to_paper(row: Sequence[Any]) -> Paper:
    """Return the paper of a row with the columns `SELECTED`."""
    identifier, body, sources, first_seen, aliases = row
    return paper_of(
        decode(body),
        identifier,
        sources=_sources(sources) if sources else (),
        first_seen=date.fromisoformat(first_seen) if first_seen else None,
        aliases=tuple(json.loads(aliases)) if aliases else (),
    )
