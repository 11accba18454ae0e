"""arXiv: today's feed, OAI-PMH for missed days, the API for a query.

The three are one service: one connection and one request in three seconds over all its hosts
together (https://info.arxiv.org/help/api/tou.html). End points and what each provides:
docs/sources.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.errors import SourceError
from digest.sources.calendars import arxiv_quiet
from digest.sources.paging import must_end_with, next_number, query, shortened, xml_text
from digest.sources.request import Request, Service

if TYPE_CHECKING:
    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

RSS: Final = "https://rss.arxiv.org"
OAI: Final = "https://oaipmh.arxiv.org"
API: Final = "https://export.arxiv.org"
PAGE: Final = 200
"""Page size of the API, which allows 2,000; a page of 200 has half a megabyte."""

_PHYSICS: Final = frozenset(
    {
        "astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph",
        "nlin", "nucl-ex", "nucl-th", "physics", "quant-ph",
    }
)  # fmt: skip
"""Archives of the group `physics`; every other archive is a group of its own."""


def title(source: ServiceSource) -> str:
    """Return the source in words: `arXiv cs.CL, cs.LG`."""
    if source.query:
        return f"arXiv “{shortened(source.query)}”"
    shown = ", ".join(source.categories[:3])
    more = len(source.categories) - 3
    return f"arXiv {shown}" + (f" and {more} more" if more > 0 else "")


def first(source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:
    """Return today's feed, one OAI-PMH list per category for an earlier day, or the query."""
    if source.query:
        day = f"{ask.day:%Y%m%d}"
        search = f"({source.query}) AND submittedDate:[{day}0000 TO {day}2359]"
        parameters = query(
            search_query=search, sortBy="submittedDate", sortOrder="descending", start=0,
            max_results=PAGE,
        )  # fmt: skip
        return (Request(f"{source.endpoint or API}/api/query?{parameters}", "xml"),)
    if ask.is_today:
        feed = "+".join(source.categories)
        return (Request(f"{source.endpoint or RSS}/rss/{feed}", "xml"),)
    return tuple(
        Request(
            f"{source.endpoint or OAI}/oai?"
            + query(
                verb="ListRecords", metadataPrefix="arXiv", set=oai_set(category),
                from_=ask.day, until=ask.day,
            ),
            "xml",
        )
        for category in source.categories
    )  # fmt: skip


def oai_set(category: str) -> str:
    """Return the OAI-PMH set of a category or archive.

    `cs.CL` → `cs:cs:CL`, `hep-th` → `physics:hep-th`, `math` → `math`
    """
    archive, _, subject = category.partition(".")
    group = "physics" if archive in _PHYSICS else archive
    if subject:
        return f"{group}:{archive}:{subject}"
    return f"physics:{archive}" if group == "physics" and archive != "physics" else group


def following(request: Request, body: bytes) -> tuple[Request, ...]:
    """Return the next page of an OAI-PMH list or of the API; the feed has one page."""
    if "/oai?" in request.url:
        return _after_oai(request, body)
    if "/api/query?" in request.url:
        return _after_api(request, body)
    must_end_with(body, "rss", "feed", "rdf:RDF")
    return ()


def _after_oai(request: Request, body: bytes) -> tuple[Request, ...]:
    must_end_with(body, "OAI-PMH")
    error = re.search(rb"<error\s[^>]*?code=[\"'](\w+)[\"']", body)
    if error and error[1] != b"noRecordsMatch":
        message = xml_text(body, "error")
        raise SourceError(f"it answered with the error {error[1].decode()}: {shortened(message)}")
    token = xml_text(body, "resumptionToken")
    if not token:
        return ()
    base = request.url.partition("?")[0]
    return (replace(request, url=f"{base}?{query(verb='ListRecords', resumptionToken=token)}"),)


def _after_api(request: Request, body: bytes) -> tuple[Request, ...]:
    must_end_with(body, "feed")
    entries = len(re.findall(rb"<entry[\s>]", body))
    if entries == 1 and b"/api/errors" in body:
        raise SourceError(f"it answered with an error: {shortened(xml_text(body, 'summary'))}")
    total, start = int(xml_text(body, "totalResults") or 0), int(xml_text(body, "startIndex") or 0)
    if start + entries >= total:
        return ()
    if not entries:
        raise SourceError(f"it sent an empty page, though there are {total:,} papers")
    return (replace(request, url=next_number(request.url, "start", entries)),)


SERVICE: Final = Service(
    title=title,
    first=first,
    following=following,
    pause=3.0,
    is_daily=lambda _source: True,
    quiet=arxiv_quiet,
    zone="America/New_York",
    due_hour=1,
    grows=False,
    may_be_empty=lambda source: bool(source.query),
)
