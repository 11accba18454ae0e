"""A feed takes the items that have not changed from the last one, and looks the same for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.rendering.templates import Renderer
from tests.pipeline.world import RULES, World

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from digest.model import Entry


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the titles of the items that were rendered."""
    titles: list[str] = []
    feed_item = Renderer.feed_item

    def noted(renderer: Renderer, entry: Entry, day: date, language: str = "en") -> str:
        titles.append(entry.paper.title)
        return feed_item(renderer, entry, day, language)

    monkeypatch.setattr(Renderer, "feed_item", noted)
    return titles


def next_day(world: World, *titles: str) -> None:
    world.wait()
    world.drop(f"{world.now:%Y-%m-%d}", *titles)
    world.run()


def test_a_run_renders_the_items_of_its_day_alone(world: World, rendered: list[str]) -> None:
    next_day(world, "Pruning one", "Routing <two> & more")
    assert sorted(rendered) == ["Pruning one", "Routing <two> & more"]
    rendered.clear()
    next_day(world, "Pruning three")
    assert rendered == ["Pruning three"]
    feed = world.text("daily/feed.xml")
    assert all(title in feed for title in ("Pruning one", "two", "Pruning three"))


def test_a_feed_is_the_same_whether_or_not_its_last_file_is_there(tmp_path: Path) -> None:
    kept, lost, edited = (World(tmp_path / name) for name in ("kept", "lost", "edited"))
    for world in (kept, lost, edited):
        world.configure(f"{RULES}profiles: [{{name: daily, limit: 1, carry_over: 1}}]\n")
        next_day(world, "Pruning one", "Routing two", "Pruning three")
        next_day(world, "Routing four")
    (lost.output / "daily/feed.xml").unlink()
    path = edited.output / "daily/feed.xml"
    path.write_text(path.read_text().replace("Pruning one", "Something else"))
    for world in (kept, lost, edited):
        next_day(world, "Pruning five")
    feeds = {world.text("daily/feed.xml") for world in (kept, lost, edited)}
    assert len(feeds) == 1
    assert "Pruning one" in feeds.pop()


@pytest.mark.parametrize("change", ["language: de", "templates: own"])
def test_what_all_items_depend_on_changes_all_of_them(
    world: World, rendered: list[str], change: str
) -> None:
    own = world.config.with_name("own")
    own.mkdir()
    (own / "feed-item.html.j2").write_text("<p>My {{ entry.paper.title }}</p>\n")
    next_day(world, "Pruning one")
    world.configure(f"{RULES}profiles: [{{name: daily, {change}}}]\n")
    next_day(world, "Routing two")
    assert sorted(rendered) == ["Pruning one", "Pruning one", "Routing two"]
    if change == "templates: own":
        assert world.text("daily/feed.xml").count("My ") == 2
        rendered.clear()
        (own / "feed-item.html.j2").write_text("<p>Your {{ entry.paper.title }}</p>\n")
        next_day(world, "Pruning three")
        assert len(rendered) == 3
        assert world.text("daily/feed.xml").count("Your ") == 3
