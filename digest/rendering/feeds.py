"""Render feeds: RSS 2.0 and Atom through feedgen, JSON Feed 1.1, and OPML that lists them.

The same items give the same bytes. Only this module handles feedgen's peculiarities: values that it
takes from the clock are set from the data, and text that it would refuse or pass through is cleaned
before. The content of an item comes from a template, through the caller.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from urllib.parse import quote, unquote

from markupsafe import escape
from msgspec import Struct

from digest.model import FeedItem
from digest.rendering.escape import web_url
from digest.text.one_line import one_line
from digest.wording import plain
from digest.wording.languages import ENGLISH, words_in
from digest.wording.papers import source_of_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from feedgen.entry import FeedEntry
    from feedgen.feed import FeedGenerator

    from digest.model import Profile

    Describe: TypeAlias = Callable[[FeedItem], str]

FeedFormat: TypeAlias = Literal["rss", "atom", "json"]
SUFFIXES: Final[dict[FeedFormat, str]] = {"rss": ".xml", "atom": ".atom", "json": ".json"}
MEDIA_TYPES: Final[dict[FeedFormat, str]] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}

# RFC 4151. Readers identify items only by the guid, so neither this nor the quoting ever changes.
_TAG: Final = "tag:digest.local,2026:"

# A paper of some collaborations has thousands of authors; no reader shows them.
_SHOWN_AUTHORS: Final = 50


class Channel(Struct, frozen=True):
    """The title and addresses of a feed."""

    name: str
    """Path under `feeds/` without suffix, the feed's permanent name: `rules/scaling-laws`."""
    title: str
    about: str
    language: str = "en"
    site_url: str | None = None
    """URL of the folder `site`, with a slash at the end, or None."""
    page: str = ""
    """Path on the site of the feed's page; empty: the first page."""

    def url(self, form: FeedFormat) -> str | None:
        """Return the URL of the feed."""
        return web_url(self.site_url and f"{self.site_url}{feed_path(self.name, form)}")

    @property
    def home(self) -> str | None:
        """Return the URL of the feed's page."""
        return web_url(self.site_url and f"{self.site_url}{quote(self.page)}")

    @property
    def id(self) -> str:
        """A URI that stays the same wherever the feed is published."""
        return f"{_TAG}feed/{quote(self.name, safe='/-._~')}"


def feed_path(name: str, form: FeedFormat) -> str:
    """Return the path of a feed under the site: `feeds/daily.xml`."""
    return f"feeds/{quote(name)}{SUFFIXES[form]}"


def profile_channel(profile: Profile, site_url: str | None) -> Channel:
    """Return the title and addresses of a profile's feed."""
    about = words_in(profile.language).text(
        "New papers that match your rules: {title}", title=profile.title
    )
    title = one_line(profile.title) or profile.name
    return Channel(profile.name, title, one_line(about), profile.language, site_url)


def guid(paper_id: str) -> str:
    """Return the `tag:` URI of a paper: valid and unique for any id, and permanent."""
    return f"{_TAG}paper/{quote(paper_id, safe='/:.-_~')}"


def paper_of(item_id: str) -> str:
    """Return the paper's id in a guid."""
    return unquote(item_id.removeprefix(f"{_TAG}paper/"))


def render_feed(
    channel: Channel,
    items: Iterable[FeedItem | RenderedItem],
    *,
    describe: Describe,
    updated: datetime,
    form: FeedFormat = "rss",
) -> bytes:
    """Render a feed, newest item first, equally new ones in the given order.

    An item's summary is its sentence, its content the HTML from `describe`. A `RenderedItem` is
    inserted unchanged. `updated` dates a feed without items.
    """
    ordered = sorted(items, key=lambda item: item.selected, reverse=True)
    moment = (ordered[0].selected if ordered else updated).astimezone(UTC)
    new = [item for item in ordered if isinstance(item, FeedItem)]
    match form:
        case "rss":
            feed = _rss(channel, new, describe, moment)
        case "atom":
            feed = _atom(channel, new, describe, moment)
        case "json":
            feed = _json(channel, new, describe)
    return feed if len(new) == len(ordered) else _joined(feed, ordered, form)


