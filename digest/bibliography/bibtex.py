"""Write works and entries as BibTeX, for BibTeX and biber alike.

A paper of arXiv without a journal is `@misc`, as arXiv recommends for its papers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from digest.bibliography.bibtex_names import write_names
from digest.bibliography.latex import escape, title
from digest.bibliography.plain_text import TAGGED, without_markup
from digest.bibliography.read_bibtex import MONTHS
from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.bibliography.reference import Reference
    from digest.bibliography.work import Work
    from digest.model.references import ReferenceEntry

_TYPES: Final = {
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article",
    "review": "article", "book": "book", "chapter": "incollection",
    "paper-conference": "inproceedings", "thesis": "phdthesis", "report": "techreport",
    "manuscript": "unpublished", "pamphlet": "booklet", "entry-encyclopedia": "incollection",
    "entry-dictionary": "incollection",
}  # fmt: skip
_NEEDED: Final = {
    "article": "container-title", "book": "publisher", "incollection": "container-title",
    "inproceedings": "container-title", "phdthesis": "publisher", "mastersthesis": "publisher",
    "techreport": "publisher",
}  # fmt: skip
"""Without this variable an entry of that type lacks a field that BibTeX requires."""
_PUBLISHERS: Final = {
    "phdthesis": "school", "mastersthesis": "school", "techreport": "institution",
    "misc": "howpublished",
}  # fmt: skip
_FIELDS: Final = {
    "collection-title": "series", "volume": "volume", "issue": "number", "number": "number",
    "page": "pages", "chapter-number": "chapter", "edition": "edition", "publisher": "publisher",
    "publisher-place": "address", "event-title": "eventtitle", "ISBN": "isbn", "ISSN": "issn",
    "PMID": "pmid", "genre": "type", "language": "language", "medium": "howpublished",
    "title-short": "shorttitle", "note": "note", "status": "pubstate",
}  # fmt: skip
_VERBATIM: Final = frozenset({"url", "doi", "file", "eprint", "crossref", "keywords"})
_ENTITY = re.compile(r"(?:\\?&(?:amp;)?\\?#x?[0-9a-fA-F]{2,6};|\\?&(?:amp;)?[A-Za-z]{2,8}\d?;)")
_UNSAFE = re.compile(r"[\s{}\\\"<>^`|]")


def write_bibtex(references: Sequence[Reference]) -> str:
    """Return a file of entries, separated by blank lines.

    An entry from a BibTeX file is written with all its fields. Entries that others name in
    `crossref` come last, where BibTeX expects them.
    """
    named = {
        value.strip().lower()
        for reference in references
        for entry in reference.entries_of("bibtex")
        for name, value in entry.fields
        if name.lower() in ("crossref", "xdata")
    }
    blocks: list[tuple[bool, str]] = []
    for reference in references:
        entries = reference.entries_of("bibtex")
        blocks += [
            (entry.key.lower() in named, _imported_entry(entry, reference if not place else None))
            for place, entry in enumerate(entries)
        ]
        if not entries:
            blocks.append((False, write_work(reference.work)))
    return "\n".join(block for _, block in sorted(blocks, key=lambda block: block[0]))


def _written(kind: str, key: str, fields: Iterator[tuple[str, str]]) -> str:
    lines = [f"@{kind}{{{key},"]
    lines += [f"  {name:<13} = {value}," for name, value in fields]
    return "\n".join([*lines, "}", ""])


# --- an entry as it came -------------------------------------------------------------------------


def _imported_entry(entry: ReferenceEntry, reference: Reference | None) -> str:
    """Return an entry of a BibTeX file; the reader's tags and note go into the paper's first."""
    return _written(entry.type, entry.key, _kept_fields(entry, reference))


def _kept_fields(entry: ReferenceEntry, reference: Reference | None) -> Iterator[tuple[str, str]]:
    keywords = () if reference is None else reference.keywords
    note = "" if reference is None else "\n".join(map(escape, reference.note.split("\n")))
    for name, value in entry.fields:
        if name.lower() == "keywords" and keywords:
            yield name, f"{{{_merged(value, reference)}}}"
            keywords = ()
            continue
        if name.lower() == "annote":
            note = ""
        yield name, value if _is_macro(name, value) else f"{{{_repaired(name, value)}}}"
    if keywords:
        yield "keywords", f"{{{', '.join(map(_keyword, keywords))}}}"
    if note:
        yield "annote", f"{{{note}}}"


def _repaired(name: str, value: str) -> str:
    r"""Return a field with its HTML as LaTeX: neither `&gt;` nor `D\&amp;\#x0B3;` compiles."""
    if name.lower() in _VERBATIM or not ("&" in value or "</" in value):
        return value
    value = _ENTITY.sub(lambda match: escape(without_markup(match[0].replace("\\", ""))), value)
    return TAGGED.sub(lambda match: escape(without_markup(match[0])), value)


def _merged(value: str, reference: Reference | None) -> str:
    """Return the LaTeX of an entry's keywords with the reader's."""
    if reference is None:
        return value
    keywords = {keyword: _keyword(keyword) for keyword in reference.keywords}
    known = [part.strip() for part in re.split("[,;]", value) if part.strip()]
    words = reference.with_keywords(known)
    return ", ".join(keywords.get(word, word) for word in words)


def _is_macro(name: str, value: str) -> bool:
    """Return whether a value is a month's macro, which has no braces."""
    return name.lower() == "month" and value.lower() in MONTHS


