"""Choose the quoted sentences, and mark the matches in them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.digests.excerpt import MAX_LENGTH, MAX_SENTENCES, best_sentence, excerpt, mark
from tests.growth import assert_linear

if TYPE_CHECKING:
    from digest.model import MarkedText


def shown(marked: MarkedText) -> str:
    """Return marked text with brackets around what is marked."""
    return "".join(f"[{segment.text}]" if segment.marked else segment.text for segment in marked)


def places(text: str, *keywords: str) -> list[tuple[str, tuple[int, int]]]:
    """Return every place of every keyword."""
    return [
        (keyword, (start, start + len(keyword)))
        for keyword in keywords
        for start in range(len(text))
        if text.startswith(keyword, start)
    ]


@given(
    st.text(alphabet="ab. C", max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=6),
)
def test_marking_changes_no_text_and_marks_just_what_is_covered(
    text: str, lengths: list[tuple[int, int]]
) -> None:
    spans = [(start, start + length) for start, length in lengths if start + length <= len(text)]
    marked = mark(text, spans)
    assert "".join(segment.text for segment in marked) == text
    covered = "".join(
        segment.text if segment.marked else "\0" * len(segment.text) for segment in marked
    )
    expected = "".join(
        character if any(low <= place < high for low, high in spans) else "\0"
        for place, character in enumerate(text)
    )
    assert covered == expected
    assert all(one.marked != two.marked for one, two in pairwise(marked))


def test_the_sentences_that_show_most_keywords_are_quoted_in_their_order() -> None:
    text = "Pruning is old. Nothing here. Routing helps pruning. Merging is new. Routing again."
    quoted = excerpt(text, places(text, "uning", "outing", "erging"))
    assert [shown(sentence) for sentence in quoted] == [
        "R[outing] helps pr[uning].",
        "M[erging] is new.",
    ]


def test_one_sentence_is_enough_when_it_shows_all() -> None:
    text = "Pruning first. Pruning second. Pruning third."
    assert [shown(sentence) for sentence in excerpt(text, places(text, "Pruning"))] == [
        "[Pruning] first."
    ]


def test_a_match_across_two_sentences_counts_for_both() -> None:
    text = "The first ends here. And this is the second."
    quoted = excerpt(text, [("here and", (15, 24))])
    assert [shown(sentence) for sentence in quoted] == ["The first ends [here.]"]


def test_nothing_is_quoted_where_nothing_matched() -> None:
    assert excerpt("Some text. And more.", []) == ()
    assert excerpt("", []) == ()


def test_a_very_long_sentence_is_cut_around_its_first_match() -> None:
    text = "word " * 400 + "pruning " + "word " * 400
    (quoted,) = excerpt(text, places(text, "pruning"))
    line = shown(quoted)
    assert line.startswith("… word")
    assert line.endswith("word …")
    assert "[pruning]" in line
    assert len(line) <= MAX_LENGTH + 6


def test_the_best_sentence_is_whole_and_not_too_long() -> None:
    text = "A pruning " + "word " * 30 + "ends. Short pruning."
    assert shown(best_sentence(text, places(text, "pruning"), 100)) == "Short [pruning]."
    assert shown(best_sentence(text, places(text, "pruning"), 500)).endswith("word ends.")
    assert best_sentence(text, [], 500) == ()


@given(st.text(alphabet="ab. C", min_size=1, max_size=900), st.data())
def test_what_is_quoted_stands_in_the_text_and_shows_a_match(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 20)))
    quoted = excerpt(text, [("x", (start, end))])
    assert 1 <= len(quoted) <= MAX_SENTENCES
    for sentence in quoted:
        plain = "".join(segment.text for segment in sentence).removeprefix("… ").removesuffix(" …")
        assert plain in text
    if not text[start:end].isspace():
        assert (
            any(segment.marked for sentence in quoted for segment in sentence) or text[start] == " "
        )


@pytest.mark.parametrize(
    "piece",
    ["e.g. A ", "A. ", "word. Word ", "x", ". "],
    ids=["abbreviations", "initials", "sentences", "one word", "dots"],
)
def test_hostile_abstracts_take_linear_time(piece: str) -> None:
    def quote(length: int) -> None:
        text = piece * (length // len(piece)) + "?"
        excerpt(text, [("k", (start, start + 1)) for start in range(0, len(text), 10)])

    assert_linear(quote, 20_000)
