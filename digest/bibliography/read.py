"""Read files of references: BibTeX, RIS or CSL-JSON, told by their content.

One damaged entry costs that entry. Each record has the line on which its entry begins in the file,
for refusals that come later.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from digest.bibliography.entry import Damaged, Found
from digest.dumps.fields import BadRecordError
from digest.dumps.jsonl import read_object
from digest.errors import DumpError
from digest.identity import keys_of
from digest.model import Record, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAX_BYTES: Final = 16 << 20
"""Some ten thousand entries with their abstracts."""
MOST_REFUSED: Final = 1_000
"""Entries of one file that are refused one by one; a file of nothing else may hold millions."""
_KEY = re.compile(r"(?!.*://)[A-Za-z0-9][A-Za-z0-9_:.+/-]{0,79}")
"""What every program takes for a citation key; Zotero's addresses in CSL-JSON are none."""
_BIBTEX = re.compile(r"@\s*[A-Za-z]+\s*[{(]")
_RIS = re.compile(r"^TY {1,2}-", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as a record."""

    key: str
    """The citation key that it has in its file; empty where not every program takes it."""
    record: Record


@dataclass(frozen=True, slots=True)
class File:
    """What a file of references holds, in its order."""

    items: tuple[Item, ...]
    refused: tuple[Refusal, ...]
    sha256: str
    """Of the file's bytes."""


def read_references(content: bytes, name: str) -> File:
    """Return what the file `name` holds; raise `DumpError` where it is no file of references."""
    if len(content) > MAX_BYTES:
        raise DumpError(f"is larger than {MAX_BYTES >> 20} MiB")
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    items: list[Item] = []
    refused: list[Refusal] = []
    for found in _reader(text)(text):
        if len(refused) >= MOST_REFUSED:
            reason = f"{MOST_REFUSED:,} entries were refused above; the rest is not read"
            refused.append(Refusal(name, found.line, reason))
            break
        item = found if isinstance(found, Damaged) else _item(found)
        if isinstance(item, Damaged):
            refused.append(Refusal(name, item.line, item.reason))
        else:
            items.append(item)
    return File(tuple(items), tuple(refused), hashlib.sha256(content).hexdigest())


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DumpError(
            f"is not UTF-8: byte {error.start + 1}, on line {line}; save it as UTF-8", line=line
        ) from None


def _reader(text: str) -> Callable[[str], Iterator[Found | Damaged]]:
    """Return the reader of the format that the text has; its name counts for nothing."""
    if text.lstrip()[:1] in ("[", "{"):
        from digest.bibliography.read_csl import read_csl

        return read_csl
    bibtex, ris = _BIBTEX.search(text), _RIS.search(text)
    if ris and (bibtex is None or ris.start() < bibtex.start()):
        from digest.bibliography.read_ris import read_ris

        return read_ris
    if bibtex:
        from digest.bibliography.read_bibtex import read_bibtex

        return read_bibtex
    raise DumpError("is no file of references; what can be read is BibTeX, RIS and CSL-JSON")


def _item(found: Found) -> Item | Damaged:
    try:
        record = read_object(found.fields, found.line)
    except BadRecordError as error:
        return Damaged(found.line, f"this entry {error}")
    key = found.key if _KEY.fullmatch(found.key) else ""
    return Item(key, record)


def own_ids(items: Sequence[Item]) -> list[str]:
    """Return the identifier that each item's record has by itself."""
    return [keys_of(item.record).identifier for item in items]
