"""Papers over a limit: carried over, offered again, and finally listed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.pipeline.world import RULES, digest_of, left_over, listed, of_profile, shown

if TYPE_CHECKING:
    from tests.pipeline.world import World

THREE = ("Pruning a", "Pruning b", "Pruning c")
"""Of equal points, hence in the order of their titles."""


def limited(limit: int, *, carry_over: int = 7, rules: str = RULES) -> str:
    return f"{rules}profiles: [{{name: daily, limit: {limit}, carry_over: {carry_over}}}]\n"


def test_what_does_not_fit_is_named_and_offered_again(world: World) -> None:
    world.configure(limited(1))
    world.drop("2026-01-05", *THREE)
    first = world.run()
    assert (len(shown(first)), len(left_over(first))) == (1, 2)
    assert digest_of(first).summary == "3 of 3 new papers match your rules."
    assert digest_of(first).details == ("2 more did not fit and will be offered again.",)
    world.wait()
    second = world.run()
    assert digest_of(second).summary == "Nothing new today."
    assert digest_of(second).details[:2] == (
        "1 paper carried over from earlier days is below.",
        "1 more did not fit and will be offered again.",
    )
    (entry,) = digest_of(second).entries
    assert entry.carried_since == date(2026, 1, 5)
    world.wait()
    third = world.run()
    assert sorted(shown(first) + shown(second) + shown(third)) == sorted(THREE)
    world.wait()
    assert digest_of(world.run()).details == (
        "No new list of papers has come since your last digest.",
    )


def test_the_rest_is_listed_on_the_last_of_its_days_and_never_comes_again(world: World) -> None:
    world.configure(limited(1, carry_over=2))
    world.drop("2026-01-05", *THREE, "Pruning d", "Pruning e")
    results = [world.run()]
    for _ in range(3):
        world.wait()
        results.append(world.run())
    assert [len(shown(result)) for result in results] == [1, 1, 1, 0]
    assert [len(left_over(result)) for result in results] == [4, 3, 0, 0]
    assert [len(listed(result)) for result in results] == [0, 0, 2, 0]
    everything = [title for result in results for title in (*shown(result), *listed(result))]
    assert sorted(everything) == sorted({*THREE, "Pruning d", "Pruning e"})
    text = world.text("daily/2026-01-07.txt")
    assert all(title in text for title in listed(results[2]))
    feed = world.text("daily/feed.xml")
    assert all(f"<title>{title}</title>" in feed for title in everything)


def test_without_carry_over_the_rest_is_listed_at_once(world: World) -> None:
    world.configure(limited(1, carry_over=0))
    world.drop("2026-01-05", *THREE)
    result = world.run()
    assert (len(shown(result)), left_over(result), len(listed(result))) == (1, [], 2)
    world.wait()
    assert shown(world.run()) == []


def test_days_without_a_run_do_not_lose_what_was_kept(world: World) -> None:
    world.configure(limited(1))
    world.drop("2026-01-05", *THREE)
    first = world.run()
    world.wait(days=30)
    late = world.run()
    assert sorted(shown(first) + shown(late) + listed(late)) == sorted(THREE)


def test_a_second_digest_of_the_day_has_the_kept_back_papers_too(world: World) -> None:
    world.configure(limited(1))
    world.drop("2026-01-05", "Pruning b", "Pruning c")
    assert shown(world.run()) == ["Pruning b"]
    assert of_profile(world.run()).digest is None, "what is kept back waits for the next digest"
    world.drop("2026-01-05b", "Pruning d")
    second = world.run()
    assert (shown(second), left_over(second)) == (["Pruning c"], ["Pruning d"])


def test_a_kept_paper_that_a_dump_shows_again_stands_once_with_what_is_new(world: World) -> None:
    world.configure(limited(1))
    world.drop("2026-01-05", "Pruning b", "Pruning c", "Pruning d")
    world.run()
    world.wait()
    world.drop("2026-01-06", {"title": "Pruning d", "upvotes": 50, "abstract": "Pruning again."})
    second = world.run()
    assert shown(second) == ["Pruning d"]
    assert digest_of(second).entries[0].paper.upvotes == 50
    assert digest_of(second).entries[0].carried_since == date(2026, 1, 5)
    assert left_over(second) == ["Pruning c"]


def test_a_rules_own_limit_leaves_room_to_the_others(world: World) -> None:
    world.configure(
        "sources: [dumps/]\n"
        "rules:\n"
        "  - {name: Pruning, keywords: [pruning], limit: 1}\n"
        "  - {name: Routing, keywords: [routing]}\n"
    )
    world.drop("2026-01-05", "Pruning a", "Pruning b", "Routing a", "Routing b")
    result = world.run()
    assert shown(result) == ["Pruning a", "Routing a", "Routing b"]
    assert left_over(result) == ["Pruning b"]


@pytest.mark.parametrize(
    "rules",
    [
        "rules: [{name: Routing, keywords: [routing]}]\n",
        "rules: [{name: Routing, keywords: [routing]}, {name: Pruning, keywords: [trimming]}]\n",
    ],
    ids=["rule gone", "rule changed"],
)
def test_what_a_rule_selected_comes_even_when_the_rule_is_edited(world: World, rules: str) -> None:
    world.configure(limited(1))
    world.drop("2026-01-05", *THREE)
    first = world.run()
    world.wait()
    world.configure(f"sources: [dumps/]\n{rules}")
    second = world.run()
    assert sorted(shown(first) + shown(second) + listed(second)) == sorted(THREE)
    for entry in (*digest_of(second).entries, *digest_of(second).listed):
        assert [reason.keywords for reason in entry.reasons] == [("pruning",)]


def test_a_kept_paper_whose_text_has_changed_keeps_the_text_of_its_matches(world: World) -> None:
    world.configure(limited(1))
    world.drop("2026-01-05", "Pruning a", {"title": "B", "abstract": "We look at pruning."})
    world.run()
    world.wait()
    world.configure("sources: [dumps/]\nrules: [{name: Pruning, keywords: [trimming]}]\n")
    world.drop(
        "2026-01-06",
        {"title": "B", "arxiv_id": "2601.00001", "abstract": "Rewritten: a survey of the field."},
    )
    (entry,) = digest_of(world.run()).entries
    assert [segment.text for segment in entry.abstract if segment.marked] == ["pruning"]
    assert "".join(segment.text for segment in entry.abstract) == "We look at pruning."


def test_of_two_kept_papers_that_turn_out_to_be_one_one_is_left(world: World) -> None:
    world.configure(limited(1))
    world.drop("2026-01-05", {"title": "Pruning 0", "published": "2026-01-04"})
    world.drop("2026-01-05a", {"title": "Pruning A", "doi": "10.1000/a"})
    world.drop("2026-01-05b", {"title": "Pruning B", "arxiv_id": "2601.00001"})
    assert sorted(left_over(world.run())) == ["Pruning A", "Pruning B"]
    world.wait()
    world.drop("2026-01-06", {"title": "Pruning B", "arxiv_id": "2601.00001", "doi": "10.1000/a"})
    world.configure(RULES)
    assert len(shown(world.run())) == 1
    world.wait()
    assert shown(world.run()) == []


def test_the_feed_holds_two_weeks_and_at_least_a_hundred_papers(world: World) -> None:
    world.drop("2026-01-05", *(f"Pruning number {n}" for n in range(120)))
    world.run()
    assert world.text("daily/feed.xml").count("<item>") == 120, "of today, hence all"
    world.wait(days=13)
    world.drop("2026-01-18", *(f"Routing number {n}" for n in range(10)))
    world.run()
    assert world.text("daily/feed.xml").count("<item>") == 130
    world.wait(days=2)
    world.run()
    feed = world.text("daily/feed.xml")
    assert feed.count("<item>") == 100
    assert feed.count("Routing number") >= 10
