"""A record as the library stores it: canonical JSON, and the hash that identifies it.

The same content always has the same bytes, so that a record that ten dumps repeat is stored once,
and ties between records are decided by content. The line of the dump is not part of it. The paper
that several records form is stored in the same way.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from json.encoder import encode_basestring
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from digest.library.author_names import name_to_list, names_from_lists
from digest.library.compression import pack, unpack
from digest.model import Paper, PartialDate, Record
from digest.text.clean import is_printable

if TYPE_CHECKING:
    from digest.model import Name

_FIELDS = tuple(name for name in Record.__struct_fields__ if name != "line")
_values = attrgetter(*_FIELDS)
_KEYS = tuple(f'"{name}":' for name in _FIELDS)
_AUTHORS = '"authors":'
_LONG = 60
"""Length in characters from which it pays to test first whether any character is escaped."""
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

    Written piece by piece: a snapshot has millions of records, and this takes half the time of
    `json.dumps`. Raises `UnicodeEncodeError` for half a surrogate pair.
    """
    parts: list[str] = []
    for key, value in zip(_KEYS, _values(record), strict=True):
        if value is None or value is False:
            continue
        kind = type(value)
        if kind is str:
            parts.append(key + _quoted(value))
        elif kind is tuple:
            written = map(_name if key == _AUTHORS else encode_basestring, value)
            parts.append(f"{key}[{','.join(written)}]")
        elif kind is int:
            if abs(value) > _LARGEST:
                raise UnstorableError(f"{key[1:-2]} is too large a number")
            parts.append(f"{key}{value}")
        elif value is True:
            parts.append(f"{key}true")
        else:
            parts.append(f'{key}"{value.isoformat()}"')
    return f"{{{','.join(parts)}}}".encode()


def _quoted(text: str) -> str:
    """Return a text as JSON; a long one rarely has characters to escape."""
    if len(text) < _LONG or '"' in text or "\\" in text or not is_printable(text):
        return encode_basestring(text)
    return f'"{text}"'


def _name(name: Name) -> str:
    """Return a name as JSON: its parts without trailing empty ones."""
    family, given, particle, suffix, literal = name
    if given and not (particle or suffix or literal):
        return f"[{encode_basestring(family)},{encode_basestring(given)}]"
    return f"[{','.join(map(encode_basestring, name_to_list(name)))}]"


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


def texts_of(body: bytes) -> tuple[str, str]:
    """Return title and abstract, empty if there is none."""
    text = unpack(body)
    # Title and abstract come first, and most of the rest need not be read.
    title, end = _value_at(text, len(_BEFORE_TITLE))
    if not text.startswith(_BEFORE_ABSTRACT, end):
        return title, ""
    return title, _value_at(text, end + len(_BEFORE_ABSTRACT))[0]


_value_at = json.JSONDecoder().raw_decode
_BEFORE_TITLE, _BEFORE_ABSTRACT = '{"title":', ',"abstract":'
_TEXTS = ("abstract", "summary", "summary_by", "comment")


def without_texts(body: bytes) -> bytes:
    """Return a compressed body without its long texts, with everything that identifies it."""
    values = json.loads(unpack(body))
    if not any(name in values for name in _TEXTS):
        return body
    values = {name: value for name, value in values.items() if name not in _TEXTS}
    return pack(_to_json(values).encode())
