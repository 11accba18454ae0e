"""Read the JSON of services with their own formats: an object in, a draft out.

Each reader is chosen by keys that only its service writes. An object that is not a paper (a figure,
a deleted note, a review) raises `LeftOutError`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from digest.dumps import more_services
from digest.dumps.common_keys import common
from digest.dumps.draft import Draft
from digest.dumps.fields import BadRecordError, LeftOutError, parse_authors
from digest.dumps.json_values import as_list, at
from digest.text.names import Authors

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model import DumpFormat, Name

    Entry = dict[str, Any]

_COMPONENTS: Final = frozenset(
    {
        "component",
        "journal",
        "journal-issue",
        "journal-volume",
        "book-series",
        "report-series",
        "grant",
        "peer-review",
        "proceedings-series",
        "book-set",
        "database",
    }
)
"""Crossref's types that are not papers: figures, issues, series, reviews."""
MAX_POSITIONS: Final = 200_000
"""Maximum number of words in an inverted abstract."""


def huggingface(entry: Entry) -> Draft:
    """Read an entry of the Daily Papers API, or of the JSON in the page."""
    paper = entry["paper"]
    if not isinstance(paper, dict):
        raise BadRecordError("has a paper that is not an object")
    if "doi" in paper or "abstract" in paper or "arxiv_id" in paper:
        return common(entry)
    people = paper.get("authors")
    authors = None
    if isinstance(people, list) and people:
        shown = [p for p in people if not (isinstance(p, dict) and p.get("hidden") is True)]
        # Hidden authors are counted and not named.
        authors = replace(parse_authors(shown), total=len(people))
    return Draft(
        title=paper.get("title") or entry.get("title"),
        abstract=paper.get("summary") or entry.get("summary"),
        authors=authors,
        organization=paper.get("organization") or entry.get("organization"),
        # The outer publishedAt is the moment of listing or the paper's own, shifted by some hours.
        published=(paper.get("publishedAt"),),
        listed=paper.get("submittedOnDailyAt"),
        identifiers=(paper.get("id"),),
        code=(paper.get("githubRepo"),),
        project=paper.get("projectPage"),
        upvotes=paper.get("upvotes"),
        comments=(entry.get("numComments"),),
        summary=paper.get("ai_summary"),
        summary_by="Hugging Face",
    )


def huggingface_paper(entry: Entry) -> Draft:
    """Read the object of one paper by itself, as `/api/papers/ID` answers."""
    return huggingface({"paper": entry})


def semantic_scholar(entry: Entry) -> Draft:
    """Read a paper of the Semantic Scholar Graph API."""
    ids = entry.get("externalIds")
    ids = ids if isinstance(ids, dict) else {}
    if not entry.get("title"):
        raise BadRecordError("has no title: the request asked for other fields")
    return Draft(
        title=entry.get("title"),
        abstract=entry.get("abstract"),
        authors=entry.get("authors"),
        published=(entry.get("publicationDate"), entry.get("year")),
        identifiers=(ids.get("ArXiv"), at(entry, "openAccessPdf", "url"), ids.get("DOI")),
        dois=(ids.get("DOI"),),
        urls=(entry.get("url"),),
        pdfs=(at(entry, "openAccessPdf", "url"),),
        summary=at(entry, "tldr", "text"),
        summary_by="Semantic Scholar",
        journal=at(entry, "journal", "name") or entry.get("venue"),
        license=at(entry, "openAccessPdf", "license"),
    )


def openalex(entry: Entry) -> Draft:
    """Read a work of OpenAlex, whose abstract is an index from words to their positions."""
    ids = entry.get("ids")
    place = entry.get("primary_location")
    best = entry.get("best_oa_location")
    return Draft(
        title=entry.get("title") or entry.get("display_name"),
        abstract=inverted(entry.get("abstract_inverted_index")),
        authors=_openalex_authors(entry.get("authorships")),
        published=(entry.get("publication_date"), entry.get("publication_year")),
        identifiers=(
            entry.get("doi"),
            at(place, "landing_page_url"),
            at(best, "landing_page_url"),
            *(at(item, "landing_page_url") for item in as_list(entry.get("locations"))),
            at(ids, "arxiv"),
        ),
        dois=(entry.get("doi"), at(ids, "doi")),
        urls=(at(place, "landing_page_url"), entry.get("doi"), entry.get("id")),
        pdfs=(at(place, "pdf_url"), at(best, "pdf_url")),
        journal=at(place, "source", "display_name"),
        license=at(place, "license"),
        markup=True,
    )


