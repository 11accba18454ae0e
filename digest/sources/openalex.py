"""OpenAlex: works of a search that were published in the last weeks, newest first.

https://docs.openalex.org; more in docs/sources.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace

from digest.sources.paging import as_object, list_in, query, shortened
from digest.sources.request import Key, Request, Service, no_quiet_day

if TYPE_CHECKING:
    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

API: Final = "https://api.openalex.org"
KEY: Final = "OPENALEX_API_KEY"
PAGE: Final = 100
WINDOW: Final = 14
"""Number of days: a work is often known only days after its publication."""


def title(source: ServiceSource) -> str:
    """Return the source in words."""
    return f"OpenAlex “{shortened(source.query or source.filter)}”"


def first(source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:
    """Return the first page of the last weeks' works."""
    since = ask.day - timedelta(days=WINDOW)
    filters = f"from_publication_date:{since},to_publication_date:{ask.day}"
    if source.filter:
        filters += f",{source.filter}"
    parameters: dict[str, object] = {"search": source.query} if source.query else {}
    parameters |= {
        "filter": filters, "sort": "publication_date:desc", "per_page": PAGE, "cursor": "*",
    }  # fmt: skip
    if ask.contact:
        parameters["mailto"] = ask.contact
    url = f"{source.endpoint or API}/works?{query(**parameters)}"
    return (Request(url, "json", key=Key("query", "api_key", source.key_env or KEY)),)


def following(request: Request, body: bytes) -> tuple[Request, ...]:
    """Return the next page; the last one has no cursor."""
    answer = as_object(body)
    meta = answer.get("meta")
    cursor = meta.get("next_cursor") if isinstance(meta, dict) else None
    if not list_in(answer, "results") or not isinstance(cursor, str):
        return ()
    base = request.url.partition("?")[0]
    parameters = dict(parse_qsl(urlsplit(request.url).query))
    return (replace(request, url=f"{base}?{query(**{**parameters, 'cursor': cursor})}"),)


SERVICE: Final = Service(
    title=title,
    first=first,
    following=following,
    pause=1.0,
    is_daily=lambda _source: False,
    quiet=no_quiet_day,
)
