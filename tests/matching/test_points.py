"""Points and places of matches, in the program and in the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reference.match import Query, RuleSpec
from tests.rules.implementations import KNOWN, ask, paper

if TYPE_CHECKING:
    from tests.rules.implementations import Reading

# --- points --------------------------------------------------------------------------------------

POINTS: list[tuple[RuleSpec, str, str | None, float | None]] = [
    (RuleSpec(("a",)), "a", None, 2),
    (RuleSpec(("a",)), "x", "a", 1),
    (RuleSpec(("a",)), "a", "a a a", 2),
    (RuleSpec(("a^3", "b")), "a", "b", 7),
    (RuleSpec(("a^0.5",)), "x", "a", 0.5),
    (RuleSpec(("a", "b"), weight=2), "x", "a b", 4),
    (RuleSpec(query="a b"), "a", "b", 3),
    (RuleSpec(query="a OR (b c)"), "x", "a b", 2),
    (RuleSpec(query="a OR NOT b"), "x", "a", 1),
    (RuleSpec(query="a OR NOT b"), "x", "y", 1),
    (RuleSpec(query="a OR NOT b", weight=3), "x", "y", 3),
    (RuleSpec(query="a NOT b"), "b", "a", None),
    (RuleSpec(query="(a b^2)^3"), "x", "a b", 9),
    (RuleSpec(query="title:(a OR b)^2"), "a b", "b", 4),
    (RuleSpec(query="title:a OR abs:a"), "a", "a", 3),
    # Of the alternatives of a bracket the best one counts.
    (RuleSpec(query="(a OR b) c"), "x", "a b c", 2),
    (RuleSpec(query="(a OR b^3) c"), "x", "a b c", 4),
    (RuleSpec(query="abs:a"), "a", "a", 1),
    (RuleSpec(query="a OR a^3 OR (a)^2"), "x", "a", 3),
    (RuleSpec(("a",), query="a b"), "x", "a b", 2),
    (RuleSpec(("a",), require=("b",)), "a", "x", None),
    (RuleSpec(("a",), require=("b", "c")), "a", "c", 2),
    (RuleSpec(("a",), require=(Query("b OR title:c"),)), "a", "c", None),
    (RuleSpec(("a",), exclude=("b",)), "a", "b", None),
    (RuleSpec(("a",), exclude=("b", Query("title:c"))), "a", "c", 2),
    (RuleSpec(("a",), exclude=(Query("NOT b"),)), "a", "b", 2),
    (RuleSpec(("a",), min_score=2), "x", "a", None),
    (RuleSpec(("a",), min_score=2), "a", "x", 2),
    (RuleSpec(("a",), weight=2, min_score=2), "x", "a", 2),
    (RuleSpec(query="upvotes:>=10"), "x", None, 1),
    (RuleSpec(query="upvotes:>=10", weight=5), "x", None, 5),
    (RuleSpec(query="upvotes:>=10 a"), "x", "a", 1),
    (RuleSpec(query="upvotes:>=10^4"), "x", None, 4),
    (RuleSpec(query="upvotes:>=10^4 a"), "a", None, 6),
    (RuleSpec(query="cat:cs.*^2 a"), "x", "a", 3),
    (RuleSpec(query="cat:cs.*"), "x", None, 1),
]


@pytest.mark.parametrize(("spec", "title", "abstract", "points"), POINTS)
def test_points(
    reading: Reading, spec: RuleSpec, title: str, abstract: str | None, points: float | None
) -> None:
    target = paper(title, abstract, upvotes=12, categories=("cs.CL",))
    result = ask(reading, spec, target)
    assert (result.points if result.selected else None) == points


# --- places --------------------------------------------------------------------------------------

PLACES: list[tuple[str, str, list[str]]] = [
    ("GPT-4", "GPT4, GPT 4 and GPT-4.5", ["GPT4", "GPT 4"]),
    ("=GPT", "GPT4, GPT-5", ["GPT"]),
    ("LoRA", "LoRA+ is “LoRA”", ["LoRA", "LoRA"]),
    ("C++", "In C++11", ["C++"]),
    ("model", "The model's models", ["model", "models"]),
    ("office", "An oﬃce", ["oﬃce"]),
    ("cafe", "The cafe\u0301.", ["cafe\u0301"]),
    ("a a", "a a a", ["a a", "a a"]),
    ("free lunch", "no “free” lunch", ["free” lunch"]),
    ("mup", "u-$μ$P", ["μ$P"]),
    ("模型", "大模型", ["模型"]),
    ("prun*", "prune, unpruned, pruning", ["prune", "pruning"]),
    ("pre-train*", "pretraining pre-trained", ["pretraining", "pre-trained"]),
    ("=A*", "A*, A* and AA*", ["A*", "A*"]),
]


@pytest.mark.parametrize(("keyword", "title", "places"), PLACES)
def test_a_match_says_where_it_stands(
    reading: Reading, keyword: str, title: str, places: list[str]
) -> None:
    hits = ask(reading, RuleSpec((keyword,)), paper(title)).hits
    assert {(hit.keyword, hit.field, hit.index) for hit in hits} == {(keyword, "title", 0)}
    spans = sorted((hit.start or 0, hit.end or 0) for hit in hits)
    assert [title[start:end] for start, end in spans] == places


def test_a_match_names_the_keyword_the_field_and_the_value(reading: Reading) -> None:
    query = 'slam^2 OR title:"survey of"^3 OR au:Stone OR cat:cs.CV OR upvotes:>=10^2 NOT org:x'
    hits = ask(reading, RuleSpec(query=query), KNOWN).hits
    assert {(hit.keyword, hit.field, hit.index, hit.start, hit.end) for hit in hits} == {
        ("slam", "title", 0, 12, 16),
        ('"survey of"', "title", 0, 2, 11),
        ("Stone", "author", 1, 0, 9),
        ("cs.CV", "category", 1, 0, 5),
        ("upvotes:>=10", "upvotes", 0, None, None),
    }
