"""The papers that a rule takes, and those that it only just misses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.explain.near_misses import RuleHistory, look_back
from digest.explain.relaxed_rules import MAX_LOOSENED, loosened
from digest.matching import compile_rules
from digest.model import Paper
from digest.rules import Rule, parse_keyword, parse_query
from tests.rules.readings import TODAY
from tests.rules.strategies import papers


def rule(*keywords: str, query: str | None = None, **options: Any) -> Rule:
    for name in ("require", "exclude"):
        options[name] = tuple(map(parse_keyword, options.get(name, ())))
    parsed = None if query is None else parse_query(query)
    return Rule("r", keywords=tuple(map(parse_keyword, keywords)), query=parsed, **options)


def history(asked: Rule, *titles: str, within: float = 2.0) -> RuleHistory:
    found = [Paper(id=title, title=title) for title in titles]
    return look_back(asked, [found], today=TODAY, within=within)


def missed(asked: Rule, *titles: str, within: float = 2.0) -> list[tuple[str, str]]:
    misses = history(asked, *titles, within=within).near_misses
    return sorted((miss.shortfall, miss.paper) for miss in misses)


def test_one_required_keyword_short() -> None:
    titles = ("sparse routing", "routing", "sparse", "gating")
    expected = [("missing", "routing"), ("missing", "sparse")]
    assert missed(rule(query="sparse routing"), *titles) == expected


def test_two_keywords_short_is_no_near_miss() -> None:
    assert missed(rule(query="a1 b1 c1"), "a1", "b1", "a1 b1") == [("missing", "a1 b1")]


def test_one_of_a_group_is_short_where_the_whole_group_is() -> None:
    assert missed(rule(query="(a1 OR b1) c1"), "c1", "a1", "d1") == [
        ("missing", "a1"),
        ("missing", "c1"),
    ]


def test_what_is_required_alone_is_missing() -> None:
    asked = rule("a1", "b1", require=["c1", "d1"])
    assert missed(asked, "a1", "c1", "a1 d1") == [("missing", "a1")]


def test_of_a_plain_list_no_keyword_is_missing() -> None:
    assert missed(rule("a1", "b1"), "a1", "c1") == []


def test_a_comparison_that_fails_is_a_near_miss_but_text_that_lacks_is_none() -> None:
    found = [Paper(id="few", title="a1", upvotes=3), Paper(id="no text", title="b1", upvotes=30)]
    asked = rule(query="a1 upvotes:>=20")
    history = look_back(asked, [found], today=TODAY, within=2.0)
    assert [(miss.shortfall, miss.paper) for miss in history.near_misses] == [("missing", "few")]


@pytest.mark.parametrize(
    "asked",
    [
        rule("a1", exclude=["x1", "y1"]),
        rule(query="a1 NOT x1 NOT y1"),
        rule(query="a1 NOT (x1 OR y1)"),
        rule(query="a1 -x1", exclude=["y1"]),
    ],
)
def test_excluded_by_one_keyword(asked: Rule) -> None:
    titles = ("a1", "a1 x1", "a1 y1", "a1 x1 y1", "x1")
    assert missed(asked, *titles) == [("excluded", "a1 x1"), ("excluded", "a1 y1")]


def test_some_points_too_few() -> None:
    asked = rule("a1^2", "b1", "c1^0.5", min_score=4.5)
    titles = ("a1", "b1", "c1", "a1 b1")
    assert missed(asked, *titles) == [("points", "a1")]
    assert missed(asked, *titles, within=3) == [("points", "a1"), ("points", "b1")]
    assert missed(asked, *titles, within=0) == []


def test_a_near_miss_misses_in_one_way_only() -> None:
    asked = rule("a1", require=["b1"], exclude=["x1"], min_score=2.0)
    assert missed(asked, "a1 x1", "a1", "a1 b1 x1") == [("excluded", "a1 b1 x1"), ("missing", "a1")]


def test_the_newest_come_first_and_of_near_misses_those_with_most_points() -> None:
    days = [date(2026, 1, day) for day in (3, 5, 4)]
    found = [Paper(id=f"{day}", title="a1", first_seen=day) for day in days]
    found += [Paper(id=f"x{day}", title="a1 x1", first_seen=day) for day in days]
    found.append(Paper(id="x", title="x1", abstract="a1", first_seen=date(2026, 1, 9)))
    history = look_back(rule("a1", exclude=["x1"]), [found[:2], found[2:]], today=TODAY, within=2)
    assert history.papers == 7
    assert history.selected == ("2026-01-05", "2026-01-04", "2026-01-03")
    misses = [miss.paper for miss in history.near_misses]
    assert misses == ["x2026-01-05", "x2026-01-04", "x2026-01-03", "x"]


def test_a_long_list_is_cut() -> None:
    asked = rule("a1", exclude=[f"x{number}" for number in range(MAX_LOOSENED + 50)])
    assert len(loosened(asked)) == MAX_LOOSENED


RULES = (
    rule(query="model (fine OR tuning) NOT series NOT bias", min_score=3.0),
    rule("data set", "vision language^2", require=["model", "GPT"], exclude=["LM", "form*"]),
    rule(query="(author:ada model) OR (cat:cs.* upvotes:>=2 data) -language"),
)


@settings(max_examples=40)
@given(st.lists(papers, max_size=8), st.sampled_from(RULES))
def test_a_near_miss_is_not_selected_and_would_be_by_one_change(
    found: list[Paper], asked: Rule
) -> None:
    found = [replace(paper, id=str(number)) for number, paper in enumerate(found)]
    history = look_back(asked, [found], today=TODAY, within=2.0)
    verdicts = {paper.id: compile_rules([asked], today=TODAY).explain(paper)[0] for paper in found}
    assert {paper for paper, verdict in verdicts.items() if verdict.selected} == set(
        history.selected
    )
    for miss in history.near_misses:
        verdict = verdicts[miss.paper]
        assert not verdict.selected
        assert verdict.points == miss.points
        if miss.shortfall == "excluded":
            assert verdict.excluded_by
        elif miss.shortfall == "missing":
            assert verdict.missing
        else:
            assert 0 < verdict.lacking <= 2.0
