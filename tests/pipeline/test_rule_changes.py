"""An edited rule: the report of a run, and how to get the papers it would have selected."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.pipeline.world import World, digest_of, of_profile

if TYPE_CHECKING:
    from pathlib import Path

    from digest.linting.rule_changes import RuleChange
    from digest.pipeline.run import RunResult

PRUNING = "- {name: Pruning, keywords: [pruning]}"
ROUTING = "- {name: Routing, keywords: [routing]}"


def config(*rules: str, rest: str = "") -> str:
    lines = "".join(f"  {rule}\n" for rule in rules)
    return f"sources: [dumps/]\nrules:\n{lines}{rest}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a folder after a first run of two rules on four papers."""
    world = World(tmp_path, config(PRUNING, ROUTING))
    world.drop("first", "On pruning", "On routing", "On merging", "On merging and pruning")
    world.run()
    world.wait()
    return world


def changes(result: RunResult) -> list[tuple[str, int, int]]:
    return [
        (rule_change.rule, len(rule_change.more), len(rule_change.fewer))
        for rule_change in result.rule_changes
    ]


def only(result: RunResult) -> RuleChange:
    (change,) = result.rule_changes
    return change


def titles(result: RunResult) -> list[str]:
    return [entry.paper.title for entry in digest_of(result).entries]


# --- what is said


def test_a_first_run_says_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.drop("first", "On pruning")
    assert world.run().rule_changes == ()
    assert world.run().rule_changes == ()


def test_an_edit_is_told_once(world: World) -> None:
    world.configure(config("- {name: Pruning, keywords: [merging]}", ROUTING))
    change = only(world.run())
    assert (change.rule, change.is_new, change.papers) == ("Pruning", False, 4)
    assert (change.before, change.after) == (2, 2)
    assert [paper.title for paper in change.more] == ["On merging"]
    assert [paper.title for paper in change.fewer] == ["On pruning"]
    assert world.run().rule_changes == ()


def test_a_dry_run_tells_and_forgets(world: World) -> None:
    world.configure(config("- {name: Pruning, keywords: [merging]}", ROUTING))
    assert changes(world.run(dry=True)) == [("Pruning", 1, 1)]
    assert changes(world.run()) == [("Pruning", 1, 1)]


def test_a_new_rule_is_told(world: World) -> None:
    world.configure(config(PRUNING, ROUTING, "- {name: Merging, keywords: [merging]}"))
    change = only(world.run())
    assert (change.rule, change.is_new, len(change.more)) == ("Merging", True, 2)


def test_a_new_name_is_no_new_rule(world: World) -> None:
    world.configure(config("- {name: Pruned, keywords: [pruning]}", ROUTING))
    assert world.run().rule_changes == ()


def test_an_edit_without_effect_is_told(world: World) -> None:
    world.configure(config("- {name: Pruning, keywords: [pruning, sparsity]}", ROUTING))
    assert changes(world.run()) == [("Pruning", 0, 0)]


@pytest.mark.parametrize("more", ["limit: 1", "order: newest", "note: Hello", "weight: 2"])
def test_what_does_not_decide_is_not_told(world: World, more: str) -> None:
    world.configure(config(f"- {{name: Pruning, keywords: [pruning], {more}}}", ROUTING))
    assert world.run().rule_changes == ()


def test_a_paused_rule_that_wakes_is_told(world: World) -> None:
    world.configure(config("- {name: Pruning, keywords: [pruning], paused: true}", ROUTING))
    assert changes(world.run()) == [("Pruning", 0, 2)]
    world.configure(config(PRUNING, ROUTING))
    assert changes(world.run()) == [("Pruning", 2, 0)]


def test_an_alias_is_told_of_the_rules_that_it_changes(world: World) -> None:
    world.configure(config(PRUNING, ROUTING, rest="aliases: [[pruning, merging]]\n"))
    assert changes(world.run()) == [("Pruning", 1, 0)]


