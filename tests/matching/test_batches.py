"""Any rule selects a paper in a batch of any size as it does alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from digest.errors import QueryError
from digest.matching import compile_rules
from digest.model import Paper
from digest.rules import Rule, parse_query
from digest.text.names import parse_name
from tests.rules.implementations import TODAY, rule_of
from tests.rules.strategies import cases, papers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.reference.match import RuleSpec

_WORDS = """
pretraining pre-training fine-tuning finetuning model models mixture experts recipe corpora GPU GPUs
SARS sars nuclei nucleus behaviour behavior U.S. R&D TGF-β1 time series C++ .NET
"""
WORDS = _WORDS.split()
PIECES = [
    *WORDS, "Large Language Model (LLM) agents", "time series (TS) models", "https://x.org/model",
    "LARGE MODELS AND SARS", "E. coli", "N:M sparsity", "models'pretraining",
]  # fmt: skip
AUTHORS = ["Ada B. Berg", "Berg, Ada", "Jürgen Müller", "L. van der Maaten", "Fei-Fei Li"]
WILD = ["pre*", "*training", "mod?l*", "fine-tun*", "GPU*"]


@st.composite
def texts(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.sampled_from(PIECES), max_size=6))
    return draw(st.sampled_from([" ", ", ", " - ", "-"])).join(parts)


@st.composite
def written(draw: st.DrawFn) -> Paper:
    return Paper(
        id=draw(st.sampled_from(["1", "2", "3"])),
        title=draw(texts()),
        abstract=draw(st.none() | texts()),
        authors=tuple(map(parse_name, draw(st.lists(st.sampled_from(AUTHORS), max_size=2)))),
        upvotes=draw(st.none() | st.integers(0, 3)),
        journal=draw(st.none() | texts()),
        categories=tuple(draw(st.lists(st.sampled_from(["cs.CL", "cs.LG"]), max_size=1))),
    )


@st.composite
def terms(draw: st.DrawFn) -> str:
    """A term of each kind."""
    some = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=5))
    word, wild = draw(st.sampled_from(WORDS)), draw(st.sampled_from(WILD))
    distance = draw(st.integers(0, 6))
    return draw(
        st.sampled_from(
            [
                f'"{word}"',
                f'"{" ".join(some)}"',
                f'"{" ".join(some)}"~{distance}',
                f'"{" ".join(some)} {wild}"~{distance}',
                f'"{some[0]} {wild}"',
                f'"{wild} {some[0]}"',
                f'"{some[0]}" NEAR/{distance} "{some[1]}"',
                f'"{some[0]}" PRE/{distance} ({wild} OR "{some[1]}")',
                f'="{some[0]}" NEAR/{distance} {wild}',
                f'ANY 2 ("{some[0]}", {wild}, "{some[1]}")',
                f'="{word}"',
                "/pre.?train/",
                f'title:"{word}"',
                f'journal:"{word}"',
                'author:"A. Berg"',
                "last_author:Maaten",
                "author:M*ller",
                "has:abstract",
                "cat:cs.*",
                "upvotes:>=2",
                "published:>=today-30",
            ]
        )
    )


@st.composite
def queries(draw: st.DrawFn) -> str:
    parts = draw(st.lists(terms(), min_size=1, max_size=3))
    return draw(st.sampled_from([" AND ", " OR ", " NOT "])).join(parts)


def selected(rule: Rule, batch: Sequence[Paper]) -> list[tuple[bool, float]]:
    result = compile_rules([rule], today=TODAY).select(batch)
    points = dict(zip(result.paper.tolist(), result.points.tolist(), strict=True))
    return [(number in points, points.get(number, 0.0)) for number in range(len(batch))]


def agrees(rule: Rule, batch: Sequence[Paper]) -> None:
    alone = {paper: selected(rule, [paper])[0] for paper in dict.fromkeys(batch)}
    assert selected(rule, batch) == [alone[paper] for paper in batch]


@settings(max_examples=60)
@given(queries(), st.lists(written(), min_size=1, max_size=12))
def test_a_paper_is_selected_in_a_batch_as_it_is_alone(query: str, batch: list[Paper]) -> None:
    note(query)
    agrees(Rule("r", query=parse_query(query)), batch)


@settings(max_examples=30)
@given(cases(), st.lists(papers, max_size=6))
def test_other_papers_change_nothing(
    case: tuple[RuleSpec, tuple[Paper, ...]], others: list[Paper]
) -> None:
    spec, asked = case
    try:
        rule = rule_of(spec)
    except QueryError:
        return
    agrees(rule, [*others, *asked, *others])


@pytest.mark.parametrize("size", [1, 40, 2_000])
def test_batches_of_any_size_agree(size: int) -> None:
    chance = random.Random(size)
    pool = [
        Paper(
            id=str(number),
            title=" ".join(chance.choices(PIECES, k=4)),
            abstract=", ".join(chance.choices(PIECES, k=8)),
            authors=(parse_name(chance.choice(AUTHORS)),),
        )
        for number in range(12)
    ]
    batch = chance.choices(pool, k=size)
    for query in (
        '"mixture experts pretraining"~5',
        '"pretraining corp*"',
        '"fine-tuning model recipe experts"~9',
        '"large language model agents"',
        'pretraining NEAR/3 (model OR "time series")',
        "author:Berg sars",
        "SARS OR =GPU",
    ):
        agrees(Rule("r", query=parse_query(query)), batch)


@settings(max_examples=30)
@given(st.lists(queries(), min_size=2, max_size=8), st.lists(written(), min_size=1, max_size=6))
def test_other_rules_change_nothing(asked: list[str], batch: list[Paper]) -> None:
    rules = [Rule(query, query=parse_query(query)) for query in asked]
    together = compile_rules(rules, today=TODAY).select(batch)
    pairs = set(zip(together.rule.tolist(), together.paper.tolist(), strict=True))
    for number, rule in enumerate(rules):
        alone = {(number, paper) for paper, (is_in, _) in enumerate(selected(rule, batch)) if is_in}
        assert alone == {pair for pair in pairs if pair[0] == number}
