"""Coverage: what came from one source for one day, and what did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date, datetime

CoverageState: TypeAlias = Literal[
    "complete", "partial", "repeated", "holiday", "not yet", "missing", "failed"
]
COVERAGE_STATES: Final[tuple[CoverageState, ...]] = get_args(CoverageState)


class DayCoverage(Struct, frozen=True):
    """What came from one source for one day."""

    source: str
    """The source's name in the config."""
    title: str
    """The source in words for people: `arXiv cs.CL`."""
    day: date
    state: CoverageState
    papers: int = 0
    """Papers that the source listed for that day; for a source without days, the new ones."""
    usual: int | None = None
    """Median of that weekday's papers; None if too few days are known."""
    reason: str = ""
    """A clause for people, without a capital and a full stop: `the server answered 503`."""
    final: bool = True
    """Whether the day need not be asked for again."""
    checked: datetime | None = None
    """When the source was last asked."""
    retry_at: datetime | None = None
    """Time before which the service refuses further requests."""

    @property
    def is_low(self) -> bool:
        """Whether there were less than half of the usual papers."""
        return self.usual is not None and 2 * self.papers < self.usual
