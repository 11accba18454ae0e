r"""Read BibTeX and biblatex files: text → entries, and an entry → a work.

The blocks are bibtexparser's, which goes on behind a damaged one. What a field's LaTeX says is
decoded here. No file is included and no crossref followed.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from digest.bibliography.bibtex_names import read_names
from digest.bibliography.dates import date_of_parts, parse_date
from digest.bibliography.entry import MAX_FIELD, Damaged, Found, arxiv_id_in, arxiv_id_of_note
from digest.bibliography.latex import decode
from digest.bibliography.plain import several_lines, without_markup
from digest.bibliography.work import Work
from digest.dumps.identifiers import parse_doi
from digest.errors import DumpError
from digest.model.references import ReferenceEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bibtexparser.library import Library
    from bibtexparser.model import Block

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
"""CSL's variable for each field. `number` is an issue or a number, as the type has it."""
MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
MAX_ENTRIES: Final = 100_000
"""Beginnings of entries in one file. A damaged one costs a kilobyte and more of memory."""
_ARXIV_FIELDS: Final = (
    "url", "doi", "journal", "journaltitle", "number", "howpublished", "volume", "pages",
)  # fmt: skip
_OLD_ARCHIVES = re.compile(r"(?:astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math(?:-ph)?|nlin"
                           r"|nucl-(?:ex|th)|physics|q-alg|alg-geom|quant-ph|cs)$")  # fmt: skip
_BARE_NUMBER = re.compile(r"\d{7}(?:v\d+)?$")
_URL_MACRO = re.compile(r"\\(?:url|href|path)(?=\s*\{)")
_ESCAPED = re.compile(r"\\([_%&#~])")
_BEGINNING = re.compile(r"@\s*\w+\s*[{(]")
_BRACE = re.compile(r"\\(?=[{}])")
_HIDDEN: Final = "\ue0ff"
"""Stands for a backslash before a brace while braces are counted."""
_MAX_STRING: Final = 300
"""Characters of what an abbreviation stands for, which any number of entries may name."""


def read_bibtex(text: str) -> Iterator[Found | Damaged]:
    """Yield each entry, or why there is none; comments, preambles and strings are no entries.

    Raise `DumpError` for a file of too many.
    """
    from bibtexparser.model import (
        DuplicateBlockKeyBlock,
        DuplicateFieldKeyBlock,
        Entry,
        ParsingFailedBlock,
        String,
    )

    if sum(1 for _ in _BEGINNING.finditer(text)) > MAX_ENTRIES:
        raise DumpError(f"holds more than {MAX_ENTRIES:,} entries")
    strings: dict[str, str] = {}
    for block in _parsed(text).blocks:
        line = (block.start_line or 0) + 1
        found: Block | None = block
        # Two entries of one key are two papers; two fields of one name are still one entry.
        while isinstance(found, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
            found = found.ignore_error_block
        if isinstance(found, String):
            strings[found.key.lower()] = _value(found.value, strings)[:_MAX_STRING]
        elif isinstance(found, Entry):
            fields = tuple(
                (field.key, _value(field.value, strings)[:MAX_FIELD]) for field in found.fields
            )
            yield Found(line, ReferenceEntry("bibtex", found.key.strip(), found.entry_type, fields))
        elif isinstance(found, ParsingFailedBlock):
            yield Damaged(line, "this entry is damaged: its braces or quotes do not close")


def _parsed(text: str) -> Library:
    """Return the blocks of the file.

    BibTeX counts each brace, escaped or not; bibtexparser does not count an escaped one. A file is
    read as BibTeX reads it, unless fewer entries are damaged the other way.
    """
    from bibtexparser.entrypoint import parse_string

    # It logs each damaged block; they are reported here with the file's name.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    if not _BRACE.search(text):
        return parse_string(text, parse_stack=[])
    counted = parse_string(_BRACE.sub(_HIDDEN, text), parse_stack=[])
    if not counted.failed_blocks:
        return counted
    escaped = parse_string(text, parse_stack=[])
    fewer = len(escaped.failed_blocks) < len(counted.failed_blocks)
    return escaped if fewer else counted


def _value(raw: str, strings: Mapping[str, str]) -> str:
    """Return a field's LaTeX: pieces joined by `#`, without what encloses each.

    An abbreviation stands for what `@string` says, and for itself where nothing does.
    """
    return "".join(
        piece[1:-1]
        if len(piece) > 1 and (piece[0], piece[-1]) in (("{", "}"), ('"', '"'))
        else strings.get(piece.lower(), piece)
        for piece in _pieces(raw.replace(_HIDDEN, "\\"))
    )


def _pieces(raw: str) -> Iterator[str]:
    """Yield what stands between the `#` outside braces and quotation marks."""
    depth = start = 0
    quoted = False
    if "#" in raw:
        for at, character in enumerate(raw):
            if character in "{}":
                depth += 1 if character == "{" else -1
            elif character == '"' and not depth:
                quoted = not quoted
            elif character == "#" and not depth and not quoted:
                yield raw[start:at].strip()
                start = at + 1
    yield raw[start:].strip()


def work_of_bibtex(entry: ReferenceEntry) -> Work:
    """Return the work that an entry describes."""
    raw: dict[str, str] = {}
    for name, value in entry.fields:  # BibTeX takes the first of two fields of one name
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
    if found := re.match(r"(\d{1,2})\s+([a-z]+)|([a-z]+)[\s~.]+(\d{1,2})$", month):
        # `month = "5~" # apr`, as the BibTeX documentation advises for a day.
        day, month = found[1] or found[4], found[2] or found[3]
    return date_of_parts(decode(raw.get("year", "")), month, day)


def _address(value: str) -> str:
    r"""Return an address or a DOI that may be written as LaTeX: `\url{…}`, `a\_b`."""
    return _ESCAPED.sub(r"\1", _URL_MACRO.sub("", value)).strip(" {}")
