"""Faults of rules that parse, found without papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.linting.contradiction import never_selects
from digest.linting.dead_rules import dead_rules
from digest.linting.static import faults_of
from digest.linting.subsumption import Cover
from digest.matching import compile_rules
from digest.matching.plan import bare
from digest.rules import Rule, parse_keyword, parse_query
from tests.rules.implementations import TODAY, paper

if TYPE_CHECKING:
    from digest.linting.dead_rules import Fault
    from digest.rules.syntax import Leaf


def rule(
    *keywords: str, query: str | None = None, require: str = "", exclude: str = "", **options: Any
) -> Rule:
    """Build a rule; `require` and `exclude` are keywords with commas between."""
    return Rule(
        "r",
        keywords=tuple(map(parse_keyword, keywords)),
        query=None if query is None else parse_query(query),
        require=tuple(map(parse_keyword, filter(None, require.split(",")))),
        exclude=tuple(map(parse_keyword, filter(None, exclude.split(",")))),
        **options,
    )


def only(rule: Rule) -> Fault:
    (fault,) = faults_of([rule])
    return fault


DEAD = [
    (rule("routing", exclude="routing"), "routing"),
    (rule("routing", exclude="Routings"), "routing"),
    (rule("fine-tuning", exclude="finetuning"), "fine-tuning"),
    (rule("data set", exclude="dataset"), "data set"),
    (rule("pruning", exclude="prun*"), "pruning"),
    (rule("prun*ing", exclude="prun*"), "prun*ing"),
    (rule("=MoE", exclude="moe"), "=MoE"),
    (rule("routing", "gating", exclude="routing,gat*"), "routing"),
    (rule("routing", require="survey of x,survey", exclude="survey,survey of x"), "survey of x"),
    (rule(query="routing NOT routing"), "routing"),
    (rule(query="title:routing NOT routing"), "title:routing"),
    (rule(query="routing (a1 OR b1) NOT (a1 OR b1)"), "a1"),
    (rule(query='"reward model"~3 NOT model'), '"reward model"~3'),
    (rule(query="/x+/ NOT /x+/"), "/x+/"),
    (rule(query="cat:cs.CL NOT cat:cs.*"), "category:cs.CL"),
    (rule(query="author:ada NOT author:ad*"), "author:ada"),
    (rule(query="org:labs NOT org:labs"), "org:labs"),
    (rule(query="routing upvotes:<0"), "upvotes:<0"),
    (rule(query="published:[2026 TO 2025]"), "published:[2026 TO 2025]"),
    (rule(query="published:[today TO today-3]"), "published:[today TO today-3]"),
    (rule(query="upvotes:>10 upvotes:<5"), "upvotes:>10"),
    (rule(query="published:2024 (published:2025 OR published:>=2026)"), "published:2024"),
    (rule(query="authors:>=3 NOT authors:>2"), "authors:>=3"),
]


@pytest.mark.parametrize(("dead", "keyword"), DEAD)
def test_a_rule_that_can_never_select_is_an_error(dead: Rule, keyword: str) -> None:
    (fault,) = dead_rules([dead])
    assert (fault.severity, fault.rule, fault.keyword) == ("error", "r", keyword)
    assert fault in faults_of([dead])
    assert fault.instead


SOUND = [
    rule("routing"),
    rule("routing", exclude="survey"),
    rule("model merging", exclude="model soup"),
    rule("prun*", exclude="pruning"),
    rule("moe", exclude="=MoE"),
    rule("model", exclude="modelling"),
    rule("rag", exclude="storage"),
    rule("Soups: A Recipe", exclude="soups a"),
    rule(query="routing NOT title:routing"),
    rule(query='"reward model"~3 NOT "reward model"'),
    rule(query="cat:cs.* NOT cat:cs.CL"),
    rule(query="(routing NOT survey) OR (survey NOT routing)"),
    rule(query="upvotes:>=5 upvotes:<=5"),
    rule(query="upvotes:>=5 comments:<5"),
    rule(query="routing NOT upvotes:>=0"),
    rule(query="published:>=2026 published:<today-10"),
    rule(query="author:ada NOT org:ada"),
    rule(query="/x+/ NOT /xx/"),
    rule("routing", query="author:ada", require="gating,survey", exclude="survey"),
]


@pytest.mark.parametrize("sound", SOUND)
def test_a_rule_that_may_select_is_no_error(sound: Rule) -> None:
    assert dead_rules([sound]) == ()


def test_a_keyword_that_only_one_word_would_save_is_a_warning() -> None:
    fault = only(rule("model merging", exclude="model"))
    assert (fault.severity, fault.keyword) == ("warning", "model merging")
    assert fault.message.startswith("matches only where it is written as one word")
    (verdict,) = compile_rules([rule("model merging", exclude="model")], today=TODAY).explain(
        paper("On modelmerging")
    )
    assert verdict.selected, "it says the truth"


@pytest.mark.parametrize(
    ("doubtful", "keyword", "beginning"),
    [
        (rule("gating", "routing", exclude="rout*"), "routing", "never matches: wherever"),
        (rule("gating", query="routing upvotes:<0"), "routing … upvotes:<0", "never matches: no"),
        (rule(query="a1 (b1 OR upvotes:<0)"), "upvotes:<0", "never matches: no value"),
        (rule("a1", require="b1,c1", exclude="c1"), "c1", 'never matches: "c1" is wanted'),
        (rule("LLM", "LLMs"), "LLMs", 'is the same keyword as "LLM" in `keywords`'),
        (rule("LLM", "LLM"), "LLM", "stands twice in `keywords`"),
        (rule("fine-tuning", "finetuning"), "finetuning", "is the same keyword"),
        (rule("x1", exclude="survey,surveys"), "surveys", "is the same keyword"),
        (rule("x1", exclude="survey,survey paper"), "survey paper", "changes nothing"),
        (rule("x1", require="vision,vision language"), "vision language", "changes nothing"),
        (rule("model", "model merging"), "model merging", 'only adds points: "model" matches'),
        (rule("pruning", "prun*"), "pruning", 'only adds points: "prun*" matches'),
        (rule("RAG", "=RAG"), "=RAG", "only adds points"),
        (rule(query="model OR title:model"), "title:model", "only adds points"),
        (rule(query="cat:cs.* OR cat:cs.CL"), "category:cs.CL", "only adds points"),
        (rule(query="routing and gating"), "and", "asks in a query for the word itself"),
        (rule(query="routing or gating"), "or", "asks in a query"),
        (rule("a AND b"), "a AND b", "holds AND, which is a word"),
        (rule("title:routing"), "title:routing", "begins with title:, which is text"),
        (rule(r"\bgraph\b"), r"\bgraph\b", "looks like a regular expression"),
        (rule("graph.*net"), "graph.*net", "looks like a regular expression"),
        (rule("-survey"), "-survey", "begins with a minus"),
        (rule(query="routing /x*/"), "/x*/", "matches the empty text"),
        (rule("routing^0"), "routing", "has the boost 0"),
        (rule("routing", weight=0.0), "", "has the weight 0"),
    ],
)
def test_what_is_doubtful_is_a_warning(doubtful: Rule, keyword: str, beginning: str) -> None:
    fault = only(doubtful)
    assert (fault.severity, fault.rule, fault.keyword) == ("warning", "r", keyword)
    assert fault.message.startswith(beginning)
    assert fault.instead


@pytest.mark.parametrize(
    "good",
    [
        rule("model", "model merging^3"),
        rule("model", "model merging", min_score=2.0),
        rule("N:M sparsity", "LoRA", "GPT-4", "C++"),
        rule("cause and effect", "bread or butter"),
        rule(query='"and" routing'),
        rule(query="(routing gating) OR (routing pruning)"),
        rule(query="routing /x+/"),
        rule("=RAG", "retrieval", exclude="storage"),
        rule("expert", "experiment"),
        rule("MoE", exclude="survey", require="language model,vision"),
    ],
)
def test_a_good_rule_is_left_in_peace(good: Rule) -> None:
    assert faults_of([good]) == ()


def test_faults_come_rule_by_rule_and_name_it() -> None:
    rules = [
        replace(rule("LLM", "LLMs"), name="first"),
        replace(rule("routing"), name="second"),
        replace(rule("gating", exclude="gating"), name="third"),
    ]
    assert [(fault.severity, fault.rule) for fault in faults_of(rules)] == [
        ("warning", "first"),
        ("error", "third"),
    ]


def test_a_turned_comparison_is_turned_back() -> None:
    assert only(rule(query="published:[2026 TO 2025]")).instead == "write published:[2025 TO 2026]"


def test_many_ways_end_in_time() -> None:
    """Alternatives multiply: 12 brackets of 4 are 16 million ways."""
    brackets = " ".join(f"({' OR '.join(f'w{n}x{m}' for m in range(4))})" for n in range(12))
    last = " ".join(f"NOT w11x{m}" for m in range(4))
    dead_rules([rule(query=f"{brackets} {last}")])


WORDS = ["fine", "tuning", "finetuning", "model", "models", "GPT", "4", "data", "set", "dataset"]
phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).flatmap(
    lambda words: st.sampled_from([" ", "-"]).map(lambda between: between.join(words))
)
texts = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", " ", "-", "", ". "])), max_size=8
).map(lambda parts: "".join(word + between for word, between in parts))


@given(
    st.lists(phrases, min_size=1, max_size=2),
    st.lists(phrases, min_size=1, max_size=3),
    st.lists(phrases, max_size=2),
    texts,
)
def test_no_paper_disproves_an_error(
    keywords: list[str], exclude: list[str], require: list[str], text: str
) -> None:
    tested_rule = rule(*keywords, exclude=",".join(exclude), require=",".join(require))
    if never_selects(tested_rule, Cover().covers) is not None:
        matcher = compile_rules([tested_rule], today=TODAY)
        for title in (text, *keywords, " ".join([*keywords, *require])):
            (verdict,) = matcher.explain(paper(title))
            assert not verdict.selected, title


@given(st.lists(phrases, min_size=2, max_size=6))
def test_asking_together_and_one_by_one_is_the_same(keywords: list[str]) -> None:
    leaves: list[Leaf] = [bare(parse_keyword(keyword)) for keyword in keywords]
    pairs = [(inner, outer) for inner in leaves for outer in leaves if inner != outer]
    together, alone = Cover(pairs), Cover()
    for inner, outer in pairs:
        assert together.covers(outer, inner) == alone.covers(outer, inner)
        assert together.covers_words(outer, inner) == alone.covers_words(outer, inner)
        assert together.covers_words(outer, inner) or not together.covers(outer, inner)
