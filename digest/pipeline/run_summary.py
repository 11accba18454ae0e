"""A run in numbers, stored in the library and written as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.delivery.files import write_file
from digest.errors import DeliveryError, DigestError, LibraryError
from digest.model.monitoring import RunSummary
from digest.wording import counted

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from digest.config import Config
    from digest.library import Library
    from digest.pipeline.results import RunResult


def summarise(result: RunResult, config: Config, *, began: datetime, ended: datetime) -> RunSummary:
    """Return the summary of a run."""
    mails = [
        delivery
        for profile_result in result.profiles
        for delivery in profile_result.deliveries
        if delivery.channel != "file"
    ]
    complete = result.complete and not config.skipped
    return RunSummary(
        began=began,
        seconds=_seconds(began, ended),
        outcome="failed" if result.faults else "done" if complete else "incomplete",
        profiles=len(result.profiles) + len(result.faults),
        dumps=sum(source.dumps for source in result.sources),
        records=sum(source.records for source in result.sources),
        new_papers=sum(source.new_papers for source in result.sources),
        refused=len(result.refused),
        digests=sum(1 for profile_result in result.profiles if profile_result.published),
        papers=sum(profile_result.shown for profile_result in result.profiles),
        sent=sum(1 for mail in mails if mail.state == "done"),
        waiting=len(result.waiting),
        problem=_first_problem(result, config),
    )


def failed(error: BaseException, *, began: datetime, ended: datetime) -> RunSummary:
    """Return the summary of a run that ended in an error or was interrupted."""
    problem = str(error) if isinstance(error, DigestError) else f"{type(error).__name__}: {error}"
    if isinstance(error, KeyboardInterrupt):
        problem = "interrupted"
    return RunSummary(began, _seconds(began, ended), "failed", problem=_on_one_line(problem))


def line(summary: RunSummary) -> str:
    """Return the whole summary in one line."""
    problem = (
        f"run {summary.outcome} in {summary.seconds:.1f} s: {counted(summary.dumps, 'new dump')}, "
        f"{counted(summary.records, 'record')}, {counted(summary.new_papers, 'new paper')}, "
        f"{summary.refused:,} refused; {counted(summary.papers, 'paper')} in "
        f"{counted(summary.digests, 'digest')} for {counted(summary.profiles, 'profile')}; "
        f"{summary.sent:,} sent, {summary.waiting:,} waiting"
    )
    return f"{problem}; {summary.problem}" if summary.problem else problem


def remember(summary: RunSummary, config: Config, library: Library) -> tuple[str, ...]:
    """Store the summary in the library and write the metrics; return what failed.

    Neither may fail the run, which is over.
    """
    problems = []
    try:
        library.runs.add(summary)
    except LibraryError as error:
        problems.append(str(error))
    if config.monitoring.metrics is not None:
        try:
            write_metrics(summary, config.monitoring.metrics)
        except DeliveryError as error:
            problems.append(str(error))
    return tuple(problems)


# --- metrics -------------------------------------------------------------------------------------

_METRICS: Final = (
    ("dumps", "Dumps read by the last run."),
    ("records", "Records read by the last run."),
    ("new_papers", "Papers that the last run saw first."),
    ("refused", "Records and dumps that the last run refused."),
    ("digests", "Digests that the last run made."),
    ("papers", "Papers in the digests of the last run."),
    ("sent", "Mails and messages that the last run sent."),
    ("waiting", "Deliveries that are not done."),
    ("profiles", "Profiles that the last run served."),
)


def write_metrics(summary: RunSummary, path: Path) -> None:
    """Write the OpenMetrics text file for a node exporter; raise `DeliveryError`."""
    write_file(path.parent, path.name, metrics(summary).encode())


def metrics(summary: RunSummary) -> str:
    """Return the summary in the OpenMetrics text format."""
    began = summary.began.timestamp()
    gauges = [
        ("run_start_timestamp_seconds", "When the last run began.", began, "seconds"),
        ("run_duration_seconds", "How long the last run took.", summary.seconds, "seconds"),
        ("run_ok", "1 if the last run did not fail.", int(summary.outcome != "failed"), ""),
        *(
            (f"run_{name}", meaning, getattr(summary, name), "")
            for name, meaning in _METRICS
        ),
    ]  # fmt: skip
    lines = []
    for name, help_text, value, unit in gauges:
        lines += [f"# TYPE digest_{name} gauge"]
        lines += [f"# UNIT digest_{name} {unit}"] if unit else []
        lines += [f"# HELP digest_{name} {help_text}", f"digest_{name} {value}"]
    return "\n".join([*lines, "# EOF", ""])


def _first_problem(result: RunResult, config: Config) -> str:
    problems = [
        *(f"{fault.profile.name}: {fault.error}" for fault in result.faults),
        *(
            f"{source.name}: {source.reason}"
            for source in result.sources
            if source.state == "failed"
        ),
        *(
            f"{delivery.target} is {delivery.state}: {delivery.error}"
            for delivery in result.waiting
        ),
        *(f"{refusal.dump}: {refusal.reason}" for refusal in result.refused),
        *(fault.reason for fault in result.lists),
        *([f"model: {result.model.reason}"] if result.model and result.model.is_fault else []),
        *(str(error) for error in config.skipped),
    ]
    if not problems:
        return ""
    more = f" (and {len(problems) - 1:,} more)" if len(problems) > 1 else ""
    return _on_one_line(problems[0]) + more


def _on_one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else f"{line[:299]}…"


def _seconds(began: datetime, ended: datetime) -> float:
    return round(max(0.0, (ended - began).total_seconds()), 3)
