"""The feeds of the site: of each profile, rule and tag, and of the starred, in three formats."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.digests.entries import entry as compose_entry
from digest.digests.feed_items import FEED_LEAST, FEED_PERIOD, dated
from digest.model import Entry, FeedItem, Reason, Segment
from digest.rendering.feeds import (
    SUFFIXES,
    Channel,
    RenderedItem,
    feed_path,
    items_of,
    paper_of,
    profile_channel,
    render_feed,
    render_opml,
)
from digest.site.paths import rule_path, slug
from digest.text.one_line import one_line
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from digest.library import FeedEntry, Library, StoredEntry
    from digest.library.site_queries import MarkedPaper
    from digest.model import Paper, Profile
    from digest.rendering.templates import Renderer

OPML: Final = "feeds/feeds.opml"


class FeedMaker(Struct, frozen=True):
    """Makes the feeds of one library."""

    library: Library
    renderer: Renderer
    title: str
    site_url: str | None
    language: str
    epoch: datetime
    """Dates feeds without items."""
    rendered: dict[tuple[str, datetime], str]
    """Rendered contents, by paper and moment: one item may be in several feeds."""
    earlier: Callable[[str], bytes] = lambda _: b""
    """Returns a file of the last build, if what all pages depend on is unchanged."""

    # --- channels -------------------------------------------------------------------------------

    def of_profile(self, profile: Profile) -> Channel:
        """Return the channel of a profile."""
        channel = profile_channel(profile, self.site_url)
        return replace(channel, name=slug(profile.name))

    def of_rule(self, rule: str) -> Channel:
        """Return the channel of a rule."""
        title = f"{self.title}: {one_line(rule)}"
        words = words_in(self.language)
        about = words.text("Papers that the rule “{rule}” selects", rule=one_line(rule))
        return Channel(
            f"rules/{slug(rule)}", title, about, self.language, self.site_url, rule_path(rule)
        )

    def of_stars(self, reader: str) -> Channel:
        """Return the channel of a reader's stars."""
        words = words_in(self.language)
        starred = words.text("starred by {reader}", reader=one_line(reader))
        title = f"{self.title}: {starred}"
        about = words.text("Papers that have a star on the reading list")
        return Channel(f"starred/{slug(reader)}", title, about, self.language, self.site_url)

    def of_tag(self, reader: str, tag: str) -> Channel:
        """Return the channel of a reader's tag."""
        title = f"{self.title}: #{one_line(tag)}"
        words = words_in(self.language)
        about = words.text("Papers with the tag #{tag} on the reading list", tag=one_line(tag))
        name = f"tags/{slug(reader)}/{slug(tag)}"
        return Channel(name, title, about, self.language, self.site_url)

    # --- files ----------------------------------------------------------------------------------

    def profile_feed(self, profile: Profile) -> Iterator[tuple[str, bytes]]:
        """Yield the files of a profile's feed: the last two weeks up to its newest paper."""
        queries = self.library.digests
        last = queries.last(profile.name)
        since = (last.created if last else self.epoch) - FEED_PERIOD
        entries = queries.feed(profile.name, since=since, at_least=FEED_LEAST)
        updated = last.created if last else self.epoch
        yield from self._files(self.of_profile(profile), map(_delivered, entries), updated)

    def rule_entries(self, rule: str) -> tuple[StoredEntry, ...]:
        """Return the newest entries of a rule, for its feed and its page."""
        newest = self.library.site.of_rule(rule, at_least=1)
        since = newest[0].selected_at - FEED_PERIOD if newest else None
        return self.library.site.of_rule(rule, at_least=FEED_LEAST, since=since)

    def rule_feed(self, rule: str, entries: Iterable[StoredEntry]) -> Iterator[tuple[str, bytes]]:
        """Yield the files of a rule's feed."""
        yield from self._files(self.of_rule(rule), map(_delivered, entries), self.epoch)

    def reader_feeds(self, reader: str) -> Iterator[tuple[str, bytes]]:
        """Yield the files of the feeds of a reader's stars and tags."""
        starred = self.library.site.starred(reader)
        yield from self._marked(self.of_stars(reader), starred)
        for tag in self.library.site.tags(reader):
            tagged = self.library.site.tagged(reader, tag)
            yield from self._marked(self.of_tag(reader, tag), tagged)

    def opml(self, channels: Sequence[Channel]) -> tuple[str, bytes]:
        """Return the file that lists the feeds."""
        return OPML, render_opml(self.title, channels)

    def _marked(
        self, channel: Channel, marked: Iterable[MarkedPaper]
    ) -> Iterator[tuple[str, bytes]]:
        marked = tuple(marked)
        papers = self.library.papers.get_many(mark.paper for mark in marked if mark.entry is None)
        items = []
        for mark in marked:
            if mark.entry is not None:
                stored = mark.entry
                items.append(_Item(stored.pick.paper.id, mark.at, stored.day, _entry_of(stored)))
            elif mark.paper in papers:
                paper = papers[mark.paper]
                make = partial(added_entry, paper)
                items.append(_Item(paper.id, mark.at, mark.at.date(), make, is_fixed=False))
        yield from self._files(channel, items, self.epoch)

    def _files(
        self, channel: Channel, items: Iterable[_Item], updated: datetime
    ) -> Iterator[tuple[str, bytes]]:
        """Yield a feed in each format; items of its last build are not rendered again."""
        shown = tuple(items)
        known = self._known(channel)

        def describe(item: FeedItem) -> str:
            key = item.entry.paper.id, item.selected
            if key not in self.rendered:
                self.rendered[key] = self.renderer.feed_item(item.entry, item.day, channel.language)
            return self.rendered[key]

        new = {
            item.key: FeedItem(item.make(), item.selected, item.day)
            for item in shown
            if not item.is_fixed or item.key not in known
        }
        for place, form in enumerate(SUFFIXES):
            rendered = [
                new[item.key]
                if item.key in new
                else RenderedItem(item.selected, known[item.key][place])
                for item in shown
            ]
            content = render_feed(channel, rendered, describe=describe, updated=updated, form=form)
            yield feed_path(channel.name, form), content

    def _known(self, channel: Channel) -> dict[tuple[str, datetime], tuple[bytes, ...]]:
        """Return the items of the feed's last build in each format, by paper and moment.

        Nothing if they cannot be distinguished for certain.
        """
        files = {form: self.earlier(feed_path(channel.name, form)) for form in SUFFIXES}
        try:
            keys = [
                (paper_of(item["id"]), datetime.fromisoformat(item["date_published"]))
                for item in json.loads(files["json"])["items"]
            ]
        except (ValueError, KeyError, TypeError):
            return {}
        items = [items_of(content, form) for form, content in files.items()]
        if len(set(keys)) != len(keys) or any(
            len(format_items) != len(keys) for format_items in items
        ):
            return {}
        return dict(zip(keys, zip(*items, strict=True), strict=True))


