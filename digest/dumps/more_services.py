"""Read the JSON of more services: ADS, INSPIRE, DBLP, DOAJ, HAL, IEEE, zbMATH, Zenodo, Zotero.

As in `digest.dumps.services`: an object in, a draft out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from digest.dumps.draft import Draft
from digest.dumps.fields import BadRecordError, LeftOutError, parse_authors
from digest.dumps.json_values import as_list, at

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model import DumpFormat

    Entry = dict[str, Any]

_NO_PAPERS: Final = frozenset({"attachment", "note", "annotation", "webpage", "film", "artwork",
    "email", "letter", "map", "podcast", "videoRecording", "audioRecording", "tvBroadcast",
    "radioBroadcast", "interview", "instantMessage", "forumPost", "computerProgram"})  # fmt: skip
"""Zotero's types that are not papers."""


def ads(entry: Entry) -> Draft:
    """Read a document of the Astrophysics Data System."""
    identifiers = [value for value in as_list(entry.get("identifier")) if isinstance(value, str)]
    page = f"https://ui.adsabs.harvard.edu/abs/{entry['bibcode']}/abstract"
    return Draft(
        title=entry.get("title"),
        abstract=entry.get("abstract"),
        authors=entry.get("author"),
        author_count=entry.get("author_count"),
        published=(entry.get("pubdate"), entry.get("year")),
        identifiers=tuple(identifiers),
        dois=(entry.get("doi"),),
        urls=(page,),
        journal=entry.get("pub"),
        markup=True,
    )


def inspire(entry: Entry) -> Draft:
    """Read a record of INSPIRE's literature."""
    metadata = entry.get("metadata")
    info = at(metadata, "publication_info", 0)
    number = at(metadata, "control_number") or entry.get("id")
    people = [
        {"name": person.get("full_name")} for person in as_list(at(metadata, "authors"))
        if isinstance(person, dict)
    ]  # fmt: skip
    groups = [
        {"literal": group.get("value")} for group in as_list(at(metadata, "collaborations"))
        if isinstance(group, dict)
    ]  # fmt: skip
    return Draft(
        title=at(metadata, "titles", 0, "title"),
        abstract=at(metadata, "abstracts", 0, "value"),
        authors=people or groups,
        author_count=at(metadata, "author_count"),
        published=(at(metadata, "preprint_date"), at(metadata, "earliest_date"), at(info, "year")),
        identifiers=(at(metadata, "arxiv_eprints", 0, "value"),),
        dois=tuple(
            item.get("value") for item in as_list(at(metadata, "dois")) if isinstance(item, dict)
        ),
        urls=(f"https://inspirehep.net/literature/{number}",),
        categories=at(metadata, "arxiv_eprints", 0, "categories"),
        journal=at(info, "journal_title"),
        markup=True,
    )


def zenodo(entry: Entry) -> Draft:
    """Read a record of Zenodo."""
    metadata = entry.get("metadata")
    return Draft(
        title=at(metadata, "title"),
        abstract=at(metadata, "description"),
        authors=at(metadata, "creators"),
        published=(at(metadata, "publication_date"),),
        identifiers=tuple(
            item.get("identifier") for item in as_list(at(metadata, "alternate_identifiers"))
            if isinstance(item, dict)
        ),
        dois=(entry.get("doi"), at(metadata, "doi")),
        urls=(at(entry, "links", "self_html"), entry.get("doi_url")),
        journal=at(metadata, "journal", "title"),
        license=at(metadata, "license", "id"),
        version=None,
        markup=True,
    )  # fmt: skip


def dblp(entry: Entry) -> Draft:
    """Read a hit of DBLP's search, which has no abstracts and only years as dates."""
    info = entry["info"]
    people = at(info, "authors", "author")
    title = at(info, "title")
    links = at(info, "ee")
    return Draft(
        title=title.removesuffix(".") if isinstance(title, str) else title,
        # DBLP numbers people with the same name: Ada Berg 0002.
        authors=parse_authors(
            [
                {"name": re.sub(r" \d{4}$", "", person["text"])}
                for person in as_list(people)
                if isinstance(person, dict) and isinstance(person.get("text"), str)
            ]
        ),
        published=(at(info, "year"),),
        identifiers=(
            links,
            at(info, "volume") and f"arXiv:{str(at(info, 'volume')).removeprefix('abs/')}",
        ),
        dois=(at(info, "doi"), links),
        urls=(links, at(info, "url")),
        journal=at(info, "venue"),
        markup=True,
    )


def doaj(entry: Entry) -> Draft:
    """Read an article of the Directory of Open Access Journals."""
    bibjson = entry["bibjson"]
    month = at(bibjson, "month")
    year = at(bibjson, "year")
    named = f"{year}-{month:0>2}" if isinstance(month, str) and month.isdigit() else year
    return Draft(
        title=at(bibjson, "title"),
        abstract=at(bibjson, "abstract"),
        authors=at(bibjson, "author"),
        published=(named, year),
        dois=tuple(
            item.get("id") for item in as_list(at(bibjson, "identifier")) if isinstance(item, dict)
        ),
        urls=tuple(
            item.get("url") for item in as_list(at(bibjson, "link")) if isinstance(item, dict)
        ),
        journal=at(bibjson, "journal", "title"),
        markup=True,
    )


def hal(entry: Entry) -> Draft:
    """Read a document of HAL, whose keys end with their types."""
    return Draft(
        title=entry.get("title_s"),
        abstract=entry.get("abstract_s"),
        authors=entry.get("authFullName_s"),
        published=(
            entry.get("publicationDate_s"),
            entry.get("submittedDate_s"),
            entry.get("publicationDateY_i"),
        ),
        identifiers=(entry.get("arxivId_s"),),
        dois=(entry.get("doiId_s"),),
        urls=(entry.get("uri_s"),),
        pdfs=(entry.get("fileMain_s"),),
        journal=entry.get("journalTitle_s") or entry.get("conferenceTitle_s"),
        markup=True,
    )


