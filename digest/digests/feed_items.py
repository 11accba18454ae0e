"""The items of feeds: which papers a feed has, and the time of each item."""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from digest.digests.entries import entry as compose_entry
from digest.library.feed_files import KEY_BYTES
from digest.model import FeedItem

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.library import FeedEntry
    from digest.model import Entry

FEED_PERIOD: Final = timedelta(days=14)
"""A feed holds the papers of this period: a reader who polls once a week misses none."""
FEED_LEAST: Final = 100
"""A feed holds at least this many papers, the newest ones."""


def dated(selected: datetime, position: int) -> datetime:
    """Return the time of the item at a position of a digest.

    The papers of one digest are dated a second apart: readers sort items of equal time as they
    like.
    """
    return selected - timedelta(seconds=position)


def dated_item(entry: Entry, selected: datetime, day: date, position: int) -> FeedItem:
    """Return a digest's entry as the item of a feed."""
    return FeedItem(entry, dated(selected, position), day)


def stored_item(stored: FeedEntry) -> FeedItem:
    """Return an entry of the library as the item of a feed.

    It has the id that it was shown with, which is its guid, even if the paper has another now.
    """
    return dated_item(compose_entry(stored.pick), stored.selected_at, stored.day, stored.position)


def item_key(  # noqa: PLR0913, PLR0917 - all that makes an item
    stamp: bytes, selected: datetime, position: int, day: date, pick: str, paper: bytes
) -> bytes:
    """Return a key of an item of a feed: equal for items that look the same.

    `stamp` is of what all items of the feed depend on; `pick` is its JSON, `paper`
    the hash of the paper's.
    """
    moment = dated(selected, position).astimezone(UTC)
    head = f"{moment.isoformat()} {day.isoformat()} {pick}".encode()
    return hashlib.sha256(b"".join((stamp, paper, head))).digest()[:KEY_BYTES]
