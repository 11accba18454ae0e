"""Make the feed of a profile: the papers of its new digest, and the earlier ones as they were.

An item never changes, unless its template or the program does. So it is taken from the last feed,
if the file is still the one that was written, and rendered only once.
"""

from __future__ import annotations

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest import __version__
from digest.digests.feed_items import (
    FEED_LEAST,
    FEED_PERIOD,
    dated,
    dated_item,
    item_key,
    stored_item,
)
from digest.library import FeedFile, pack_pick
from digest.rendering.templates import template_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from digest.library import FeedEntry, NewDigest
    from digest.model import Digest, FeedItem
    from digest.pipeline.drafts import Draft
    from digest.rendering.templates import Renderer

MOST_FEED_ITEMS: Final = 2_048
"""Items of feeds that are kept for the next profile; one takes some 3 kB."""


class _Item(Struct, frozen=True):
    """An item of a feed that is made when it is needed."""

    key: bytes
    selected: datetime
    make: Callable[[], FeedItem]


class ProfileFeeds:
    """Makes the feeds of one run; profiles share the items that look the same."""

    def __init__(self, output: Path | None, site_url: str | None) -> None:
        """`output` is the folder of the last feeds; None: every item is rendered."""
        self._output = output
        self._site_url = site_url
        self._known: dict[bytes, bytes] = {}
        self._stamp = cache(_stamp)  # of this run: `digest schedule` sees a changed template

    def make(
        self, draft: Draft, digest: Digest, stored: NewDigest, renderer: Renderer
    ) -> tuple[bytes, FeedFile]:
        """Render the feed; `stored` is what the library keeps of `digest`."""
        from digest.rendering.feeds import (  # 52 ms, for feedgen
            RenderedItem,
            items_of,
            profile_channel,
            render_feed,
        )

        profile = draft.profile
        stamp = self._stamp(profile.templates, profile.language)
        items = _newest(_items(draft, digest, stored, stamp), digest.created)
        self._read_last(draft, {item.key for item in items})
        known = self._known
        feed = render_feed(
            profile_channel(profile, self._site_url),
            [
                RenderedItem(item.selected, known[item.key]) if item.key in known else item.make()
                for item in items
            ],
            describe=lambda item: renderer.feed_item(item.entry, item.day, profile.language),
            updated=digest.created,
        )
        keys = tuple(item.key for item in items)
        if len(known) > MOST_FEED_ITEMS:
            known.clear()
        known.update(_paired(keys, items_of(feed, "rss")))
        return feed, FeedFile(hashlib.sha256(feed).digest(), keys)

    def _read_last(self, draft: Draft, keys: set[bytes]) -> None:
        """Take from the profile's last feed what this one has again."""
        last = draft.last_feed
        if last is None or self._output is None or not (keys & set(last.keys)) - self._known.keys():
            return
        from digest.rendering.feeds import items_of

        try:
            feed = (self._output / draft.profile.name / "feed.xml").read_bytes()
        except OSError:
            return
        if hashlib.sha256(feed).digest() == last.sha256:
            self._known.update(_paired(last.keys, items_of(feed, "rss")))


def _paired(keys: tuple[bytes, ...], items: list[bytes]) -> dict[bytes, bytes]:
    """Return the items by their keys; none if a template made it unclear where one ends."""
    return dict(zip(keys, items, strict=True)) if len(keys) == len(items) else {}


def _items(draft: Draft, digest: Digest, stored: NewDigest, stamp: bytes) -> Iterator[_Item]:
    """Yield the items of the digest, then the earlier ones."""
    created, day = digest.created, digest.day
    shown = (*digest.entries, *digest.listed, *digest.news)
    for place, (entry, new) in enumerate(zip(shown, stored.entries, strict=True)):
        packed = new.packed or pack_pick(new.pick)
        key = item_key(stamp, created, place, day, packed.text, packed.hash)
        yield _Item(key, dated(created, place), partial(dated_item, entry, created, day, place))
    for row in draft.in_feed:
        yield _Item(
            _key(stamp, row), dated(row.selected_at, row.position), partial(stored_item, row)
        )


def _key(stamp: bytes, row: FeedEntry) -> bytes:
    paper = hashlib.sha256(row.text).digest()
    return item_key(stamp, row.selected_at, row.position, row.day, row.snapshot, paper)


def _newest(items: Iterator[_Item], created: datetime) -> list[_Item]:
    """Return the items of the last `FEED_PERIOD`, and at least `FEED_LEAST`, newest first."""
    ordered = sorted(items, key=lambda item: item.selected, reverse=True)
    since = created - FEED_PERIOD
    return [
        item for place, item in enumerate(ordered) if place < FEED_LEAST or item.selected >= since
    ]


def _stamp(templates: str | None, language: str) -> bytes:
    """Return a hash of what all items of a profile's feed depend on."""
    folder = None if templates is None else Path(templates)
    parts = (__version__.encode(), language.encode(), template_bytes(folder))
    return hashlib.sha256(b"\0".join(parts)).digest()
