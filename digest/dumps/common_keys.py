"""Read an object by commonly used keys: the first known name of a field counts."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from digest.dumps.draft import Draft, is_remark
from digest.dumps.fields import LeftOutError
from digest.dumps.identifiers import parse_arxiv

Entry = dict[str, Any]

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


def normal_key(key: str) -> str:
    """Return a key as in the tables here: `arXiv ID`, `arxiv_id` and `arxivId` are equal."""
    return _normal(key if len(key) <= _MAX_KEY else key[:_MAX_KEY])


@lru_cache(maxsize=4_096)
def _normal(key: str) -> str:
    return "".join(character for character in key.lower() if character.isalnum())


def common(entry: Entry) -> Draft:
    """Return the draft of an object with commonly used keys."""
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
    """Return the value of an arXiv field that is not an arXiv identifier."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and inner.strip() and normal_key(key) in _IDENTIFIER_ONLY:
                return (
                    "" if parse_arxiv(inner) or len(inner) < 4 else f'"{key}" holds {inner[:60]!r}'
                )
    return ""


def _title(named: Entry) -> object:
    """Return the title; an empty one counts as present and is reported."""
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
    """Return the values that may be identifiers or addresses, also from lists and objects."""
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
