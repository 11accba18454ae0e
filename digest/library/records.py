"""A record as the library stores it: canonical JSON, and the hash that identifies it.

The same content always has the same bytes, so that a record that ten dumps repeat is stored once,
and ties between records are decided by content. The line of the dump is not part of it. The paper
that several records form is stored in the same way.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from digest.library.author_names import name_to_list, names_from_lists
from digest.library.compression import pack, unpack, unpack_bytes
from digest.model import Paper, PartialDate, Record

if TYPE_CHECKING:
    from digest.model import Name

_FIELDS = tuple(name for name in Record.__struct_fields__ if name != "line")
_values = attrgetter(*_FIELDS)
_COUNTS: Final = ("author_count", "upvotes", "comments", "version")
_counts = attrgetter(*_COUNTS)
_FLAGS: Final = ("authors_open", "published_inferred")
_Stored: Any = msgspec.defstruct(
    "_Stored",
    [(name, Any, False if name in _FLAGS else None) for name in _FIELDS],
    omit_defaults=True,
    gc=False,
)
"""The fields of a record in a form that msgspec writes."""
_write = msgspec.json.Encoder().encode
iso_text = lru_cache(maxsize=4_096)(PartialDate.isoformat)
"""Many papers have the same date."""
_OF_PAPERS = tuple(name for name in _FIELDS if name in Paper.__struct_fields__)
_DAYS = ("listed", "updated")
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LARGEST = 2**63 - 1
"""The largest SQLite integer."""
CONTENT_BYTES = 16
"""Length of the stored hash in bytes: enough to distinguish any two records."""


class UnstorableError(ValueError):
    """A record has a value that the library cannot store; `str()` names it."""


def encode(record: Record) -> tuple[bytes, bytes]:
    """Return the record's packed JSON and the hash of its content; raise `UnstorableError`."""
    try:
        body = _json(record)
    except UnicodeEncodeError:
        raise UnstorableError("it holds half a surrogate pair, which is not a character") from None
    return pack(body), hashlib.sha256(body).digest()[:CONTENT_BYTES]


def encode_paper(paper: Paper) -> bytes:
    """Return a paper as one record, without its id and the dumps that show it."""
    values = {name: getattr(paper, name) for name in _OF_PAPERS}
    # Otherwise the named authors would be counted when it is read.
    values["authors_open"] = bool(paper.authors) and paper.author_count is None
    return pack(_json(Record(line=0, **values)))


def _json(record: Record) -> bytes:
    """Return the known values, in the order of the fields; None counts as absent.

    These bytes are what tells a record from others. msgspec writes them in half the time of
    `json.dumps`, and a snapshot has millions of records. Raises `UnicodeEncodeError` for half a
    surrogate pair.
    """
    for name, count in zip(_COUNTS, _counts(record), strict=True):
        if count is not None and abs(count) > _LARGEST:
            raise UnstorableError(f"{name} is too large a number")
    stored = _Stored(*_values(record))
    if stored.authors is not None:
        stored.authors = [_parts(name) for name in stored.authors]
    if stored.published is not None:
        stored.published = iso_text(stored.published)
    return _write(stored)


def _parts(name: Name) -> list[str]:
    """Return the parts of a name without the empty ones at the end; most have two parts."""
    family, given, particle, suffix, literal = name
    if given and not (particle or suffix or literal):
        return [family, given]
    return name_to_list(name)


def decode(body: bytes | str) -> Record:
    """Return the record of a compressed body, or of its JSON; its line is 0."""
    values: dict[str, Any] = json.loads(unpack(body) if isinstance(body, bytes) else body)
    for name in _DAYS:
        if name in values:
            values[name] = date.fromisoformat(values[name])
    if "published" in values:
        values["published"] = PartialDate.parse(values["published"])
    if "authors" in values:
        values["authors"] = names_from_lists(values["authors"])
    if "categories" in values:
        values["categories"] = tuple(values["categories"])
    return Record(line=0, **values)


class _Texts(msgspec.Struct, gc=False):
    title: str
    abstract: str = ""


_read_texts = msgspec.json.Decoder(_Texts).decode


def texts_of(body: bytes) -> tuple[str, str]:
    """Return title and abstract, empty if there is none."""
    texts = _read_texts(unpack_bytes(body))
    return texts.title, texts.abstract


_TEXTS = ("abstract", "summary", "summary_by", "comment")


def without_texts(body: bytes) -> bytes:
    """Return a compressed body without its long texts, with everything that identifies it."""
    values = json.loads(unpack(body))
    if not any(name in values for name in _TEXTS):
        return body
    values = {name: value for name, value in values.items() if name not in _TEXTS}
    return pack(_to_json(values).encode())