def ieee(entry: Entry) -> Draft:
    """Read an article of IEEE Xplore."""
    people = at(entry, "authors", "authors")
    return Draft(
        title=entry.get("title"),
        abstract=entry.get("abstract"),
        authors=people if isinstance(people, list) else entry.get("authors"),
        published=(entry.get("publication_date"), entry.get("publication_year")),
        dois=(entry.get("doi"),),
        urls=(entry.get("abstract_url"), entry.get("html_url")),
        pdfs=(entry.get("pdf_url"),),
        journal=entry.get("publication_title"),
        markup=True,
    )


def zbmath(entry: Entry) -> Draft:
    """Read a document of zbMATH; its text is a review, not an abstract, and is ignored."""
    title = entry.get("title")
    links = [item for item in as_list(entry.get("links")) if isinstance(item, dict)]
    texts = [
        item.get("text") for item in as_list(entry.get("editorial_contributions"))
        if isinstance(item, dict) and item.get("contribution_type") == "summary"
    ]  # fmt: skip
    return Draft(
        title=at(title, "title"),
        abstract=texts[0] if texts else None,
        authors=at(entry, "contributors", "authors"),
        published=(entry.get("year"),),
        identifiers=tuple(
            f"arXiv:{item.get('identifier')}" for item in links if item.get("type") == "arxiv"
        ),
        dois=tuple(item.get("identifier") for item in links if item.get("type") == "doi"),
        urls=(entry.get("zbmath_url"),),
        journal=at(entry, "source", "series", 0, "title"),
        markup=True,
    )


def unpaywall(entry: Entry) -> Draft:
    """Read an answer of Unpaywall."""
    return Draft(
        title=entry.get("title"),
        authors=entry.get("z_authors"),
        published=(entry.get("published_date"), entry.get("year")),
        identifiers=(at(entry, "best_oa_location", "url"),),
        dois=(entry.get("doi"),),
        urls=(entry.get("doi_url"),),
        pdfs=(at(entry, "best_oa_location", "url_for_pdf"),),
        journal=entry.get("journal_name"),
        license=at(entry, "best_oa_location", "license"),
        markup=True,
    )


def zotero(entry: Entry) -> Draft:
    """Read an item of Zotero: of its API, or of an export of Better BibTeX."""
    data = entry.get("data")
    values = data if isinstance(data, dict) else entry
    kind = values.get("itemType")
    if kind in _NO_PAPERS:
        raise LeftOutError(f"is an item of the type {kind}, which is not a paper")
    people = [
        {
            "given": person.get("firstName"),
            "family": person.get("lastName"),
            "literal": person.get("name"),
        }
        for person in as_list(values.get("creators"))
        if isinstance(person, dict) and person.get("creatorType", "author") == "author"
    ]  # fmt: skip
    extra = values.get("extra")
    lines = extra if isinstance(extra, list) else str(extra or "").split("\n")
    return Draft(
        title=values.get("title"),
        abstract=values.get("abstractNote"),
        authors=people,
        published=(at(entry, "meta", "parsedDate"), values.get("date")),
        identifiers=(
            *lines,
            values.get("archiveID"),
            values.get("url"),
            values.get("publicationTitle"),
        ),
        dois=(values.get("DOI"), *(line[4:] for line in lines if str(line).startswith("DOI:"))),
        urls=(values.get("url"),),
        journal=values.get("publicationTitle")
        or values.get("proceedingsTitle")
        or values.get("bookTitle"),
        markup=True,
    )


def feed_item(entry: Entry) -> Draft:
    """Read an item of a JSON Feed, or of Rogue Scholar."""
    title = entry.get("title")
    if not title:
        raise BadRecordError("has no title")
    return Draft(
        title=title,
        abstract=entry.get("abstract") or entry.get("content_text") or entry.get("summary")
        or entry.get("content_html"),
        authors=entry.get("authors") or entry.get("author"),
        published=(entry.get("date_published"), entry.get("published_at")),
        updated=entry.get("date_modified"),
        identifiers=tuple(entry.get(key) for key in ("url", "external_url", "id", "doi")),
        dois=(entry.get("doi"), entry.get("id"), entry.get("url")),
        urls=(entry.get("url"), entry.get("external_url"), entry.get("id")),
        categories=entry.get("tags"),
        journal=entry.get("blog_name"),
        markup=True,
    )  # fmt: skip


SERVICES: Final[tuple[tuple[DumpFormat, tuple[str, ...], Callable[[Entry], Draft]], ...]] = (
    ("ads", ("bibcode",), ads),
    ("zenodo", ("metadata", "conceptrecid"), zenodo),
    ("zenodo", ("metadata", "doi_url"), zenodo),
    ("inspire", ("metadata", "links", "updated"), inspire),
    ("dblp", ("info", "@id"), dblp),
    ("doaj", ("bibjson",), doaj),
    ("hal", ("title_s",), hal),
    ("ieee", ("publication_title", "title"), ieee),
    ("zbmath", ("zbmath_url",), zbmath),
    ("unpaywall", ("z_authors",), unpaywall),
    ("zotero", ("key", "data", "library"), zotero),
    ("zotero", ("itemType", "creators"), zotero),
    ("zotero", ("itemType", "title"), zotero),
    ("feed", ("content_html",), feed_item),
    ("feed", ("content_text",), feed_item),
    ("feed", ("date_published", "url"), feed_item),
    ("feed", ("guid", "published_at"), feed_item),
)