def test_a_rule_that_names_a_changed_one_is_told(world: World) -> None:
    named = "- {name: Both, query: 'rule:Pruning OR routing'}"
    world.configure(config(PRUNING, named))
    world.run()
    world.configure(config("- {name: Pruning, keywords: [merging]}", named))
    assert changes(world.run()) == [("Pruning", 1, 1), ("Both", 1, 1)]


def test_papers_of_other_days_do_not_count(world: World) -> None:
    world.wait(days=40)
    world.drop("late", "Late pruning")
    world.run()
    world.wait()
    world.configure(config("- {name: Pruning, keywords: [nothing]}", ROUTING))
    change = only(world.run())
    assert (change.papers, len(change.fewer)) == (1, 1)
    world.configure(config(PRUNING, ROUTING))
    # Seen from a day before all papers, there is none to try it on.
    assert only(world.run(day=date(2026, 1, 2))).papers == 0


def test_papers_of_the_run_itself_do_not_count(world: World) -> None:
    world.drop("new", "New merging")
    world.configure(config("- {name: Pruning, keywords: [merging]}", ROUTING))
    assert [paper.title for paper in only(world.run()).more] == ["On merging"]


# --- what is brought


def test_a_rule_brings_what_it_would_have_taken_once(world: World) -> None:
    world.configure(config("- {name: Pruning, keywords: [merging]}", ROUTING))
    result = world.run(rules=("Pruning",))
    assert titles(result) == ["On merging"]  # the other one has been given already
    assert of_profile(world.run(rules=("Pruning",))).digest is None
    assert of_profile(world.run(since=date(2026, 1, 1))).digest is not None
    assert titles(world.run(since=date(2026, 1, 1), dry=True, day=date(2026, 1, 20))) == []


def test_other_rules_lose_nothing(world: World) -> None:
    world.drop("new", "New routing", "New merging")
    world.configure(config("- {name: Pruning, keywords: [merging]}", ROUTING))
    assert sorted(titles(world.run(rules=("Pruning",)))) == ["New merging", "On merging"]
    result = world.run()
    assert titles(result) == ["New routing"]
    assert result.rule_changes == ()


def test_a_day_of_looking_back_still_has_its_whole_digest(world: World) -> None:
    world.configure(config("- {name: Pruning, keywords: [merging]}", ROUTING))
    world.run(rules=("Pruning",))
    whole = digest_of(world.run())
    assert (whole.entries, whole.number) == ((), 2)
    assert not any("New rule" in sentence for sentence in whole.details)


def test_the_digest_says_that_it_looks_back(world: World) -> None:
    world.configure(config("- {name: Pruning, keywords: [merging]}", ROUTING))
    digest = digest_of(world.run(rules=("Pruning",), since=date(2026, 1, 2)))
    assert "Looks back to 2 January 2026, for these rules alone: “Pruning”." in digest.details
    assert [section.name for section in digest.sections] == ["Pruning"]


def test_nothing_is_written_where_the_rule_takes_nothing(world: World) -> None:
    before = world.outputs()
    assert of_profile(world.run(rules=("Routing",))).digest is None
    assert world.outputs() == before


def test_what_waits_for_a_limit_comes_by_itself(tmp_path: Path) -> None:
    world = World(tmp_path, config("- {name: Pruning, keywords: [pruning], limit: 1}"))
    world.drop("first", "Pruning A", "Pruning B")
    first = titles(world.run())
    world.wait()
    assert of_profile(world.run(rules=("Pruning",))).digest is None
    assert sorted(first + titles(world.run())) == ["Pruning A", "Pruning B"]


def test_only_profiles_with_the_rule_are_run(tmp_path: Path) -> None:
    profiles = "profiles:\n  - {name: a, rules: [Pruning]}\n  - {name: b, rules: [Routing]}\n"
    world = World(tmp_path, config(PRUNING, ROUTING, rest=profiles))
    world.run()
    world.drop("first", "On pruning")
    result = world.run(rules=("Pruning",))
    assert [profile.profile.name for profile in result.profiles] == ["a"]
