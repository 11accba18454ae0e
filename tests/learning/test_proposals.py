"""Propose keywords, and report those without any liked paper."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from digest.learning.fruitless_keywords import find_fruitless
from digest.learning.judged_papers import LEAST, JudgedPapers
from digest.learning.proposals import propose
from digest.matching import compile_rules
from digest.model import Paper
from digest.rules import Rule, parse_keyword, parse_query
from tests.learning.judged_samples import DAY, judged, papers, titles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.learning.proposals import Proposals

NOTHING = Rule("none", keywords=(parse_keyword("zzz"),))


def rule(*keywords: str, exclude: Sequence[str] = (), name: str = "r") -> Rule:
    return Rule(
        name,
        keywords=tuple(map(parse_keyword, keywords)),
        exclude=tuple(map(parse_keyword, exclude)),
    )


def proposed(marks: JudgedPapers, *rules: Rule) -> Proposals:
    def count(tried: Sequence[Rule]) -> list[int]:
        result = compile_rules(tried, today=DAY).match(marks.papers)
        counts = dict.fromkeys(range(len(tried)), 0)
        for matches in result:
            for match in matches:
                counts[int(match.rule)] += 1
        return list(counts.values())

    def numbered(tried: Sequence[Rule]) -> list[int]:
        return count([Rule(str(n), keywords=item.keywords) for n, item in enumerate(tried)])

    return propose(marks, rules or (NOTHING,), count=numbered, of=len(marks.papers), today=DAY)


def keywords(proposals: Proposals) -> list[str]:
    return [item.keyword for item in proposals.wanted]


def test_what_sets_liked_papers_apart_is_proposed_with_its_counts() -> None:
    marks = judged("sparse routing", "dense")
    (first, *_) = proposed(marks).wanted
    assert (first.keyword, first.liked, first.dropped) == ("sparse routing", 14, 0)
    assert first.papers == 14
    assert first.log_odds > 1
    assert titles(first.examples) == titles(marks.liked[:3])


def test_what_stands_in_no_liked_paper_may_be_excluded() -> None:
    marks = judged("sparse routing", "a survey of", each=40)
    (first, *_) = proposed(marks).unwanted
    assert (first.keyword, first.liked, first.dropped) == ("survey", 0, 40)
    assert first.log_odds > 1
    assert titles(first.examples) == titles(marks.dropped[:3])


def test_the_counts_are_the_matchers() -> None:
    """A keyword finds more spellings than the one that is counted to find it."""
    other = "We do fine-tuning."
    liked = [
        Paper(f"x{number}", "", abstract="We do finetuning." if number % 2 else other)
        for number in range(14)
    ]
    marks = JudgedPapers(tuple(liked), papers("d", 14, "dense"))
    result = proposed(marks).wanted
    assert [(item.keyword, item.liked) for item in result] == [("fine tuning", 14)]


@pytest.mark.parametrize(
    "existing",
    [
        rule("sparse routing"),
        rule("Sparse-Routings^3"),
        rule("sparse rout*"),
        rule("routing"),
        Rule("q", query=parse_query('dense OR "sparse routing"'), query_text=""),
    ],
    ids=["the same", "spelt otherwise", "a wildcard", "a part of it", "of a query"],
)
def test_what_a_keyword_covers_is_not_proposed(existing: Rule) -> None:
    assert not {"sparse routing", "routing"} & set(keywords(proposed(judged(), existing)))


def test_what_a_query_wants_beside_something_else_is_proposed() -> None:
    needs_both = Rule("q", query=parse_query("sparse AND zzz"), query_text="")
    assert "sparse routing" in keywords(proposed(judged(), needs_both))


def test_what_is_excluded_already_is_not_proposed() -> None:
    marks = judged(each=40)
    assert [item.keyword for item in proposed(marks).unwanted] == ["survey"]
    assert proposed(marks, rule("zzz", exclude=["surveys"])).unwanted == ()


@pytest.mark.parametrize(
    ("existing", "unwanted"),
    [("survey", []), ("Surveys^3", []), ("survey of", ["survey"]), ("survey*", ["survey"])],
)
def test_a_keyword_is_not_to_be_excluded(existing: str, unwanted: list[str]) -> None:
    """But what it has in common with others is: they would go on to bring those papers."""
    result = proposed(judged(each=40), rule(existing)).unwanted
    assert [item.keyword for item in result] == unwanted


def test_phrases_that_mean_the_same_papers_are_proposed_once() -> None:
    result = keywords(proposed(judged("sparse routing of experts")))
    assert len([item for item in result if "routing" in item]) == 1


def test_too_few_marks_propose_nothing() -> None:
    enough = judged(each=LEAST)
    assert enough.enough
    assert enough.lacking == ""
    few = JudgedPapers(enough.liked[1:], enough.dropped)
    assert proposed(few) == proposed(JudgedPapers())
    assert not proposed(few).wanted
    assert few.lacking == "9 starred or done and 10 dropped; 10 of each are needed"


def test_papers_without_words_propose_nothing() -> None:
    blank = tuple(Paper(str(number), "…") for number in range(2 * LEAST))
    result = proposed(JudgedPapers(blank[:LEAST], blank[LEAST:]))
    assert (result.wanted, result.unwanted) == ((), ())


def test_marks_by_lot_propose_next_to_nothing() -> None:
    """Some phrase of hundreds always stands out; about one a list may pass."""
    counts = []
    for seed in range(6):
        some = list(papers("p", 80, "dense", seed=seed))
        Random(seed).shuffle(some)
        result = proposed(JudgedPapers(tuple(some[:30]), tuple(some[30:])))
        counts.append(len(result.wanted) + len(result.unwanted))
    assert sum(counts) <= 2 * len(counts)


def test_the_same_marks_propose_the_same() -> None:
    assert proposed(judged()) == proposed(judged())


def test_hostile_text_becomes_no_operator() -> None:
    """What is proposed is a keyword, whatever stands in the papers."""
    nasty = "(OR) NOT {{ x }} a* title: =exact /re/ ^9 — <b>sparse</b>"
    result = proposed(judged(nasty, "dense"))
    for item in (*result.wanted, *result.unwanted):
        assert parse_keyword(item.keyword).text == item.keyword
        assert not set(item.keyword) & set('*?=^":/(){}<>')


# --- keywords that bring nothing liked


def test_a_keyword_whose_papers_were_all_dropped_is_named() -> None:
    marks = judged("sparse routing", "a survey of")
    rules = [rule("survey", "graph", name="A"), rule("routing", "surveys of", name="B")]
    result = find_fruitless(marks, rules, today=DAY)
    assert [(item.rule, item.keyword, item.dropped) for item in result] == [
        ("A", "survey", 14),
        ("B", "surveys of", 14),
    ]
    assert titles(result[0].examples) == titles(marks.dropped[:3])


def test_what_nothing_else_would_have_brought_is_counted() -> None:
    dropped = papers("d", 6, "survey")
    extra = tuple(Paper(f"e{number}", "A survey of zebras") for number in range(2))
    (survey,) = find_fruitless(
        JudgedPapers((), (*dropped, *extra)), [rule("survey", "zebra")], today=DAY
    )
    assert (survey.keyword, survey.dropped, survey.alone) == ("survey", 8, 6)


def test_a_keyword_that_brought_one_liked_paper_is_not_named() -> None:
    marks = judged("survey", "survey")
    assert find_fruitless(marks, [rule("survey")], today=DAY) == ()


def test_few_dropped_papers_say_nothing() -> None:
    marks = JudgedPapers((), papers("d", 4, "survey"))
    assert find_fruitless(marks, [rule("survey")], today=DAY) == ()
    assert find_fruitless(judged(), [], today=DAY) == ()
