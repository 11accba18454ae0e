"""The feeds of the site: of each profile, each rule, each tag and the starred, in three formats."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.digests.feed import FEED_LEAST, FEED_PERIOD, stored_item
from digest.model import Entry, FeedItem, Reason, Segment
from digest.rendering.feeds import (
    SUFFIXES,
    Channel,
    feed_path,
    paper_of,
    profile_channel,
    render_feed,
    render_opml,
)
from digest.site.paths import rule_path, slug
from digest.text.line import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from digest.library import Library, StoredEntry
    from digest.library.site import Marked
    from digest.model import Paper, Profile
    from digest.rendering.templates import Renderer

OPML: Final = "feeds/feeds.opml"


class FeedMaker(NamedTuple):
    """Makes the feeds of one library."""

    library: Library
    renderer: Renderer
    title: str
    site_url: str | None
    language: str
    epoch: datetime
    """Dates feeds without items."""
    rendered: dict[tuple[str, datetime], str]
    """Contents that are known, by paper and moment: one item stands in several feeds."""
    earlier: Callable[[str], bytes] = lambda _: b""
    """Returns a file of the last build, if all that pages depend on is as it was then."""

    # --- channels -------------------------------------------------------------------------------

    def of_profile(self, profile: Profile) -> Channel:
        """Return the channel of a profile."""
        channel = profile_channel(profile, self.site_url)
        return channel._replace(name=slug(profile.name))

    def of_rule(self, rule: str) -> Channel:
        """Return the channel of a rule."""
        title = f"{self.title}: {one_line(rule)}"
        about = f"Papers that the rule “{one_line(rule)}” selects"
        return Channel(
            f"rules/{slug(rule)}", title, about, self.language, self.site_url, rule_path(rule)
        )

    def of_stars(self, reader: str) -> Channel:
        """Return the channel of what a reader starred."""
        title = f"{self.title}: starred by {one_line(reader)}"
        about = "Papers that have a star on the reading list"
        return Channel(f"starred/{slug(reader)}", title, about, self.language, self.site_url)

    def of_tag(self, reader: str, tag: str) -> Channel:
        """Return the channel of a reader's tag."""
        title = f"{self.title}: #{one_line(tag)}"
        about = f"Papers with the tag #{one_line(tag)} on the reading list"
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
        yield from self._files(self.of_profile(profile), map(stored_item, entries), updated)

    def rule_items(self, rule: str) -> tuple[tuple[StoredEntry, FeedItem], ...]:
        """Return the newest entries of a rule as items: what its feed and its page show."""
        newest = self.library.site.of_rule(rule, at_least=1)
        since = newest[0].selected_at - FEED_PERIOD if newest else None
        entries = self.library.site.of_rule(rule, at_least=FEED_LEAST, since=since)
        return tuple((entry, stored_item(entry)) for entry in entries)

    def rule_feed(self, rule: str, items: Iterable[FeedItem]) -> Iterator[tuple[str, bytes]]:
        """Yield the files of a rule's feed."""
        yield from self._files(self.of_rule(rule), items, self.epoch)

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

    def _marked(self, channel: Channel, marked: Iterable[Marked]) -> Iterator[tuple[str, bytes]]:
        marked = tuple(marked)
        papers = self.library.papers.get_many(mark.paper for mark in marked if mark.entry is None)
        items = []
        for mark in marked:
            if mark.entry is not None:
                item = stored_item(mark.entry)
                items.append(item._replace(selected=mark.at))
            elif mark.paper in papers:
                entry = added_entry(papers[mark.paper])
                items.append(FeedItem(entry, mark.at, mark.at.date()))
        yield from self._files(channel, items, self.epoch)

    def _files(
        self, channel: Channel, items: Iterable[FeedItem], updated: datetime
    ) -> Iterator[tuple[str, bytes]]:
        shown = tuple(items)
        self._take_over(channel)

        def describe(item: FeedItem) -> str:
            key = item.entry.paper.id, item.selected
            if key not in self.rendered:
                self.rendered[key] = self.renderer.feed_item(item.entry, item.day, channel.language)
            return self.rendered[key]

        for form in SUFFIXES:
            content = render_feed(channel, shown, describe=describe, updated=updated, form=form)
            yield feed_path(channel.name, form), content

    def _take_over(self, channel: Channel) -> None:
        """Take the contents of the feed's earlier items from its last JSON file."""
        try:
            items = json.loads(self.earlier(feed_path(channel.name, "json")))["items"]
            for item in items:
                moment = datetime.fromisoformat(item["date_published"])
                self.rendered.setdefault((paper_of(item["id"]), moment), item["content_html"])
        except (ValueError, KeyError, TypeError):
            return


def added_entry(paper: Paper) -> Entry:
    """Return how a paper that no digest delivered stands in a feed or on a page."""
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
