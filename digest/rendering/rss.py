"""Render a profile's feed as RSS 2.0 through feedgen, the same bytes from the same items.

Knows feedgen's ways so that nobody else must: what it takes from the clock is set from the data,
and what it would refuse or let pass is cleaned before. The description of an item comes from a
template, through the caller.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import escape

from digest.rendering.escape import web_url
from digest.text.line import one_line
from digest.wording import plain
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from feedgen.feed import FeedGenerator

    from digest.model import FeedItem, Profile

# RFC 4151. Readers tell old from new by the guid alone, so this never changes, nor the quoting.
_TAG = "tag:digest.local,2026:paper/"

# A channel needs a link (RSS 2.0, "Required channel elements"); a feed in a folder has no page.
_NO_SITE = "http://localhost/"

# A paper of some collaborations has thousands of authors; no reader shows them.
_SHOWN_AUTHORS = 50


def guid(paper_id: str) -> str:
    """Return the `tag:` URI of a paper: valid for any id, one for one, and for ever the same."""
    return _TAG + quote(paper_id, safe="/:.-_~")


def render_feed(  # noqa: PLR0913 - keywords, and a bundle of them would be made to be unpacked
    profile: Profile,
    items: Sequence[FeedItem],
    *,
    describe: Callable[[FeedItem], str],
    updated: datetime,
    self_url: str | None = None,
    site_url: str | None = None,
) -> bytes:
    """Render the feed, newest item first, equally new ones in the order given.

    An item's description is its sentence, its content the HTML that `describe` makes. Without a
    sentence that HTML is the description.
    `describe` makes the HTML of an item, `updated` dates a feed without items, `self_url` is where
    the feed itself is published, `site_url` the page that it belongs to.
    """
    # Imported here: it costs 52 ms, and only a run makes feeds.
    from feedgen.feed import FeedGenerator

    words = words_in(profile.language)
    ordered = sorted(items, key=lambda item: item.selected, reverse=True)
    feed = FeedGenerator()
    feed.load_extension("dc")
    feed.title(one_line(profile.title) or profile.name)
    about = words.text("New papers that match your rules: {title}", title=profile.title)
    feed.description(one_line(about))
    feed.language(profile.language)
    feed.generator("digest")
    feed.docs("https://www.rssboard.org/rss-specification")
    feed.lastBuildDate((ordered[0].selected if ordered else updated).astimezone(UTC))
    if own := web_url(self_url):
        feed.link(href=own, rel="self", type="application/rss+xml")
    # The last call of link() wins as the channel's <link>.
    feed.link(href=web_url(site_url) or own or _NO_SITE, rel="alternate")
    for item in ordered:
        _add(feed, item, describe)
    rendered: bytes = feed.rss_str(pretty=True)
    return rendered


def _add(feed: FeedGenerator, item: FeedItem, describe: Callable[[FeedItem], str]) -> None:
    paper = item.entry.paper
    entry = feed.add_entry(order="append")
    entry.guid(guid(paper.id), permalink=False)
    entry.title(one_line(plain(item.entry.title)) or paper.id)
    if url := web_url(paper.url):
        entry.link(href=url)
    if sentence := one_line(plain(item.entry.sentence)):
        entry.description(str(escape(sentence)))  # readers take a description for HTML
        entry.content(describe(item), type="CDATA")
    else:
        entry.description(describe(item))
    entry.pubDate(item.selected.astimezone(UTC))
    # <author> must hold an address, so the names go to Dublin Core's creator.
    names = [
        name for author in (paper.authors or ())[:_SHOWN_AUTHORS] if (name := one_line(str(author)))
    ]
    if names:
        entry.dc.dc_creator(names)
    for category in (*(reason.rule for reason in item.entry.reasons), *paper.categories):
        if term := one_line(category):
            entry.category(term=term)
