"""Decide when undecided papers leave the inbox."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.library import Library
    from digest.model import Profile


def inbox_left(library: Library, profile: Profile, today: date) -> date | None:
    """Return the day up to which undecided papers have left the inbox; None: none has.

    Papers in a file from before there was an inbox count their days from the first run after that:
    no upgrade removes papers before their reader could decide.
    """
    if profile.inbox_days is None:
        return None
    days = timedelta(days=profile.inbox_days)
    file = library.listings.file(profile.name)
    if file is not None and file.inbox_since is None:
        return None
    if file is not None and file.inbox_since:
        first = date.fromisoformat(file.inbox_since)
        if first <= today < first + days:
            return None
    return today - days
