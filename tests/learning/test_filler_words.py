"""Distinguish filler in scientific prose from terms."""

from __future__ import annotations

import pytest

from digest.learning.filler_words import FILLER, FILLER_ALONE, is_filler


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("show", True),
        ("demonstrated", True),
        ("github", True),
        ("compared", True),
        ("proposed method", True),
        ("routing proposed", True),
        ("model", True),
        ("large scale", True),
        ("", True),
        ("routing", False),
        ("diffusion model", False),
        ("reinforcement learning", False),
        ("unit test", False),
        ("fine tuning", False),
    ],
)
def test_filler_says_nothing_of_what_a_paper_is_about(phrase: str, expected: bool) -> None:
    assert is_filler(phrase) == expected


def test_no_word_is_in_both_lists() -> None:
    assert not FILLER & FILLER_ALONE
