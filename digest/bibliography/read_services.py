"""Read the JSON of Zotero, Better BibTeX, Crossref and OpenAlex as references.

Each object becomes an item of CSL-JSON, so that there is one path afterwards. Sources: the item
types and fields of https://api.zotero.org/schema, https://api.crossref.org/swagger-ui/index.html
(Work), and https://docs.openalex.org/api-entities/works/work-object.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from digest.bibliography.entry import MAX_FIELD, DamagedEntry, FoundEntry
from digest.model.references import ReferenceEntry
from digest.text.names import parse_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Name

    Item: TypeAlias = dict[str, Any]

_ZOTERO_TYPES: Final = {
    "journalArticle": "article-journal", "magazineArticle": "article-magazine",
    "newspaperArticle": "article-newspaper", "preprint": "article", "book": "book",
    "bookSection": "chapter", "conferencePaper": "paper-conference", "thesis": "thesis",
    "report": "report", "manuscript": "manuscript", "webpage": "webpage", "blogPost": "post-weblog",
    "dataset": "dataset", "computerProgram": "software", "patent": "patent",
    "encyclopediaArticle": "entry-encyclopedia", "presentation": "speech",
}  # fmt: skip
_ZOTERO_NOT: Final = frozenset({"attachment", "note", "annotation"})
"""Zotero's items that belong to another item."""
_ZOTERO_VARIABLES: Final = {
    "publicationTitle": "container-title", "bookTitle": "container-title",
    "proceedingsTitle": "container-title", "websiteTitle": "container-title",
    "blogTitle": "container-title", "encyclopediaTitle": "container-title",
    "conferenceName": "event-title", "series": "collection-title", "volume": "volume",
    "issue": "issue", "number": "number", "reportNumber": "number", "pages": "page",
    "edition": "edition", "publisher": "publisher", "institution": "publisher",
    "university": "publisher", "repository": "publisher", "place": "publisher-place",
    "ISBN": "ISBN", "ISSN": "ISSN", "thesisType": "genre", "reportType": "genre",
    "language": "language", "shortTitle": "title-short", "abstractNote": "abstract", "DOI": "DOI",
    "url": "URL", "archiveID": "archive_location", "title": "title",
}  # fmt: skip
_ROLES: Final = {"author": "author", "editor": "editor", "translator": "translator"}
_EXTRA = re.compile(r"(?im)^\s*(citation key|doi|arxiv)\s*:\s*(\S+)")
_CROSSREF_TYPES: Final = {
    "journal-article": "article-journal", "proceedings-article": "paper-conference",
    "posted-content": "article", "book-chapter": "chapter", "monograph": "book",
    "edited-book": "book", "reference-book": "book", "dissertation": "thesis", "report": "report",
    "dataset": "dataset", "peer-review": "review",
}  # fmt: skip
_CROSSREF_NOT: Final = frozenset({"component", "journal-issue", "journal", "grant", "database"})
"""Crossref's works that nobody wrote: figures, issues, journals."""
_CROSSREF_UNUSED: Final = frozenset({
    "reference", "indexed", "link", "license", "funder", "score", "assertion", "relation",
    "content-domain", "references-count", "is-referenced-by-count", "reference-count",
})  # fmt: skip
_OPENALEX_TYPES: Final = {
    "article": "article-journal", "preprint": "article", "book": "book", "book-chapter": "chapter",
    "dissertation": "thesis", "report": "report", "dataset": "dataset", "review": "article-journal",
}  # fmt: skip


def read_services(text: str) -> Iterator[FoundEntry | DamagedEntry] | None:
    """Return the works in a service's answer, or None if no known service writes such JSON."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed, wrapped = _listed(document)
    objects = [item for item in listed if isinstance(item, dict)]
    if any("itemType" in _zotero_data(item) for item in objects):
        return _entries([_zotero(_zotero_data(item)) for item in objects])
    if any("authorships" in item for item in objects):
        return _entries([_openalex(item) for item in objects])
    if wrapped or any(isinstance(item.get("title"), list) for item in objects):
        return _entries([_crossref(item) for item in objects])
    return None


def _listed(document: object) -> tuple[list[Any], bool]:
    """Return the objects, and whether they were in Crossref's `message`."""
    if isinstance(document, dict) and isinstance(message := document.get("message"), dict):
        items = message.get("items")
        return (items if isinstance(items, list) else [message]), True
    if isinstance(document, dict):
        for key in ("items", "results"):
            if isinstance(document.get(key), list):
                return document[key], False
        return [document], False
    return (document if isinstance(document, list) else []), False