class RenderedItem(Struct, frozen=True):
    """An item from a feed that was rendered before."""

    selected: datetime
    content: bytes


_LINES: Final[Mapping[FeedFormat, tuple[bytes, bytes]]] = {
    "rss": (b"    <item>", b"    </item>"),
    "atom": (b"  <entry>", b"  </entry>"),
    "json": (b"  {", b"  }"),
}
"""The first and the last line of an item, as feedgen and `json` indent them."""
_ENDS: Final[Mapping[FeedFormat, bytes]] = {
    "rss": b"  </channel>\n", "atom": b"</feed>", "json": b"]",
}  # fmt: skip
"""The text after the items."""


def items_of(feed: bytes, form: FeedFormat) -> list[bytes]:
    """Return the items of a feed that `render_feed` rendered, unchanged."""
    first, last = _LINES[form]
    _, *parts = feed.split(b"\n%b\n" % first)
    return [b"%b\n%b\n%b" % (first, part.partition(b"\n" + last)[0], last) for part in parts]


def _joined(feed: bytes, ordered: Sequence[FeedItem | RenderedItem], form: FeedFormat) -> bytes:
    """Insert previously rendered items between those of a feed, in this order."""
    new = iter(items_of(feed, form))
    items = [item.content if isinstance(item, RenderedItem) else next(new) for item in ordered]
    before, _, tail = feed.rpartition(_ENDS[form])
    head = before.partition(b"\n%b\n" % _LINES[form][0])[0].rstrip()
    between, end = (b",\n", b"\n ]") if form == "json" else (b"\n", b"\n" + _ENDS[form])
    return head + b"\n" + between.join(items) + end + tail


def _generator(channel: Channel) -> FeedGenerator:
    # Imported here: it costs 52 ms, and only a run makes feeds.
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.title(channel.title)
    feed.language(channel.language)
    feed.generator("digest")
    return feed


# --- RSS -----------------------------------------------------------------------------------------


def _rss(
    channel: Channel, items: Sequence[FeedItem], describe: Describe, moment: datetime
) -> bytes:
    feed = _generator(channel)
    feed.load_extension("dc")
    feed.description(channel.about)
    feed.docs("https://www.rssboard.org/rss-specification")
    feed.lastBuildDate(moment)
    if url := channel.url("rss"):
        feed.link(href=url, rel="self", type=MEDIA_TYPES["rss"])
    # A channel needs a link (RSS 2.0, "Required channel elements"): without a site its id, which
    # claims no page. The last call of link() sets the channel's <link>.
    feed.link(href=channel.home or channel.id, rel="alternate")
    for item in items:
        entry = feed.add_entry(order="append")
        entry.guid(_guid(item), permalink=False)
        _common(entry, item)
        if sentence := _sentence(item):
            entry.description(str(escape(sentence)))  # readers treat a description as HTML
            entry.content(describe(item), type="CDATA")
        else:
            entry.description(describe(item))
        entry.pubDate(item.selected.astimezone(UTC))
        # <author> must be an address, so the names go to Dublin Core's creator.
        if names := _authors(item):
            entry.dc.dc_creator(names)
    rendered: bytes = feed.rss_str(pretty=True)
    return rendered


def _common(entry: FeedEntry, item: FeedItem) -> None:
    entry.title(_title(item))
    if url := web_url(item.entry.paper.url):
        entry.link(href=url)
    for term in _terms(item):
        entry.category(term=term)


# --- Atom ----------------------------------------------------------------------------------------


