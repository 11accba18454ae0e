"""Text on one line, of a given length, and nearest names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.nearest import nearest
from digest.text.one_line import one_line, shortened


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" a\r\n b\tc ", "a b c"),
        ("a\x00b\x1b[31mc\x85d\x0be", "ab[31mc d e"),
        ("a\ud800b\ufffe\U0001ffffc", "abc"),
        ("a\u2028b\u00a0c", "a b c"),
        ("", ""),
    ],
)
def test_one_line_has_no_controls_and_single_spaces(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text(st.characters()))
def test_one_line_of_one_line_is_itself(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        ("as it is", 8, "as it is"),
        ("cut at a space", 10, "cut at a…"),
        ("cut, here", 6, "cut…"),
        ("unbreakable", 5, "unbr…"),
        ("a unbreakable", 9, "a unbrea…"),
    ],
)
def test_text_is_cut_at_a_space_near_the_end(text: str, room: int, short: str) -> None:
    assert shortened(text, room) == short
    assert len(short) <= room


@pytest.mark.parametrize(
    ("word", "name"),
    [("athor", "author"), ("AUTHOR", "author"), ("titel", "Title"), ("x", None), ("", None)],
)
def test_the_nearest_name_is_found_in_any_case(word: str, name: str | None) -> None:
    assert nearest(word, ["author", "Title"]) == name


def test_a_long_word_is_compared_by_its_beginning() -> None:
    assert nearest("a" * 10_000_000, ["author"]) is None
