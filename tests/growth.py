"""Assert how work grows with its input: a limit in seconds would fail on a busy machine."""

from __future__ import annotations

import time
from math import inf
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 3
LEAST: Final = 0.002
"""Seconds below which the clock of the processor says little."""


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """Assert that four times the size takes at most eight times the processor time.

    Linear work takes four times as long, quadratic work sixteen times. Where that is not plain at
    once, the least of some rounds counts: memory and caches are shared with other processes.
    """
    small = large = inf
    for _ in range(ROUNDS):
        small = min(small, _seconds(work, size))
        large = min(large, _seconds(work, 4 * size))
        if large < 6 * max(small, LEAST):
            return
    assert large < 8 * max(small, LEAST), f"{size}: {small:.3f} s, {4 * size}: {large:.3f} s"


def _seconds(work: Callable[[int], object], size: int) -> float:
    begin = time.process_time()
    work(size)
    return time.process_time() - begin
