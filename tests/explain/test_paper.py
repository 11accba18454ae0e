"""Explain points, and the words that excluded a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from digest.explain.paper import explain
from digest.rules import Rule, parse_keyword, parse_query
from tests.rules.implementations import TODAY, paper
from tests.rules.strategies import papers

if TYPE_CHECKING:
    from digest.explain.paper import Explanation
    from digest.model import Paper


def explained(rule: Rule, target: Paper) -> Explanation:
    (explanation,) = explain([rule], target, today=TODAY)
    return explanation


def test_each_keyword_tells_boost_weight_and_title() -> None:
    rule = Rule(
        "r", keywords=tuple(map(parse_keyword, ["routing^3", "sparse", "absent"])), weight=2
    )
    explanation = explained(rule, paper("Routing", "Sparse routing, sparse and quick."))
    assert [(s.keyword, s.boost, s.in_title, s.points) for s in explanation.scores] == [
        ("routing", 3.0, True, 12.0),
        ("sparse", 1.0, False, 2.0),
    ]
    assert [len(score.matches) for score in explanation.scores] == [2, 2]
    assert explanation.verdict.points == 14.0


def test_a_keyword_that_stands_twice_counts_with_its_highest_boost() -> None:
    explanation = explained(
        Rule("r", query=parse_query("routing^2 OR (routing^5 sparse)")), paper("Routing")
    )
    assert [(score.keyword, score.boost, score.points) for score in explanation.scores] == [
        ("routing", 5.0, 10.0)
    ]


def test_fields_of_one_word_are_kept_apart() -> None:
    rule = Rule("r", query=parse_query("title:routing OR abstract:routing^4"))
    explanation = explained(rule, paper("Routing", "None."))
    assert [(score.keyword, score.points) for score in explanation.scores] == [
        ("title:routing", 2.0)
    ]


def test_a_weight_of_nothing_still_tells_the_boost() -> None:
    rule = Rule("r", keywords=(parse_keyword("routing^3"),), weight=0.0)
    (score,) = explained(rule, paper("Routing")).scores
    assert (score.boost, score.points) == (3.0, 0.0)


def test_a_comparison_with_a_boost_counts() -> None:
    rule = Rule("r", query=parse_query("upvotes:>=5^2 routing"))
    explanation = explained(rule, paper("Routing", upvotes=9))
    assert [(score.keyword, score.points) for score in explanation.scores] == [
        ("upvotes:>=5", 2.0),
        ("routing", 2.0),
    ]


def test_of_alternatives_the_best_counts() -> None:
    rule = Rule("r", query=parse_query("routing (sparse^2 OR quick)"), weight=2)
    explanation = explained(rule, paper("Routing", "Sparse and quick."))
    assert [(score.keyword, score.points) for score in explanation.scores] == [
        ("routing", 4.0),
        ("sparse", 4.0),
        ("quick", 0.0),
    ]
    assert explanation.verdict.points == 8.0


def test_what_is_preferred_counts() -> None:
    rule = Rule("r", query=parse_query("routing"), prefer=(parse_query("sparse^3"),))
    explanation = explained(rule, paper("Routing", "Sparse."))
    assert [(score.keyword, score.points) for score in explanation.scores] == [
        ("routing", 2.0),
        ("sparse", 3.0),
    ]
    assert explanation.verdict.points == 5.0


def test_what_excludes_is_shown_where_it_stands() -> None:
    rule = Rule(
        "r", keywords=(parse_keyword("routing"),), exclude=(parse_query("title:survey OR review"),)
    )
    target = paper("A survey of routing", "We review and survey.")
    explanation = explained(rule, target)
    shown = {
        exclusion.keyword: [(match.field, match.start, match.end) for match in exclusion.matches]
        for exclusion in explanation.exclusions
    }
    assert shown == {"title:survey": [("title", 2, 8)], "review": [("abstract", 3, 9)]}


def test_a_comparison_that_excludes_has_no_place() -> None:
    rule = Rule("r", query=parse_query("routing NOT upvotes:<5"))
    (exclusion,) = explained(rule, paper("Routing", upvotes=1)).exclusions
    assert exclusion.keyword == "upvotes:<5"
    assert [(match.field, match.start) for match in exclusion.matches] == [("upvotes", None)]


RULES = tuple(
    Rule(text, query=parse_query(text), weight=1.5)
    for text in (
        "model OR fine-tuning^2 OR title:model^3",
        "(model^2 OR language vision)^2 NOT abs:series",
        'author:ada OR "model data"~4 OR form* OR /m[aeo]+/^0.5 OR =GPT',
        "upvotes:>=2^2 OR category:cs.*^3 OR information",
    )
)


@given(papers)
def test_the_parts_add_up_to_the_points(asked: Paper) -> None:
    for item in explain(RULES, asked, today=TODAY):
        if item.scores:
            total = sum(score.points for score in item.scores)
            assert total == pytest.approx(item.verdict.points)
            places = {match for score in item.scores for match in score.matches}
            assert len(places) >= len({(m.keyword, m.field, m.start) for m in item.verdict.matches})
