"""Which candidates a profile's rules pick, and in which order they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from digest.digests.selection import Candidate, in_order, own_matches, reordered, select
from digest.model import Clue, Learned, PartialDate
from tests.picks import DAY, SEEN, matched, paper, pick, profile

if TYPE_CHECKING:
    from random import Random

    from digest.model import Pick, Selection

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
    assert [match.rule for match in own_matches(equal, ("B", "A", "C"))] == ["C", "B", "A"]


def test_a_score_is_a_sum_without_the_noise_of_floating_point() -> None:
    matches = (matched("Pruning", 0.1), matched("Routing", 0.2))
    (only,) = select([Candidate(paper("Both"), matches)], profile(), SEEN).picks
    assert only.score == 0.3


def test_a_kept_back_paper_takes_its_new_reasons_and_keeps_its_day() -> None:
    kept = pick("Kept", PRUNING, since=DAY)
    now = replace(kept.paper, upvotes=40)
    (again,) = select([Candidate(now, (ROUTING,), kept)], profile(), SEEN).picks
    assert (again.rules, again.carried_since, again.paper.upvotes) == ((ROUTING,), DAY, 40)


def test_a_kept_back_paper_that_no_rule_selects_any_more_stays_as_it_was() -> None:
    kept = pick("Kept", PRUNING, since=DAY)
    selection = select([Candidate(kept.paper, (OTHER,), kept)], profile(), SEEN)
    assert selection.picks == (kept,)
    assert selection.rule_counts == (("Pruning", 0), ("Routing", 0))


def test_picks_stand_by_score_upvotes_day_and_title_and_what_is_missing_comes_last() -> None:
    in_their_order = [
        pick("Highest score", matched("Pruning", 4.0)),
        pick("Many upvotes", upvotes=9, published=PartialDate(2020, 1, 1)),
        pick("Few upvotes", upvotes=0),
        pick("Newest", published=PartialDate(2026, 1, 4)),
        pick("Older", published=PartialDate(2026, 1, 3)),
        pick("A, of no day"),
        pick("B, of no day"),
    ]
    assert list(in_order(reversed(in_their_order))) == in_their_order


@given(
    st.lists(
        st.builds(
            lambda number, points, upvotes: pick(
                f"Paper {number}", matched("Pruning", points), upvotes=upvotes
            ),
            st.integers(0, 99),
            st.sampled_from([1.0, 2.0]),
            st.sampled_from([None, 0, 5]),
        ),
        unique_by=lambda each: each.paper.id,
        max_size=8,
    ),
    st.randoms(),
)
def test_the_order_does_not_depend_on_the_order_of_reading(
    picks: list[Pick], chance: Random
) -> None:
    shuffled = list(picks)
    chance.shuffle(shuffled)
    assert in_order(shuffled) == in_order(picks)


# --- an order that was learned


def learned(score: float) -> Learned:
    return Learned(score, (Clue("word", score),))


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
    bare = [pick._replace(learned=None) for pick in after.picks]
    assert sorted(bare, key=lambda pick: pick.paper.id) == list(before.picks)
    for rule in ("Pruning", "Routing"):
        own = [pick.paper.id for pick in after.picks if pick.rules[0].rule == rule]
        # Higher scores first; of equal ones, those of more points.
        assert own == sorted(own, key=lambda each: (-scores[each].score, each))
