"""PubMed: a search, restricted to what was entered on a day, then the records themselves.

https://www.ncbi.nlm.nih.gov/books/NBK25497/; more in docs/sources.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.errors import SourceError
from digest.sources.paging import as_object, list_in, must_end_with, query, shortened
from digest.sources.request import Key, Request, Service, no_quiet_day

if TYPE_CHECKING:
    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

API: Final = "https://eutils.ncbi.nlm.nih.gov"
KEY: Final = "NCBI_API_KEY"
PAGE: Final = 200
"""Records per answer; NCBI asks for POST from 200 ids."""
MOST: Final = 10_000
"""Maximum number of ids in a search (NBK25499, ESearch, retmax)."""


def title(source: ServiceSource) -> str:
    """Return the source in words."""
    return f"PubMed “{shortened(source.query)}”"


def first(source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:
    """Return the search for the ids of a day's new entries."""
    day = f"{ask.day:%Y/%m/%d}"
    contact = {"email": ask.contact} if ask.contact else {}
    parameters = query(
        db="pubmed", term=source.query, datetype="edat", mindate=day, maxdate=day, retmode="json",
        retmax=MOST, tool="digest", **contact,
    )  # fmt: skip
    url = f"{source.endpoint or API}/entrez/eutils/esearch.fcgi?{parameters}"
    return (
        Request(url, "json", is_dump=False, key=Key("query", "api_key", source.key_env or KEY)),
    )


def following(request: Request, body: bytes) -> tuple[Request, ...]:
    """Return the requests for the records behind the ids of a search."""
    if not request.is_dump:
        result = as_object(body).get("esearchresult")
        if not isinstance(result, dict):
            raise SourceError("its answer is not what it used to be: there is no `esearchresult`")
        if isinstance(result.get("ERROR"), str):
            raise SourceError(f"it answered with an error: {shortened(result['ERROR'])}")
        ids = [
            str(identifier) for identifier in list_in(result, "idlist") if str(identifier).isdigit()
        ]
        return tuple(
            _records(request, ids[start : start + PAGE]) for start in range(0, len(ids), PAGE)
        )
    must_end_with(body, "PubmedArticleSet")
    return ()


def _records(search: Request, ids: list[str]) -> Request:
    base, _, parameters = search.url.partition("/esearch.fcgi?")
    email = next((part for part in parameters.split("&") if part.startswith("email=")), "")
    query_text = query(
        db="pubmed", id=",".join(ids), rettype="abstract", retmode="xml", tool="digest"
    )
    url = f"{base}/efetch.fcgi?{query_text}" + (f"&{email}" if email else "")
    return Request(url, "xml", key=search.key)


SERVICE: Final = Service(
    title=title,
    first=first,
    following=following,
    pause=0.34,
    is_daily=lambda _source: True,
    quiet=no_quiet_day,
    zone="America/New_York",
    due_hour=23,
    may_be_empty=lambda _source: True,
)
