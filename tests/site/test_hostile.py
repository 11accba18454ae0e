"""Hostile texts of papers stay text on all pages, feeds and exports."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import feedparser
import pytest

from digest.text.one_line import one_line
from tests.pipeline.world import World
from tests.rendering.readers import read_html, squash

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

CONFIG = """\
site: true
site_url: https://papers.example.org/
sources: [dumps/]
rules: [{name: All, keywords: [zebra]}]
profiles: [{name: daily, limit: 1000}]
"""
_FIELDS = {"title", "abstract", "author", "header"}
_TAGS = {"script", "iframe", "object", "embed", "style", "img", "base", "math", "template"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> World:
    """Return a world with a paper for each hostile text, in its title, abstract and author."""
    cases = json.loads((shared / "judges/nasty.json").read_text(encoding="utf-8"))
    texts = [case["value"] for case in cases if "value" in case and case["field"] in _FIELDS]
    made = World(tmp_path_factory.mktemp("hostile"), CONFIG)
    made.drop(
        "2026-01-05",
        *(
            {
                "title": f"Zebra {number} {text}",
                "abstract": f"{text} We show a zebra {text}.",
                "authors": [text[:200], "Ada Lie"],
                "arxiv_id": f"2601.{number:05}",
                "url": text,
                "categories": [text[:100]],
            }
            for number, text in enumerate(texts)
        ),
    )
    assert made.run().site_error == ""
    return made


def titles(world: World) -> dict[str, str]:
    """Return the titles of all delivered papers, by their ids."""
    with world.library() as library:
        known = library.papers.get_many(entry.paper for entry in library.digests.entries(1))
    assert len(known) > 20
    return {paper: squash(one_line(known[paper].title)) for paper in known}


def test_pages_hold_no_markup_of_papers(world: World) -> None:
    site = world.output / "site"
    for path in site.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        seen = read_html(page)
        own = 1 + page.count("search.js") if "<script" in page else 0
        assert seen.tags.count("script") <= own, path
        assert not (set(seen.tags) & (_TAGS - {"script"})), path
        assert not seen.handlers, path
        assert not [link for link in seen.links if re.match(r"(?i)\s*(javascript|data|vb)", link)]


def test_pages_show_titles_as_they_are(world: World) -> None:
    site = world.output / "site"
    home = squash(read_html((site / "index.html").read_text(encoding="utf-8")).text)
    rule = squash(read_html((site / "rules/all.html").read_text(encoding="utf-8")).text)
    for paper, title in titles(world).items():
        page = read_html((site / f"papers/{paper}.html").read_text(encoding="utf-8"))
        assert title in page.headings, title
        assert title in home, title
        assert title in rule or "newest 50" in rule, title


def test_feeds_and_exports_stay_whole(world: World) -> None:
    site = world.output / "site"
    known = titles(world)
    for suffix in ("xml", "atom"):
        parsed = feedparser.parse((site / f"feeds/daily.{suffix}").read_bytes())
        assert not parsed.bozo
        assert len(parsed.entries) == len(known)
    feed = json.loads((site / "feeds/daily.json").read_bytes())
    assert {squash(item["title"]) for item in feed["items"]} == set(known.values())
    output = json.loads((site / "papers.json").read_bytes())
    assert {paper["id"] for paper in output} == set(known)
    bibtex = (site / "export.bib").read_text(encoding="utf-8")
    assert len(re.findall(r"(?m)^@\w+\{", bibtex)) == len(known)
    for script in site.glob("search/*.js"):
        text = script.read_text(encoding="utf-8")
        rows = text[text.index("(") + 1 : text.rindex(")")].partition(",")[2]
        assert len(json.loads(rows)) == len(known)
        assert "<" not in text
