"""Explain why a rule selects a paper or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.matching import compile_rules
from digest.rules import Rule, parse_keyword, parse_query
from tests.rules.implementations import TODAY, paper

if TYPE_CHECKING:
    from digest.matching.verdict import Verdict


def verdict(rule: Rule, title: str, abstract: str | None = None, **fields: object) -> Verdict:
    (result,) = compile_rules([rule], today=TODAY).explain(paper(title, abstract, **fields))
    return result


def query(text: str) -> Rule:
    return Rule("r", query=parse_query(text), query_text=text)


def keywords(*texts: str, **options: object) -> Rule:
    for name in ("require", "exclude"):
        options[name] = tuple(map(parse_keyword, options.get(name, ())))  # type: ignore[call-overload]  # lists of texts
    return Rule("r", keywords=tuple(map(parse_keyword, texts)), **options)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("rule", "title", "missing"),
    [
        (query("routing"), "Pruning", ["routing"]),
        (query("sparse routing"), "Routing", ["sparse"]),
        (query("sparse routing"), "Pruning", ["sparse", "routing"]),
        (query("(sparse OR dense) routing"), "Routing", ["sparse or dense"]),
        (query("(sparse dense) OR routing"), "Sparse", ["dense or routing"]),
        (query("title:sparse author:rivera"), "Sparse", ["author:rivera"]),
        (query("routing upvotes:>=5"), "Routing", ["upvotes:>=5"]),
        (query("category:cs.* routing"), "Routing", ["category:cs.*"]),
        (query('="MoE" routing'), "Routing moe", ['="MoE"']),
        (keywords("routing^3", "prun*"), "Nothing", ["routing or prun*"]),
        (keywords("routing", require=["sparse", "dense"]), "Routing", ["sparse or dense"]),
    ],
)
def test_what_is_missing_is_named_as_written(rule: Rule, title: str, missing: list[str]) -> None:
    answer = verdict(rule, title)
    assert not answer.selected
    assert list(answer.missing) == missing
    assert answer.excluded_by == ()


def test_of_many_alternatives_the_first_are_named() -> None:
    (missing,) = verdict(keywords(*(f"word{n}" for n in range(12))), "Nothing").missing
    assert missing.startswith("word0 or word1 or ")
    assert missing.endswith(" or word7 or 4 others")


@pytest.mark.parametrize(
    ("rule", "title", "excluded_by"),
    [
        (query("routing NOT survey"), "A survey of routing", ["survey"]),
        (query("routing NOT (survey OR review)"), "Routing: a review", ["review"]),
        (query("routing -title:survey"), "A survey of routing", ["title:survey"]),
        (keywords("routing", exclude=["survey", "tutorial"]), "Routing tutorial", ["tutorial"]),
        (keywords("routing", exclude=["surveys"]), "A survey of routing", ["surveys"]),
        (
            keywords("routing", exclude=["survey", "tutorial"]),
            "A survey and tutorial of routing",
            ["survey", "tutorial"],
        ),
    ],
)
def test_what_excludes_is_named_as_written(rule: Rule, title: str, excluded_by: list[str]) -> None:
    answer = verdict(rule, title)
    assert not answer.selected
    assert list(answer.excluded_by) == excluded_by
    assert answer.missing == ()
    assert len(answer.excluding) == len(excluded_by)


def test_a_paper_may_lack_something_and_be_excluded_too() -> None:
    answer = verdict(keywords("routing", require=["sparse"], exclude=["survey"]), "Routing survey")
    assert (answer.missing, answer.excluded_by) == (("sparse",), ("survey",))


def test_what_an_alternative_excludes_is_no_reason_where_another_selects() -> None:
    answer = verdict(query("(routing NOT survey) OR pruning"), "A survey of routing and pruning")
    assert answer.selected
    assert answer.excluded_by == ()


def test_points_that_are_lacking_are_counted() -> None:
    rule = keywords("routing", "sparse^0.5", min_score=4.0)
    answer = verdict(rule, "Routing", "It is sparse.")
    assert not answer.selected
    assert (answer.points, answer.lacking) == (2.5, 1.5)


def test_a_rule_that_does_not_select_tells_what_its_keywords_would_give() -> None:
    answer = verdict(keywords("routing^3", exclude=["survey"], weight=2.0), "A survey of routing")
    assert (answer.selected, answer.points) == (False, 12.0)
    assert [match.keyword for match in answer.matches] == ["routing"]


def test_comparisons_alone_give_the_weight() -> None:
    rule = Rule("r", query=parse_query("upvotes:>=5"), weight=3.0)
    answer = verdict(rule, "Anything", upvotes=7)
    assert (answer.selected, answer.points, answer.matches) == (True, 3.0, ())
