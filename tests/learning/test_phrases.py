"""Choose the phrases that are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.learning.phrases import (
    MAX_ABSTRACT,
    Token,
    cut_papers,
    folded_phrases,
    spans,
    spelt_phrases,
)
from digest.model import Paper
from digest.text.words import Break, cut


def runs_of(text: str) -> list[str]:
    (runs,) = cut_papers([Paper("p", "", abstract=text)])
    return [" ".join(token.written for token in run) for run in runs.abstract]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Fine-tuning large models", ["fine tuning large models"]),
        ("Routing, pruning. Both", ["routing", "pruning", "both"]),
        ("read/write heads", ["read", "write heads"]),
        ("", []),
        ("…", []),
    ],
)
def test_a_run_ends_where_a_phrase_must(text: str, runs: list[str]) -> None:
    assert runs_of(text) == runs


@pytest.mark.parametrize(
    ("text", "longest", "phrases"),
    [
        ("mixture of experts", 3, ["mixture", "mixture of expert", "expert"]),
        ("mixture of experts", 2, ["mixture", "expert"]),
        ("the sparse routers", 2, ["sparse", "sparse router", "router"]),
        ("of the", 3, []),
        (f"{'x' * 41} {'y' * 40}", 2, ["y" * 40]),
        ("3d in 24 GB of x", 3, ["3d", "gb"]),
        ("深", 2, ["深"]),
    ],
)
def test_a_phrase_says_what_a_paper_is_about(text: str, longest: int, phrases: list[str]) -> None:
    (runs,) = cut_papers([Paper("p", text)])
    (run,) = runs.title
    assert folded_phrases(run, longest) == phrases


def test_what_stands_there_is_kept_beside_what_is_compared() -> None:
    (runs,) = cut_papers([Paper("p", "Sparse Caches")])
    (run,) = runs.title
    assert folded_phrases(run, 2) == ["sparse", "sparse cach", "cach"]
    assert spelt_phrases(run, 2) == [
        ("sparse", "sparse"), ("sparse cach", "sparse caches"), ("cach", "caches"),
    ]  # fmt: skip


def test_titles_and_abstracts_stay_with_their_paper() -> None:
    papers = [Paper(str(number), f"t{number}", abstract=f"a{number}") for number in range(600)]
    papers[7] = Paper("7", "t7")
    result = list(cut_papers(papers))
    assert len(result) == 600
    assert [run[0].written for run in result[599].abstract] == ["a599"]
    assert result[7].abstract == ()


def test_a_text_of_any_length_is_read_as_far_as_texts_go() -> None:
    (runs,) = cut_papers([Paper("p", "t", abstract="word " * MAX_ABSTRACT)])
    assert sum(map(len, runs.abstract)) == MAX_ABSTRACT // 5


@given(st.lists(st.text("ab -./,x'é中\u0301s", max_size=30), min_size=1, max_size=4))
def test_words_are_those_of_the_rules(texts: list[str]) -> None:
    papers = [Paper(str(number), text) for number, text in enumerate(texts)]
    for text, runs in zip(texts, cut_papers(papers), strict=True):
        words = cut(text)
        expected = [Token.of(word.text) for word in words]
        assert [token for run in runs.title for token in run] == expected
        starts = sum(word.gap not in (Break.SPACE, Break.HYPHEN) for word in words)
        assert len(runs.title) == starts


@given(st.lists(st.sampled_from(["the", "of", "routing", "sparse"]), max_size=9), st.integers(1, 4))
def test_phrases_are_all_those_that_begin_and_end_with_a_word_that_says_something(
    words: list[str], longest: int
) -> None:
    run = tuple(map(Token.of, words))
    says = [word not in ("the", "of") for word in words]
    expected = [
        (first, after)
        for first in range(len(run))
        for after in range(first + 1, min(first + longest, len(run)) + 1)
        if says[first] and says[after - 1]
    ]
    assert spans(run, longest) == expected
