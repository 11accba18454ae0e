"""Hugging Face Daily Papers: the list of a day, or what is trending now.

End point, paging and the days without a list: docs/sources.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.sources.calendars import weekend
from digest.sources.paging import as_list, next_number
from digest.sources.request import Request, Service

if TYPE_CHECKING:
    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

HOST: Final = "https://huggingface.co"
PAGE: Final = 100


def title(source: ServiceSource) -> str:
    """Return the source in words."""
    return "Hugging Face" if source.list == "daily" else "Hugging Face trending"


def first(source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:
    """Return the first page of the day's list."""
    base = f"{source.endpoint or HOST}/api/daily_papers"
    if source.list == "trending":
        return (Request(f"{base}?sort=trending&limit={PAGE}", "json"),)
    return (Request(f"{base}?date={ask.day}&limit={PAGE}&p=0", "json"),)


def following(request: Request, body: bytes) -> tuple[Request, ...]:
    """Return the next page after a full one; what is trending has one page."""
    if len(as_list(body)) < PAGE or "sort=trending" in request.url:
        return ()
    return (replace(request, url=next_number(request.url, "p", 1)),)


SERVICE: Final = Service(
    title=title,
    first=first,
    following=following,
    pause=1.0,
    is_daily=lambda source: source.list == "daily",
    quiet=weekend("it has no list"),
    due_hour=14,
    has_counts=True,
)
