"""bioRxiv and medRxiv: what was posted on a day.

End point, paging and its traps (an empty body with status 200, errors with status 200, pages of
changing size): docs/sources.md.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.errors import SourceError
from digest.sources.calendars import weekend
from digest.sources.paging import as_object, count_in, list_in, query, shortened
from digest.sources.request import Request, Service

if TYPE_CHECKING:
    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

API: Final = "https://api.biorxiv.org"


def title(name: str, source: ServiceSource) -> str:
    """Return the source in words: `bioRxiv neuroscience`."""
    shown = ", ".join(source.categories[:3])
    return f"{name} {shown}" if shown else name


def first(server: str, source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:
    """Return one list for each subject, or the list of all."""
    base = f"{source.endpoint or API}/details/{server}/{ask.day}/{ask.day}/0/json"
    if not source.categories:
        return (Request(base, "json"),)
    return tuple(
        Request(f"{base}?{query(category=category.replace(' ', '_'))}", "json")
        for category in source.categories
    )


def following(request: Request, body: bytes) -> tuple[Request, ...]:
    """Return the next page: its cursor counts records, whatever the size of a page is today."""
    answer = as_object(body)
    messages = list_in(answer, "messages")
    message = messages[0] if messages and isinstance(messages[0], dict) else {}
    status = str(message.get("status", ""))
    if status != "ok":
        if "no posts found" in status.lower():
            return ()
        raise SourceError(f"it answered with an error: {shortened(status or 'no status')}")
    records = len(list_in(answer, "collection"))
    cursor, total = count_in(message, "cursor"), count_in(message, "total")
    if not records or cursor + records >= total:
        return ()
    head, _, tail = request.url.partition("/json")
    path = head.rpartition("/")[0]
    return (replace(request, url=f"{path}/{cursor + records}/json{tail}"),)


def _service(server: str, name: str) -> Service:
    return Service(
        title=partial(title, name),
        first=partial(first, server),
        following=following,
        pause=1.0,
        is_daily=lambda _source: True,
        quiet=weekend("it seldom posts"),
        zone="America/New_York",
        due_hour=23,
        posts_on_weekends=True,
    )


BIORXIV: Final = _service("biorxiv", "bioRxiv")
MEDRXIV: Final = _service("medrxiv", "medRxiv")