class _Item(Struct, frozen=True):
    """An item of a feed that is made when it is needed."""

    paper: str
    selected: datetime
    day: date
    make: Callable[[], Entry]
    is_fixed: bool = True
    """Whether it never changes, like an entry of a digest."""

    @property
    def key(self) -> tuple[str, datetime]:
        """Paper and moment, as feeds identify it."""
        return self.paper, self.selected.replace(microsecond=0)


def _delivered(stored: StoredEntry | FeedEntry) -> _Item:
    selected, pick = dated(stored.selected_at, stored.position), stored.pick
    return _Item(pick.paper.id, selected, stored.day, partial(compose_entry, pick))


def _entry_of(stored: StoredEntry) -> Callable[[], Entry]:
    return partial(compose_entry, stored.pick)


def added_entry(paper: Paper) -> Entry:
    """Return the entry of a paper that no digest delivered, for a feed or page."""
    return Entry(
        paper=paper,
        section="",
        score=0.0,
        points=0.0,
        title=(Segment(paper.title),),
        sentence=(Segment(paper.summary),) if paper.summary else (),
        quote=(),
        abstract=(Segment(paper.abstract),) if paper.abstract else (),
        reasons=(Reason("", 0.0, ()),),
        matches=(),
        sentence_by=paper.summary_by or "" if paper.summary else "",
    )
