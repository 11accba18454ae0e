"""Interpret XML elements as papers: OAI-PMH, PubMed, DBLP, the ACL Anthology.

`digest.dumps.feeds` reads feeds. An element in, a draft out, as in `digest.dumps.services`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.dumps.draft import Draft
from digest.dumps.fields import LeftOutError
from digest.dumps.xml_stream import child, children, local_name, text_of
from digest.model import Name
from digest.text.markup import element_text
from digest.text.names import Authors, clean_name, name_of, parse_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_NO_PAPERS: Final = re.compile(
    r"(?:book reviews?\b.*|briefly noted|books received|(?:author|title|subject) index\b.*"
    r"|index of authors|advertisements?|front matter|table of contents|editorial board"
    r"|call for papers|announcements?|publications received|errata"
    r"|abstracts of current literature)",
    re.IGNORECASE,
)


def oai(element: _Element) -> Draft:
    """Read a record of OAI-PMH, in arXiv's own forms (arXiv, arXivRaw) or in Dublin Core."""
    header = child(element, "header")
    if header is not None and header.get("status") == "deleted":
        raise LeftOutError("was deleted at its source")
    metadata = child(element, "metadata")
    body = metadata[0] if metadata is not None and len(metadata) else None
    if body is None:
        raise LeftOutError("has no metadata")
    kind = local_name(body)
    if kind in ("arXiv", "arXivOld"):
        draft = _arxiv(body)
    elif kind == "arXivRaw":
        draft = _arxiv_raw(body)
    else:
        draft = _dublin_core(body)
    identifier = text_of(header, "identifier")
    return replace(draft, identifiers=(*draft.identifiers, identifier))


def _arxiv(body: _Element) -> Draft:
    people: list[Name] = []
    for author in children(child(body, "authors"), "author"):
        family, given = text_of(author, "keyname") or "", text_of(author, "forenames") or ""
        people.append(name_of(family, given, suffix=text_of(author, "suffix") or ""))
    plain = text_of(body, "authors") if not people else None
    return Draft(
        title=text_of(body, "title"),
        abstract=text_of(body, "abstract"),
        authors=Authors(tuple(people), total=len(people)) if people else plain,
        published=(text_of(body, "created"),),
        updated=text_of(body, "updated"),
        identifiers=(text_of(body, "id"),),
        dois=(text_of(body, "doi"),),
        categories=text_of(body, "categories"),
        primary=(text_of(body, "categories") or "").split(" ")[0],
        journal=text_of(body, "journal-ref"),
        comment=text_of(body, "comments"),
        license=text_of(body, "license"),
    )


def _arxiv_raw(body: _Element) -> Draft:
    versions = children(body, "version")
    dates = [text_of(version, "date") for version in versions]
    return replace(
        _arxiv(body),
        authors=text_of(body, "authors"),
        published=(dates[0] if dates else None,),
        updated=dates[-1] if len(dates) > 1 else None,
        version=len(versions) or None,
    )


def _dublin_core(body: _Element) -> Draft:
    dates = {
        name: [text for item in children(body, name) if (text := text_of(item))]
        for name in ("title", "creator", "description", "identifier", "date", "subject", "rights",
                     "source", "relation")
    }  # fmt: skip
    # arXiv repeats the day of each version, the first one first, and adds its comment last.
    texts = sorted(dates["description"], key=len, reverse=True)
    remark = next((text for text in dates["description"] if text.startswith("Comment:")), None)
    abstract = next((text for text in texts if not text.startswith("Comment:")), None)
    return Draft(
        title=dates["title"],
        abstract=abstract,
        authors=dates["creator"],
        published=(min(dates["date"]) if dates["date"] else None,),
        identifiers=tuple(dates["identifier"]),
        dois=tuple(dates["identifier"] + dates["relation"]),
        urls=tuple(dates["identifier"]),
        comment=remark.removeprefix("Comment:") if remark else None,
        journal=dates["source"],
        markup=True,
    )


def pubmed(element: _Element) -> Draft:
    """Read an article or a book of PubMed's XML."""
    if local_name(element) == "PubmedBookArticle":
        return _pubmed_book(child(element, "BookDocument"))
    citation = child(element, "MedlineCitation")
    article = child(citation, "Article")
    data = child(element, "PubmedData")
    ids = {
        item.get("IdType", ""): text_of(item)
        for item in children(child(data, "ArticleIdList"), "ArticleId")
    }
    for item in children(article, "ELocationID"):
        ids.setdefault(item.get("EIdType", ""), text_of(item))
    return Draft(
        title=_without_stop(
            _marked(article, "ArticleTitle") or _marked(article, "VernacularTitle")
        ),
        abstract=_abstract(child(article, "Abstract")),
        authors=_pubmed_authors(child(article, "AuthorList")),
        published=(_pub_date(article), _pub_date_of(child(article, "ArticleDate"))),
        listed=_entered(data),
        identifiers=(ids.get("pii"), ids.get("arxiv"), ids.get("doi")),
        dois=(ids.get("doi"),),
        urls=(f"https://pubmed.ncbi.nlm.nih.gov/{text_of(citation, 'PMID')}/",),
        journal=text_of(article, "Journal", "Title"),
    )


