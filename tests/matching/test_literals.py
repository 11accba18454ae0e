"""Exact keywords and regular expressions in the clean text, one or many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.matching.literals import LiteralTable, exact_spans
from digest.rules.syntax import Exact, Regex

EXACT: list[tuple[str, str, list[tuple[int, int]]]] = [
    ("RAG", "RAG", [(0, 3)]),
    ("RAG", "(RAG-based) RAG.", [(1, 4), (12, 15)]),
    ("RAG", "rag RAGs dRAG RAG2 2RAG éRAG RAGé", []),
    ("RAG", "", []),
    ("RAG", "_RAG_ *RAG*", [(1, 4), (7, 10)]),
    ("GPT-4", "GPT-4. GPT-4, GPT-4", [(0, 5), (7, 12), (14, 19)]),
    ("GPT-4", "GPT-4.5 GPT-4,5 GPT-40", []),
    ("4.5", "14.5 4.5 4.55 3.4.5", [(5, 8), (16, 19)]),
    ("A*", "A* AA* A*b A**", [(0, 2), (11, 13)]),
    ("a.b", "a.b axb", [(0, 3)]),
    ("a a", "a a a", [(0, 3), (2, 5)]),
    ("C++", "C++ C++11", [(0, 3)]),
    ("μP", "μP, u-μP", [(0, 2), (6, 8)]),
]


@pytest.mark.parametrize(("literal", "text", "places"), EXACT)
def test_an_exact_keyword_stands_between_no_letters_or_digits(
    literal: str, text: str, places: list[tuple[int, int]]
) -> None:
    assert exact_spans(literal, text) == places
    assert dict(LiteralTable([Exact(literal, literal)]).find(text)) == (
        {0: places} if places else {}
    )


REGEX: list[tuple[str, str, list[tuple[int, int]]]] = [
    ("diffus(ion|ed)", "undiffused diffusion", [(2, 10), (11, 20)]),
    ("(?i)bert", "RoBERTa", [(2, 6)]),
    ("bert", "BERT", []),
    ("o*", "foo", [(1, 3)]),
    ("x*", "foo", [(0, 0)]),
    ("^", "foo", [(0, 0)]),
    ("x*", "", [(0, 0)]),
    ("μ.", "u-μP", [(2, 4)]),
]


@pytest.mark.parametrize(("pattern", "text", "places"), REGEX)
def test_a_regex_is_searched_anywhere(
    pattern: str, text: str, places: list[tuple[int, int]]
) -> None:
    """One that matches nothing but the empty text matches every text, in one place."""
    result = dict(LiteralTable([Regex(pattern, pattern)]).find(text))
    assert result == ({0: places} if places else {})


# Regexes stand between, and there are more than the few literals that are searched one by one.
MANY: list[Exact | Regex] = [
    Exact("RAG", "RAG"),
    Regex("/R.G/", "R.G"),
    Exact("A*", "A*"),
    Exact("RAG", "RAG-based"),
    Regex("/z/", "z"),
    Exact("C++", "C++"),
    Exact("a|b", "a|b"),
    Exact("\\d", "\\d"),
    Exact("NeRF", "NeRF"),
]


def test_many_exact_keywords_are_found_under_their_own_numbers() -> None:
    text = "NeRF and RAG-based A*; \\d a|b"
    result = dict(LiteralTable(MANY).find(text))
    assert sorted(result) == [0, 1, 2, 3, 6, 7, 8]
    assert result[0] == result[1] == [(9, 12)]
    assert result[2] == [(19, 21)]
    assert result[3] == [(9, 18)]
    assert result[8] == [(0, 4)]


def test_texts_without_any_of_many_have_none() -> None:
    assert list(LiteralTable(MANY).find("5 a b C c++ nerf RAGs")) == [(1, [(17, 20)])]


literals = st.text(alphabet="aA4.-+*|\\", min_size=1, max_size=3)


@given(st.lists(literals, min_size=5, max_size=9), st.text(alphabet="aA4.-+*|\\ ", max_size=20))
def test_many_of_chance_are_found_as_each_is(wanted: list[str], text: str) -> None:
    table = LiteralTable([Exact(literal, literal) for literal in wanted])
    alone = {n: exact_spans(literal, text) for n, literal in enumerate(wanted)}
    assert dict(table.find(text)) == {n: spans for n, spans in alone.items() if spans}


EXPRESSIONS = (
    "diffus(ion|ed)", "(?i)bayes", r"a.b", r"\d{3}", "x*", "[Bb]yte[- ]level", "é+tude",
    "(?i)ÉTUDE", "cat|dog", "^The", "end$", r"\bRAG\b", "(?i)straße",
)  # fmt: skip
EXPRESSED = (
    "", "Diffusion and a-b", "diffused BAYES", "The end", "byte-level 123", "Byte level", "étude",
    "Étude éétude", "hot dog", "RAG", "RAGs", "STRASSE Straße", "xx axb", "catalogue of the end",
)  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSED)
def test_many_expressions_find_what_each_finds_alone(text: str) -> None:
    leaves = [Regex(f"/{pattern}/", pattern) for pattern in EXPRESSIONS]
    alone = {
        number: spans
        for number, leaf in enumerate(leaves)
        for _, spans in LiteralTable([leaf]).find(text)
    }
    assert dict(LiteralTable(leaves).find(text)) == alone
