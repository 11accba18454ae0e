"""`near_misses`: papers that a rule narrowly missed, in whole runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.cli.commands.run import to_json
from digest.config import load_config
from digest.digests.storage import last_digest
from digest.model.marks import Mark
from digest.model.matches import RuleMiss
from tests.pipeline.test_learned_order import mark
from tests.pipeline.test_more_like_these import MARKED
from tests.pipeline.world import MONDAY, World, digest_of, left_over, shown

if TYPE_CHECKING:
    from digest.model import Digest, Entry

RULES = """\
sources: [dumps/]
rules:
  - {name: Pruning, keywords: [pruning], exclude: [survey]}
  - {name: Routing, query: routing sparse expert}
  - {name: Scaling, keywords: [scaling laws], min_score: 2}
"""
CONFIG = RULES + "profiles:\n  - {name: daily, near_misses: 3}\n"
TODAY = (
    {"title": "Pruning trees"},
    {"title": "Pruning, a survey"},
    {"title": "On gates", "abstract": "Sparse routing without a router."},
    {"title": "On curves", "abstract": "We fit scaling laws."},
    {"title": "On routing", "abstract": "Nothing is sparse here, and nothing is an agent."},
    {"title": "Okapis of the forest", "abstract": "Nothing known."},
)


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("near") / "home", CONFIG)
    made.run()
    made.wait()
    made.drop("today", *TODAY)
    return made


def near(digest: Digest) -> list[Entry]:
    return [entry for entry in digest.entries if entry.missed is not None]


def titles(digest: Digest) -> list[str]:
    return [entry.paper.title for entry in near(digest)]


def test_each_rule_shows_its_nearest_first_with_what_was_lacking(world: World) -> None:
    digest = digest_of(world.run())
    assert [(entry.paper.title, entry.missed) for entry in near(digest)] == [
        ("On routing", RuleMiss("Routing", "missing", ("expert",))),
        ("On curves", RuleMiss("Scaling", "points")),
        ("Pruning, a survey", RuleMiss("Pruning", "excluded", ("survey",))),
    ]
    assert digest.summary == "1 of today’s 6 papers matches your rules."
    for suffix in ("md", "html", "txt"):
        text = " ".join(world.text(f"daily/2026-01-06.{suffix}").split())
        assert "Near misses" in text
        assert "No rule took them; each only just missed one of your rules." in text
        assert "Nearly “Routing”: “expert” is missing" in text
        assert "Nearly “Pruning”: “survey” is excluded" in text
        assert "Nearly “Scaling”: the match is too weak" in text
    feed = world.text("daily/feed.xml")
    assert all(title in feed for title in titles(digest))
    assert "Nearly “Routing”" in feed


def test_they_stand_beside_more_like_these_by_default(world: World) -> None:
    world.configure(RULES + "profiles:\n  - {name: daily, more_like_these: 1}\n")
    world.drop("old", *({"title": p.title, "abstract": p.abstract} for p in MARKED.papers))
    world.run()
    mark(world, MARKED.liked, "done")
    world.wait()
    world.drop(
        "next",
        {"title": "Gates", "abstract": "Sparse gating."},
        {"title": "Sparse gating by routing", "abstract": "Sparse gating is routing."},
        {"title": "Pruning by survey"},
    )
    digest = digest_of(world.run())
    assert [section.name for section in digest.sections if section.entries] == [
        "More like these",
        "Near misses",
    ]
    assert titles(digest) == ["Pruning by survey"]
    assert len({entry.paper.id for entry in digest.entries}) == 2
    world.configure(RULES + "profiles:\n  - {name: daily, more_like_these: 1, near_misses: 0}\n")
    world.wait()
    world.drop("last", {"title": "Pruning once more, a survey"})
    assert near(digest_of(world.run())) == []


def test_they_are_off_unless_asked_for(world: World) -> None:
    world.configure(RULES)
    assert near(digest_of(world.run(dry=True))) == []


def test_a_near_miss_comes_once_and_no_limit_counts_it(world: World) -> None:
    world.configure(CONFIG.replace("near", "limit: 1, near"))
    first = world.run()
    assert left_over(first) == []
    assert len(shown(first)) == 4
    world.wait()
    rules = CONFIG.replace("query: routing sparse expert", "keywords: [routing]")
    world.configure(rules)
    world.drop("again", {"title": "Zebras"}, *TODAY)
    second = digest_of(world.run())
    # "On gates" had no place among the first three: a rule that changed may still bring it.
    assert [entry.paper.title for entry in second.entries] == ["On gates"]


def test_papers_that_came_before_are_not_near_misses(world: World) -> None:
    world.configure(CONFIG.replace("near_misses: 3", "near_misses: 1"))
    first = digest_of(world.run())
    assert titles(first) == ["On routing"]
    world.wait()
    world.drop("again", {"title": "Zebras"}, *TODAY)
    assert near(digest_of(world.run())) == []


def test_a_rule_that_is_paused_misses_nothing(world: World) -> None:
    world.configure(CONFIG.replace("Routing, query", "Routing, paused: true, query"))
    assert titles(digest_of(world.run())) == ["On curves", "Pruning, a survey"]


def test_a_stored_digest_has_them_and_json_says_what_was_lacking(world: World) -> None:
    result = world.run()
    made = digest_of(result)
    config = load_config(world.config)
    with world.library() as library:
        stored = last_digest(library, config.profiles[0])
    assert near(stored) == near(made)
    (output,) = to_json(result, config)["profiles"]
    assert [paper["missed"] for paper in output["papers"]][:2] == [
        None,
        {"rule": "Routing", "shortfall": "missing", "words": ["expert"]},
    ]
    assert [paper["of_rule"] for paper in output["papers"]] == [True, False, False, False]


def test_they_do_not_count_for_what_more_like_these_is_worth(world: World) -> None:
    entries = near(digest_of(world.run()))
    with world.library() as library:
        library.marks.put("daily", [Mark(entries[0].paper.id, starred=True, star_at=MONDAY)])
        assert library.digests.decisions_on_more("daily", "daily").papers == 0
