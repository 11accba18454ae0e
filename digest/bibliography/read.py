"""Read files of references, recognised by their content: see `_reader` for the formats.

One damaged entry costs that entry. Each record has the first line of its entry in the file, for
later refusals.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.bibliography.entry import DamagedEntry, FoundEntry
from digest.errors import DumpError
from digest.identity import keys_of
from digest.model import Record, Refusal
from digest.text.addresses import safe_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.bibliography.work import Work
    from digest.model.references import ReferenceEntry

MAX_BYTES: Final = 16 << 20
"""Some ten thousand entries with their abstracts."""
MOST_REFUSED: Final = 1_000
"""Maximum number of separately refused entries of a file; a bad file may have millions."""
MAX_TITLE: Final = 2_000
_KEY = re.compile(r"(?!.*://)[^\s{}()\[\]\"#%~,=\\\\]{1,120}")
"""A citation key that BibTeX accepts; Zotero's addresses in CSL-JSON are not accepted."""
_BIBTEX = re.compile(r"@\s*[A-Za-z]+\s*[{(]")
_RIS = re.compile(r"^TY {1,2}-", re.MULTILINE)


class Item(Struct, frozen=True):
    """An entry and its record."""

    entry: ReferenceEntry
    """Its key is empty if some program would not accept it."""
    record: Record


class File(Struct, frozen=True):
    """The content of a file of references, in its order."""

    items: tuple[Item, ...]
    refused: tuple[Refusal, ...]
    sha256: str
    """Of the file's bytes."""


def read_references(content: bytes, name: str, *, most: int | None = None) -> File:
    """Return the content of the file `name`; raise `DumpError` if it has no references."""
    most = most or MAX_BYTES
    if len(content) > most:
        raise DumpError(f"is larger than {most >> 20} MiB")
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    items: list[Item] = []
    refused: list[Refusal] = []
    for entry in _reader(text)(text):
        if len(refused) >= MOST_REFUSED:
            reason = f"{MOST_REFUSED:,} entries were refused above; the rest is not read"
            refused.append(Refusal(name, entry.line, reason))
            break
        item = entry if isinstance(entry, DamagedEntry) else _item(entry)
        if isinstance(item, DamagedEntry):
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


def _reader(text: str) -> Callable[[str], Iterator[FoundEntry | DamagedEntry]]:
    """Return the reader for the text's format; the file's name is not used."""
    from digest.bibliography import read_bibtex, read_csl, read_ris, read_services, read_tagged

    if text.lstrip()[:1] in ("[", "{"):
        works = read_services.read_services(text)
        return read_csl.read_csl if works is None else lambda _: works
    signs = (
        (_BIBTEX, read_bibtex.read_bibtex),
        (_RIS, read_ris.read_ris),
        (read_tagged.NBIB, read_tagged.read_nbib),
        (read_tagged.WOS, read_tagged.read_wos),
    )
    readers = [(match.start(), read) for sign, read in signs if (match := sign.search(text))]
    if not readers:
        raise DumpError(
            "is not a file of references; BibTeX, RIS, CSL-JSON, the JSON of Zotero, Crossref and "
            "OpenAlex, PubMed's NBIB and Web of Science's tagged text can be read"
        )
    return min(readers, key=lambda pair: pair[0])[1]


def work_of(entry: ReferenceEntry) -> Work:
    """Return the work that an entry describes."""
    from digest.bibliography.read_bibtex import work_of_bibtex
    from digest.bibliography.read_csl import work_of_csl
    from digest.bibliography.read_ris import work_of_ris
    from digest.bibliography.read_tagged import work_of_nbib, work_of_wos

    match entry.format:
        case "bibtex":
            return work_of_bibtex(entry)
        case "ris":
            return work_of_ris(entry)
        case "csl-json":
            return work_of_csl(entry)
        case "nbib":
            return work_of_nbib(entry)
        case "wos":
            return work_of_wos(entry)


def _item(read: FoundEntry) -> Item | DamagedEntry:
    entry = read.entry
    work = work_of(entry)
    if not work.title:
        return DamagedEntry(read.line, "this entry has no title")
    if len(work.title) > MAX_TITLE:  # cut, it would be another title
        return DamagedEntry(
            read.line, f"this entry has a title of more than {MAX_TITLE:,} characters"
        )
    key = entry.key if _KEY.fullmatch(entry.key) else ""
    return Item(replace(entry, key=key), record_of(work, read.line))


def record_of(work: Work, line: int) -> Record:
    """Return the work as a record of the library."""
    return Record(
        title=work.title,
        line=line,
        abstract=work.abstract or None,
        authors=work.authors or None,
        author_count=None if work.more_authors else len(work.authors) or None,
        published=work.issued,
        published_inferred=work.circa,
        url=safe_url(work.url) if work.url else None,
        arxiv_id=work.arxiv_id,
        doi=work.doi,
        categories=(work.category,) if work.category else None,
        journal=work.variables.get("container-title"),
    )


def own_ids(items: Sequence[Item]) -> list[str]:
    """Return the identifier of each item's own record."""
    return [keys_of(item.record).identifier for item in items]
