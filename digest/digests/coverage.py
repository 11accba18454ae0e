"""Summarise in one line what came from each service today, and what did not.

Hugging Face: 31 papers, as usual; arXiv cs.CL: 12 instead of about 140.

Nothing new from arXiv cs.CL today: it does not announce on Saturdays.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from digest.wording.languages import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model import DayCoverage
    from digest.wording.languages import Words

_AS_USUAL: Final = 0.25
"""A count that differs by less than this part is the usual one."""


def coverage_line(days: Iterable[DayCoverage], words: Words = ENGLISH) -> str:
    """Describe the coverage in one line; empty if no service was asked.

    `days` are grouped by source, oldest day first; the newest of each counts as today's. Reasons
    are in English in every language: they come from the services.
    """
    clauses: list[str] = []
    sentences: list[str] = []
    for _, group in groupby(days, key=lambda day: day.source):
        *earlier, newest = group
        clauses += _late(earlier, words)
        if newest.state == "holiday":
            sentences.append(
                words.text(
                    "Nothing new from {source} today: {reason}.",
                    source=newest.title,
                    reason=newest.reason,
                )
            )
        else:
            clauses.append(_clause(newest, words))
    line = "; ".join(clauses)
    if line:
        sentences.insert(0, f"{line}.")
    return " ".join(sentences)


def loud_sentences(days: Iterable[DayCoverage], words: Words = ENGLISH) -> tuple[str, ...]:
    """Return a sentence for each source that brought far too little."""
    return tuple(
        words.text(
            "Far fewer papers than usual came from {source} for {day}: "
            "{papers} instead of about {usual}.",
            source=day.title,
            day=words.day(day.day),
            papers=words.number(day.papers),
            usual=words.number(day.usual or 0),
        )
        for day in days
        if day.is_low and day.papers and day.state == "partial"
    )


def _clause(day: DayCoverage, words: Words) -> str:
    """Describe today's coverage of one source: `Hugging Face: 31 papers, as usual`."""
    source = day.title
    match day.state:
        case "complete":
            return f"{source}: {_counted(day, words)}"
        case "partial" if day.is_low:
            return words.text(
                "{source}: {papers} instead of about {usual}",
                source=source,
                papers=words.number(day.papers),
                usual=words.number(day.usual or 0),
            )
        case "partial":
            return words.text(
                "{source}: {papers}, not all of them, because {reason}",
                source=source,
                papers=_papers(day, words),
                reason=day.reason,
            )
        case "failed":
            return words.text(
                "{source}: nothing, because {reason}; the next run asks again",
                source=source,
                reason=day.reason,
            )
        case _:
            return words.text(
                "{source}: nothing new, because {reason}", source=source, reason=day.reason
            )


def _papers(day: DayCoverage, words: Words) -> str:
    return words.count("{number} paper", "{number} papers", day.papers)


def _counted(day: DayCoverage, words: Words) -> str:
    if not day.papers:
        return words.text("nothing new")
    papers = _papers(day, words)
    if day.usual is None:
        return papers
    if abs(day.papers - day.usual) <= max(1, _AS_USUAL * day.usual):
        return words.text("{papers}, as usual", papers=papers)
    usual = words.number(day.usual)
    return words.text("{papers} (usually about {usual})", papers=papers, usual=usual)


def _late(days: Sequence[DayCoverage], words: Words) -> list[str]:
    """Describe the coverage of days before today."""
    clauses: list[str] = []
    for day in days:
        known = {"source": day.title, "day": words.day(day.day)}
        if day.state in ("complete", "partial") and day.papers:
            papers = _papers(day, words)
            clauses.append(words.text("{source}: {papers} of {day}", papers=papers, **known))
        elif day.state in ("failed", "missing", "repeated"):
            clauses.append(
                words.text("{source}: nothing of {day}, because {reason}",
                           reason=day.reason, **known)
            )  # fmt: skip
    return clauses