def _atom(
    channel: Channel, items: Sequence[FeedItem], describe: Describe, moment: datetime
) -> bytes:
    feed = _generator(channel)
    feed.id(channel.id)
    feed.subtitle(channel.about)
    feed.updated(moment)
    # RFC 4287, section 4.1.1: a feed has an author unless all its entries have one.
    feed.author({"name": channel.title})
    if home := channel.home:
        feed.link(href=home, rel="alternate", type="text/html")
    if url := channel.url("atom"):
        feed.link(href=url, rel="self", type=MEDIA_TYPES["atom"])
    for item in items:
        entry = feed.add_entry(order="append")
        entry.id(_guid(item))
        _common(entry, item)
        if sentence := _sentence(item):
            entry.summary(sentence)
        entry.content(describe(item), type="html")
        selected = item.selected.astimezone(UTC)
        entry.published(selected)
        entry.updated(selected)
        for name in _authors(item):
            entry.author({"name": name})
    rendered: bytes = feed.atom_str(pretty=True)
    return rendered


# --- JSON Feed -----------------------------------------------------------------------------------


def _json(channel: Channel, items: Sequence[FeedItem], describe: Describe) -> bytes:
    """Render JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    form: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.url("json"),
        "description": channel.about,
        "language": channel.language,
        "items": [dict(_without_empty(_json_item(item, describe))) for item in items],
    }
    text = json.dumps(dict(_without_empty(form)), ensure_ascii=False, indent=1)
    return (text + "\n").encode("utf-8")


def _json_item(item: FeedItem, describe: Describe) -> dict[str, Any]:
    return {
        "id": _guid(item),
        "url": web_url(item.entry.paper.url),
        "title": _title(item),
        "content_html": describe(item),
        "summary": _sentence(item) or None,
        "date_published": item.selected.astimezone(UTC).isoformat(timespec="seconds"),
        "authors": [{"name": name} for name in _authors(item)] or None,
        "tags": list(_terms(item)) or None,
    }


def _without_empty(form: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in form.items() if value is not None)


# --- OPML ----------------------------------------------------------------------------------------


def render_opml(title: str, channels: Sequence[Channel]) -> bytes:
    """Render an OPML 2.0 list of the feeds; without a site's address its links are relative."""
    from xml.etree import ElementTree as ET

    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = one_line(title)
    body = ET.SubElement(root, "body")
    for channel in channels:
        relative = feed_path(channel.name, "rss").removeprefix("feeds/")
        shown = {
            "text": channel.title,
            "title": channel.title,
            "type": "rss",
            "version": "RSS2",
            "language": channel.language,
            "xmlUrl": channel.url("rss") or relative,
            "htmlUrl": channel.home or "",
        }
        ET.SubElement(body, "outline", {key: value for key, value in shown.items() if value})
    ET.indent(root)
    rendered: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return rendered + b"\n"


# --- what the formats share ----------------------------------------------------------------------


def _guid(item: FeedItem) -> str:
    """Return the guid of an item: the paper's URI; a new version has another."""
    update, uri = item.entry.update, guid(item.entry.paper.id)
    if update is None:
        return uri
    return f"{uri}#v{update.version}" if update.version else f"{uri}#{update.moment}"


def _title(item: FeedItem) -> str:
    return one_line(plain(item.entry.title)) or item.entry.paper.id


def _sentence(item: FeedItem) -> str:
    sentence = one_line(plain(item.entry.sentence))
    if item.entry.written is None:
        return sentence
    return f"{sentence} {source_of_sentence(item.entry, ENGLISH)}".rstrip()


def _authors(item: FeedItem) -> list[str]:
    authors = (item.entry.paper.authors or ())[:_SHOWN_AUTHORS]
    return [name for author in authors if (name := one_line(str(author)))]


def _terms(item: FeedItem) -> Iterator[str]:
    rules = (reason.rule for reason in item.entry.reasons)
    terms = (one_line(term) for term in (*rules, *item.entry.paper.categories))
    return (term for term in dict.fromkeys(terms) if term)
