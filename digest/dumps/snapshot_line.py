"""Read a line of arXiv's snapshot in its usual form, in half the time of the common way.

The decoder checks the types of the fourteen fields while it reads; the same functions as everywhere
parse their values. A line that differs in any way (a field of another type, a missing or repeated
key, an invalid arXiv identifier) is left to `digest.dumps.snapshot`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from digest.dumps import fields
from digest.dumps.dates import parse_date, parse_day
from digest.dumps.draft import is_remark, parse_categories, parse_text
from digest.dumps.fields import BadRecordError
from digest.dumps.identifiers import parse_arxiv_id, parse_doi
from digest.model import Record
from digest.text.names import plain_name_of

if TYPE_CHECKING:
    from digest.model import Name, PartialDate


class _Version(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    version: str
    created: str


class _Line(
    msgspec.Struct,
    forbid_unknown_fields=True,
    gc=False,
    rename={"journal_ref": "journal-ref", "report_no": "report-no"},
):
    id: str
    submitter: str | None
    authors: str
    title: str
    comments: str | None
    journal_ref: str | None
    doi: str | None
    report_no: str | None
    categories: str
    license: str | None
    abstract: str
    versions: list[_Version]
    update_date: str
    authors_parsed: list[list[str]]

    def texts(self) -> int:
        """Return how many texts the fields have, without those of the versions."""
        optional = (self.submitter, self.comments, self.journal_ref, self.doi, self.report_no)
        absent = (*optional, self.license).count(None)
        return _KEYS - _LISTS - absent + sum(map(len, self.authors_parsed))


_decode: Final = msgspec.json.Decoder(_Line).decode
_KEYS: Final = len(_Line.__struct_fields__)
_KEYS_OF_VERSION: Final = len(_Version.__struct_fields__)
_LISTS: Final = 2
"""Of the fields of a line."""
_TIME: Final = re.compile(r" \d\d:\d\d:\d\d GMT")
_TIME_LENGTH: Final = len(" 19:18:42 GMT")


def read_line(content: bytes, number: int) -> Record | None:
    """Return the record of a line in the usual form; None for any other line."""
    try:
        line = _decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    identifier = parse_arxiv_id(line.id)
    if identifier != line.id or not line.versions or _may_repeat_a_key(content, line):
        return None
    if not 0 < len(line.authors_parsed) <= fields.MAX_AUTHORS:
        return None
    authors = _names(line.authors_parsed)
    url, pdf_url = fields.arxiv_links(identifier)
    try:
        return Record(
            title=fields.parse_title(line.title),
            line=number,
            abstract=fields.parse_abstract(line.abstract),
            authors=authors or None,
            author_count=len(authors) or None,
            published=_published(line.versions[0].created),
            updated=_day(line.update_date),
            url=url,
            pdf_url=pdf_url,
            arxiv_id=identifier,
            doi=parse_doi(line.doi),
            categories=parse_categories(line.categories),
            comments=fields.parse_count(line.comments, "comments"),
            journal=fields.parse_name_of_group(line.journal_ref),
            comment=parse_text(line.comments) if is_remark(line.comments) else None,
            version=len(line.versions),
            license=fields.parse_label(line.license),
        )
    except BadRecordError:
        return None


def _may_repeat_a_key(content: bytes, line: _Line) -> bool:
    """Return False if each key certainly occurs once: of equal keys the decoder takes the last.

    Every key and every text has two quotation marks, so that an additional key adds some.
    """
    marks = 2 * (_KEYS + 2 * _KEYS_OF_VERSION * len(line.versions) + line.texts())
    return content.count(b'"') != marks and not _holds_marks(content, line, marks)


def _holds_marks(content: bytes, line: _Line, marks: int) -> bool:
    """Return whether the other quotation marks are those in the texts."""
    if b"\\u0022" in content:  # a mark that is not written as one
        return False
    texts = [text for text in msgspec.structs.astuple(line) if isinstance(text, str)]
    texts += [part for parts in line.authors_parsed for part in parts]
    return content.count(b'"') == marks + sum(text.count('"') for text in texts)


def _published(created: str) -> PartialDate | None:
    """Return the day of `Mon, 2 Apr 2007 19:18:42 GMT`: many papers have the same."""
    is_usual = created[3:5] == ", " and _TIME.fullmatch(created, len(created) - _TIME_LENGTH)
    return _date(created[:-_TIME_LENGTH]) if is_usual else parse_date(created)


_date = lru_cache(maxsize=4_096)(parse_date)
_day = lru_cache(maxsize=4_096)(parse_day)


def _names(parsed: list[list[str]]) -> tuple[Name, ...]:
    """Return the names of `["Berg", "Ada", "Jr."]`; most are plain words without a suffix."""
    names = []
    for parts in parsed:
        plain = plain_name_of(parts[0], parts[1]) if len(parts) == 3 and not parts[2] else None
        name = plain or fields.author_name(parts)
        if plain or any(name):
            names.append(name)
    return tuple(names)