# --- a work --------------------------------------------------------------------------------------


def write_work(work: Work) -> str:
    """Return the entry of a work that did not come from a BibTeX file."""
    kind = _TYPES.get(work.type, "misc")
    if kind == "phdthesis" and "master" in work.variables.get("genre", "").lower():
        kind = "mastersthesis"
    if kind == "article" and work.arxiv_id and "container-title" not in work.variables:
        kind = "misc"
    if (needed := _NEEDED.get(kind)) and needed not in work.variables:
        kind = "misc"
    return _written(kind, work.key, _fields(work, kind))


def _fields(work: Work, kind: str) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{title(work.title)}}}"
    yield from _people(work)
    if work.issued is not None:
        yield "year", f"{{{work.issued.year:04}}}"
        if work.issued.month is not None:
            yield "month", MONTHS[work.issued.month - 1]
    yield from _variables(work, kind)
    if work.arxiv_id:
        yield "eprint", f"{{{one_line(work.arxiv_id)}}}"
        yield "archivePrefix", "{arXiv}"
        if work.category:
            yield "primaryClass", f"{{{work.category}}}"
    for name, text in (
        ("doi", _verbatim(work.doi or "")),
        ("url", _verbatim(work.url or "")),
        ("abstract", escape(work.abstract)),
        ("keywords", ", ".join(map(_keyword, work.keywords))),
        ("annote", "\n".join(map(escape, work.annote.split("\n")))),
    ):
        if text:
            yield name, f"{{{text}}}"


def _people(work: Work) -> Iterator[tuple[str, str]]:
    if not work.authors and not work.editors:
        # Styles that sort need something to sort by.
        yield "key", f"{{{escape(work.title)}}}"
    for role, names, more in (
        ("author", work.authors, work.more_authors),
        ("editor", work.editors, False),
        ("translator", work.translators, False),
    ):
        if names:
            yield role, f"{{{write_names(names, more=more)}}}"


def _variables(work: Work, kind: str) -> Iterator[tuple[str, str]]:
    written: set[str] = set()
    for variable, value in work.variables.items():
        name = _FIELDS.get(variable, "")
        if variable == "container-title":
            name = "journal" if kind in ("article", "misc") else "booktitle"
        elif variable == "publisher":
            name = _PUBLISHERS.get(kind, name)
        elif variable == "genre" and kind in ("phdthesis", "mastersthesis"):
            continue  # the type says it
        if name and name not in written:
            written.add(name)
            text = value.replace("–", "--") if name == "pages" else value
            yield name, f"{{{text if name == 'pages' and text.isascii() else escape(text)}}}"


def _keyword(text: str) -> str:
    return escape(text.replace(",", " "))


def _verbatim(address: str) -> str:
    """Return a DOI or a URL, in which no LaTeX is read; invalid characters are percent-encoded."""
    return _UNSAFE.sub(lambda match: quote(match[0]), address)
