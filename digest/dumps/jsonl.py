"""Read JSON Lines: one object a line, with the names of fields that people use.

The table of names stands in `docs/formats.md`. Reading is lazy and keeps some hundred lines in
memory, which another process may read; a line that cannot be read costs that line.
"""

from __future__ import annotations

import json
import re
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from digest.dumps import fields, identifiers
from digest.dumps.fields import BadRecordError
from digest.dumps.stream import MAX_LINE, cut_lines, whole_lines
from digest.errors import DumpError
from digest.model import Name, Record, Refusal
from digest.text.addresses import safe_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from digest.dumps.stream import Lines
    from digest.model import PartialDate

    Read: TypeAlias = list[Record | Refusal]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Share(Protocol[T_co]):
    """Has `work` done for some lines after the other, in order, and may go on from there."""

    def __call__(
        self, work: Callable[[Lines], Read], lines: Iterable[Lines], /
    ) -> Iterable[Iterable[T_co]]:
        """Yield for each of `lines` what came of them."""


_ABSTRACT = ("abstract", "summary")
_IDENTIFIERS = (
    "arxiv_id", "arxivId", "arxiv", "id", "paper_id", "paperId", "entry_id",
    "url", "link", "abs", "abs_url", "pdf", "pdf_url", "doi",
)  # fmt: skip
_URL = ("url", "link", "abs", "abs_url", "entry_id", "html_url")
_PDF = ("pdf_url", "pdf")
_CODE = ("code_url", "code", "github", "github_url", "githubRepo", "repository")
_CATEGORIES = ("categories", "category", "primary_category", "subjects", "tags")
_PUBLISHED = ("published", "publishedAt", "published_at", "published_date", "date", "created")
_PUBLISHED_LAST = ("publication_date", "publicationDate", "submitted", "submitted_date")
_LISTED = ("first_seen", "listed", "announced")
_COMMENTS = ("comments", "numComments", "num_comments")
_ORGANIZATION = ("organization", "organisation", "org")
_AND = re.compile(r",? and | ?& ?|, ?")
_AFFILIATION = re.compile(r" ?\([^()]*\)")


def read_jsonl(chunks: Iterator[bytes], name: str, share: Share[T]) -> Iterator[T | Refusal]:
    """Yield what `share` makes of the record, or the refusal, of each line that is not blank."""
    end: list[Refusal] = []
    yield from chain.from_iterable(share(partial(_read_lines, name), _lines(chunks, name, end)))
    yield from end


def _lines(chunks: Iterator[bytes], name: str, end: list[Refusal]) -> Iterator[Lines]:
    """Yield the lines, some hundred at a time; say at the `end` what broke off."""
    last = 0
    try:
        for lines in whole_lines(chunks):
            last = lines.last
            yield lines
    except DumpError as error:
        reason = f"{error.reason}; what came before it was read"
        end.append(Refusal(name, last + 1, reason))


def _read_lines(name: str, lines: Lines) -> Read:
    found: Read = []
    for line in cut_lines(lines):
        if line.content is None:
            reason = f"the line is longer than {MAX_LINE >> 20} MiB"
            found.append(Refusal(name, line.number, reason))
        elif line.content.strip():
            found.append(_read_line(line.content, name, line.number))
    return found


def _read_line(content: bytes, name: str, number: int) -> Record | Refusal:
    try:
        return read_object(parse_json(content.decode()), number)
    except UnicodeDecodeError as error:
        return Refusal(name, number, f"not UTF-8: byte {error.start + 1} of the line")
    except BadRecordError as error:
        return Refusal(name, number, f"this record {error}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse what has a key twice: RFC 8259 leaves open which of the two counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRecordError("has one key twice")
    return found


def _constant(constant: str) -> object:
    raise BadRecordError(f"is not JSON: {constant} is no JSON value")


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def parse_json(text: str) -> object:
    """Return one JSON value; raise `BadRecordError` with a reason for everything else."""
    try:
        return DECODER.decode(text)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise BadRecordError(json_fault(error)) from None


def json_fault(error: Exception) -> str:
    """Say in a few words why the decoder gave up."""
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} at character {error.pos + 1}"
    return "holds a number of too many digits"


