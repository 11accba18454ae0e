"""Read what an object of JSON says of a paper: by the service that wrote it, else by common keys.

`read_entry` looks at the keys of each object, not at the document around it: a line, an entry of
an answer and an item that somebody copied out of one are read alike.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from digest.dumps import services, snapshot
from digest.dumps.draft import Draft, is_remark, to_record
from digest.dumps.fields import BadRecordError, LeftOutError
from digest.dumps.identifiers import parse_arxiv

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model import DumpFormat, Record

    Entry = dict[str, Any]
    _Service = tuple[DumpFormat, Callable[[Entry], Draft] | None]

_TITLE: Final = (
    "title", "papertitle", "articletitle", "titles", "headline", "paper",
    "papername", "标题", "论文标题", "题目",
)  # fmt: skip
_ABSTRACT: Final = ("abstract", "abstracttext", "abstractnote", "summary", "abstracts", "摘要")
_AUTHORS: Final = (
    "authorsparsed", "authors", "author", "authorlist", "authornames", "creators", "authorstring",
    "creator", "authorfullnames", "作者",
)  # fmt: skip
_IDENTIFIERS: Final = (
    "arxivid", "arxiv", "id", "paperid", "entryid", "eprint", "url", "link", "abs", "absurl",
    "arxivurl", "arxivlink", "paperurl", "pdf", "pdfurl", "pdflink", "doi", "links", "arxivno",
    "identifier", "guid", "externalids", "html", "htmlurl", "source", "key", "archiveid",
)  # fmt: skip
_DOIS: Final = ("doi", "id", "url", "link", "doiurl", "paperid", "identifier", "guid", "links")
_URLS: Final = (
    "url", "link", "abs", "absurl", "entryid", "arxivurl", "arxivlink", "paperurl", "htmlurl",
    "links", "guid", "id", "landingpageurl", "permalink", "uri",
)  # fmt: skip
_PDFS: Final = ("pdfurl", "pdf", "pdflink", "openaccesspdf", "fulltexturl")
_CODE: Final = (
    "codeurl", "code", "github", "githuburl", "githubrepo", "repository", "codelink", "repourl",
    "githublink", "repo",
)  # fmt: skip
_CATEGORIES: Final = (
    "categories", "category", "subjects", "primarycategory", "tags", "arxivcategories", "fields",
)  # fmt: skip
_PUBLISHED: Final = (
    "published", "publishedat", "publisheddate", "datepublished", "pubdate", "publicationdate",
    "publisheddateutc", "publishdate", "date", "created", "issued", "submitted", "submitteddate",
    "submissiondate", "datesubmitted", "coverdate", "releasedate", "createdate", "publicationyear",
    "pubyear", "year",
)  # fmt: skip
_LISTED: Final = ("firstseen", "listed", "announced", "announcedate", "listedat", "digestdate")
_COMMENTS: Final = ("comments", "numcomments", "commentcount")
_JOURNAL: Final = (
    "journalref", "journal", "journaltitle", "publicationtitle", "containertitle", "journalname",
    "journalbook", "venue", "booktitle", "conference",
)  # fmt: skip
_IDENTIFIER_ONLY: Final = ("arxivid", "arxiv")
_HIDDEN: Final = frozenset({"attachment", "note", "annotation"})
_MAX_KEY: Final = 100
_USUAL_KEYS: Final = 2_000
"""Characters that the keys of an object may have for them to be remembered."""


def normal_key(key: str) -> str:
    """Return a key as the tables here have it: `arXiv ID`, `arxiv_id` and `arxivId` are one."""
    return _normal(key if len(key) <= _MAX_KEY else key[:_MAX_KEY])


@lru_cache(maxsize=4_096)
def _normal(key: str) -> str:
    return "".join(character for character in key.lower() if character.isalnum())


def read_entry(value: object, line: int, key: str = "") -> Record:
    """Return the record of one object; raise `BadRecordError` where it gives none.

    `key` is the one under which the object stands, where that may be an identifier. Raises
    `LeftOutError` for what is no paper and no fault either.
    """
    if value is None:
        raise LeftOutError("is null: the service did not know it")
    if not isinstance(value, dict):
        if isinstance(value, str) and key:
            return to_record(services.table_row(value, key), line)
        raise BadRecordError("is no JSON object")
    reader = reader_of(value)
    draft = reader(value) if reader else common(value)
    if key and parse_arxiv(key):
        draft = draft._replace(identifiers=(key, *draft.identifiers))
    return to_record(draft, line)


def read_object(value: object, line: int) -> Record:
    """Return the record of an object with the common keys: one that the program itself made."""
    if not isinstance(value, dict):
        raise BadRecordError("is no JSON object")
    return to_record(common(value), line)


def reader_of(entry: Entry) -> Callable[[Entry], Draft] | None:
    """Return the reader of the service that wrote an entry; None where the common keys decide."""
    return _service_of(entry)[1]


def format_of(value: object) -> DumpFormat:
    """Return the name of the format of an entry."""
    return _service_of(value)[0] if isinstance(value, dict) else "jsonl"


_SERVICES: Final[tuple[tuple[frozenset[str], _Service], ...]] = tuple(
    (frozenset(signs), (name, reader)) for name, signs, reader in services.SERVICES
)


def _service_of(entry: Entry) -> _Service:
    keys = tuple(entry)
    usual = sum(map(len, keys)) <= _USUAL_KEYS
    return _known_service(keys) if usual else _find_service(keys)


def _find_service(keys: tuple[str, ...]) -> _Service:
    """Return the format of an object with these keys, and the reader of the service."""
    written = frozenset(keys)
    if "authors_parsed" in written and written <= snapshot.KEYS:
        return "jsonl", snapshot.draft_of
    return next((service for signs, service in _SERVICES if signs <= written), ("jsonl", None))


# The records of one dump have the same keys in the same order.
_known_service = lru_cache(maxsize=64)(_find_service)


def common(entry: Entry) -> Draft:
    """Return the draft of an object with the keys that people use."""
    inner = entry.get("paper")
    if isinstance(inner, dict) and ("title" in inner or "title" not in entry):
        entry = {**{key: value for key, value in entry.items() if key != "paper"}, **inner}
    if entry.get("itemType") in _HIDDEN:
        raise LeftOutError(f"is an item of type {entry['itemType']}, not a paper")
    named = {normal_key(key): value for key, value in entry.items() if value not in (None, "", [])}
    versions = named.get("versions")
    first_version = versions[0] if isinstance(versions, list) and versions else None
    # As in arXiv's snapshot: the day of the first version.
    created = first_version.get("created") if isinstance(first_version, dict) else None
    comments = _values(named, _COMMENTS)
    return Draft(
        title=_title(named),
        abstract=_first(named, _ABSTRACT),
        authors=_first(named, _AUTHORS),
        author_count=_first(named, ("authorcount", "numauthors")),
        organization=_first(named, ("organization", "organisation", "org")),
        published=(created, *_values(named, _PUBLISHED)),
        listed=_first(named, _LISTED),
        updated=_first(named, ("updated", "updatedate", "updateddate")),
        identifiers=_addresses(named, _IDENTIFIERS),
        dois=_addresses(named, _DOIS),
        urls=_addresses(named, _URLS),
        pdfs=_addresses(named, _PDFS),
        code=_addresses(named, _CODE),
        html=_first(named, ("htmlurl",)),
        project=_first(named, ("projecturl", "projectpage", "project")),
        categories=_first(named, _CATEGORIES),
        primary=_first(named, ("primarycategory", "primary", "maincategory")),
        upvotes=_first(named, ("upvotes", "votes", "likes", "numupvotes")),
        comments=comments,
        summary=_first(named, ("aisummary", "tldr", "tl;dr")),
        journal=_first(named, _JOURNAL),
        comment=next((text for text in comments if is_remark(text)), named.get("comment")),
        announce=_first(named, ("announce", "announcetype")),
        version=len(versions) if isinstance(versions, list) and versions else None,
        license=_first(named, ("license",)),
    )


def not_understood(value: object) -> str:
    """Return what an object's field for an arXiv identifier holds, where that is none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and inner.strip() and normal_key(key) in _IDENTIFIER_ONLY:
                return (
                    "" if parse_arxiv(inner) or len(inner) < 4 else f'"{key}" holds {inner[:60]!r}'
                )
    return ""


def _title(named: Entry) -> object:
    """Return the title; an empty one counts as there, to be told."""
    for name in _TITLE:
        value = named.get(name)
        if isinstance(value, str | list):
            return value
        if isinstance(value, dict) and isinstance(value.get("title") or value.get("value"), str):
            return value.get("title") or value.get("value")
    return None


def _first(named: Entry, names: tuple[str, ...]) -> object:
    for name in names:
        if name in named:
            return named[name]
    return None


def _values(named: Entry, names: tuple[str, ...]) -> tuple[object, ...]:
    return tuple([named[name] for name in names if name in named])


def _addresses(named: Entry, names: tuple[str, ...]) -> tuple[object, ...]:
    """Return the values that may be identifiers or addresses, out of lists and objects too."""
    values: list[object] = []
    for value in _values(named, names):
        if isinstance(value, dict):
            values += [inner for inner in value.values() if isinstance(inner, str)]
        elif isinstance(value, list):
            for item in value[:10]:
                keys = ("url", "href", "URL", "identifier", "id")
                values += [item.get(key) for key in keys] if isinstance(item, dict) else [item]
        else:
            values.append(value)
    return tuple(values)
