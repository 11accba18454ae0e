"""Monitoring of runs from outside, and the summary of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import asdict

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


class Monitoring(Struct, frozen=True):
    """Where the program reports that it is alive, and what its runs did."""

    heartbeat: Path | None = None
    """A file that `digest schedule` writes at least once a minute."""
    ping_url: str = ""
    """An address that is requested at the start and end of a run, as healthchecks.io expects."""
    metrics: Path | None = None
    """A file in the OpenMetrics text format that each run replaces."""


class RunSummary(Struct, frozen=True):
    """What one run did, in numbers."""

    began: datetime
    """Aware."""
    seconds: float
    outcome: Literal["done", "incomplete", "failed"]
    profiles: int = 0
    dumps: int = 0
    records: int = 0
    new_papers: int = 0
    refused: int = 0
    digests: int = 0
    papers: int = 0
    """Papers in the digests of this run."""
    sent: int = 0
    """Mails and messages that were sent."""
    waiting: int = 0
    """Deliveries that are not done."""
    problem: str = ""
    """The first problem."""

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {**asdict(self), "began": self.began.isoformat(timespec="seconds")}
