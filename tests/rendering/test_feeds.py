"""The feed as read by feedparser and an XML parser."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.model import FeedItem, Segment
from digest.rendering.feeds import Channel, guid, profile_channel, render_feed, render_opml
from digest.text.one_line import one_line
from tests.people import people
from tests.rendering.builders import CREATED, DAY, entry, feed_items, full, profile
from tests.rendering.json_feed import check_json_feed
from tests.rendering.test_escape import TEXT
from tests.rendering.test_templates import hostile_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.rendering.templates import Renderer

QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
DC = "{http://purl.org/dc/elements/1.1/}"


def describe(item: FeedItem) -> str:
    return f"<p>{item.entry.paper.id.replace('&', '&amp;').replace('<', '&lt;')}</p>"


SITE = "https://papers.example.org/"


def render(items: Sequence[FeedItem], *, site_url: str | None = None, **changes: Any) -> bytes:
    fields: dict[str, Any] = {"describe": describe, "updated": CREATED}
    return render_feed(profile_channel(profile(), site_url), items, **(fields | changes))


def read(feed: bytes) -> Any:
    parsed = feedparser.parse(feed)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "rss20"
    return parsed


def test_golden(renderer: Renderer, golden: Callable[[str, str], None]) -> None:
    feed = render(
        feed_items(full()),
        describe=lambda item: renderer.feed_item(item.entry, DAY),
        site_url=SITE,
    )
    golden("feed.xml", feed.decode())


def test_an_item_has_what_readers_need() -> None:
    feed = render([FeedItem(entry(2), CREATED, DAY)], site_url=SITE)
    (item,) = read(feed).entries
    assert item.title == "A pruned model is not a smaller model"
    assert item.link == "https://arxiv.org/abs/2601.00002"
    assert item.id == "tag:digest.local,2026:paper/2601.00002"
    assert not item.guidislink
    assert item.published == "Mon, 05 Jan 2026 06:30:00 +0000"
    assert [tag.term for tag in item.tags] == ["Mixture of experts", "Small", "cs.LG", "cs.CL"]
    channel = ET.fromstring(feed).find("channel")
    assert channel is not None
    assert [one.text for one in channel.iter(f"{DC}creator")] == [
        "A. Rivera",
        "B. Lind",
        "C. Okafor",
    ]
    assert channel.findtext("link") == SITE
    assert channel.findtext("generator") == "digest"


def test_the_newest_item_comes_first_and_dates_the_channel() -> None:
    zone = ZoneInfo("Europe/Zurich")
    late = datetime(2026, 1, 7, 7, tzinfo=zone)
    items = [FeedItem(entry(n), late - timedelta(days=n), DAY) for n in (2, 0, 1)]
    feed = render(items)
    assert [item.id[-1] for item in read(feed).entries] == ["0", "1", "2"]
    assert b"<lastBuildDate>Wed, 07 Jan 2026 06:00:00 +0000</lastBuildDate>" in feed


def test_equally_new_items_keep_their_order() -> None:
    items = [FeedItem(entry(n), CREATED, DAY) for n in (3, 1, 2)]
    assert [item.id[-1] for item in read(render(items)).entries] == ["3", "1", "2"]


def test_a_feed_without_items_is_a_feed() -> None:
    feed = render([])
    assert read(feed).entries == []
    assert b"<lastBuildDate>Mon, 05 Jan 2026 06:30:00 +0000</lastBuildDate>" in feed


def test_the_same_items_give_the_same_bytes() -> None:
    items = feed_items(full())
    assert render(items) == render(items, updated=datetime(2030, 1, 1, tzinfo=UTC))


def test_links_that_are_not_of_the_web_are_left_out() -> None:
    feed = render([FeedItem(entry(1, url="javascript:alert(1)"), CREATED, DAY)])
    assert b"javascript" not in feed
    assert "link" not in read(feed).entries[0]


@pytest.mark.parametrize(
    ("paper_id", "expected"),
    [
        ("2601.00001", "2601.00001"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("10.1000/a(b)<c>;d%20é", "10.1000/a%28b%29%3Cc%3E%3Bd%2520%C3%A9"),
        ("t-0123456789abcdef", "t-0123456789abcdef"),
    ],
)
def test_a_guid_is_a_tag_uri_of_the_papers_id(paper_id: str, expected: str) -> None:
    assert guid(paper_id) == f"tag:digest.local,2026:paper/{expected}"


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.text(max_size=20))
def test_guids_are_ascii_without_spaces_and_differ_where_ids_do(one: str, other: str) -> None:
    assert guid(one).isascii()
    assert guid(one).isprintable()
    assert " " not in guid(one)
    try:
        assert (guid(one) == guid(other)) == (one == other)
    except UnicodeEncodeError:
        assert not other.isprintable()


@QUIET
@given(TEXT)
@example("<script>alert(1)</script>")
@example("ends early ]]> <b>not bold</b> &amp;")
@example("\x00\x0b\x1b\ufffe\U0001ffff")
@example("\ud800 lone")
def test_no_text_breaks_a_feed_or_is_escaped_twice(renderer: Renderer, text: str) -> None:
    items = [FeedItem(hostile_entry(text), CREATED, DAY), FeedItem(entry(1), CREATED, DAY)]
    feed = render(items, describe=lambda item: renderer.feed_item(item.entry, DAY))
    read(feed)
    first = ET.fromstring(feed).find("channel/item")
    assert first is not None
    shown = one_line(text)
    assert (first.findtext("title") or "").split() == (shown or items[0].entry.paper.id).split()
    for name in [one.text for one in first.iter(f"{DC}creator")]:
        assert (name or "").split() == shown.split()


def test_a_channels_title_is_escaped_once() -> None:
    feed = render_feed(
        profile_channel(profile(title="R&D <papers>", name="r&d"), None),
        [],
        describe=describe,
        updated=CREATED,
    )
    assert b"<title>R&amp;D &lt;papers&gt;</title>" in feed


def test_long_lists_of_authors_are_cut() -> None:
    crowd = entry(1, authors=people(*(f"A. Author{n}" for n in range(3000))))
    feed = render([FeedItem(crowd, CREATED, DAY)])
    assert feed.count(b"<dc:creator>") == 50


def test_marks_do_not_show_in_titles() -> None:
    one = entry(1, title=(Segment("A "), Segment("marked", marked=True), Segment(" title")))
    assert read(render([FeedItem(one, CREATED, DAY)])).entries[0].title == ("A marked title")


def test_the_description_is_the_sentence_and_the_content_the_rest() -> None:
    (item,) = read(render([FeedItem(entry(2), CREATED, DAY)])).entries
    assert item.summary == (
        "Pruning keeps the loss and loses the calibration, most of all on rare words."
    )
    assert item.content[0].value == "<p>2601.00002</p>"
    less = entry(2, sentence=(Segment("a < b & c"),))
    (item,) = read(render([FeedItem(less, CREATED, DAY)])).entries
    assert item.summary == "a &lt; b &amp; c", "readers take it for HTML"


def test_without_a_sentence_the_content_is_the_description() -> None:
    bare = entry(2, sentence=())
    (item,) = read(render([FeedItem(bare, CREATED, DAY)])).entries
    assert item.summary == "<p>2601.00002</p>"


def test_the_sentence_stands_in_the_content_once_in_bold(renderer: Renderer) -> None:
    one = entry(
        2,
        sentence=(Segment("We toast "), Segment("bread", marked=True), Segment(".")),
        abstract="Old. We toast bread. New.",
        more={"sentence_at": (5, 20)},
    )
    marks = (Segment("Old. We toast "), Segment("bread", marked=True), Segment(". New."))
    page = renderer.feed_item(replace(one, abstract=marks), DAY)
    assert "<p>Old. <b>We toast <mark>bread</mark>.</b> New.</p>" in page


# --- the other formats


def test_an_atom_feed_has_what_readers_need() -> None:
    feed = render(feed_items(full()), site_url=SITE, form="atom")
    parsed = feedparser.parse(feed)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    links = {link.rel: link.href for link in parsed.feed.links}
    assert links == {"self": f"{SITE}feeds/daily.atom", "alternate": SITE}
    first = parsed.entries[0]
    assert first.id == guid(full().entries[0].paper.id)
    assert first.published == first.updated == "2026-01-05T06:30:00+00:00"
    assert first.content[0].value == describe(feed_items(full())[0])
    assert [author.name for author in first.authors]


def test_an_rss_feed_links_to_itself_and_to_its_page() -> None:
    parsed = read(render([], site_url=SITE))
    links = {link.rel: link.href for link in parsed.feed.links}
    assert links == {"self": f"{SITE}feeds/daily.xml", "alternate": SITE}


def test_a_feed_of_no_site_claims_no_page() -> None:
    for form in ("rss", "atom", "json"):
        feed = render(feed_items(full()), form=form)
        assert b"localhost" not in feed
        assert b'rel="self"' not in feed


@pytest.mark.parametrize("site_url", [None, SITE])
def test_an_empty_json_feed_is_valid(site_url: str | None) -> None:
    check_json_feed(json.loads(render([], site_url=site_url, form="json")))


def test_a_json_feed_has_what_readers_need() -> None:
    form = json.loads(render(feed_items(full()), site_url=SITE, form="json"))
    check_json_feed(form)
    assert form["feed_url"] == f"{SITE}feeds/daily.json"
    assert form["home_page_url"] == SITE
    first = form["items"][0]
    assert first["id"] == guid(full().entries[0].paper.id)
    assert first["date_published"] == "2026-01-05T06:30:00+00:00"
    assert first["content_html"] == describe(feed_items(full())[0])
    assert all(value is not None for item in form["items"] for value in item.values())


@QUIET
@given(TEXT)
@example("ends early ]]> <b>not bold</b> &amp;")
@example("\x00\x0b\x1b\ufffe\U0001ffff")
def test_no_text_breaks_an_atom_or_json_feed(renderer: Renderer, text: str) -> None:
    items = [FeedItem(hostile_entry(text), CREATED, DAY)]

    def content(item: FeedItem) -> str:
        return renderer.feed_item(item.entry, DAY)

    atom = render(items, describe=content, form="atom")
    parsed = feedparser.parse(atom)
    assert not parsed.bozo, parsed.get("bozo_exception")
    title = ET.fromstring(atom).findtext("{*}entry/{*}title")
    assert (title or "").split() == (one_line(text) or items[0].entry.paper.id).split()
    form = json.loads(render(items, describe=content, form="json"))
    check_json_feed(form)
    (item,) = form["items"]
    assert item["title"] == (one_line(text) or items[0].entry.paper.id)


def test_an_opml_file_lists_feeds() -> None:
    channels = [
        Channel("daily", "R&D <papers>", "All", site_url=SITE),
        Channel("rules/moe", "MoE", "One rule"),
    ]
    outlines = list(ET.fromstring(render_opml("My feeds", channels)).iter("outline"))
    assert [outline.get("xmlUrl") for outline in outlines] == [
        f"{SITE}feeds/daily.xml",
        "rules/moe.xml",
    ]
    assert outlines[0].get("title") == "R&D <papers>"