def read_object(value: object, line: int) -> Record:
    """Return the record of one object; raise `BadRecordError` where it gives none."""
    if not isinstance(value, dict):
        raise BadRecordError("is no JSON object")
    entry: dict[str, Any] = value
    title = fields.parse_title(entry.get("title"))
    arxiv_id = _first(entry, _IDENTIFIERS, identifiers.parse_arxiv_id)
    url, pdf = _first(entry, _URL, _url), _first(entry, _PDF, _url)
    if arxiv_id:
        arxiv_url, arxiv_pdf = fields.arxiv_links(arxiv_id)
        url, pdf = url or arxiv_url, pdf or arxiv_pdf
    authors, count = _authors(entry)
    organization, handle = read_organization(_first(entry, _ORGANIZATION, _any))
    return Record(
        title=title,
        line=line,
        abstract=_first(entry, _ABSTRACT, fields.parse_abstract),
        authors=authors,
        author_count=count,
        organization=organization,
        organization_handle=handle,
        published=_published(entry),
        listed=_first(entry, _LISTED, fields.parse_day),
        url=url,
        pdf_url=pdf,
        code_url=_first(entry, _CODE, _url),
        arxiv_id=arxiv_id,
        doi=_first(entry, ("doi", "DOI", "id", "url"), identifiers.parse_doi),
        categories=_categories(entry),
        upvotes=fields.parse_count(entry.get("upvotes"), "upvotes"),
        comments=_first(entry, _COMMENTS, lambda value: fields.parse_count(value, "comments")),
    )


def _first(
    entry: dict[str, Any], names: tuple[str, ...], parse: Callable[[object], T | None]
) -> T | None:
    """Return the first of the named fields that parses."""
    for name in names:
        value = entry.get(name)
        if value is not None and (parsed := parse(value)) is not None:
            return parsed
    return None


def _any(value: object) -> object:
    return value


def _url(value: object) -> str | None:
    return safe_url(value) if isinstance(value, str) else None


def read_organization(value: object) -> tuple[str | None, str | None]:
    """Return name and handle of an organisation given as text or as `{name, fullname}`."""
    if isinstance(value, dict):
        handle = fields.parse_label(value.get("name"))
        return fields.parse_name(value.get("fullname")) or handle, handle
    return fields.parse_name(value), None


def _published(entry: dict[str, Any]) -> PartialDate | None:
    versions = entry.get("versions")
    first = versions[0] if isinstance(versions, list) and versions else None
    # arXiv's snapshot: the day of the first version; `update_date` is that of the last change.
    if isinstance(first, dict) and (day := fields.parse_published(first.get("created"))):
        return day
    return _first(entry, _PUBLISHED, fields.parse_published) or _first(
        entry, _PUBLISHED_LAST, fields.parse_published
    )


def _categories(entry: dict[str, Any]) -> tuple[str, ...] | None:
    for name in _CATEGORIES:
        value = entry.get(name)
        if isinstance(value, str):
            value = value.split(",") if "," in value else value.split()
        if isinstance(value, list) and value:
            labels = (fields.parse_label(label) for label in value[:100])
            return tuple(dict.fromkeys(label for label in labels if label)) or None
    return None


def _authors(entry: dict[str, Any]) -> tuple[tuple[Name, ...] | None, int | None]:
    """Return the names and how many there are."""
    parsed = entry.get("authors_parsed")
    value = entry.get("authors", entry.get("author"))
    names_of_ours = entry.get("names")
    if isinstance(names_of_ours, list) and all(isinstance(name, dict) for name in names_of_ours):
        value = names_of_ours or value
    if isinstance(parsed, list) and parsed and all(isinstance(parts, list) for parts in parsed):
        found: list[object] = [_arxiv_name(parts) for parts in parsed]
    elif isinstance(value, str):
        found = list(split_authors(value))
    elif isinstance(value, list):
        found = value
    else:
        found = []
    names = tuple(name for name in map(fields.parse_author, found[: fields.MAX_AUTHORS]) if name)
    if not names:
        return None, None
    return names, len(found) if len(found) > fields.MAX_AUTHORS else len(names)


def _arxiv_name(parts: list[object]) -> Name:
    """Return the name in arXiv's `[last, first, suffix]`; an affiliation may follow."""
    last, first, suffix = (
        part if isinstance(part, str) else "" for part in (*parts, "", "", "")[:3]
    )
    return Name.of_parts(last, first, suffix)


def split_authors(text: str) -> list[str]:
    """Cut a list of names written as one text.

    Semicolons part "Last, First" names; without one, commas and "and" part names in order.
    """
    text = _AFFILIATION.sub("", " ".join(text[:500_000].split()))
    if ";" in text:
        names = [name.partition(",") for name in text.split(";")]
        return [f"{first.strip()} {last.strip()}".strip() for last, _, first in names]
    return [name.strip() for name in _AND.split(text) if name.strip()]
