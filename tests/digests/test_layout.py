"""Lay out a selection: sections, places, carried-over papers, the text of the head."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.digests.layout import compose
from digest.model import Coverage, Refusal, RuleGroup, Selection
from digest.rules import Rule, parse_keyword
from tests.picks import DAY, SEEN, matched, pick, profile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.model import Digest, Entry, Pick, Profile

MORNING = datetime(2026, 1, 5, 7, tzinfo=UTC)
PRUNING, ROUTING = matched("Pruning", 3.0), matched("Routing", 2.0)


def rule(name: str, *, limit: int | None = None, minimum: int = 0, note: str = "") -> Rule:
    keywords = (parse_keyword(name),)
    return Rule(name, keywords=keywords, limit=limit, minimum=minimum, note=note)


def digest(
    picks: Sequence[Pick],
    reader: Profile | None = None,
    *rules: Rule,
    seen: Coverage = SEEN,
    before: Sequence[str] = (),
) -> Digest:
    reader = reader or profile()
    counts = {
        name: sum(any(match.rule == name for match in pick.rules) for pick in picks)
        for name in reader.rules
    }
    selection = Selection(seen, tuple(picks), tuple(counts.items()))
    known = {rule.name: rule for rule in rules}
    return compose(selection, reader, known, created=MORNING, rules_before=before)


def titles(entries: Sequence[Entry]) -> list[str]:
    return [entry.paper.title for entry in entries]


# --- sections ------------------------------------------------------------------------------------


def test_a_paper_stands_once_under_its_first_rule_and_names_the_others() -> None:
    laid_out = digest([pick("Both", PRUNING, ROUTING), pick("One", ROUTING)])
    pruning, routing = laid_out.sections
    assert (titles(pruning.entries), pruning.selected) == (["Both"], 1)
    assert (titles(routing.entries), routing.selected) == (["One"], 2)
    (both,) = pruning.entries
    assert [(reason.rule, reason.points) for reason in both.reasons] == [
        ("Pruning", 3.0),
        ("Routing", 2.0),
    ]
    assert (both.score, both.points) == (5.0, 3.0)


def test_every_rule_has_its_section_in_the_order_of_the_profile() -> None:
    laid_out = digest([pick("One", ROUTING)], profile("Routing", "Pruning"))
    assert [section.name for section in laid_out.sections] == ["Routing", "Pruning"]


def test_the_note_of_a_rule_stands_with_its_section() -> None:
    laid_out = digest([pick("One", ROUTING)], None, rule("Routing", note="For *Tuesday*."))
    assert [section.note for section in laid_out.sections] == ["", "For *Tuesday*."]


# --- places --------------------------------------------------------------------------------------


def of(section: str, count: int) -> list[Pick]:
    return [pick(f"{section}{n}", matched(section, 9.0 - n)) for n in range(count)]


def test_a_limit_is_shared_out_in_rounds() -> None:
    picks = [*of("A", 9), *of("B", 55), *of("C", 1)]
    laid_out = digest(picks, profile("A", "B", "C", limit=6))
    assert [len(section.entries) for section in laid_out.sections] == [3, 2, 1]
    assert titles(laid_out.entries) == ["A0", "A1", "A2", "B0", "B1", "C0"]


def test_what_is_left_is_carried_over_in_rounds_too() -> None:
    laid_out = digest([*of("A", 3), *of("B", 3)], profile("A", "B", limit=2))
    assert titles(laid_out.carried_over) == ["A1", "B1", "A2", "B2"]


def test_a_rules_own_limit_leaves_its_places_to_the_others() -> None:
    picks = [*of("A", 5), *of("B", 5)]
    laid_out = digest(picks, profile("A", "B", limit=5), rule("A", limit=1))
    assert titles(laid_out.entries) == ["A0", "B0", "B1", "B2", "B3"]


def test_a_minimum_keeps_places() -> None:
    picks = [*of("A", 5), *of("B", 5), *of("C", 5)]
    laid_out = digest(picks, profile("A", "B", "C", limit=4), rule("C", minimum=3))
    assert [len(section.entries) for section in laid_out.sections] == [1, 0, 3]


def test_a_group_of_rules_shares_a_limit() -> None:
    picks = [*of("A", 5), *of("B", 5), *of("C", 5)]
    reader = profile("A", "B", "C", groups=(RuleGroup(("A", "B"), 3),))
    laid_out = digest(picks, reader)
    assert [len(section.entries) for section in laid_out.sections] == [2, 1, 5]


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=5),
    st.none() | st.integers(1, 12),
    st.integers(0, 3),
)
def test_every_paper_has_one_place_and_no_limit_is_passed(
    sizes: list[int], limit: int | None, minimum: int
) -> None:
    names = [chr(ord("A") + n) for n in range(len(sizes))]
    picks = [item for name, size in zip(names, sizes, strict=True) for item in of(name, size)]
    rules = [rule(name, minimum=minimum) for name in names]
    laid_out = digest(picks, profile(*names, limit=limit), *rules)
    shown = titles([*laid_out.entries, *laid_out.carried_over, *laid_out.listed])
    assert sorted(shown) == sorted(pick.paper.title for pick in picks)
    assert len(laid_out.entries) == min(sum(sizes), sum(sizes) if limit is None else limit)


@pytest.mark.parametrize(
    ("since", "carry_over", "listed"),
    [
        (None, 0, True),
        (None, 1, False),
        (DAY - timedelta(days=6), 7, False),
        (DAY - timedelta(days=7), 7, True),
        (DAY - timedelta(days=40), 7, True),
        (DAY - timedelta(days=6), 3, True),
        (DAY + timedelta(days=3), 7, False),
    ],
)
def test_what_does_not_fit_is_listed_on_the_last_of_its_days(
    since: date | None, carry_over: int, listed: bool
) -> None:
    picks = [pick("First", PRUNING), pick("Kept", PRUNING, since=since)]
    laid_out = digest(picks, profile(limit=1, carry_over=carry_over))
    assert titles(laid_out.listed) == (["Kept"] if listed else [])
    assert titles(laid_out.carried_over) == ([] if listed else ["Kept"])


def test_a_paper_whose_rule_is_gone_is_listed_at_once() -> None:
    laid_out = digest([pick("Kept", matched("Gone", 9.0), since=DAY)])
    assert titles(laid_out.listed) == ["Kept"]
    assert laid_out.listed[0].section == "Gone"


# --- the words of the head -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("papers", "seen", "summary"),
    [
        (2, SEEN, "2 of today’s 10 papers match your rules."),
        (1, SEEN, "1 of today’s 10 papers matches your rules."),
        (0, SEEN, "No rule matched any of today’s 10 papers."),
        (1, Coverage(1, 1, 1), "Today’s only paper matches your rules."),
        (0, Coverage(1, 1, 1), "No rule matched today’s only paper."),
        (2, Coverage(4000, 1234, 1), "2 of today’s 1,234 papers match your rules."),
        (0, Coverage(7, 0, 1), "Nothing new today."),
        (0, Coverage(), "Nothing new today."),
    ],
)
def test_the_summary_says_how_many_match(papers: int, seen: Coverage, summary: str) -> None:
    assert digest([pick(f"P{n}") for n in range(papers)], seen=seen).summary == summary


def test_the_details_say_what_else_is_below_and_what_is_not() -> None:
    picks = [
        pick("Old", since=DAY - timedelta(days=1)),
        pick("A"),
        pick("B"),
        pick("C", since=DAY - timedelta(days=9)),
    ]
    laid_out = digest(picks, profile(limit=2), seen=Coverage(12, 10, 2, carried=2, settled=3))
    assert laid_out.summary == "2 of today’s 10 papers match your rules."
    assert laid_out.details == (
        "1 paper carried over from earlier days is below.",
        "1 more did not fit and will be offered again.",
        "1 is listed in one line.",
        "3 that you already know were left out.",
    )


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (Coverage(records=7, dumps=1), "Every paper that came had come before."),
        (Coverage(dumps=2), "None of the lists that came could be read."),
        (Coverage(), "No new list of papers has come since your last digest."),
        (Coverage(earlier=0), "No list of papers has come yet."),
        (
            Coverage(earlier=1),
            (
                "This is your first digest: it begins with what comes from now on. "
                "`digest run --since DAY` looks back."
            ),
        ),
    ],
)
def test_a_digest_without_new_papers_says_why(seen: Coverage, reason: str) -> None:
    assert digest([], seen=seen).details == (reason,)


def test_what_changed_in_the_rules_since_the_last_digest_is_said() -> None:
    laid_out = digest([pick("A")], before=("Pruning", "Merging"))
    assert laid_out.details == ("New rule: “Routing”. Rule that is gone: “Merging”.",)
    assert digest([pick("A")], before=("Routing", "Pruning")).details == ()


def test_what_could_not_be_read_is_counted_and_no_file_is_named() -> None:
    refused = (Refusal("/home/me/a.txt", 3, "no title"), Refusal("b.txt", None, "empty"))
    laid_out = digest([pick("A")], seen=replace(SEEN, refused=refused, missing=("lab",)))
    assert laid_out.details == ("2 entries could not be read; `digest status` says which.",)
    assert laid_out.missing == "Not in: lab."


def test_the_digest_carries_what_the_profile_wants() -> None:
    reader = profile(
        intro="*Hello*", abstracts=True, front_matter=True, language="de", detail="short"
    )
    laid_out = digest([], reader)
    assert (laid_out.intro, laid_out.abstracts, laid_out.front_matter) == ("*Hello*", True, True)
    assert (laid_out.language, laid_out.day, laid_out.created) == ("de", DAY, MORNING)
    assert laid_out.detail == "short"
    assert laid_out.is_empty
