"""Read BibTeX and biblatex files: text → entries.

The blocks are bibtexparser's, which goes on behind a damaged one; what a field's LaTeX says is
worked out here. No file is included and no crossref followed.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from digest.bibliography.entry import MAX_FIELD, Damaged, Found, arxiv_id_in, to_object
from digest.bibliography.latex import decode
from digest.errors import DumpError
from digest.model import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bibtexparser.model import Block, Entry

_ARXIV_FIELDS: Final = (
    "url", "doi", "journal", "journaltitle", "number", "howpublished", "volume", "pages",
)  # fmt: skip
_URL_MACRO = re.compile(r"\\(?:url|href|path)(?=\s*\{)")
_ESCAPED = re.compile(r"\\([_%&#~])")
_BEGINNING = re.compile(r"@\s*\w+\s*[{(]")
_MAX_NAMES: Final = 100_000
"""Characters of a list of authors: some thousand names."""
_MAX_STRING: Final = 300
"""Characters of what an abbreviation stands for, which any number of entries may name."""
MAX_ENTRIES: Final = 100_000
"""Beginnings of entries in one file. A damaged one costs a kilobyte and more of memory."""


def read_bibtex(text: str) -> Iterator[Found | Damaged]:
    """Yield each entry, or why there is none; comments, preambles and strings are no entries.

    Raise `DumpError` for a file of too many.
    """
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import (
        DuplicateBlockKeyBlock,
        DuplicateFieldKeyBlock,
        Entry,
        ParsingFailedBlock,
        String,
    )

    if sum(1 for _ in _BEGINNING.finditer(text)) > MAX_ENTRIES:
        raise DumpError(f"holds more than {MAX_ENTRIES:,} entries")
    # It logs each damaged block, which are told here with the file's name.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    strings: dict[str, str] = {}
    for block in parse_string(text, parse_stack=[]).blocks:
        line = (block.start_line or 0) + 1
        found: Block | None = block
        # Two entries of one key are two papers; two fields of one name are still one entry.
        while isinstance(found, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
            found = found.ignore_error_block
        if isinstance(found, String):
            strings[found.key.lower()] = _plain(found.value, {})[:_MAX_STRING]
        elif isinstance(found, Entry):
            yield Found(line, found.key.strip(), _object(found, strings))
        elif isinstance(found, ParsingFailedBlock):
            yield Damaged(line, "this entry is damaged: its braces or quotes do not close")


def _object(entry: Entry, strings: Mapping[str, str]) -> dict[str, object]:
    raw: dict[str, str] = {}
    for field in entry.fields:  # the first of two fields of one name, as BibTeX has it
        raw.setdefault(field.key.lower(), _plain(field.value, strings)[:MAX_FIELD])
    archive = raw.get("archiveprefix", raw.get("eprinttype", "arxiv")).lower()
    eprint = [raw.get("eprint")] if archive == "arxiv" else []
    category = raw.get("primaryclass", raw.get("eprintclass", ""))
    return to_object(
        title=decode(raw.get("title", "")),
        authors=_authors(raw.get("author", "")),
        abstract=decode(raw.get("abstract", "")),
        published=raw.get("date"),
        url=_address(raw.get("url", "")),
        doi=_address(raw.get("doi", "")),
        arxiv_id=arxiv_id_in([*eprint, *(raw.get(name) for name in _ARXIV_FIELDS)]),
        categories=[category] if category and archive == "arxiv" else (),
    )


def _address(value: str) -> str:
    r"""Return an address or a DOI that may be written as LaTeX: `\url{…}`, `a\_b`."""
    return _ESCAPED.sub(r"\1", _URL_MACRO.sub("", value)).strip(" {}")


def _plain(value: str, strings: Mapping[str, str]) -> str:
    """Return a field's value without what encloses it, or what its abbreviation stands for."""
    value = value.strip()
    if (value[:1], value[-1:]) in (("{", "}"), ('"', '"')) and len(value) > 1:
        return value[1:-1]
    return strings.get(value.lower(), value)


def _authors(names: str) -> Iterator[Name]:
    """Yield each name, first name first; `others` is nobody."""
    from bibtexparser.middlewares.names import (
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    for name in split_multiple_persons_names(names[:_MAX_NAMES]):
        if name.strip().lower() != "others":
            parts = parse_single_name_into_parts(name, strict=False)
            words = (parts.last, parts.first, parts.von, parts.jr)
            family, *rest = (decode(" ".join(part)) for part in words)
            # One part alone stood in braces or is one word: it is not to be taken apart.
            yield Name(family, *rest) if any(rest) else Name(literal=family)
