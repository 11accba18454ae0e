"""`rank: learned` in whole runs: the order, its explanation, and the fallback."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from digest.cli.commands.run import to_json
from digest.config import load_config
from digest.model.marks import Mark
from tests.learning.judged_samples import judged
from tests.pipeline.world import MONDAY, RULES, World, digest_of, left_over, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Paper
    from digest.model.marks import State

CONFIG = RULES + "profiles:\n  - {name: daily, rank: learned}\n"
MARKED = judged("sparse gating", "a survey of", each=30)
TODAY = (
    {"title": "Pruning pruning a survey", "abstract": "A survey of pruning.", "upvotes": 9},
    {"title": "Pruning and more", "abstract": "Sparse gating of pruning."},
    {"title": "Pruning by nothing", "abstract": "Nothing known."},
)
BY_POINTS = ["Pruning pruning a survey", "Pruning and more", "Pruning by nothing"]
BY_TASTE = ["Pruning and more", "Pruning by nothing", "Pruning pruning a survey"]


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world in which papers of long ago are known, and the first run is over."""
    made = World(tmp_path_factory.mktemp("learned") / "home", CONFIG)
    made.drop("old", *({"title": p.title, "abstract": p.abstract} for p in MARKED.papers))
    made.run()
    made.wait()
    made.drop("today", *TODAY)
    return made


def mark(world: World, papers: Sequence[Paper], state: State, reader: str = "daily") -> None:
    with world.library() as library:
        known = {paper.title: paper.id for paper in library.papers}
        marks = [Mark(known[paper.title], state, MONDAY) for paper in papers]
        library.marks.put(reader, marks)


def mark_all(world: World) -> None:
    mark(world, MARKED.liked, "done")
    mark(world, MARKED.dropped, "dropped")


def test_a_section_stands_in_the_learned_order_and_says_by_which_words(world: World) -> None:
    mark_all(world)
    result = world.run()
    assert shown(result) == BY_TASTE
    assert [entry.paper.title for entry in digest_of(result).best] == BY_TASTE
    first = digest_of(result).entries[0]
    assert first.learned is not None
    assert first.learned.clues[0].weight > 0
    word = first.learned.clues[0].word
    for suffix in ("md", "html", "txt"):
        text = " ".join(world.text(f"daily/2026-01-06.{suffix}").split())
        assert f"which you read on 5 January 2026; words: {word}" in text
        assert "−survey" in text
    assert f"words: {word}" in world.text("daily/feed.xml")
    assert digest_of(result).details == ()


def test_json_has_the_words_with_their_weights(world: World) -> None:
    mark_all(world)
    (output,) = to_json(world.run(), load_config(world.config))["profiles"]
    assert output["unlearned"] is None
    learned = [paper["learned"] for paper in output["papers"]]
    assert {*learned[0]} == {"score", "words", "like"}
    assert {*learned[0]["words"][0]} == {"word", "weight"}
    assert {*learned[0]["like"]} == {"id", "title", "how", "day", "words"}
    json.dumps(output)


def test_too_few_marks_leave_the_order_to_points_and_the_digest_says_so(world: World) -> None:
    mark(world, MARKED.liked[:4], "done")
    mark(world, MARKED.dropped, "dropped")
    result = world.run()
    assert shown(result) == BY_POINTS
    assert all(entry.learned is None for entry in digest_of(result).entries)
    note = (
        "Ordered by points. Likeness is learned from 5 starred, read or imported papers, "
        "and there are 4."
    )
    for suffix in ("md", "html", "txt"):
        assert note in " ".join(world.text(f"daily/2026-01-06.{suffix}").split())
    (output,) = to_json(result, load_config(world.config))["profiles"]
    assert note in output["unlearned"]
    assert output["papers"][0]["learned"] is None


def test_a_limit_keeps_what_the_order_puts_first_and_the_rest_waits(world: World) -> None:
    world.configure(CONFIG.replace("keywords: [pruning]", "keywords: [pruning], limit: 1"))
    mark_all(world)
    first = world.run()
    assert shown(first) == BY_TASTE[:1]
    assert left_over(first) == BY_TASTE[1:]
    world.wait()
    assert shown(world.run()) == BY_TASTE[1:2]


def test_what_waits_is_ordered_by_points_again_where_marks_are_taken_back(world: World) -> None:
    world.configure(CONFIG.replace("keywords: [pruning]", "keywords: [pruning], limit: 1"))
    mark_all(world)
    world.run()
    mark(world, MARKED.liked, "queued")
    world.wait()
    result = world.run()
    assert shown(result) == ["Pruning pruning a survey"]
    assert digest_of(result).entries[0].learned is None


def test_the_same_marks_and_papers_give_the_same_bytes(world: World) -> None:
    mark_all(world)
    dry = [digest_of(world.run(dry=True)) for _ in range(2)]
    assert dry[0].sections == dry[1].sections
    world.run()
    before = world.outputs()
    world.now += timedelta(hours=1)
    world.run()
    assert world.outputs() == before


def test_the_same_papers_come_as_by_points(world: World) -> None:
    mark_all(world)
    learned = digest_of(world.run(dry=True))
    world.configure(CONFIG.replace("rank: learned", "rank: points"))
    points = digest_of(world.run(dry=True))
    assert sorted(entry.paper.id for entry in learned.entries) == sorted(
        entry.paper.id for entry in points.entries
    )
    assert (learned.summary, learned.coverage) == (points.summary, points.coverage)
