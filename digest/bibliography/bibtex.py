"""References → BibTeX, for BibTeX and biber alike.

Entries are `@misc`, as arXiv recommends for its papers: of a DOI without its journal or its
proceedings `@article` would be a fault of the entry.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from digest.bibliography.latex import escape, title
from digest.bibliography.reference import primary_category
from digest.text.line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.bibliography.reference import Reference
    from digest.model import Name

_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_UNSAFE = re.compile(r"[\s{}\\\"<>^`|]")


def write_bibtex(references: Iterable[Reference]) -> str:
    """Return a file of entries, one blank line between two."""
    return "\n".join(map(_entry, references))


def _entry(reference: Reference) -> str:
    lines = [f"@misc{{{reference.key},"]
    lines += [f"  {name:<13} = {value}," for name, value in _fields(reference)]
    return "\n".join([*lines, "}", ""])


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    paper = reference.paper
    yield "title", f"{{{title(paper.title)}}}"
    if authors := _authors(reference):
        yield "author", f"{{{authors}}}"
    else:
        # Styles that sort want something to sort by, and say so.
        yield "key", f"{{{escape(paper.title)}}}"
    if (issued := reference.issued) is not None:
        yield "year", f"{{{issued.year:04}}}"
        if issued.month is not None:
            yield "month", _MONTHS[issued.month - 1]
    if paper.arxiv_id:
        yield "eprint", f"{{{one_line(paper.arxiv_id)}}}"
        yield "archivePrefix", "{arXiv}"
        if category := primary_category(paper):
            yield "primaryClass", f"{{{category}}}"
    for name, address in (("doi", paper.doi), ("url", paper.url)):
        if address:
            yield name, f"{{{_verbatim(address)}}}"
    for name, text in (
        ("abstract", escape(paper.abstract or "")),
        ("keywords", ", ".join(map(_keyword, reference.keywords))),
        ("annote", "\n".join(map(escape, reference.note.split("\n")))),
    ):
        if text:
            yield name, f"{{{text}}}"


def _authors(reference: Reference) -> str:
    """Return the names, the last ones first, parted by `and`.

    Names of which only some are known end with `others`, which styles print as "et al."
    """
    names = list(map(_author, reference.authors))
    if names and (reference.paper.author_count or 0) > len(names):
        names.append("others")
    return " and ".join(names)


def _author(name: Name) -> str:
    last = " ".join(filter(None, (name.particle, name.family)))
    parts = list(filter(None, (last, name.suffix, name.given)))
    # A hyphen parts words as a space does: of a part without a letter BibTeX finds nothing.
    if name.literal or not all(any(map(str.isalnum, part)) for part in parts):
        # In braces it looks neither for "and" nor for a comma.
        return f"{{{escape(str(name), math=False)}}}"
    return ", ".join(escape(part, math=False) for part in parts)


def _keyword(text: str) -> str:
    return escape(text.replace(",", " "))


def _verbatim(address: str) -> str:
    """Return a DOI or a URL, which no LaTeX is read in; what it may not hold is percent-encoded."""
    return _UNSAFE.sub(lambda found: quote(found[0]), address)
