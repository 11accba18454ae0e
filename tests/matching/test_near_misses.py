"""The papers that a rule selects, and those that it narrowly misses."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.matching import compile_rules
from digest.matching import near_misses as module
from digest.matching.near_misses import RuleHistory, look_back, nearest_misses
from digest.matching.relaxed_rules import MAX_LOOSENED, relaxed_rules_of
from digest.model import Paper
from digest.model.matches import RuleMiss
from digest.rules import Rule, parse_keyword, parse_query
from tests.rules.implementations import TODAY
from tests.rules.strategies import papers

if TYPE_CHECKING:
    from collections.abc import Sequence


def rule(*keywords: str, query: str | None = None, **options: Any) -> Rule:
    for name in ("require", "exclude"):
        options[name] = tuple(map(parse_keyword, options.get(name, ())))
    parsed = None if query is None else parse_query(query)
    return Rule("r", keywords=tuple(map(parse_keyword, keywords)), query=parsed, **options)


def history(tested_rule: Rule, *titles: str, within: float = 2.0) -> RuleHistory:
    papers = [Paper(id=title, title=title) for title in titles]
    return look_back(tested_rule, [papers], today=TODAY, within=within)


def missed(tested_rule: Rule, *titles: str, within: float = 2.0) -> list[tuple[str, str]]:
    misses = history(tested_rule, *titles, within=within).near_misses
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
    tested_rule = rule("a1", "b1", require=["c1", "d1"])
    assert missed(tested_rule, "a1", "c1", "a1 d1") == [("missing", "a1")]


def test_of_a_plain_list_no_keyword_is_missing() -> None:
    assert missed(rule("a1", "b1"), "a1", "c1") == []


def test_a_comparison_that_fails_is_a_near_miss_but_text_that_lacks_is_none() -> None:
    papers = [Paper(id="few", title="a1", upvotes=3), Paper(id="no text", title="b1", upvotes=30)]
    tested_rule = rule(query="a1 upvotes:>=20")
    history = look_back(tested_rule, [papers], today=TODAY, within=2.0)
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
    tested_rule = rule("a1^2", "b1", "c1^0.5", min_score=4.5)
    titles = ("a1", "b1", "c1", "a1 b1")
    assert missed(tested_rule, *titles) == [("points", "a1")]
    assert missed(tested_rule, *titles, within=3) == [("points", "a1"), ("points", "b1")]
    assert missed(tested_rule, *titles, within=0) == []


def test_a_near_miss_misses_in_one_way_only() -> None:
    tested_rule = rule("a1", require=["b1"], exclude=["x1"], min_score=2.0)
    assert missed(tested_rule, "a1 x1", "a1", "a1 b1 x1") == [
        ("excluded", "a1 b1 x1"),
        ("missing", "a1"),
    ]


def test_the_newest_come_first_and_of_near_misses_those_with_most_points() -> None:
    days = [date(2026, 1, day) for day in (3, 5, 4)]
    papers = [Paper(id=f"{day}", title="a1", first_seen=day) for day in days]
    papers += [Paper(id=f"x{day}", title="a1 x1", first_seen=day) for day in days]
    papers.append(Paper(id="x", title="x1", abstract="a1", first_seen=date(2026, 1, 9)))
    history = look_back(rule("a1", exclude=["x1"]), [papers[:2], papers[2:]], today=TODAY, within=2)
    assert history.papers == 7
    assert history.selected == ("2026-01-05", "2026-01-04", "2026-01-03")
    misses = [miss.paper for miss in history.near_misses]
    assert misses == ["x2026-01-05", "x2026-01-04", "x2026-01-03", "x"]


def test_a_long_list_is_cut() -> None:
    tested_rule = rule("a1", exclude=[f"x{number}" for number in range(MAX_LOOSENED + 50)])
    assert len(relaxed_rules_of(tested_rule)) == MAX_LOOSENED


def test_alternatives_of_a_bracket_still_count_once() -> None:
    tested_rule = rule(query="a1 (b1 OR c1) NOT x1 NOT y1", min_score=3.0)
    assert missed(tested_rule, "z1", within=1) == []
    papers = [Paper(id="near", title="z1", abstract="a1 b1 c1")]
    (miss,) = look_back(tested_rule, [papers], today=TODAY, within=1.0).near_misses
    assert (miss.shortfall, miss.points) == ("points", 2.0)


def nearest(rules: Sequence[Rule], *titles: str, most: int = 9) -> list[tuple[str, RuleMiss]]:
    papers = [Paper(id=title, title=title) for title in titles]
    near = nearest_misses(rules, papers, today=TODAY, most=most)
    return [(paper.id, miss) for paper, miss in near]


def named(name: str, *keywords: str, **options: Any) -> Rule:
    return replace(rule(*keywords, **options), name=name)


SEVERAL = (
    named("A", query="a1 b1 c1"),
    named("B", "b2", exclude=["x2"]),
    named("C", query="a3 (b3 OR c3)"),
)


def test_rules_take_turns_and_what_is_excluded_comes_last() -> None:
    titles = ("b2 x2", "a1 b1", "a1 c1", "a3", "b1 c1", "nothing", "b2")
    assert nearest(SEVERAL, *titles) == [
        ("a1 b1", RuleMiss("A", "missing", ("c1",))),
        ("a3", RuleMiss("C", "missing", ("b3 or c3",))),
        ("b2 x2", RuleMiss("B", "excluded", ("x2",))),
        ("a1 c1", RuleMiss("A", "missing", ("b1",))),
        ("b1 c1", RuleMiss("A", "missing", ("a1",))),
    ]
    assert [paper for paper, _ in nearest(SEVERAL, *titles, most=2)] == ["a1 b1", "a3"]
    assert nearest(SEVERAL, *titles, most=0) == nearest(SEVERAL) == nearest((), *titles) == []


def test_a_paper_comes_once_and_not_where_another_rule_takes_it() -> None:
    both = named("D", query="a1 b1 d1")
    assert nearest((*SEVERAL, both), "a1 b1") == [("a1 b1", RuleMiss("A", "missing", ("c1",)))]
    taking = named("E", "a1", exclude=["x1"])
    assert nearest((*SEVERAL, taking), "a1 b1") == []


def test_of_very_many_rules_the_first_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FORMS", 4)
    assert [paper for paper, _ in nearest(SEVERAL, "a3", "b2 x2", "a1 b1")] == ["a1 b1", "b2 x2"]


@settings(max_examples=20)
@given(st.lists(papers, max_size=8))
def test_many_rules_miss_what_each_misses_alone(found: list[Paper]) -> None:
    found = [replace(paper, id=str(number)) for number, paper in enumerate(found)]
    rules = [replace(asked, name=str(place)) for place, asked in enumerate(RULES)]
    alone = [look_back(asked, [found], today=TODAY, within=module.WITHIN) for asked in rules]
    taken = {paper for history in alone for paper in history.selected}
    near = {miss.paper for history in alone for miss in history.near_misses}
    together = list(nearest_misses(rules, found, today=TODAY, most=len(found)))
    assert {paper.id for paper, _ in together} == near - taken
    for paper, miss in together:
        (own,) = (own for own in alone[int(miss.rule)].near_misses if own.paper == paper.id)
        assert own.shortfall == miss.shortfall
        assert bool(miss.words) == (miss.shortfall != "points")


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
    matcher = compile_rules([asked], today=TODAY)
    verdicts = {paper.id: matcher.explain(paper)[0] for paper in found}
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
