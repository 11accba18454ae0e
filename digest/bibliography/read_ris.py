"""Read RIS files: text → entries, and an entry → a work.

Tags as listed in https://en.wikipedia.org/wiki/RIS_(file_format); tags that differ between programs
are searched under each name. A line without a tag continues the one before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.bibliography.dates import parse_date
from digest.bibliography.entry import (
    MAX_FIELD,
    DamagedEntry,
    FoundEntry,
    arxiv_id_in,
    arxiv_id_of_note,
)
from digest.bibliography.plain_text import several_lines, without_markup
from digest.bibliography.work import Work
from digest.dumps.identifiers import parse_doi
from digest.model.references import ReferenceEntry
from digest.text.names import parse_name
from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.model import Name

TYPES: Final = {
    "JOUR": "article-journal", "EJOUR": "article-journal", "JFULL": "article-journal",
    "MGZN": "article-magazine", "NEWS": "article-newspaper", "BOOK": "book", "EBOOK": "book",
    "EDBOOK": "book", "CHAP": "chapter", "ECHAP": "chapter", "CONF": "paper-conference",
    "CPAPER": "paper-conference", "THES": "thesis", "RPRT": "report", "UNPB": "manuscript",
    "ELEC": "webpage", "WEB": "webpage", "BLOG": "post-weblog", "DATA": "dataset",
    "COMP": "software", "PAT": "patent", "PREPRINT": "article", "GEN": "document",
}  # fmt: skip
"""CSL's type for each type of RIS."""
VARIABLES: Final = {
    "T2": "container-title", "JO": "container-title", "JF": "container-title",
    "BT": "container-title", "T3": "collection-title", "VL": "volume", "ET": "edition",
    "PB": "publisher", "CY": "publisher-place", "PP": "publisher-place", "LA": "language",
    "ST": "title-short", "M3": "genre", "SN": "ISSN", "C2": "PMID", "N1": "note",
}  # fmt: skip
"""CSL's variable for each tag. `IS` is an issue or a number, depending on the type."""
_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*)|\s*)$")
_ARXIV_TAGS: Final = ("AN", "UR", "DO", "M1", "IS", "VL", "JO", "JF", "T2", "C7")


def read_ris(text: str) -> Iterator[FoundEntry | DamagedEntry]:
    """Yield each entry from `TY` to `ER`, or why it cannot be read."""
    start_line, lost = 0, 0
    kind = ""
    tags: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _TAG.match(line.rstrip())
        tag = match[1] if match else ""
        value = ((match[2] or "") if match else line).strip()
        if tag == "TY":
            if start_line:
                yield DamagedEntry(
                    start_line, "this entry has no end: another begins before its ER"
                )
            start_line, lost, kind, tags = number, 0, value, []
        elif start_line and tag == "ER":
            key = next((value for name, value in tags if name == "ID"), "")
            yield FoundEntry(start_line, ReferenceEntry("ris", key, kind, tuple(tags)))
            start_line = 0
        elif start_line and tag:
            tags.append((tag, value))
        elif start_line and value and tags and len(tags[-1][1]) < MAX_FIELD:
            tags[-1] = (tags[-1][0], f"{tags[-1][1]}\n{value}")
        elif value and not start_line and not lost:
            lost = number
            yield DamagedEntry(number, "this line is outside any entry: none began with TY")
    if start_line:
        yield DamagedEntry(start_line, "this entry is cut off: it has no ER")


def work_of_ris(entry: ReferenceEntry) -> Work:
    """Return the work that an entry describes."""
    values = {name: one_line(value) for name, value in reversed(entry.fields)}
    variables = {VARIABLES[name]: value for name, value in values.items() if name in VARIABLES}
    kind = TYPES.get(entry.type.upper(), "document")
    arxiv_id = arxiv_id_in(
        arxiv_id_of_note(value) if name == "N1" else value
        for name, value in entry.fields
        if name in (*_ARXIV_TAGS, "N1")
    )
    if first := values.get("SP"):
        last = values.get("EP", "")
        variables["page"] = f"{first}–{last}" if last and last != first else first
    if number := values.get("IS", values.get("M1", "")):
        variables["issue" if kind == "article-journal" else "number"] = number
    if kind in ("book", "chapter") and "ISSN" in variables:
        variables["ISBN"] = variables.pop("ISSN")
    notes = [value for name, value in entry.fields if name == "N1"]
    return Work(
        key=entry.key,
        title=without_markup(entry.first("TI", "T1", "CT") or entry.first("BT")),
        type="article" if arxiv_id and kind in ("document", "manuscript") else kind,
        authors=_names(entry, ("AU", "A1")),
        editors=_names(entry, ("ED", "A2")),
        translators=_names(entry, ("A4",)),
        issued=parse_date(entry.first("DA", "Y1", "PY")) or parse_date(entry.first("PY")),
        accessed=parse_date(entry.first("Y2")),
        arxiv_id=arxiv_id,
        doi=parse_doi(entry.first("DO", "M3")) or parse_doi(entry.first("UR")),
        url=one_line(entry.first("UR", "L2")) or None,
        abstract=without_markup(one_line(entry.first("AB", "N2"))),
        keywords=tuple(one_line(value) for name, value in entry.fields if name == "KW" and value),
        annote=several_lines("\n\n".join(notes)),
        variables={name: value for name, value in variables.items() if value},
    )


def _names(entry: ReferenceEntry, tags: Sequence[str]) -> tuple[Name, ...]:
    names = (parse_name(value) for tag, value in entry.fields if tag in tags)
    return tuple(name for name in names if any(name))
