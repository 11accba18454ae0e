"""References → RIS, a tag a line, as reference managers exchange it.

Lines end with CRLF. The format knows no escapes: each value stands on one line, so that nothing in
it can begin another tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.bibliography.reference import own_doi
from digest.text.line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.bibliography.reference import Issued, Reference


def write_ris(references: Iterable[Reference]) -> str:
    """Return a file of references, each from `TY` to `ER`, a blank line between two."""
    return "\r\n".join(map(_entry, references))


def _entry(reference: Reference) -> str:
    lines = (f"{tag}  - {one_line(value)}" for tag, value in _tags(reference))
    return "".join(f"{line}\r\n" for line in lines)


def _tags(reference: Reference) -> Iterator[tuple[str, str]]:
    paper = reference.paper
    yield "TY", "UNPB" if paper.arxiv_id else "GEN"
    yield "ID", reference.key
    yield "TI", paper.title
    for name in reference.authors:
        yield "AU", name.sorting
    if (issued := reference.issued) is not None:
        yield "PY", f"{issued.year:04}"
        yield "DA", _day(issued)
    if paper.arxiv_id:
        yield "PB", "arXiv"
        yield "AN", f"arXiv:{paper.arxiv_id}"
    if doi := own_doi(paper):
        yield "DO", doi
    if paper.url:
        yield "UR", paper.url
    if paper.abstract:
        yield "AB", paper.abstract
    for keyword in reference.keywords:
        yield "KW", keyword
    for paragraph in filter(None, reference.note.split("\n\n")):
        yield "N1", paragraph
    yield "ER", ""


def _day(issued: Issued) -> str:
    """Return `YYYY/MM/DD/`, empty between the slashes where nothing is known."""
    month, day = (f"{part:02}" if part else "" for part in (issued.month, issued.day))
    return f"{issued.year:04}/{month}/{day}/"
