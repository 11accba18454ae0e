"""Count the spellings of a keyword."""

from __future__ import annotations

from digest.explain.spellings import Spelling, Spellings, count_spellings
from digest.matching import compile_rules
from digest.model import Paper
from digest.rules import Rule, parse_keyword, parse_query
from tests.people import people
from tests.rules.implementations import TODAY

PAPERS = [
    Paper("1", "Fine-tuning", "Fine-tuning and fine-tuning, finetuning."),
    Paper("2", "On finetuning", "We fine tune."),
    Paper(
        "3",
        "Fine tuning",
        authors=people("Ada Rivers", "ADA RIVERS"),
        categories=("cs.CL", "cs.LG"),
    ),
    Paper("4", "None of it", organization="Rivers Labs"),
]


def spellings(rule: Rule) -> Spellings:
    matcher = compile_rules([rule], today=TODAY)
    return count_spellings(matcher, [(1, PAPERS[:1]), (3, PAPERS[1:])])


def of_keyword(keyword: str) -> Spellings:
    return spellings(Rule("k", keywords=(parse_keyword(keyword),)))


def of_query(query: str) -> Spellings:
    return spellings(Rule("k", query=parse_query(query)))


def test_spellings_are_counted_the_most_frequent_first() -> None:
    assert of_keyword("finetuning") == Spellings(
        papers=3,
        searched=4,
        occurrences=6,
        found=(
            Spelling("Fine-tuning", occurrences=3, papers=1),
            Spelling("finetuning", occurrences=2, papers=2),
            Spelling("Fine tuning", occurrences=1, papers=1),
        ),
    )


def test_a_keyword_that_nothing_matches_has_no_spelling() -> None:
    assert of_keyword("gravity") == Spellings(0, 4, 0, ())


def test_wildcards_show_what_they_stand_for() -> None:
    result = {item.text: item.occurrences for item in of_keyword("tun*").found}
    assert result == {"tuning": 4, "tune": 1}


def test_other_fields_have_spellings_too() -> None:
    assert [item.text for item in of_query("author:rivers OR org:rivers").found] == [
        "ADA RIVERS",
        "Rivers",
    ]
    assert of_query("author:rivers").occurrences == 2
    assert [item.text for item in of_query("cat:cs.*").found] == ["cs.CL", "cs.LG"]


def test_what_two_keywords_match_in_one_place_counts_once() -> None:
    assert of_query("tune OR tun?").occurrences == 1


def test_a_comparison_has_no_spelling() -> None:
    assert of_query("authors:2^2 OR tune").found == (Spelling("tune", 1, 1),)
