"""Findings on rules from a library: no match, too many, shadows, typing errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from digest.linting.on_papers import FEW_PAPERS, Trial
from digest.linting.typos import UsualWords
from digest.matching.scan import Batch
from digest.matching.vocabulary import count_words
from digest.matching.word_index import build_index
from digest.model import Paper, Profile
from digest.rules import Rule, parse_keyword, parse_query
from tests.people import people
from tests.rules.implementations import TODAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.linting.dead_rules import Fault
    from digest.matching.vocabulary import Vocabulary

TITLES = ("sparse routing of experts", "pruning networks", "reinforcement learning", "surfaces")
LIBRARY = [
    Paper(
        id=f"{number}",
        title=f"On {TITLES[number % 4]}",
        abstract="We report results.",
        categories=("cs.LG",),
    )
    for number in range(160)
]


def rule(name: str, *keywords: str, query: str | None = None, **options: Any) -> Rule:
    parsed = None if query is None else parse_query(query)
    return Rule(name, keywords=tuple(map(parse_keyword, keywords)), query=parsed, **options)


def profile(name: str, *rules: str) -> Profile:
    return Profile(name, name, ZoneInfo("UTC"), rules)


def faults(
    *rules: Rule, profiles: Sequence[Profile] = (), papers: Sequence[Paper] = LIBRARY
) -> list[Fault]:
    profiles = profiles or (profile("daily", *(rule.name for rule in rules)),)
    trial = Trial(rules, profiles, words_of(papers), today=TODAY)
    for start in range(0, len(papers), 40):
        batch = papers[start : start + 40]
        trial.add(Batch.of(batch), known_of(batch))
    return list(trial.faults())


def words_of(papers: Sequence[Paper]) -> Vocabulary:
    return count_words([build_index([t for p in papers for t in (p.title, p.abstract or "")])])


def known_of(papers: Sequence[Paper]) -> dict[str, int]:
    return {
        "abstract": sum(bool(paper.abstract) for paper in papers),
        "author": sum(bool(paper.authors) for paper in papers),
        "upvotes": sum(paper.upvotes is not None for paper in papers),
        "category": sum(bool(paper.categories) for paper in papers),
        "published": sum(paper.published is not None for paper in papers),
        "org": sum(paper.organization is not None for paper in papers),
    }


def told(*rules: Rule, **options: Any) -> list[tuple[str, str, str]]:
    return [(fault.rule, fault.keyword, fault.message) for fault in faults(*rules, **options)]


def test_a_rule_that_finds_something_is_left_in_peace() -> None:
    assert told(rule("r", "pruning")) == []


def test_a_rule_that_selects_nothing() -> None:
    (fault,) = faults(rule("r", "quantum gravity"))
    assert fault.message == "selects none of the library's 160 papers"
    assert fault.instead == "see what it just misses: digest explain --rule 'r'"


def test_a_rule_that_selects_nearly_everything() -> None:
    (fault,) = faults(rule("r", "routing", "results"))
    assert fault.message == "selects 160 of the library's 160 papers (100 %)"
    assert "narrower than results (160 papers)" in fault.instead


def test_few_papers_say_nothing() -> None:
    assert told(rule("r", "quantum gravity"), papers=LIBRARY[: FEW_PAPERS - 1]) == []


@pytest.mark.parametrize(
    ("query", "keyword", "message"),
    [
        ("pruning OR upvotes:>=5", "upvotes:>=5", "asks for upvotes, which none of the library's"),
        ("pruning OR author:ada", "author:ada", "asks for author, which none of the library's"),
        ("pruning OR published:2025", "published:2025", "asks for published, which none"),
        ("pruning OR cat:cs.XX", "category:cs.XX", "matches none of the library's 160 papers"),
    ],
)
def test_what_asks_for_what_no_paper_has(query: str, keyword: str, message: str) -> None:
    (fault,) = faults(rule("r", query=query))
    assert fault.keyword == keyword
    assert fault.message.startswith(message)


@pytest.mark.parametrize(
    ("keyword", "meant"),
    [
        ("reinforcment learning", "reinforcement"),
        ("reinforcemennt learning", "reinforcement"),
        ("reinforcemant learning", "reinforcement"),
        ("reinforcemetn learning", "reinforcement"),
        ("=Pruining", "pruning"),
        ("sprase *outing", "sparse"),
    ],
)
def test_a_word_one_slip_away_from_a_frequent_one(keyword: str, meant: str) -> None:
    result = [fault for fault in faults(rule("r", "pruning", keyword)) if fault.keyword]
    assert [(item.keyword, item.instead) for item in result] == [
        (keyword, f"did you mean “{meant}”?")
    ]


@pytest.mark.parametrize(
    "keyword", ["rooting*", "learnt", "spare", "quantum", "n1", "author:sparce"]
)
def test_a_word_that_may_be_meant_is_not_doubted(keyword: str) -> None:
    query = parse_query(keyword) if ":" in keyword else None
    parsed = () if query else (parse_keyword(keyword),)
    tested_rule = Rule("r", keywords=(parse_keyword("pruning"), *parsed), query=query)
    library = [Paper(id=str(n), title="x", abstract="spare parts learnt here") for n in range(9)]
    library += [
        Paper(id=paper.id + "a", title=paper.title, authors=people("Ada")) for paper in LIBRARY
    ]
    assert told(tested_rule, papers=library) == []


def test_a_rule_with_the_same_papers_as_another() -> None:
    result = told(rule("one", "pruning"), rule("two", "networks"))
    assert result == [("two", "", "selects the very 40 papers that “one” selects")]


def test_a_rule_in_the_shadow_of_another() -> None:
    wide = rule("wide", "pruning", "gating", "sparse routing", weight=2.0)
    (fault,) = faults(wide, rule("narrow", "routing", "experts"))
    assert fault.rule == "narrow"
    assert fault.message == (
        "has a section that stays empty: each of its 40 papers in the library stands under “wide”, "
        "which gives it at least as many points"
    )


def test_two_rules_together_cast_a_shadow_too() -> None:
    result = [
        row
        for row in told(
            rule("first", "pruning^2"),
            rule("second", "routing^2"),
            rule("both", "pruning", "routing"),
        )
        if "stays empty" in row[2]
    ]
    assert [name for name, *_ in result] == ["both"]
    assert "and 1 more, which give it" in result[0][2]


def test_a_shadow_in_one_profile_is_none_where_another_shows_the_rule() -> None:
    rules = rule("one", "pruning"), rule("two", "networks")
    both, alone = profile("both", "one", "two"), profile("alone", "two")
    assert [name for name, *_ in told(*rules, profiles=[both])] == ["two"]
    assert told(*rules, profiles=[both, alone]) == []


@pytest.fixture(scope="module")
def vocabulary() -> UsualWords:
    papers = [Paper(id=str(n), title="GRPO trains Policies") for n in range(300)]
    return UsualWords(words_of([*papers, Paper(id="x", title="Polices")]))


def test_the_word_comes_as_it_is_written(vocabulary: UsualWords) -> None:
    assert vocabulary.correction("polcies") == "policies"
    assert vocabulary.correction("trainss") is None, "two s are a word's own"


def test_a_short_word_is_doubted_only_where_letters_changed_places(vocabulary: UsualWords) -> None:
    assert vocabulary.correction("gpro") == "grpo"
    assert vocabulary.correction("grp") is None
    assert vocabulary.correction("grpx") is None


def test_another_first_letter_or_ending_is_another_word(vocabulary: UsualWords) -> None:
    assert vocabulary.correction("strain") is None
    assert vocabulary.correction("drains") is None
    assert vocabulary.correction("policier") is None


def test_a_usual_word_is_never_doubted(vocabulary: UsualWords) -> None:
    assert vocabulary.correction("policy") is None


@pytest.mark.parametrize("word", ["", "a", "4.5", "gpt4", "模型", "x" * 10_000])
def test_what_is_no_word_of_letters_is_left_alone(vocabulary: UsualWords, word: str) -> None:
    assert vocabulary.correction(word) is None
