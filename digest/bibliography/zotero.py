"""Write works as items of Zotero's web API (https://api.zotero.org/schema)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from digest.bibliography.plain_text import several_lines

if TYPE_CHECKING:
    from digest.bibliography.work import Work
    from digest.model import Name

    Item: TypeAlias = dict[str, Any]

_TYPES: Final = {
    "article-journal": "journalArticle", "article": "preprint", "book": "book",
    "chapter": "bookSection", "paper-conference": "conferencePaper", "thesis": "thesis",
    "report": "report", "webpage": "webpage", "dataset": "dataset",
}  # fmt: skip
_CONTAINERS: Final = {
    "journalArticle": "publicationTitle", "bookSection": "bookTitle",
    "conferencePaper": "proceedingsTitle", "webpage": "websiteTitle",
}  # fmt: skip
_FIELDS: Final = {
    "journalArticle": {"volume", "issue", "pages", "ISSN", "DOI"},
    "preprint": {"repository", "archiveID", "DOI"},
    "book": {"volume", "edition", "place", "publisher", "ISBN"},
    "bookSection": {"volume", "edition", "place", "publisher", "pages", "ISBN"},
    "conferencePaper": {"volume", "pages", "place", "publisher", "DOI", "ISBN"},
    "thesis": {"place", "university", "thesisType"},
    "report": {"reportNumber", "place", "institution", "pages"},
    "webpage": set(),
    "dataset": {"DOI", "repository"},
}
"""Fields of each type besides title, people, date, address, abstract, language and extra; the API
refuses an item with a field that its type does not have."""


def zotero_item(work: Work, key: str) -> Item:
    """Return the work as a new item; values without a field of its type go into `extra`."""
    kind = _TYPES.get(work.type, "document")
    variables = work.variables
    publisher = variables.get("publisher", "")
    values = {
        "volume": variables.get("volume"),
        "issue": variables.get("issue"),
        "pages": variables.get("page"),
        "edition": variables.get("edition"),
        "place": variables.get("publisher-place"),
        "ISBN": variables.get("ISBN"),
        "ISSN": variables.get("ISSN"),
        "reportNumber": variables.get("number"),
        "thesisType": variables.get("genre"),
        "publisher": publisher,
        "university": publisher,
        "institution": publisher,
        "repository": "arXiv" if work.arxiv_id else publisher,
        "archiveID": f"arXiv:{work.arxiv_id}" if work.arxiv_id else "",
        "DOI": work.own_doi,
    }
    fields = _FIELDS.get(kind, set())
    extra = [f"Citation Key: {work.key}"]
    if work.arxiv_id and "archiveID" not in fields:
        extra.append(f"arXiv: {work.arxiv_id}")
    if work.own_doi and "DOI" not in fields:
        extra.append(f"DOI: {work.own_doi}")
    item: Item = {
        "key": key,
        "itemType": kind,
        "title": work.title,
        "creators": [
            _creator(name, role)
            for role, names in (("author", work.authors), ("editor", work.editors))
            for name in names
            if role == "author" or kind != "preprint"
        ],
        "date": work.issued.isoformat() if work.issued else "",
        "url": work.url or "",
        "abstractNote": work.abstract,
        "language": variables.get("language", ""),
        "extra": "\n".join(extra),
        "tags": [{"tag": keyword} for keyword in work.keywords],
    }
    if container := _CONTAINERS.get(kind):
        item[container] = variables.get("container-title", "")
    return item | {name: value for name, value in values.items() if name in fields and value}


def zotero_note(work: Work, key: str, parent: str) -> Item | None:
    """Return the reader's note as a child of an item, or None."""
    from html import escape

    text = several_lines(work.annote)
    if not text:
        return None
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
    return {"key": key, "itemType": "note", "parentItem": parent, "note": paragraphs, "tags": []}


def _creator(name: Name, role: str) -> dict[str, str]:
    if name.literal or not name.given:
        return {"creatorType": role, "name": str(name)}
    family = " ".join(part for part in (name.particle, name.family) if part)
    given = ", ".join(part for part in (name.given, name.suffix) if part)
    return {"creatorType": role, "firstName": given, "lastName": family}
