"""A record as the library stores it: canonical JSON, and the hash that tells it from others.

The same content always has the same bytes, so that a record that ten dumps repeat is stored once
and ties between records are decided by what they say. The line of the dump is no part of it.

What several records say together, a paper, is stored in the same form.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import Any

from digest.library.names import names_from_lists, names_to_lists
from digest.library.packing import pack, unpack
from digest.model import Paper, PartialDate, Record

_FIELDS = tuple(field.name for field in fields(Record) if field.name != "line")
_values = attrgetter(*_FIELDS)
_OF_PAPERS = tuple(name for name in _FIELDS if name in {field.name for field in fields(Paper)})
_DAYS = ("listed", "updated")
_COUNTS = ("author_count", "upvotes", "comments", "version")
_to_json = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=date.isoformat
).encode
_LARGEST = 2**63 - 1
"""What an SQLite integer holds."""
CONTENT_BYTES = 16
"""Of the SHA-256 of a record: enough to tell any two apart."""


class UnstorableError(ValueError):
    """A record holds what the library cannot store; `str()` says what."""


def encode(record: Record) -> tuple[bytes, bytes]:
    """Return the record's packed JSON and the hash of its content; raise `UnstorableError`."""
    said = _said(record)
    for name in _COUNTS:
        if name in said and abs(said[name]) > _LARGEST:
            raise UnstorableError(f"{name} is too large a number")
    body = _to_json(said)
    try:
        return pack(body), hashlib.sha256(body.encode()).digest()[:CONTENT_BYTES]
    except UnicodeEncodeError:
        raise UnstorableError("it holds half a surrogate pair, which is no character") from None


def encode_paper(paper: Paper) -> bytes:
    """Return what is known of a paper, without its id and the dumps that show it, as one record."""
    said = {name: getattr(paper, name) for name in _OF_PAPERS}
    # Otherwise the authors that are named would be counted when it is read.
    said["authors_open"] = bool(paper.authors) and paper.author_count is None
    return pack(_to_json(_said(Record(line=0, **said))))


def _said(record: Record) -> dict[str, Any]:
    """Return what is known, in the order of the fields: what is absent and what is None are one."""
    said: dict[str, Any] = {
        name: value
        for name, value in zip(_FIELDS, _values(record), strict=True)
        if value is not None and value is not False
    }
    if "authors" in said:
        said["authors"] = names_to_lists(said["authors"])
    if "published" in said:
        said["published"] = said["published"].isoformat()
    return said


def decode(body: bytes | str) -> Record:
    """Return the record of a packed body, or of its JSON; its line is 0."""
    said: dict[str, Any] = json.loads(unpack(body) if isinstance(body, bytes) else body)
    for name in _DAYS:
        if name in said:
            said[name] = date.fromisoformat(said[name])
    if "published" in said:
        said["published"] = PartialDate.parse(said["published"])
    if "authors" in said:
        said["authors"] = names_from_lists(said["authors"])
    if "categories" in said:
        said["categories"] = tuple(said["categories"])
    return Record(line=0, **said)


def texts_of(body: bytes) -> tuple[str, str]:
    """Return title and abstract, empty where there is none."""
    said = json.loads(unpack(body))
    return said["title"], said.get("abstract") or ""


_TEXTS = ("abstract", "summary", "summary_by", "comment")


def without_texts(body: bytes) -> bytes:
    """Return a packed body without its long texts; all that tells what the paper is stays."""
    said = json.loads(unpack(body))
    if not any(name in said for name in _TEXTS):
        return body
    return pack(_to_json({name: value for name, value in said.items() if name not in _TEXTS}))
