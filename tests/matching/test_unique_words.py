"""Words are compared byte for byte, at any length and with colliding hashes."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.matching import unique_words as module
from digest.matching.unique_words import PADDING, distinct
from tests.strategies import built

# Few letters, and lengths around those at which words are compared otherwise.
LONG = "abcdefghijklmnopqrstuvwxyz"
words = st.one_of(
    st.text("ab", min_size=1, max_size=3),
    built(
        lambda count, end: LONG[:count] + end,
        st.sampled_from([6, 7, 8, 9, 14, 15, 16, 17, 24]),
        st.text("pq", max_size=2),
    ),
)


def kinds(words: list[str]) -> list[str]:
    """Return for each word its like, as `distinct` tells it."""
    encoded = [word.encode() for word in words]
    starts = [0, *accumulate(len(word) + 1 for word in encoded)][:-1]
    lengths = [len(word) for word in encoded]
    of_kind, number = distinct(
        b"\0".join(encoded) + PADDING, np.array(starts, dtype=int), np.array(lengths, dtype=int)
    )
    representatives = [words[word] for word in of_kind.tolist()]
    assert len(set(representatives)) == len(representatives)
    return [representatives[kind] for kind in number.tolist()]


@given(st.lists(words, max_size=60))
@settings(max_examples=100)
def test_each_word_is_told_from_every_other(found: list[str]) -> None:
    assert kinds(found) == found


def test_words_of_the_same_beginning_are_different() -> None:
    result = [LONG[:length] for length in range(1, 27)]
    assert kinds(result + result[::-1]) == result + result[::-1]


def test_no_words_are_no_kinds() -> None:
    assert kinds([]) == []


@pytest.mark.parametrize("first", [LONG[:16], LONG[:8], "z"])
def test_words_whose_hashes_all_meet_are_told_apart(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who knows the factors can write texts in which every word gets the same place."""
    none = (np.uint64(0), np.uint64(0))
    monkeypatch.setattr(module, "_FACTORS", (none, none, none))
    result = [
        first,
        *(f"word{number}" for number in range(40)),
        LONG,
        first,
        LONG[:17],
        LONG,
        LONG[:10],
        LONG[:12],
    ]
    assert kinds(result * 3) == result * 3
