"""Feeds, and files on the web whose address may contain the day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.sources.request import Request, Service, no_quiet_day, one_page

if TYPE_CHECKING:
    from datetime import date

    from digest.model.sources import ServiceSource
    from digest.sources.request import DayRequest

DATE: Final = re.compile(r"\{date(?::([^{}]+))?\}")
"""`{date}` → 2026-11-30; `{date:%Y/%m/%d}` → 2026/11/30."""


def title(source: ServiceSource) -> str:
    """Return the source's name: a person's name for it, or the address."""
    return source.name


def first(source: ServiceSource, ask: DayRequest) -> tuple[Request, ...]:
    """Return the only request, with the day in the address if it has a placeholder."""
    return (Request(dated(source.url, ask.day), "feed" if source.kind == "feed" else "any"),)


def dated(url: str, day: date) -> str:
    """Return the address with its placeholder replaced by the day."""
    return DATE.sub(lambda match: format(day, match[1] or "%Y-%m-%d"), url)


FEED: Final = Service(
    title=title,
    first=first,
    following=one_page,
    pause=1.0,
    is_daily=lambda _source: False,
    quiet=no_quiet_day,
)
HTTP: Final = replace(
    FEED, is_daily=lambda source: DATE.search(source.url) is not None, due_hour=23, grows=False
)
