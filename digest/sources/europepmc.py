"""Europe PMC: a search, restricted to what was first published on a day.

https://europepmc.org/RestfulWebService; more in docs/sources.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from digest.sources.paging import as_object, query, shortened
from digest.sources.request import Request, Service, no_quiet_day

if TYPE_CHECKING:
    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

API: Final = "https://www.ebi.ac.uk"
PAGE: Final = 100


def title(source: ServiceSource) -> str:
    """Return the source in words."""
    return f"Europe PMC “{shortened(source.query)}”"


def first(source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:
    """Return the first page of matches first published on the day."""
    search = f"({source.query}) AND (FIRST_PDATE:[{ask.day} TO {ask.day}])"
    return (_page(source.endpoint or API, search, "*"),)


def _page(base: str, search: str, cursor: str) -> Request:
    parameters = query(
        query=search, resultType="core", format="json", pageSize=PAGE, cursorMark=cursor
    )
    return Request(f"{base}/europepmc/webservices/rest/search?{parameters}", "json")


def following(request: Request, body: bytes) -> tuple[Request, ...]:
    """Return the next page; the last one has no further cursor, or repeats the current one."""
    answer = as_object(body)
    results = answer.get("resultList")
    papers = results.get("result") if isinstance(results, dict) else None
    cursor = answer.get("nextCursorMark")
    parameters = parse_qs(urlsplit(request.url).query)
    if not papers or not isinstance(cursor, str) or cursor == parameters["cursorMark"][0]:
        return ()
    base = request.url.partition("/europepmc/")[0]
    return (_page(base, parameters["query"][0], cursor),)


SERVICE: Final = Service(
    title=title,
    first=first,
    following=following,
    pause=1.0,
    is_daily=lambda _source: True,
    quiet=no_quiet_day,
    due_hour=23,
    may_be_empty=lambda _source: True,
    settled_hours=72,
)
