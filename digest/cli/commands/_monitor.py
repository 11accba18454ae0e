"""Notify the configured monitor of the start and end of runs; report a failing monitor once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.cli.commands._options import Context
    from digest.model.monitoring import Monitoring
    from digest.pipeline.monitor import Signal


class Monitor:
    """One monitor, for one call of the program."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._reported = ""

    def ping(self, monitoring: Monitoring, signal: Signal) -> None:
        """Request the monitor's address, if one is configured."""
        if not monitoring.ping_url:
            return
        from digest.pipeline.monitor import ping

        context = self._context
        self.report(ping(monitoring, signal, clock=context.clock, environment=context.environment))

    def report(self, problem: str) -> None:
        """Log what went wrong with the monitor, once."""
        if problem and problem != self._reported:
            self._context.console.problem(f"digest: {problem}")
            self._reported = problem


@contextmanager
def watched(monitoring: Monitoring, context: Context) -> Iterator[Callable[[], None]]:
    """Notify the monitor that a run starts and how it ended; yield a function that reports failure.

    A run that raises has failed. A run with exit code 3 has not: as in `digest schedule`, the
    monitor hears only of what a person has to fix.
    """
    monitor, failures = Monitor(context), list[bool]()
    monitor.ping(monitoring, "start")
    try:
        yield lambda: failures.append(True)
    except (Exception, KeyboardInterrupt):
        monitor.ping(monitoring, "fail")
        raise
    monitor.ping(monitoring, "fail" if failures else "success")
