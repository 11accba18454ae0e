"""Assert how work grows with its input: a limit in seconds would fail on a busy machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 3
LEAST: Final = 0.002
"""Seconds below which the clock of the processor says little."""


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """Assert that four times the size takes at most eight times the processor time.

    Linear work takes four times as long, quadratic work sixteen times. The least of some rounds
    counts, because memory and caches are shared with other processes.
    """
    small, large = _seconds(work, size), _seconds(work, 4 * size)
    assert large < 8 * max(small, LEAST), f"{size}: {small:.3f} s, {4 * size}: {large:.3f} s"


def _seconds(work: Callable[[int], object], size: int) -> float:
    taken = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work(size)
        taken.append(time.process_time() - begin)
    return min(taken)
