"""Interpret a JSON object as a paper: by the service that wrote it, else by common keys.

`read_entry` uses the keys of each object, not the document around it: a line, an entry of an answer
and an item that somebody copied out of one are read alike.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from digest.dumps import services, snapshot
from digest.dumps.common_keys import common
from digest.dumps.draft import to_record
from digest.dumps.fields import BadRecordError, LeftOutError
from digest.dumps.identifiers import parse_arxiv

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.dumps.draft import Draft
    from digest.model import DumpFormat, Record

    Entry = dict[str, Any]
    _Service = tuple[DumpFormat, Callable[[Entry], Draft] | None]

_USUAL_KEYS: Final = 2_000
"""Maximum length, in characters, of an object's keys that are cached."""


def read_entry(value: object, line: int, key: str = "") -> Record:
    """Return the record of one object; raise `BadRecordError` if it is not a paper.

    `key` is the object's key, if that may be an identifier. Raises `LeftOutError` for an object
    that is neither a paper nor an error.
    """
    if value is None:
        raise LeftOutError("is null: the service did not know it")
    if not isinstance(value, dict):
        if isinstance(value, str) and key:
            return to_record(services.table_row(value, key), line)
        raise BadRecordError("is not a JSON object")
    reader = reader_of(value)
    draft = reader(value) if reader else common(value)
    if key and parse_arxiv(key):
        draft = replace(draft, identifiers=(key, *draft.identifiers))
    return to_record(draft, line)


def read_object(value: object, line: int) -> Record:
    """Return the record of an object with the common keys, made by the program itself."""
    if not isinstance(value, dict):
        raise BadRecordError("is not a JSON object")
    return to_record(common(value), line)


def reader_of(entry: Entry) -> Callable[[Entry], Draft] | None:
    """Return the reader of the service that wrote an entry; None for common keys."""
    return _service_of(entry)[1]


def format_of(value: object) -> DumpFormat:
    """Return the name of the format of an entry."""
    return _service_of(value)[0] if isinstance(value, dict) else "jsonl"


_SERVICES: Final[tuple[tuple[frozenset[str], _Service], ...]] = tuple(
    (frozenset(signs), (name, reader)) for name, signs, reader in services.SERVICES
)


def _service_of(entry: Entry) -> _Service:
    keys = tuple(entry)
    usual = sum(map(len, keys)) <= _USUAL_KEYS
    return _known_service(keys) if usual else _find_service(keys)


def _find_service(keys: tuple[str, ...]) -> _Service:
    """Return the format of an object with these keys, and the reader of the service."""
    written = frozenset(keys)
    if "authors_parsed" in written and written <= snapshot.KEYS:
        return "jsonl", snapshot.draft_of
    return next((service for signs, service in _SERVICES if signs <= written), ("jsonl", None))


# The records of one dump have the same keys in the same order.
_known_service = lru_cache(maxsize=64)(_find_service)
