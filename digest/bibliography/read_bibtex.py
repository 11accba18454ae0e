r"""Read BibTeX and biblatex files: text → entries, and an entry → a work.

The LaTeX of the fields is decoded here. No file is included and no crossref followed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.bibliography.bibtex_blocks import read_blocks
from digest.bibliography.bibtex_names import read_names
from digest.bibliography.dates import date_of_parts, parse_date
from digest.bibliography.entry import (
    MAX_FIELD,
    DamagedEntry,
    FoundEntry,
    arxiv_id_in,
    arxiv_id_of_note,
)
from digest.bibliography.latex import decode
from digest.bibliography.plain_text import several_lines, without_markup
from digest.bibliography.work import Work
from digest.dumps.identifiers import parse_doi
from digest.model.references import ReferenceEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.model import PartialDate

TYPES: Final = {
    "article": "article-journal", "book": "book", "mvbook": "book", "booklet": "pamphlet",
    "inbook": "chapter", "incollection": "chapter", "inproceedings": "paper-conference",
    "conference": "paper-conference", "proceedings": "book", "collection": "book",
    "manual": "report", "mastersthesis": "thesis", "phdthesis": "thesis", "thesis": "thesis",
    "techreport": "report", "report": "report", "unpublished": "manuscript", "online": "webpage",
    "electronic": "webpage", "www": "webpage", "patent": "patent", "dataset": "dataset",
    "software": "software", "periodical": "periodical", "reference": "book",
    "inreference": "entry-encyclopedia", "misc": "document",
}  # fmt: skip
"""CSL's type for each type of BibTeX and biblatex."""
VARIABLES: Final = {
    "journal": "container-title", "journaltitle": "container-title",
    "booktitle": "container-title", "series": "collection-title", "volume": "volume",
    "pages": "page", "chapter": "chapter-number", "edition": "edition", "publisher": "publisher",
    "institution": "publisher", "school": "publisher", "organization": "publisher",
    "address": "publisher-place", "location": "publisher-place", "eventtitle": "event-title",
    "isbn": "ISBN", "issn": "ISSN", "pmid": "PMID", "type": "genre", "language": "language",
    "langid": "language", "howpublished": "medium", "shorttitle": "title-short", "note": "note",
    "pubstate": "status",
}  # fmt: skip
"""CSL's variable for each field. `number` is an issue or a number, depending on the type."""
MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_ARXIV_FIELDS: Final = (
    "url", "doi", "journal", "journaltitle", "number", "howpublished", "volume", "pages",
)  # fmt: skip
_OLD_ARCHIVES = re.compile(r"(?:astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math(?:-ph)?|nlin"
                           r"|nucl-(?:ex|th)|physics|q-alg|alg-geom|quant-ph|cs)$")  # fmt: skip
_BARE_NUMBER = re.compile(r"\d{7}(?:v\d+)?$")
_URL_MACRO = re.compile(r"\\(?:url|href|path)(?=\s*\{)")
_ESCAPED = re.compile(r"\\([_%&#~])")


def read_bibtex(text: str) -> Iterator[FoundEntry | DamagedEntry]:
    """Yield each entry, or why it cannot be read; raise `DumpError` for too many entries."""
    for block in read_blocks(text):
        if isinstance(block, DamagedEntry):
            yield block
            continue
        fields = tuple((name, value[:MAX_FIELD]) for name, value in block.fields)
        yield FoundEntry(
            block.line, ReferenceEntry("bibtex", block.key, block.type.lower(), fields)
        )


def work_of_bibtex(entry: ReferenceEntry) -> Work:
    """Return the work that an entry describes."""
    raw: dict[str, str] = {}
    for name, value in entry.fields:  # BibTeX takes the first of two fields with the same name
        raw.setdefault(name.lower(), value)
    authors, more = read_names(raw.get("author", ""))
    editors, _ = read_names(raw.get("editor", ""))
    translators, _ = read_names(raw.get("translator", ""))
    kind = TYPES.get(entry.type.lower(), "document")
    arxiv_id = _arxiv_id(raw)
    if arxiv_id and kind == "document":
        kind = "article"
    category = raw.get("primaryclass", raw.get("eprintclass", "")).strip("{} ")
    variables = {VARIABLES[name]: _text(value) for name, value in raw.items() if name in VARIABLES}
    if "page" in variables:
        variables["page"] = variables["page"].replace("--", "–").replace("—", "–")
    if "number" in raw:
        name = "issue" if kind in ("article-journal", "periodical") else "number"
        variables[name] = _text(raw["number"])
    if kind == "thesis" and entry.type.lower() != "thesis":
        genres = {"phdthesis": "PhD thesis", "mastersthesis": "Master's thesis"}
        variables.setdefault("genre", genres.get(entry.type.lower(), ""))
    return Work(
        key=entry.key,
        title=_text(raw.get("title", "")),
        type=kind,
        authors=authors,
        more_authors=more,
        editors=editors,
        translators=translators,
        issued=parse_date(raw.get("date", "")) or _year_and_month(raw),
        accessed=parse_date(raw.get("urldate", "")),
        arxiv_id=arxiv_id,
        category=category if arxiv_id and category else None,
        doi=parse_doi(_address(raw.get("doi", ""))),
        url=_address(raw.get("url", "")) or None,
        abstract=_text(raw.get("abstract", "")),
        keywords=tuple(
            keyword
            for part in re.split(r"[,;]", raw.get("keywords", ""))
            if (keyword := _text(part))
        ),
        annote=several_lines(raw.get("annote", raw.get("annotation", ""))),
        variables={name: value for name, value in variables.items() if value},
    )


def _text(value: str) -> str:
    """Return a field as clean text; tags and entities, as Zotero writes them, are markup."""
    return without_markup(decode(value))


def _arxiv_id(raw: Mapping[str, str]) -> str | None:
    archive = raw.get("archiveprefix", raw.get("eprinttype", "arxiv")).strip("{} ").lower()
    eprint = raw.get("eprint", "").strip("{} ")
    if _OLD_ARCHIVES.match(archive) and _BARE_NUMBER.match(eprint):
        eprint, archive = f"{archive}/{eprint}", "arxiv"
    if archive != "arxiv":
        eprint = ""
    notes = (arxiv_id_of_note(raw.get(name, "")) for name in ("note", "annote", "annotation"))
    return arxiv_id_in([eprint, *(raw.get(name) for name in _ARXIV_FIELDS), *notes])


def _year_and_month(raw: Mapping[str, str]) -> PartialDate | None:
    month = raw.get("month", "").strip("{} ").lower()
    day = raw.get("day", "").strip("{} ")
    if match := re.match(r"(\d{1,2})\s+([a-z]+)|([a-z]+)[\s~.]+(\d{1,2})$", month):
        # `month = "5~" # apr`, as the BibTeX documentation advises for a day.
        day, month = match[1] or match[4], match[2] or match[3]
    return date_of_parts(decode(raw.get("year", "")), month, day)


def _address(value: str) -> str:
    r"""Return an address or a DOI that may be written as LaTeX: `\url{…}`, `a\_b`."""
    return _ESCAPED.sub(r"\1", _URL_MACRO.sub("", value)).strip(" {}")
