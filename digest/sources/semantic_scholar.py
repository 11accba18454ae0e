"""Semantic Scholar: papers of a search that were published in the last weeks, newest first.

https://api.semanticscholar.org/api-docs/graph; more in docs/sources.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace

from digest.sources.paging import as_object, query, shortened
from digest.sources.request import Key, Request, Service, no_quiet_day

if TYPE_CHECKING:
    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

API: Final = "https://api.semanticscholar.org"
KEY: Final = "SEMANTIC_SCHOLAR_API_KEY"
WINDOW: Final = 14
FIELDS: Final = (
    "title,abstract,authors,externalIds,publicationDate,year,venue,journal,url,openAccessPdf"
)


def title(source: ServiceSource) -> str:
    """Return the source in words."""
    return f"Semantic Scholar “{shortened(source.query)}”"


def first(source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:
    """Return the first page of the bulk search, which has up to 1,000 papers."""
    since = ask.day - timedelta(days=WINDOW)

    parameters = query(
        query=source.query, publicationDateOrYear=f"{since}:", sort="publicationDate:desc",
        fields=FIELDS,
    )  # fmt: skip
    url = f"{source.endpoint or API}/graph/v1/paper/search/bulk?{parameters}"
    return (Request(url, "json", key=Key("header", "x-api-key", source.key_env or KEY)),)


def following(request: Request, body: bytes) -> tuple[Request, ...]:
    """Return the next page; the last one has no token. A search without a result has no `data`."""
    answer = as_object(body)
    token = answer.get("token")
    if not answer.get("data") or not isinstance(token, str):
        return ()
    base = request.url.partition("?")[0]
    parameters = dict(parse_qsl(urlsplit(request.url).query))
    return (replace(request, url=f"{base}?{query(**{**parameters, 'token': token})}"),)


SERVICE: Final = Service(
    title=title,
    first=first,
    following=following,
    pause=3.0,
    is_daily=lambda _source: False,
    quiet=no_quiet_day,
)
