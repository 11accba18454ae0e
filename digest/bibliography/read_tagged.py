"""Read PubMed's NBIB and Web of Science's tagged text: text → entries, and an entry → a work.

A tag begins a value, and lines that are indented continue it. Tags as
https://www.nlm.nih.gov/bsd/mms/medlineelements.html and the help "Web of Science Core Collection
Field Tags" list them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.bibliography.dates import parse_date
from digest.bibliography.entry import MAX_FIELD, DamagedEntry, FoundEntry, arxiv_id_in
from digest.bibliography.plain_text import without_markup
from digest.bibliography.work import Work
from digest.dumps.identifiers import parse_doi
from digest.model.references import ReferenceEntry
from digest.text.names import parse_name
from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Name

NBIB = re.compile(r"^(?:PMID- ?\d|OWN - )", re.MULTILINE)
WOS = re.compile(r"^PT [A-Z]\s*$", re.MULTILINE)
_NBIB_TAG = re.compile(r"([A-Z]{2,4}) *- ?(.*)$")
_WOS_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*))?$")
_REPEATED: Final = ("AU", "AF", "BE", "BA", "BF", "ED", "CA", "GP", "C1")
"""Tags of Web of Science whose further lines are further values, not continuations."""
_NBIB_TYPES: Final = {"Preprint": "article", "Book": "book", "Dataset": "dataset"}
_WOS_TYPES: Final = {"J": "article-journal", "B": "book", "S": "chapter", "P": "patent"}
_NBIB_VARIABLES: Final = {
    "JT": "container-title", "VI": "volume", "IP": "issue", "PG": "page", "LA": "language",
    "PMID": "PMID", "PB": "publisher", "PL": "publisher-place", "IS": "ISSN", "ISBN": "ISBN",
}  # fmt: skip
_WOS_VARIABLES: Final = {
    "SO": "container-title", "SE": "collection-title", "VL": "volume", "IS": "issue",
    "PU": "publisher", "PI": "publisher-place", "LA": "language", "SN": "ISSN", "BN": "ISBN",
    "CT": "event-title", "PM": "PMID",
}  # fmt: skip


def read_nbib(text: str) -> Iterator[FoundEntry | DamagedEntry]:
    """Yield each citation of a PubMed or ERIC file; a blank line or a `PMID` begins the next."""
    start_line = 0
    tags: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        tag = _NBIB_TAG.match(line) if line[:1].strip() else None
        if tags and (not line.strip() or (tag and tag[1] == "PMID")):
            yield _nbib_entry(start_line, tags)
            tags = []
        if tag:
            start_line = start_line if tags else number
            tags.append((tag[1], tag[2].strip()))
        elif line.strip() and tags and len(tags[-1][1]) < MAX_FIELD:
            tags[-1] = (tags[-1][0], f"{tags[-1][1]} {line.strip()}")
        elif line.strip():
            yield DamagedEntry(number, "this line is outside any entry: it has no tag")
    if tags:
        yield _nbib_entry(start_line, tags)


def _nbib_entry(line: int, tags: list[tuple[str, str]]) -> FoundEntry:
    kinds = [value for name, value in tags if name == "PT"]
    return FoundEntry(line, ReferenceEntry("nbib", "", "; ".join(kinds), tuple(tags)))


def read_wos(text: str) -> Iterator[FoundEntry | DamagedEntry]:
    """Yield each record of Web of Science, from `PT` to `ER`, or why it cannot be read."""
    start_line = 0
    tags: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _WOS_TAG.match(line.rstrip()) if line[:1].strip() else None
        tag, value = (match[1], (match[2] or "").strip()) if match else ("", line.strip())
        if tag == "PT":
            if start_line:
                yield DamagedEntry(
                    start_line, "this entry has no end: another begins before its ER"
                )
            start_line, tags = number, [(tag, value)]
        elif tag == "ER" and start_line:
            yield FoundEntry(start_line, ReferenceEntry("wos", "", tags[0][1], tuple(tags)))
            start_line = 0
        elif start_line and tag:
            tags.append((tag, value))
        elif start_line and value and tags[-1][0] in _REPEATED:
            tags.append((tags[-1][0], value))
        elif start_line and value and len(tags[-1][1]) < MAX_FIELD:
            tags[-1] = (tags[-1][0], f"{tags[-1][1]} {value}")
        elif value and tag not in ("FN", "VR", "EF"):
            yield DamagedEntry(number, "this line is outside any entry: none began with PT")
    if start_line:
        yield DamagedEntry(start_line, "this entry is cut off: it has no ER")


def work_of_nbib(entry: ReferenceEntry) -> Work:
    """Return the work that a citation of PubMed describes."""
    identifiers = [value for name, value in entry.fields if name in ("LID", "AID")]
    dois = [value.removesuffix("[doi]") for value in identifiers if value.endswith("[doi]")]
    pmid = entry.first("PMID")
    kind = next((_NBIB_TYPES[part] for part in entry.type.split("; ") if part in _NBIB_TYPES), "")
    return Work(
        key=entry.key,
        title=without_markup(entry.first("TI", "BTI")).removesuffix("."),
        type=kind or "article-journal",
        authors=_names(entry, "FAU", "AU") + _groups(entry, "CN"),
        editors=_names(entry, "FED", "ED"),
        issued=parse_date(entry.first("DP")) or parse_date(entry.first("DEP")),
        arxiv_id=arxiv_id_in(identifiers),
        doi=parse_doi(next(iter(dois), "")),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else entry.first("LID") or None,
        abstract=without_markup(entry.first("AB")),
        keywords=tuple(value for name, value in entry.fields if name in ("OT", "MH")),
        variables=_variables(entry, _NBIB_VARIABLES),
    )


def work_of_wos(entry: ReferenceEntry) -> Work:
    """Return the work that a record of Web of Science describes."""
    variables = _variables(entry, _WOS_VARIABLES)
    first, last = entry.first("BP", "AR"), entry.first("EP")
    if first:
        variables["page"] = f"{first}–{last}" if last and last != first else first
    meeting = "CT" in dict(entry.fields)
    return Work(
        key=entry.key,
        title=without_markup(entry.first("TI")),
        type="paper-conference" if meeting else _WOS_TYPES.get(entry.type, "document"),
        authors=_names(entry, "AF", "AU") + _groups(entry, "CA"),
        editors=_names(entry, "BE", "ED"),
        issued=parse_date(f"{entry.first('PY')} {entry.first('PD').title()}"),
        arxiv_id=arxiv_id_in([entry.first("DI"), entry.first("AR")]),
        doi=parse_doi(entry.first("DI")),
        abstract=without_markup(entry.first("AB")),
        keywords=tuple(one_line(part) for part in entry.first("DE").split(";") if part.strip()),
        variables=variables,
    )


def _names(entry: ReferenceEntry, full: str, short: str) -> tuple[Name, ...]:
    """Return the names under the tag of full names, else those under the tag of initials."""
    tags = {name for name, _ in entry.fields}
    tag = full if full in tags else short
    names = (
        parse_name(value, family_first=tag == short) for name, value in entry.fields if name == tag
    )
    return tuple(name for name in names if any(name))


def _groups(entry: ReferenceEntry, tag: str) -> tuple[Name, ...]:
    from digest.model import Name

    return tuple(Name(literal=value) for name, value in entry.fields if name == tag and value)


def _variables(entry: ReferenceEntry, names: dict[str, str]) -> dict[str, str]:
    values = {names[tag]: one_line(value) for tag, value in reversed(entry.fields) if tag in names}
    return {name: value for name, value in values.items() if value}
