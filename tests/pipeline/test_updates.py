"""New versions of papers that a profile was sent."""

from __future__ import annotations

import json
import os
import time
from datetime import date
from typing import TYPE_CHECKING

from tests.pipeline.world import World, digest_of, of_profile, shown

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from digest.pipeline.run import RunResult

RULES = """\
sources: [dumps/]
rules:
  - {name: Bread, keywords: [rye]}
profiles:
  - {name: daily, updates: true}
"""
TEXT = "We bake rye at low heat. It keeps for a week."
FORMATS = (".md", ".html", ".txt")


def announce(
    world: World,
    version: int,
    *,
    kind: str = "replace",
    title: str = "Rye at Low Heat",
    abstract: str = TEXT,
    number: int = 1,
) -> RunResult:
    """Put a list of arXiv's feed into the folder of dumps, and run."""
    item = (
        f"<item><title>{title}</title><link>https://arxiv.org/abs/2601.0000{number}</link>"
        f"<description>arXiv:2601.0000{number}v{version} Announce Type: {kind}\n"
        f"Abstract: {abstract}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:2601.0000{number}v{version}</guid>'
        f"<category>cs.LG</category><arxiv:announce_type>{kind}</arxiv:announce_type>"
        "<dc:creator>Ada Lie</dc:creator></item>"
    )
    text = (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'
        "<title>cs.LG updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG</link>"
        f"<pubDate>{world.now:%a, %d %b %Y} 00:00:00 -0500</pubDate>{item}</channel></rss>\n"
    )
    put(world, f"{world.now.date()}-v{version}.xml", text)
    return world.run()


def put(world: World, name: str, text: str) -> None:
    path = world.folder / "dumps" / name
    path.write_text(text, encoding="utf-8")
    moment = time.time_ns() - 3_600_000_000_000
    os.utime(path, ns=(moment, moment))


def news(result: RunResult) -> list[str]:
    digest = of_profile(result).digest
    return [entry.paper.title for entry in digest.news] if digest else []


def test_a_new_version_comes_once_in_every_format(tmp_path: Path) -> None:
    world = World(tmp_path, RULES)
    assert shown(announce(world, 1, kind="new")) == ["Rye at Low Heat"]
    world.wait(days=3)
    result = announce(world, 2, title="Rye at High Heat")
    digest = digest_of(result)
    assert (shown(result), news(result)) == ([], ["Rye at High Heat"])
    assert (digest.summary, digest.coverage.papers) == ("Nothing new today.", 0)
    assert "1 paper that you were sent has a new version." in digest.details
    for name in (*(f"2026-01-08{suffix}" for suffix in FORMATS), "feed.xml"):
        text = world.text(f"daily/{name}").replace("&nbsp;", " ").replace("\u00a0", " ")
        line = "v2 of a paper that you were sent on 5 January: title changed"
        assert line in " ".join(text.split()), name
    world.wait()
    assert news(announce(world, 2, title="Rye at High Heat")) == []
    world.wait()
    (third,) = digest_of(announce(world, 3, title="Rye at High Heat", abstract="Rye.")).news
    assert third.update is not None
    assert (third.update.version, third.update.changed) == (3, ("abstract",))
    assert third.update.sent == date(2026, 1, 5)


def test_two_versions_are_two_items_of_the_feed(tmp_path: Path) -> None:
    world = World(tmp_path, RULES)
    announce(world, 1, kind="new")
    for version in (2, 3):
        world.wait()
        announce(world, version)
    feed = world.text("daily/feed.xml")
    for end in ("00001</guid>", "00001#v2</guid>", "00001#v3</guid>"):
        assert feed.count(end) == 1


def test_a_profile_hears_of_versions_only_if_it_asks(tmp_path: Path) -> None:
    world = World(tmp_path, RULES.replace(", updates: true", ""))
    announce(world, 1, kind="new")
    world.wait()
    digest = digest_of(announce(world, 2))
    assert (digest.news, digest.summary) == ((), "Nothing new today.")


def test_a_version_of_a_paper_that_was_not_sent_is_no_news(tmp_path: Path) -> None:
    world = World(tmp_path, RULES)
    announce(world, 1, kind="new", title="Wheat", abstract="Wheat.")
    world.wait()
    assert news(announce(world, 2, title="Wheat and Rye")) == []


def test_the_version_that_was_sent_is_no_news(tmp_path: Path) -> None:
    """The Daily Papers list has no versions: what is older than the digest was sent."""
    world = World(tmp_path, RULES)
    paper = {"id": "2601.00001", "title": "Rye at Low Heat", "summary": TEXT, "upvotes": 3}
    put(world, "2026-01-05.json", json.dumps([{"paper": paper, "title": paper["title"]}]))
    assert shown(world.run()) == ["Rye at Low Heat"]
    world.now = world.now.replace(day=4)
    put(
        world,
        "2026-01-04.jsonl",
        json.dumps({
            "id": "2601.00001v2", "title": "Rye at Low Heat", "updated": "2026-01-03",
        }) + "\n",
    )  # fmt: skip
    world.now = world.now.replace(day=6)
    assert news(world.run()) == []
    world.wait()
    assert news(announce(world, 3)) == ["Rye at Low Heat"]


def test_a_second_run_of_a_day_tells_of_a_version_that_came_meanwhile(tmp_path: Path) -> None:
    world = World(tmp_path, RULES)
    announce(world, 1, kind="new")
    result = announce(world, 2)
    assert digest_of(result).name == "2026-01-05-2"
    assert news(result) == ["Rye at Low Heat"]


def test_a_stored_digest_has_its_news(tmp_path: Path) -> None:
    from digest.config import load_config
    from digest.digests.storage import last_digest

    world = World(tmp_path, RULES)
    announce(world, 1, kind="new")
    world.wait()
    made = digest_of(announce(world, 2, title="Rye at High Heat"))
    (profile,) = load_config(world.config).profiles
    with world.library() as library:
        assert last_digest(library, profile).news == made.news


def test_the_site_shows_news(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from digest.cli.app import main

    world = World(tmp_path, RULES)
    announce(world, 1, kind="new")
    world.wait()
    announce(world, 2, title="Rye at High Heat")
    assert main(["-c", str(world.config), "site"]) == 0, capsys.readouterr().err
    page = world.text("site/digests/daily/2026-01-06.html")
    for words in ("News on earlier papers", "v2 of a paper that you were sent", "title changed"):
        assert words in page


def test_the_mail_of_news_alone_names_a_title(tmp_path: Path) -> None:
    world = World(
        tmp_path, RULES.replace("updates: true", "updates: true, email: {to: [a@b.example]}")
    )
    announce(world, 1, kind="new")
    world.wait()
    announce(world, 2, title="Rye at High Heat")
    assert "Subject: New version: Rye at High Heat" in world.text("daily/2026-01-06.eml")
