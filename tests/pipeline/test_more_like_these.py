"""`more_like_these`: papers that no rule selected, in whole runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from digest.cli.commands.run import to_json
from digest.config import load_config
from digest.digests.storage import last_digest
from digest.library.digests import MoreDecisions
from digest.model.marks import Mark
from tests.learning.judged_samples import judged
from tests.pipeline.test_learned_order import mark
from tests.pipeline.world import MONDAY, RULES, World, digest_of, left_over, shown

if TYPE_CHECKING:
    from digest.model import Digest, Section

CONFIG = RULES + "profiles:\n  - {name: daily, more_like_these: 2}\n"
MARKED = judged("sparse gating", "a survey of", each=30)
TODAY = (
    {"title": "Pruning pruning a survey", "abstract": "A survey of pruning."},
    {"title": "Gates of many kinds", "abstract": "Sparse gating is all there is."},
    {"title": "Sparse gating again", "abstract": "Sparse gating of experts."},
    {"title": "Gating, sparse", "abstract": "On sparse gating and on gates."},
    {"title": "Okapis of the forest", "abstract": "Nothing known."},
)


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("more") / "home", CONFIG)
    made.drop("old", *({"title": p.title, "abstract": p.abstract} for p in MARKED.papers))
    made.run()
    mark(made, MARKED.liked, "done")
    made.wait()
    made.drop("today", *TODAY)
    return made


def more(digest: Digest) -> Section:
    (section,) = (section for section in digest.sections if not section.of_rule)
    return section


def titles(digest: Digest) -> list[str]:
    return [entry.paper.title for entry in more(digest).entries]


def test_the_nearest_papers_stand_in_a_section_of_their_own_in_every_format(world: World) -> None:
    digest = digest_of(world.run())
    assert len(titles(digest)) == 2
    assert {*titles(digest)} < {"Gates of many kinds", "Sparse gating again", "Gating, sparse"}
    assert digest.summary == "1 of today’s 5 papers matches your rules."
    for suffix in ("md", "html", "txt"):
        text = " ".join(world.text(f"daily/2026-01-06.{suffix}").split())
        assert "More like these" in text
        assert "No rule took them; they are like papers that you starred, read or" in text
        assert "which you read on 5 January 2026; words: " in text
        assert text.index("More like these") < text.index(titles(digest)[0])
    feed = world.text("daily/feed.xml")
    assert all(title in feed for title in titles(digest))


def test_what_a_rule_took_does_not_stand_there_too(world: World) -> None:
    world.configure(CONFIG.replace("more_like_these: 2", "more_like_these: 9"))
    both = "Pruning by sparse gating"
    world.drop("both", {"title": both, "abstract": "Sparse gating is sparse gating."})
    digest = digest_of(world.run())
    assert [entry.paper.title for entry in digest.entries].count(both) == 1
    assert both not in titles(digest)


def test_they_come_once_and_no_limit_counts_them(world: World) -> None:
    world.configure(CONFIG.replace("more_like", "limit: 1, more_like"))
    first = world.run()
    assert left_over(first) == []
    assert len(shown(first)) == 3
    world.wait()
    world.drop("again", {"title": "Zebras"}, *TODAY)
    second = digest_of(world.run())
    assert not any(section.entries for section in second.sections)
    world.wait()
    world.drop("more", {"title": "Sparse gating once more", "abstract": "Sparse gating."})
    assert titles(digest_of(world.run())) == ["Sparse gating once more"]


def test_a_paper_that_was_shown_does_not_come_again_by_a_rule(world: World) -> None:
    shown_before = titles(digest_of(world.run()))
    rules = CONFIG.replace("keywords: [pruning]", "keywords: [pruning, gating]")
    world.configure(rules.replace(", more_like_these: 2", ""))
    world.wait()
    world.drop("again", {"title": "Zebras"}, *TODAY)
    after = shown(world.run())
    assert len(after) == 1
    assert not {*after} & {*shown_before}


def test_they_are_off_unless_asked_for_and_need_five_liked_papers(world: World) -> None:
    mark(world, MARKED.liked[4:], "queued")
    digest = digest_of(world.run(dry=True))
    assert all(section.of_rule for section in digest.sections)
    assert digest.details == (
        "Likeness is learned from 5 starred, read or imported papers, and there are 4.",
    )
    world.configure(CONFIG.replace(", more_like_these: 2", ""))
    digest = digest_of(world.run(dry=True))
    assert all(section.of_rule for section in digest.sections)
    assert digest.details == ()


def test_a_digest_of_the_library_has_them_and_rules_are_not_said_to_have_changed(
    world: World,
) -> None:
    made = digest_of(world.run())
    profile = load_config(world.config).profiles[0]
    with world.library() as library:
        stored = last_digest(library, profile)
    assert more(stored) == more(made)
    assert stored.best == made.best
    world.wait()
    world.drop("next", {"title": "Pruning"})
    assert digest_of(world.run()).details == ()


def test_json_tells_them_apart(world: World) -> None:
    (output,) = to_json(world.run(), load_config(world.config))["profiles"]
    by_rule = [paper["of_rule"] for paper in output["papers"]]
    assert by_rule == [True, False, False]
    assert output["papers"][-1]["section"] == "More like these"
    assert output["papers"][-1]["learned"]["like"]["words"]
    json.dumps(output)


def test_what_the_reader_made_of_them_is_counted(world: World) -> None:
    entries = more(digest_of(world.run())).entries
    with world.library() as library:
        assert library.digests.decisions_on_more("daily", "daily").precision is None
        library.marks.put("daily", [Mark(entries[0].paper.id, starred=True, star_at=MONDAY)])
        library.marks.put("daily", [Mark(entries[1].paper.id, "dropped", MONDAY)])
        decided = library.digests.decisions_on_more("daily", "daily")
        assert decided == MoreDecisions(2, 1, 0, 1)
        assert decided.precision == 0.5
        assert library.digests.decisions_on_more("other", "daily").papers == 0
