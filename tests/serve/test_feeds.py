"""Feeds as a feed reader requests them: 200, then 304, then exactly the new items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import feedparser

from tests.serve.host import Browser
from tests.serve.test_list import PAPER, press

if TYPE_CHECKING:
    from tests.pipeline.world import World
    from tests.serve.host import Answer, Host


def ids(answer: Answer) -> set[str]:
    feed = feedparser.parse(answer.body, response_headers={"content-type": "application/xml"})
    assert not feed.bozo
    return {entry.id for entry in feed.entries}


def test_a_feed_is_200_then_304_then_exactly_the_new_items(world: World, host: Host) -> None:
    for path in ("/feeds/daily.xml", "/feeds/daily.atom", "/feeds/rules/pruning.xml"):
        first = host.get(path)
        assert first.status == 200
        tag, moment = first.headers["etag"], first.headers["last-modified"]
        assert host.get(path, {"If-None-Match": tag}).status == 304
        assert host.get(path, {"If-Modified-Since": moment}).status == 304
        assert host.get(path, {"If-Modified-Since": "nonsense"}).status == 200
        title = f"Pruning for {path.rpartition('/')[2]}"
        world.drop(f"2026-04-{path[-3:]}", {"title": title, "abstract": "We prune."})
        world.run()
        world.wait()
        host.wait_for(path, title)
        second = host.get(path, {"If-None-Match": tag})
        assert second.status == 200
        new = ids(second) - ids(first)
        assert len(new) == 1
        assert ids(first) - ids(second) == set()


def test_the_feed_of_stars_follows_at_once(world: World, host: Host) -> None:
    browser = Browser(host)
    path = "/feeds/starred/daily.xml"
    empty = host.get(path)
    assert ids(empty) == set()
    assert host.get(path, {"If-None-Match": empty.headers["etag"]}).status == 304
    press(browser, "star")
    answer = host.get(path, {"If-None-Match": empty.headers["etag"]})
    assert (answer.status, len(ids(answer))) == (200, 1)
    press(browser, "note", text="#seminar")
    assert len(ids(host.get("/feeds/tags/daily/seminar.atom"))) == 1
    press(browser, "drop")
    assert ids(host.get(path)) == set()
    assert host.get("/feeds/starred/nobody.xml").status == 404
    assert host.get("/feeds/starred/daily.exe").status == 404
    assert PAPER in host.get("/feeds/daily.xml").text


def test_feeds_that_are_listed_are_there(host: Host) -> None:
    press(Browser(host), "note", text="#seminar")
    opml = feedparser.parse(host.get("/feeds/feeds.opml").body)
    assert opml is not None
    page = host.get("/feeds.html").text
    paths = [part.partition('"')[0] for part in page.split('href="feeds/')[1:]]
    assert len(paths) > 10
    for path in paths:
        assert host.get(f"/feeds/{path}").status == 200, path
