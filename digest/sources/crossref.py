"""Crossref: works whose DOI was first registered on a day.

https://www.crossref.org/documentation/retrieve-metadata/rest-api/; more in docs/sources.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace

from digest.errors import SourceError
from digest.sources.paging import as_object, list_in, query, shortened
from digest.sources.request import Request, Service, no_quiet_day

if TYPE_CHECKING:
    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

API: Final = "https://api.crossref.org"
PAGE: Final = 200


def title(source: ServiceSource) -> str:
    """Return the source in words."""
    return f"Crossref “{shortened(source.query or source.filter)}”"


def first(source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:
    """Return the first page of the day's new DOIs; `mailto` chooses the polite pool."""
    filters = f"from-created-date:{ask.day},until-created-date:{ask.day}"
    if source.filter:
        filters += f",{source.filter}"
    parameters: dict[str, object] = {"filter": filters, "rows": PAGE, "cursor": "*"}
    if source.query:
        parameters = {"query": source.query, **parameters}
    if ask.contact:
        parameters["mailto"] = ask.contact
    return (Request(f"{source.endpoint or API}/works?{query(**parameters)}", "json"),)


def following(request: Request, body: bytes) -> tuple[Request, ...]:
    """Return the next page after a full one."""
    answer = as_object(body)
    message = answer.get("message")
    if answer.get("status") != "ok" or not isinstance(message, dict):
        raise SourceError("it answered with an error")
    cursor = message.get("next-cursor")
    if len(list_in(message, "items")) < PAGE or not isinstance(cursor, str):
        return ()
    base = request.url.partition("?")[0]
    parameters = dict(parse_qsl(urlsplit(request.url).query))
    return (replace(request, url=f"{base}?{query(**{**parameters, 'cursor': cursor})}"),)


SERVICE: Final = Service(
    title=title,
    first=first,
    following=following,
    pause=1.0,
    is_daily=lambda _source: True,
    quiet=no_quiet_day,
    due_hour=23,
    may_be_empty=lambda _source: True,
)
