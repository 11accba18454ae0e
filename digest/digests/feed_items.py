"""The items of feeds: what a feed holds, and the moment of each item."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from digest.digests.entries import entry as compose_entry
from digest.model import FeedItem

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.library import StoredEntry
    from digest.model import Entry

FEED_PERIOD: Final = timedelta(days=14)
"""A feed holds the papers of this period: a reader who polls once a week misses none."""
FEED_LEAST: Final = 100
"""A feed holds at least this many papers, the newest ones."""


def dated(selected: datetime, position: int) -> datetime:
    """Return the moment of the item at a place of a digest.

    The papers of one digest are dated a second apart: readers order items of one moment as they
    like.
    """
    return selected - timedelta(seconds=position)


def dated_item(entry: Entry, selected: datetime, day: date, position: int) -> FeedItem:
    """Return an entry of a digest as the item of a feed."""
    return FeedItem(entry, dated(selected, position), day)


def stored_item(stored: StoredEntry) -> FeedItem:
    """Return an entry of the library as the item of a feed.

    It has the id that it was shown with, which is its guid, even where the paper has got another.
    """
    return dated_item(compose_entry(stored.pick), stored.selected_at, stored.day, stored.position)