def _pubmed_book(book: _Element | None) -> Draft:
    ids = {
        item.get("IdType", ""): text_of(item)
        for item in children(child(book, "ArticleIdList"), "ArticleId")
    }
    title = _marked(book, "ArticleTitle") or _marked(child(book, "Book"), "BookTitle")
    lists = children(book, "AuthorList") or children(child(book, "Book"), "AuthorList")
    return Draft(
        title=_without_stop(title),
        abstract=_abstract(child(book, "Abstract")),
        authors=_pubmed_authors(lists[0] if lists else None),
        published=(_pub_date_of(child(book, "Book", "PubDate")),),
        dois=(ids.get("doi"),),
        urls=(f"https://pubmed.ncbi.nlm.nih.gov/{text_of(book, 'PMID')}/",),
        journal=_marked(child(book, "Book"), "BookTitle"),
    )


def _marked(element: _Element | None, name: str) -> str | None:
    """Return the text of a child that may contain italics, subscripts and formulas."""
    inner = child(element, name)
    return element_text(inner).strip() or None if inner is not None else None


def _abstract(element: _Element | None) -> str | None:
    """Return the parts of an abstract, each after its label."""
    parts: list[str] = []
    for part in children(element, "AbstractText"):
        label, text = part.get("Label"), element_text(part).strip()
        if text:
            parts.append(
                f"{label.capitalize()}: {text}" if label and label != "UNLABELLED" else text
            )
    return " ".join(parts) or None


def _pubmed_authors(element: _Element | None) -> Authors:
    names: list[Name] = []
    for author in children(element, "Author"):
        if author.get("ValidYN") == "N":
            continue
        group = text_of(author, "CollectiveName")
        given = text_of(author, "ForeName") or text_of(author, "Initials") or ""
        family, suffix = text_of(author, "LastName") or "", text_of(author, "Suffix") or ""
        name = Name(literal=clean_name(group)) if group else name_of(family, given, suffix=suffix)
        names += [name] if any(name) else []
    is_open = element is not None and element.get("CompleteYN") == "N"
    return Authors(tuple(names), is_open, None if is_open else len(names) or None)


def _pub_date(article: _Element | None) -> str | None:
    return _pub_date_of(child(article, "Journal", "JournalIssue", "PubDate"))


def _pub_date_of(element: _Element | None) -> str | None:
    if element is None:
        return None
    if free := text_of(element, "MedlineDate"):
        return free
    parts = [text_of(element, name) for name in ("Year", "Month", "Day")]
    if parts[0] is None:
        return None
    if parts[1] and parts[1].isdigit():
        return "-".join(f"{part:0>2}" for part in parts if part)
    return " ".join(part for part in parts if part)


def _entered(data: _Element | None) -> str | None:
    """Return the day on which PubMed added the record."""
    for item in children(child(data, "History"), "PubMedPubDate"):
        if item.get("PubStatus") == "entrez":
            return _pub_date_of(item)
    return None


def dblp(element: _Element) -> Draft:
    """Read a hit of DBLP's search, or a publication of its whole dump."""
    info = child(element, "info")
    info = element if info is None else info
    people = children(child(info, "authors"), "author") or children(info, "author")
    names = [parse_name(re.sub(r" \d{4}$", "", text)) for item in people if (text := text_of(item))]
    links = [text for item in children(info, "ee") if (text := text_of(item))]
    return Draft(
        title=_without_stop(_marked(info, "title")),
        authors=Authors(tuple(names), total=len(names) or None),
        published=(text_of(info, "year"),),
        identifiers=(*links, f"arXiv:{(text_of(info, 'volume') or '').removeprefix('abs/')}"),
        dois=(text_of(info, "doi"), *links),
        urls=(*links, text_of(info, "url")),
        journal=text_of(info, "venue") or text_of(info, "journal") or text_of(info, "booktitle"),
    )


def acl(element: _Element, meta: _Element | None) -> Draft:
    """Read a paper of the ACL Anthology; `meta` is that of its volume."""
    title = (_marked(element, "title") or "").strip(" :.")
    if _NO_PAPERS.fullmatch(title):
        raise LeftOutError(f"is not a paper but {title!r}")
    names = [
        name_of(text_of(author, "last") or "", text_of(author, "first") or "")
        for author in children(element, "author")
    ]
    identifier = text_of(element, "url") or ""
    page = (
        identifier if identifier.startswith("http") else f"https://aclanthology.org/{identifier}/"
    )
    year, month = text_of(meta, "year"), (text_of(meta, "month") or "").split("-")[0].split("–")[0]
    return Draft(
        title=title,
        abstract=_marked(element, "abstract"),
        authors=Authors(tuple(name for name in names if any(name)), total=len(names) or None),
        published=(f"{month} {year}", year),
        dois=(text_of(element, "doi"),),
        urls=(page,) if identifier else (),
        pdfs=(page if page.endswith(".pdf") else f"{page.rstrip('/')}.pdf",) if identifier else (),
        code=tuple(item.get("url") for item in children(element, "pwccode")),
        journal=_marked(meta, "booktitle"),
    )


def _without_stop(title: str | None) -> str | None:
    """Return a title without the full stop or the brackets that bibliographies add."""
    if not title:
        return None
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1]
    return title[1:-1] if title.startswith("[") and title.endswith("]") else title
