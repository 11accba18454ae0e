"""How a selection is laid out: sections, limits, leftovers, and what is said of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.digests.layout import compose
from digest.model import Coverage, Refusal, Selection
from tests.picks import DAY, SEEN, matched, pick, profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Digest, Entry, Pick, Profile

MORNING = datetime(2026, 1, 5, 7, tzinfo=UTC)
PRUNING, ROUTING = matched("Pruning", 3.0), matched("Routing", 2.0)


def digest(
    picks: Sequence[Pick],
    reader: Profile | None = None,
    *,
    seen: Coverage = SEEN,
    limits: dict[str, int | None] | None = None,
) -> Digest:
    reader = reader or profile()
    counts = {
        rule: sum(any(match.rule == rule for match in each.rules) for each in picks)
        for rule in reader.rules
    }
    selection = Selection(seen, tuple(picks), tuple(counts.items()))
    return compose(selection, reader, limits or {}, created=MORNING)


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


@pytest.mark.parametrize(
    ("picks", "limits", "note"),
    [
        ([], {}, "None of 10 papers matched."),
        (
            [pick("A", PRUNING, ROUTING)],
            {},
            "1 paper matched and stands under “Pruning”.",
        ),
        (
            [pick("A", PRUNING, ROUTING), pick("B", PRUNING, ROUTING)],
            {},
            "2 papers matched and stand under “Pruning”.",
        ),
        ([pick("B", ROUTING)], {"Routing": 0}, "1 paper matched, but the limit left no room."),
        (
            [pick("A", PRUNING, ROUTING), pick("B", ROUTING), pick("C", PRUNING, ROUTING)],
            {"Routing": 0, "Pruning": 1},
            "3 papers matched: 1 stands under “Pruning”, 2 did not fit the limit.",
        ),
    ],
)
def test_an_empty_section_says_why(
    picks: list[Pick], limits: dict[str, int | None], note: str
) -> None:
    assert digest(picks, limits=limits).sections[1].note == note


def test_a_section_of_a_day_without_papers_does_not_speak_of_matching() -> None:
    assert digest([], seen=Coverage()).sections[0].note == "No new papers came."


# --- limits --------------------------------------------------------------------------------------


def test_the_best_take_the_room_there_is() -> None:
    picks = [pick("A", PRUNING), pick("B", PRUNING), pick("C", ROUTING), pick("D", ROUTING)]
    laid_out = digest(picks, profile(limit=2), limits={"Pruning": 1})
    assert titles(laid_out.entries) == ["A", "C"]
    assert titles(laid_out.leftovers) == ["B", "D"]
    assert laid_out.expiring == ()


@pytest.mark.parametrize(
    ("since", "carry_over", "expires"),
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
    since: date | None, carry_over: int, expires: bool
) -> None:
    picks = [pick("First", PRUNING), pick("Kept", PRUNING, since=since)]
    laid_out = digest(picks, profile(limit=1, carry_over=carry_over))
    assert titles(laid_out.expiring) == (["Kept"] if expires else [])
    assert titles(laid_out.leftovers) == ([] if expires else ["Kept"])


def test_a_kept_paper_whose_rule_is_gone_is_listed_at_once() -> None:
    laid_out = digest([pick("Kept", matched("Gone", 9.0), since=DAY)])
    assert titles(laid_out.expiring) == ["Kept"]
    assert laid_out.expiring[0].section == "Gone"


# --- what is said --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "seen", "summary"),
    [
        (2, SEEN, "2 of 10 new papers (12 records in 2 dumps)."),
        (0, SEEN, "None of 10 new papers (12 records in 2 dumps)."),
        (1, Coverage(1, 1, 1), "1 of 1 new paper (1 record in 1 dump)."),
        (
            1,
            Coverage(4000, 1234, 1, carried=3),
            "1 of 1,234 new papers and 3 kept from earlier days (4,000 records in 1 dump).",
        ),
        (1, Coverage(carried=3), "1 of 3 papers kept from earlier days."),
        (0, Coverage(7, 0, 1), "No new papers (7 records in 1 dump)."),
        (0, Coverage(), "No new papers."),
    ],
)
def test_the_summary_says_how_much_was_looked_at(shown: int, seen: Coverage, summary: str) -> None:
    assert digest([pick(f"P{n}") for n in range(shown)], seen=seen).summary == summary


def test_the_summary_counts_what_did_not_fit() -> None:
    picks = [pick("A"), pick("B"), pick("C", since=DAY - timedelta(days=9))]
    assert digest(picks, profile(limit=1)).summary == (
        "1 of 10 new papers (12 records in 2 dumps); 1 more did not fit and will be offered again"
        "; 1 that did not fit is listed at the end."
    )


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (SEEN, "None of the 10 new papers matched any of the 2 rules."),
        (
            Coverage(records=7, dumps=1),
            "1 dump with 7 records came in, but every paper there had been delivered already.",
        ),
        (Coverage(dumps=2), "2 dumps came in, but no record could be read there."),
        (Coverage(), "No new dump came in since the last digest."),
        (Coverage(earlier=0), "No dump has come in yet."),
        (
            Coverage(earlier=1),
            (
                "1 dump was read before the first run of this profile, and a profile starts with "
                "what comes in from then on. To look back, run digest with --since and a day."
            ),
        ),
    ],
)
def test_an_empty_digest_says_why(seen: Coverage, reason: str) -> None:
    assert digest([], seen=seen).empty_reason == reason


def test_a_digest_with_papers_gives_no_reason_for_being_empty() -> None:
    assert digest([pick("A")]).empty_reason == ""


def test_what_was_missing_is_noted() -> None:
    seen = Coverage(
        refused=(
            Refusal("a.txt", 3, "this record has no title"),
            Refusal("b.txt", None, "the dump is empty"),
            Refusal("c.txt", 1200, "this record has no title"),
            Refusal("a.txt", 9, "the line is not JSON"),
        ),
        warnings=("Nothing came from lab: gone.",),
    )
    assert digest([], seen=seen).notes == (
        "Nothing came from lab: gone.",
        "a.txt, line 3 and later: 2 refusals, the first because this record has no title.",
        "b.txt: the dump is empty.",
        "c.txt, line 1,200: this record has no title.",
    )


def test_the_digest_carries_what_the_profile_wants() -> None:
    reader = profile(intro="*Hello*", abstracts=True, front_matter=True, language="de")
    laid_out = digest([], reader)
    assert (laid_out.intro, laid_out.abstracts, laid_out.front_matter) == ("*Hello*", True, True)
    assert (laid_out.language, laid_out.day, laid_out.created) == ("de", DAY, MORNING)


# --- entries -------------------------------------------------------------------------------------


def test_words_that_matched_are_marked_where_they_stand() -> None:
    fields: dict[str, Any] = {"abstract": "We prune. The rest is silence."}
    marked = pick(
        "On pruning nets",
        matched("Pruning", 3.0, keyword="pruning", at=(3, 10)),
        matched("Routing", 1.0, keyword="prun*", field="abstract", at=(3, 8)),
        **fields,
    )
    (entry,) = digest([marked]).entries
    assert [(each.text, each.marked) for each in entry.title] == [
        ("On ", False),
        ("pruning", True),
        (" nets", False),
    ]
    assert ["".join(each.text for each in sentence) for sentence in entry.excerpt] == ["We prune."]
    assert "".join(each.text for each in entry.abstract) == fields["abstract"]
    assert [reason.keywords for reason in entry.reasons] == [("pruning",), ("prun*",)]


def test_a_paper_that_comparisons_alone_selected_has_no_keywords_and_no_excerpt() -> None:
    (entry,) = digest([pick("On nothing", PRUNING, abstract="Some text.")]).entries
    assert entry.reasons[0].keywords == ()
    assert entry.excerpt == ()