def _entries(items: list[Item | None]) -> Iterator[FoundEntry | DamagedEntry]:
    for item in items:
        if item is None:
            continue
        fields = tuple(
            (name, json.dumps(value, ensure_ascii=False)[:MAX_FIELD])
            for name, value in item.items()
            if name not in ("id", "type") and value not in ("", None, [], {})
        )
        key, kind = str(item.get("id") or ""), str(item.get("type") or "document")
        yield FoundEntry(1, ReferenceEntry("csl-json", key, kind, fields))


# --- Zotero and Better BibTeX --------------------------------------------------------------------


def _zotero_data(item: Item) -> Item:
    """Return an item of the web API without its envelope."""
    data = item.get("data")
    return data if isinstance(data, dict) else item


def _zotero(data: Item) -> Item | None:
    if data.get("itemType") in _ZOTERO_NOT:
        return None
    extra = data.get("extra") or ""
    lines = "\n".join(map(str, extra)) if isinstance(extra, list) else str(extra)
    named = {name.lower(): value for name, value in _EXTRA.findall(lines)}
    item: Item = {
        "id": data.get("citationKey") or data.get("citekey") or named.get("citation key") or "",
        "type": _ZOTERO_TYPES.get(str(data.get("itemType")), "document"),
    }
    for name, variable in _ZOTERO_VARIABLES.items():
        if data.get(name):
            item.setdefault(variable, data[name])
    for role in dict.fromkeys(_ROLES.values()):
        item[role] = [
            _zotero_name(person)
            for person in data.get("creators") or ()
            if isinstance(person, dict) and _ROLES.get(str(person.get("creatorType"))) == role
        ]
    if named.get("doi"):
        item.setdefault("DOI", named["doi"])
    if named.get("arxiv"):
        item.setdefault("number", f"arXiv:{named['arxiv']}")
    item["issued"] = {"raw": str(data["date"])} if data.get("date") else None
    item["keyword"] = ", ".join(
        str(tag.get("tag", "") if isinstance(tag, dict) else tag).replace(",", " ")
        for tag in data.get("tags") or ()
    )
    item["note"] = lines.strip()
    return item


def _zotero_name(person: Item) -> dict[str, str]:
    if person.get("name"):
        return {"literal": str(person["name"])}
    return {"family": str(person.get("lastName", "")), "given": str(person.get("firstName", ""))}


# --- Crossref ------------------------------------------------------------------------------------


def _crossref(work: Item) -> Item | None:
    if work.get("type") in _CROSSREF_NOT:
        return None
    item = {name: value for name, value in work.items() if name not in _CROSSREF_UNUSED}
    for name in ("title", "container-title", "short-title", "ISSN", "ISBN", "subtitle"):
        value = item.get(name)
        if isinstance(value, list):
            item[name] = value[0] if value else ""
    kind = str(work.get("type", ""))
    item["type"] = _CROSSREF_TYPES.get(kind, kind or "document")
    item["issued"] = _known_date(work.get("published")) or _known_date(work.get("issued"))
    return item | {"id": ""}


def _known_date(date: object) -> object:
    match date:
        case {"date-parts": [[int(), *_], *_]}:
            return date
    return None


# --- OpenAlex ------------------------------------------------------------------------------------


def _openalex(work: Item) -> Item:
    where = work.get("primary_location") or {}
    source = where.get("source") or {} if isinstance(where, dict) else {}
    biblio = work.get("biblio") or {}
    first, last = (biblio.get(name) or "" for name in ("first_page", "last_page"))
    return {
        "id": "",
        "type": _OPENALEX_TYPES.get(str(work.get("type")), "document"),
        "title": work.get("title") or work.get("display_name"),
        "author": [
            _csl_name(parse_name(name))
            for authorship in work.get("authorships") or ()
            if (name := _author(authorship))
        ],
        "issued": {"raw": str(work.get("publication_date") or work.get("publication_year") or "")},
        "container-title": source.get("display_name"),
        "publisher": source.get("host_organization_name"),
        "volume": biblio.get("volume"),
        "issue": biblio.get("issue"),
        "page": f"{first}–{last}" if last and last != first else first,
        "DOI": work.get("doi"),
        "URL": where.get("landing_page_url") if isinstance(where, dict) else None,
        "language": work.get("language"),
        "abstract": _abstract(work.get("abstract_inverted_index")),
    }


def _csl_name(name: Name) -> dict[str, str]:
    return {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
        "literal": name.literal,
    }


def _author(authorship: object) -> str:
    match authorship:
        case {"author": {"display_name": str(name)}}:
            return name
        case {"raw_author_name": str(name)}:
            return name
    return ""


def _abstract(index: object) -> str:
    """Return the text of an inverted index: word → places."""
    if not isinstance(index, dict):
        return ""
    places = [
        (place, word)
        for word, places in index.items()
        for place in (places if isinstance(places, list) else ())
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(places))
