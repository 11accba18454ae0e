"""OpenReview: the papers of a venue. More in docs/sources.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.sources.paging import as_object, list_in, next_number, query
from digest.sources.request import Request, Service, no_quiet_day

if TYPE_CHECKING:
    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

API: Final = "https://api2.openreview.net"
PAGE: Final = 1000


def title(source: ServiceSource) -> str:
    """Return the source in words."""
    return f"OpenReview {source.venue}"


def first(source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:  # noqa: ARG001 - same every day
    """Return the first page of the venue's papers."""
    parameters = query(**{"content.venueid": source.venue, "limit": PAGE, "offset": 0})
    return (Request(f"{source.endpoint or API}/notes?{parameters}", "json"),)


def following(request: Request, body: bytes) -> tuple[Request, ...]:
    """Return the next page after a full one."""
    if len(list_in(as_object(body), "notes")) < PAGE:
        return ()
    return (replace(request, url=next_number(request.url, "offset", PAGE)),)


SERVICE: Final = Service(
    title=title,
    first=first,
    following=following,
    pause=1.0,
    is_daily=lambda _source: False,
    quiet=no_quiet_day,
)
