"""Measure how much a phrase stands out."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.learning.log_odds import Counts, LogOdds, is_unwanted, is_wanted, weigh


def counts(liked: int, dropped: int, of_liked: int = 20, of_dropped: int = 20) -> Counts:
    return Counts(np.array([liked]), of_liked, np.array([dropped]), of_dropped)


def odds(liked: int, dropped: int, share: float = 0.1, **of: int) -> LogOdds:
    return weigh(counts(liked, dropped, **of), np.array([share]))


def ratio_of(*arguments: float, **of: int) -> float:
    return float(odds(*arguments, **of).ratio[0])  # type: ignore[arg-type] # counts, then a share


def least_of(*arguments: float, **of: int) -> float:
    return float(odds(*arguments, **of).least[0])  # type: ignore[arg-type] # counts, then a share


def test_the_figure_is_that_of_the_paper() -> None:
    """Worked by hand: 10 of 20 against 2 of 20, usual in a tenth of the library."""
    yes, no, other_yes, other_no = 10 + 1.5, 10 + 9.5, 2 + 1.5, 18 + 9.5
    ratio = log(yes / no) - log(other_yes / other_no)
    deviation = sqrt(1 / yes + 1 / no + 1 / other_yes + 1 / other_no)
    assert ratio_of(10, 2) == pytest.approx(ratio)
    assert least_of(10, 2) == pytest.approx(ratio - 1.96 * deviation)


def test_what_is_equal_weighs_nothing() -> None:
    assert ratio_of(5, 5) == pytest.approx(0)
    assert least_of(5, 5) < 0


def test_what_is_common_has_to_stand_out_more() -> None:
    assert ratio_of(6, 0, 0.01) > ratio_of(6, 0, 0.4)


def test_what_stands_in_all_liked_papers_and_no_other_comes_before_a_tendency_of_many() -> None:
    every = least_of(980, 0, 0.05, of_liked=1000, of_dropped=1000)
    many = least_of(570, 200, 0.2, of_liked=1000, of_dropped=1000)
    assert every > many


_SMALL = st.integers(0, 30)


@given(_SMALL, _SMALL, st.floats(0, 1))
def test_either_kind_is_treated_alike(liked: int, dropped: int, share: float) -> None:
    there = ratio_of(liked, dropped, share, of_liked=30, of_dropped=30)
    back = ratio_of(dropped, liked, share, of_liked=30, of_dropped=30)
    assert there == pytest.approx(-back)
    assert least_of(liked, dropped, share, of_liked=30, of_dropped=30) == pytest.approx(
        least_of(dropped, liked, share, of_liked=30, of_dropped=30)
    )
    assert (there > 0) == (liked > dropped)


@pytest.mark.parametrize(
    ("liked", "dropped", "wanted", "unwanted"),
    [
        (3, 2, True, False),
        (2, 0, False, False),
        (3, 3, False, False),
        (0, 3, False, True),
        (1, 9, False, False),
        (0, 2, False, False),
    ],
)
def test_what_may_be_proposed(liked: int, dropped: int, wanted: bool, unwanted: bool) -> None:
    assert bool(is_wanted(counts(liked, dropped))[0]) == wanted
    assert bool(is_unwanted(counts(liked, dropped))[0]) == unwanted
