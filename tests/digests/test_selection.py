"""Select and order the papers of a profile's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.digests.selection import Candidate, in_order, own_matches, reordered, select
from digest.model import LearnedScore, Match, PartialDate, RuleMatch, WeightedWord
from tests.picks import DAY, SEEN, matched, paper, pick, profile

if TYPE_CHECKING:
    from digest.model import Order, Pick, Selection

PRUNING, ROUTING, OTHER = matched("Pruning", 2.0), matched("Routing", 3.0), matched("Other", 9.0)


def test_only_the_profiles_own_rules_pick() -> None:
    candidates = [
        Candidate(paper("Both"), (PRUNING, ROUTING, OTHER)),
        Candidate(paper("Other"), (OTHER,)),
        Candidate(paper("Neither"), ()),
    ]
    selection = select(candidates, profile(), SEEN)
    (only,) = selection.picks
    assert (only.paper.title, only.score) == ("Both", 5.0)
    assert [match.rule for match in only.rules] == ["Routing", "Pruning"]
    assert selection.rule_counts == (("Pruning", 1), ("Routing", 1))
    assert selection.coverage is SEEN


def test_rules_of_equal_points_stand_in_the_order_of_the_profile() -> None:
    equal = (matched("A", 2.0), matched("B", 2.0), matched("C", 2.5))
    place = {"B": 0, "A": 1, "C": 2}
    assert [match.rule for match in own_matches(equal, place)] == ["C", "B", "A"]


def test_a_score_is_a_sum_without_the_noise_of_floating_point() -> None:
    matches = (matched("Pruning", 0.1), matched("Routing", 0.2))
    (only,) = select([Candidate(paper("Both"), matches)], profile(), SEEN).picks
    assert only.score == 0.3


def test_a_kept_back_paper_takes_its_new_reasons_and_keeps_its_day() -> None:
    kept = pick("Kept", PRUNING, since=DAY)
    now = replace(kept.paper, upvotes=40)
    (second,) = select([Candidate(now, (ROUTING,), kept)], profile(), SEEN).picks
    assert (second.rules, second.carried_since, second.paper.upvotes) == ((ROUTING,), DAY, 40)


def test_a_kept_back_paper_that_no_rule_selects_any_more_stays_as_it_was() -> None:
    kept = pick("Kept", PRUNING, since=DAY)
    selection = select([Candidate(kept.paper, (OTHER,), kept)], profile(), SEEN)
    assert selection.picks == (kept,)
    assert selection.rule_counts == (("Pruning", 0), ("Routing", 0))


def found(*places: tuple[str, str, int], points: float = 2.0) -> RuleMatch:
    """Return a match of Pruning with places as (keyword, field, start)."""
    matches = tuple(
        Match("Pruning", keyword, field, start, start + 4, points)  # type: ignore[arg-type]  # a field by its name
        for keyword, field, start in places
    )
    return RuleMatch("Pruning", points, matches)


IN_THEIR_ORDER = [
    pick("Most points", matched("Pruning", 4.0)),
    pick("In the title", found(("a", "title", 9))),
    pick("Two keywords", found(("a", "abstract", 50), ("b", "abstract", 60))),
    pick("Two places", found(("a", "abstract", 50), ("a", "abstract", 60))),
    pick("Early", found(("a", "abstract", 10))),
    pick("Late", found(("a", "abstract", 90))),
    pick("Many upvotes", upvotes=9, published=PartialDate(2020, 1, 1)),
    pick("Few upvotes", upvotes=0),
    pick("Newest", published=PartialDate(2026, 1, 4)),
    pick("Older", published=PartialDate(2026, 1, 3)),
    pick("Known by the month", published=PartialDate(2026, 1)),
    pick("B, announced first"),
    pick("A, announced next"),
]


def test_a_section_stands_by_points_evidence_upvotes_day_and_announcement() -> None:
    announced = IN_THEIR_ORDER[-2:]
    assert list(in_order([*announced, *IN_THEIR_ORDER[-3::-1]])) == IN_THEIR_ORDER


def test_the_sections_own_points_decide_not_the_score_of_all_rules() -> None:
    both = pick("Both", matched("Pruning", 2.0), matched("Routing", 1.5))
    one = pick("One", matched("Pruning", 3.0))
    assert [item.paper.title for item in in_order([both, one])] == ["One", "Both"]


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("score", "Strong"),
        ("upvotes", "Liked"),
        ("comments", "Discussed"),
        ("newest", "New"),
    ],
)
def test_a_rule_may_ask_for_another_order(order: Order, first: str) -> None:
    picks = [
        pick("Liked", upvotes=126),
        pick("Discussed", comments=14),
        pick("New", published=PartialDate(2026, 3, 1)),
        pick("Strong", matched("Pruning", 9.0)),
    ]
    candidates = [Candidate(pick.paper, pick.rules) for pick in picks]
    selection = select(candidates, profile(), SEEN, {"Pruning": order})
    assert selection.picks[0].paper.title == first


@given(st.permutations(IN_THEIR_ORDER[:-2]))
def test_only_papers_that_are_equal_in_all_stand_as_they_were_announced(
    shuffled: list[Pick],
) -> None:
    assert list(in_order([*shuffled, *IN_THEIR_ORDER[-2:]])) == IN_THEIR_ORDER


# --- an order that was learned


def learned(score: float) -> LearnedScore:
    return LearnedScore(score, (WeightedWord("word", score),))


def selected(*rules: str) -> Selection:
    """Return one paper for each of `rules`, in the order of points."""
    matches = [matched(rule, 100.0 - number) for number, rule in enumerate(rules)]
    candidates = [
        Candidate(paper(f"{number:02}"), (match,)) for number, match in enumerate(matches)
    ]
    return select(candidates, profile(), SEEN)


def test_a_learned_order_is_one_within_each_section() -> None:
    before = selected("Pruning", "Routing", "Pruning", "Routing")
    after = reordered(
        before, {"00": learned(1), "01": learned(2), "02": learned(3), "03": learned(4)}
    )
    assert [pick.paper.id for pick in after.picks] == ["02", "03", "00", "01"]
    assert [pick.learned for pick in after.picks] == [
        learned(3),
        learned(4),
        learned(1),
        learned(2),
    ]


@given(
    st.lists(st.tuples(st.sampled_from(["Pruning", "Routing"]), st.integers(-2, 2)), max_size=12)
)
def test_no_section_gives_or_takes_a_place(rows: list[tuple[str, int]]) -> None:
    before = selected(*(rule for rule, _ in rows))
    scores = {f"{number:02}": learned(score) for number, (_, score) in enumerate(rows)}
    after = reordered(before, scores)
    assert [pick.rules[0].rule for pick in after.picks] == [rule for rule, _ in rows]
    assert (after.coverage, after.rule_counts) == (before.coverage, before.rule_counts)
    bare = [replace(pick, learned=None) for pick in after.picks]
    assert sorted(bare, key=lambda pick: pick.paper.id) == list(before.picks)
    for rule in ("Pruning", "Routing"):
        own = [pick.paper.id for pick in after.picks if pick.rules[0].rule == rule]
        # What is better by points and no worse by likeness stands first.
        for place, one in enumerate(own):
            assert not any(
                later < one and scores[later].score >= scores[one].score
                for later in own[place + 1 :]
            )


def test_points_and_likeness_have_an_equal_say() -> None:
    """Of five papers the middle one of either order stands behind the first of both."""
    before = selected(*["Pruning"] * 5)
    scores = {"00": 1.0, "01": 5.0, "02": 3.0, "03": 4.0, "04": 2.0}
    after = reordered(before, {paper: learned(score) for paper, score in scores.items()})
    assert [pick.paper.id for pick in after.picks] == ["01", "03", "02", "00", "04"]


def test_equal_points_are_one_rank_so_that_likeness_orders_them() -> None:
    matches = [matched("Pruning", points) for points in (3.0, 2.0, 2.0, 2.0)]
    candidates = [Candidate(paper(f"{at:02}"), (match,)) for at, match in enumerate(matches)]
    before = select(candidates, profile(), SEEN)
    scores = {"00": learned(0), "01": learned(1), "02": learned(2), "03": learned(3)}
    assert [pick.paper.id for pick in reordered(before, scores).picks] == ["03", "02", "00", "01"]
    by_day = reordered(before, scores, {"Pruning": "newest"})
    assert [pick.paper.id for pick in by_day.picks] == ["03", "02", "01", "00"]
