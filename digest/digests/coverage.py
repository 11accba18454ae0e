"""Say in one line what came from each service today, and what did not.

Hugging Face: 31 papers, as usual; arXiv cs.CL: 12 instead of about 140.
Nothing new from arXiv cs.CL today: it does not announce on Saturdays.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from digest.wording import counted, day_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model import DayCoverage

_AS_USUAL: Final = 0.25
"""A count that differs by less than this part is the usual one."""


def coverage_line(days: Iterable[DayCoverage]) -> str:
    """Return what came, as one line; empty where no service was asked.

    `days` stand source by source, oldest day first; the newest of each is called today's.
    """
    clauses: list[str] = []
    sentences: list[str] = []
    for _, group in groupby(days, key=lambda day: day.source):
        *earlier, newest = group
        clauses += _late(earlier)
        if newest.state == "holiday":
            sentences.append(f"Nothing new from {newest.title} today: {newest.reason}.")
        else:
            clauses.append(_clause(newest))
    line = "; ".join(clauses)
    if line:
        sentences.insert(0, f"{line}.")
    return " ".join(sentences)


def loud_sentences(days: Iterable[DayCoverage]) -> tuple[str, ...]:
    """Return a sentence on each source of which far too little came."""
    return tuple(
        f"Far fewer papers than usual came from {day.title} for {day_name(day.day)}: "
        f"{day.papers:,} instead of about {day.usual:,}."
        for day in days
        if day.is_low and day.papers and day.state == "partial"
    )


def _clause(day: DayCoverage) -> str:
    """Return what came from one source today: `Hugging Face: 31 papers, as usual`."""
    match day.state:
        case "complete":
            return f"{day.title}: {_counted(day)}"
        case "partial" if day.is_low:
            return f"{day.title}: {day.papers:,} instead of about {day.usual:,}"
        case "partial":
            papers = counted(day.papers, "paper")
            return f"{day.title}: {papers}, not all of them, because {day.reason}"
        case "failed":
            return f"{day.title}: nothing, because {day.reason}; the next run asks again"
        case _:
            return f"{day.title}: nothing new, because {day.reason}"


def _counted(day: DayCoverage) -> str:
    if not day.papers:
        return "nothing new"
    papers = counted(day.papers, "paper")
    if day.usual is None:
        return papers
    if abs(day.papers - day.usual) <= max(1, _AS_USUAL * day.usual):
        return f"{papers}, as usual"
    return f"{papers} (usually about {day.usual:,})"


def _late(days: Sequence[DayCoverage]) -> list[str]:
    """Return what came, or did not, for days before today."""
    clauses: list[str] = []
    for day in days:
        if day.state in ("complete", "partial") and day.papers:
            clauses.append(f"{day.title}: {counted(day.papers, 'paper')} of {day_name(day.day)}")
        elif day.state in ("failed", "missing", "repeated"):
            clauses.append(f"{day.title}: nothing of {day_name(day.day)}, because {day.reason}")
    return clauses
