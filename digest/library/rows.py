"""A paper as a row of the library, and back. Which papers, and when, is the callers' matter."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from digest.library.names import names_from_lists, names_to_lists
from digest.model import Paper, PartialDate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FIELDS: Final = tuple(field.name for field in fields(Paper))
COLUMNS: Final = tuple(f'"{name}"' for name in _FIELDS)  # quoted: `primary` is a word of SQL
# The last of them, `sources`, `first_seen` and `aliases`, tell of the dumps that show a paper; all
# others follow from its records.
SELECTED: Final = ", ".join(f"paper.{name}" for name in COLUMNS)
"""For a SELECT from `paper`, in the order that `to_paper` takes."""

# One encoder for all: `json.dumps` makes one at each call that wants other than ASCII.
_to_json = json.JSONEncoder(ensure_ascii=False).encode
_values = attrgetter(*_FIELDS)
_INDEX = {name: index for index, name in enumerate(_FIELDS)}
_AUTHORS, _CATEGORIES = _INDEX["authors"], _INDEX["categories"]
_SOURCES, _ALIASES = _INDEX["sources"], _INDEX["aliases"]
_PUBLISHED, _FIRST_SEEN = _INDEX["published"], _INDEX["first_seen"]
_INFERRED, _UPDATED = _INDEX["published_inferred"], _INDEX["updated"]


@lru_cache(maxsize=256)
def _sources(text: str) -> tuple[str, ...]:
    """Return the list of sources that `text` is: of a thousand papers mostly the same."""
    return tuple(json.loads(text))


def to_row(paper: Paper) -> tuple[Any, ...]:
    """Return the values of `COLUMNS`: lists as JSON, an empty one as NULL, days as ISO text."""
    row = list(_values(paper))
    if row[_AUTHORS]:
        row[_AUTHORS] = names_to_lists(row[_AUTHORS])
    for index in (_AUTHORS, _CATEGORIES, _SOURCES, _ALIASES):
        row[index] = _to_json(row[index]) if row[index] else None
    for index in (_PUBLISHED, _UPDATED, _FIRST_SEEN):
        row[index] = row[index].isoformat() if row[index] else None
    return tuple(row)


def row_of_record(paper: Paper) -> tuple[Any, ...]:
    """Return the columns before those that depend on dumps."""
    return to_row(paper)[:_SOURCES]


def sources_column(sources: Iterable[str]) -> str:
    """Return the column `sources` of a paper that these sources showed."""
    return _to_json(sorted(sources))


def to_paper(row: Sequence[Any]) -> Paper:
    """Return the paper of a row of `SELECTED`."""
    values = list(row)
    authors = values[_AUTHORS]
    # Written out: this is done for every paper of the library by every `match`.
    values[_AUTHORS] = names_from_lists(json.loads(authors)) if authors else None
    for index in (_CATEGORIES, _ALIASES):
        values[index] = tuple(json.loads(values[index])) if values[index] else ()
    values[_SOURCES] = _sources(values[_SOURCES]) if values[_SOURCES] else ()
    if values[_PUBLISHED]:
        values[_PUBLISHED] = PartialDate.parse(values[_PUBLISHED])
    for index in (_UPDATED, _FIRST_SEEN):
        values[index] = date.fromisoformat(values[index]) if values[index] else None
    values[_INFERRED] = bool(values[_INFERRED])
    return Paper(*values)