def _openalex_authors(value: object) -> Authors:
    """Return the authors; one without a display name has the name printed in the paper."""
    people = [
        at(item, "author", "display_name") or at(item, "raw_author_name") for item in as_list(value)
    ]
    return parse_authors([person for person in people if isinstance(person, str)])


def inverted(index: object) -> str | None:
    """Return the text of an inverted index `{"We": [0], "show": [1]}`; None if it is not one."""
    if not isinstance(index, dict):
        return None
    words: dict[int, str] = {}
    for word, places in index.items():
        for place in places if isinstance(places, list) else ():
            if isinstance(place, int) and 0 <= place < MAX_POSITIONS:
                words[place] = word
    return " ".join(words[place] for place in sorted(words)) or None


def crossref(entry: Entry) -> Draft:
    """Read a work of Crossref, or an item of CSL-JSON."""
    kind = entry.get("type")
    if kind in _COMPONENTS:
        raise LeftOutError(f"is of the type {kind}, which is not a paper")
    relation = entry.get("relation")
    preprints = as_list(at(relation, "has-preprint")) + as_list(at(relation, "is-same-as"))
    return Draft(
        title=entry.get("title"),
        abstract=entry.get("abstract"),
        authors=_crossref_authors(entry.get("author")),
        published=tuple(
            entry.get(key)
            for key in (
                "published",
                "issued",
                "published-online",
                "posted",
                "published-print",
                "created",
            )
        ),
        identifiers=(
            entry.get("DOI"),
            entry.get("URL"),
            entry.get("number"),
            entry.get("archive_location"),
            *(item.get("id") for item in preprints if isinstance(item, dict)),
        ),
        dois=(entry.get("DOI"),),
        urls=(at(entry, "resource", "primary", "URL"), entry.get("URL")),
        pdfs=tuple(
            item.get("URL")
            for item in as_list(entry.get("link"))
            if isinstance(item, dict) and item.get("content-type") == "application/pdf"
        ),
        journal=entry.get("container-title") or at(entry, "institution", 0, "name"),
        license=at(entry, "license", 0, "URL"),
        markup=True,
    )


def _crossref_authors(value: object) -> Authors:
    """Return the authors; groups and names without parts stay whole."""
    names: list[Name] = []
    for person in as_list(value):
        if not isinstance(person, dict):
            continue
        if person.get("name") and not person.get("family"):
            person = {"literal": person["name"]}  # noqa: PLW2901 - the same person, as CSL has it
        names += parse_authors([person]).names
    return Authors(tuple(names), total=len(names) or None)


def europe_pmc(entry: Entry) -> Draft:
    """Read a result of Europe PMC's search."""
    people = at(entry, "authorList", "author")
    authors: object = entry.get("authorString")
    if isinstance(people, list):
        authors = parse_authors(people)
    urls = [
        item
        for item in as_list(at(entry, "fullTextUrlList", "fullTextUrl"))
        if isinstance(item, dict) and item.get("availabilityCode") in ("OA", "F")
    ]
    return Draft(
        title=_without_stop(entry.get("title")),
        abstract=entry.get("abstractText"),
        authors=authors,
        family_first=True,
        published=(
            entry.get("firstPublicationDate"),
            entry.get("electronicPublicationDate"),
            at(entry, "journalInfo", "printPublicationDate"),
            entry.get("pubYear"),
        ),
        dois=(entry.get("doi"),),
        identifiers=(entry.get("doi"),),
        urls=(f"https://europepmc.org/article/{entry.get('source')}/{entry.get('id')}",),
        pdfs=tuple(item.get("url") for item in urls if item.get("documentStyle") == "pdf"),
        journal=at(entry, "journalInfo", "journal", "title")
        or at(entry, "bookOrReportDetails", "publisher"),
        license=entry.get("license"),
        version=at(entry, "versionNumber"),
        markup=True,
    )


def biorxiv(entry: Entry) -> Draft:
    """Read a preprint of bioRxiv's and medRxiv's API, which lists each version by itself."""
    doi, version, server = (
        entry.get("doi"),
        entry.get("version"),
        str(entry.get("server", "biorxiv")),
    )
    page = f"https://www.{server.lower()}.org/content/{doi}v{version}"
    category = entry.get("category")
    published = entry.get("published")
    return Draft(
        title=entry.get("title"),
        abstract=re.sub(r"\b[OC]_[A-Z]+(?:\s|$)", "", str(entry.get("abstract") or "")),
        authors=entry.get("authors"),
        published=(entry.get("date"),),
        dois=(doi,),
        urls=(page,),
        pdfs=(f"{page}.full.pdf",),
        html=f"{page}.full",
        categories=category.strip().replace(" ", "_") if isinstance(category, str) else None,
        organization=entry.get("author_corresponding_institution"),
        version=version,
        comment=f"Published as https://doi.org/{published}"
        if published not in (None, "NA", "")
        else None,
        journal="medRxiv" if server.lower() == "medrxiv" else "bioRxiv",
        license=entry.get("license"),
        markup=True,
    )


