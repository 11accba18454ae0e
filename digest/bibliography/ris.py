"""Write works and entries as RIS, one tag per line, as reference managers exchange it.

Lines end with CRLF. The format has no escapes: each value is on one line, so that it cannot begin
another tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.bibliography.reference import Reference
    from digest.bibliography.work import Work
    from digest.model import Name, PartialDate
    from digest.model.references import ReferenceEntry

_TYPES: Final = {
    "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS",
    "book": "BOOK", "chapter": "CHAP", "paper-conference": "CONF", "thesis": "THES",
    "report": "RPRT", "manuscript": "UNPB", "article": "UNPB", "webpage": "ELEC",
    "post-weblog": "BLOG", "dataset": "DATA", "software": "COMP", "patent": "PAT",
}  # fmt: skip
_TAGS: Final = {
    "container-title": "T2", "collection-title": "T3", "volume": "VL", "issue": "IS",
    "number": "IS", "edition": "ET", "publisher": "PB", "publisher-place": "CY", "ISBN": "SN",
    "ISSN": "SN", "PMID": "C2", "genre": "M3", "language": "LA", "title-short": "ST",
    "note": "N1",
}  # fmt: skip


def write_ris(references: Sequence[Reference]) -> str:
    """Return a file of references, each from `TY` to `ER`, separated by blank lines."""
    blocks: list[str] = []
    for reference in references:
        entries = reference.entries_of("ris")
        blocks += [_block(_imported_entry(entry, reference)) for entry in entries]
        if not entries:
            blocks.append(_block(_tags(reference.work)))
    return "\r\n".join(blocks)


def _block(tags: Iterator[tuple[str, str]]) -> str:
    return "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in tags)


def _imported_entry(entry: ReferenceEntry, reference: Reference) -> Iterator[tuple[str, str]]:
    """Yield an entry of a RIS file with all its fields, then the reader's tags and note."""
    yield "TY", entry.type
    names = {name for name, _ in entry.fields}
    if "ID" not in names:
        yield "ID", reference.key
    known = [value for name, value in entry.fields if name == "KW"]
    words = reference.with_keywords(known)
    yield from ((name, value) for name, value in entry.fields if name != "KW" or value in words)
    yield from (("KW", word) for word in words if word not in known)
    for paragraph in filter(None, reference.note.split("\n\n")):
        yield "N1", paragraph
    yield "ER", ""


def _tags(work: Work) -> Iterator[tuple[str, str]]:
    preprint = work.type != "article" or work.arxiv_id
    yield "TY", _TYPES.get(work.type, "GEN") if preprint else "GEN"
    yield "ID", work.key
    yield "TI", work.title
    for role, names in (("AU", work.authors), ("A2", work.editors), ("A4", work.translators)):
        for name in names:
            yield role, _inverted(name)
    if work.issued is not None:
        yield "PY", f"{work.issued.year:04}"
        yield "DA", _day(work.issued)
    first, _, last = work.variables.get("page", "").partition("–")
    of_arxiv = "" if "publisher" in work.variables or not work.arxiv_id else "arXiv"
    fields = [
        ("PB", of_arxiv),
        ("AN", f"arXiv:{work.arxiv_id}" if work.arxiv_id else ""),
        ("SP", first),
        ("EP", last),
        *((_TAGS.get(variable, ""), value) for variable, value in work.variables.items()),
        ("DO", work.own_doi or ""),
        ("UR", work.url or ""),
        ("AB", work.abstract),
        *(("KW", keyword) for keyword in work.keywords),
        *(("N1", paragraph) for paragraph in work.annote.split("\n\n")),
    ]
    yield from ((tag, value) for tag, value in fields if tag and value)
    yield "ER", ""


def _inverted(name: Name) -> str:
    """Return the name as `van Last, First, Jr.`, or whole."""
    last = " ".join(part for part in (name.particle, name.family) if part)
    parts = (last, name.given, name.suffix)
    return name.literal or ", ".join(part for part in parts if part)


def _day(issued: PartialDate) -> str:
    """Return `YYYY/MM/DD/`, with empty parts for what is unknown."""
    month, day = (f"{part:02}" if part else "" for part in (issued.month, issued.day))
    return f"{issued.year:04}/{month}/{day}/"
