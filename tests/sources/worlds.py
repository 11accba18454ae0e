"""A world for the client in which time passes only when it waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from digest.sources.client import World

if TYPE_CHECKING:
    from collections.abc import Mapping

MORNING = datetime(2026, 11, 30, 7, tzinfo=UTC)
"""A Monday."""


class FakeTime:
    """A clock that moves when somebody sleeps; `slept` are the waits."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.start = now
        self.seconds = 1_000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.seconds += seconds

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds - 1_000.0)

    def world(self, environment: Mapping[str, str] | None = None) -> World:
        return World(
            now=self.now,
            clock=self.clock,
            sleep=self.sleep,
            jitter=lambda: 0.5,
            environment=environment or {},
        )