def openreview(entry: Entry) -> Draft:
    """Read a note of OpenReview; fields are plain (API 1) or `{value: …}` (API 2)."""
    content = entry["content"]
    if not isinstance(content, dict):
        raise BadRecordError("has a content that is not an object")
    values = {
        key: value["value"] if isinstance(value, dict) and "value" in value else value
        for key, value in content.items()
    }
    if "title" not in values or entry.get("ddate"):
        raise LeftOutError("is a note without a title: a review or a comment")
    if not values.get("authors") and not values.get("abstract"):
        raise LeftOutError("is a note without authors and abstract: a review or a comment")
    external = [value for value in as_list(entry.get("externalIds")) if isinstance(value, str)]
    pdf = values.get("pdf")
    if isinstance(pdf, str) and pdf.startswith("/"):
        pdf = f"https://openreview.net{pdf}"
    return Draft(
        title=values.get("title"),
        abstract=values.get("abstract"),
        authors=values.get("authors"),
        published=(entry.get("pdate"), entry.get("odate"), entry.get("cdate"), entry.get("tcdate")),
        identifiers=(*external, values.get("arxiv"), values.get("html"), pdf),
        dois=tuple(external),
        urls=(f"https://openreview.net/forum?id={entry.get('forum') or entry.get('id')}",),
        pdfs=(pdf,),
        code=(values.get("code"), values.get("software")),
        html=values.get("html"),
        journal=values.get("venue"),
        summary=values.get("TLDR") or values.get("TL;DR"),
        summary_by="the authors",
        license=entry.get("license"),
    )


def table_row(text: str, key: str) -> Draft:
    """Read a row of cv-arxiv-daily: `|**2025-03-13**|**Title**|Ada Berg et.al.|[id](link)|…|`."""
    cells = [cell.strip(" *\n") for cell in text.strip().strip("|").split("|")]
    if len(cells) < 4:
        raise BadRecordError("is a table row with too few cells")
    # A title may contain a bar.
    day, *title, authors, link, code = cells if len(cells) > 4 else [*cells, ""]
    return Draft(
        title=" | ".join(title),
        authors=authors,
        published=(day,),
        identifiers=(key, *re.findall(r"\((https?://[^()\s]+)\)", link)),
        code=tuple(re.findall(r"\((https?://[^()\s]+)\)", code)),
    )


def _without_stop(title: object) -> object:
    """Return a title without the full stop that medical bibliographies add."""
    if isinstance(title, str) and title.endswith(".") and not title.endswith(".."):
        return title[:-1]
    return title


SERVICES: Final[tuple[tuple[DumpFormat, tuple[str, ...], Callable[[Entry], Draft]], ...]] = (
    ("huggingface-api", ("paper", "publishedAt"), huggingface),
    ("huggingface-api", ("paper", "numComments"), huggingface),
    ("huggingface-api", ("summary", "publishedAt", "upvotes", "id"), huggingface_paper),
    ("semantic-scholar", ("paperId", "title"), semantic_scholar),
    ("semantic-scholar", ("paperId", "externalIds"), semantic_scholar),
    ("semantic-scholar", ("paperId", "openAccessPdf"), semantic_scholar),
    ("openalex", ("abstract_inverted_index",), openalex),
    ("openalex", ("authorships",), openalex),
    ("crossref", ("DOI", "container-title"), crossref),
    ("crossref", ("DOI", "issued"), crossref),
    ("crossref", ("DOI", "author"), crossref),
    ("crossref", ("DOI", "title", "type"), crossref),
    ("crossref", ("DOI", "prefix"), crossref),
    ("europe-pmc", ("source", "id", "authorString"), europe_pmc),
    ("europe-pmc", ("source", "id", "pubYear"), europe_pmc),
    ("biorxiv", ("server", "doi", "category", "version"), biorxiv),
    ("biorxiv", ("jatsxml", "doi"), biorxiv),
    ("openreview", ("content", "forum"), openreview),
    ("openreview", ("content", "invitations"), openreview),
    *more_services.SERVICES,
)
"""Format, the keys that identify it, and its reader; the first whose keys all exist is used."""
