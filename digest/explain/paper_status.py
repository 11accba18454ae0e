"""A paper's status in each profile: delivered, carried over, still to come, or not selected.

Only queries the library; the caller provides the rules that select the paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from digest.model.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from digest.config import Config
    from digest.library import Library
    from digest.model import Paper, Profile

State: TypeAlias = Literal[
    "delivered", "listed", "settled", "held back", "next run", "passed by", "not started",
    "not selected",
]  # fmt: skip
"""delivered: shown in full; listed: as a one-liner, because a limit cut it; settled: not offered,
because the profile's reader has read, snoozed or had it; held back: carried over to a later digest;
next run: will be considered; passed by: selected by the current rules, but shown last by a dump
that the profile has considered; not started: the profile never ran."""


class PaperStatus(Struct, frozen=True):
    """The status of one paper in one profile."""

    profile: str
    state: State
    day: date | None = None
    """Of the digest that has it or, if it is carried over, of the first that it did not fit."""
    digest: str | None = None
    """Name of the digest that has it."""
    rule: str | None = None
    """The rule in whose section it is or would be."""
    rule_limit: int | None = None
    profile_limit: int | None = None
    """The limits that may have cut it; None for what cut nothing or does not exist."""
    mark: Mark | None = None
    """The mark of the profile's reader; None for none."""


def paper_statuses(
    config: Config, library: Library, paper: Paper, selecting: Collection[str]
) -> tuple[PaperStatus, ...]:
    """Return the status of `paper` in each profile; `selecting` names the rules that select it."""
    limits = {rule.name: rule.limit for rule in config.rules}
    last_shown = library.papers.last_shown(paper.id) or 0
    statuses = []
    for profile in config.profiles:
        mark = library.marks.get(profile.reader, paper.id)
        standing = (
            _delivered(library, profile, paper, limits)
            or (None if mark.offered else PaperStatus(profile.name, "settled"))
            or _carried_over(library, profile, paper, limits)
            or PaperStatus(profile.name, _upcoming_state(library, profile, selecting, last_shown))
        )
        statuses.append(standing if mark == Mark(paper.id) else replace(standing, mark=mark))
    return tuple(statuses)


def _delivered(
    library: Library, profile: Profile, paper: Paper, limits: dict[str, int | None]
) -> PaperStatus | None:
    entry = library.digests.entry_of(profile.name, paper.id)
    if entry is None:
        return None
    cut = entry.kind == "one-liner"
    return PaperStatus(
        profile.name,
        "listed" if cut else "delivered",
        entry.day,
        entry.digest,
        entry.section,
        limits.get(entry.section) if cut else None,
        profile.limit if cut else None,
    )


def _carried_over(
    library: Library, profile: Profile, paper: Paper, limits: dict[str, int | None]
) -> PaperStatus | None:
    names = {paper.id, *paper.aliases}
    for carried in library.profiles.carried_over(profile.name):
        if carried.paper in names:
            section = carried.pick.rules[0].rule
            return PaperStatus(
                profile.name,
                "held back",
                carried.since,
                rule=section,
                rule_limit=limits.get(section),
                profile_limit=profile.limit,
            )
    return None


def _upcoming_state(
    library: Library, profile: Profile, selecting: Collection[str], last_shown: int
) -> State:
    """Return the state of a paper that the profile neither has nor carries over."""
    if not any(rule in selecting for rule in profile.rules):
        return "not selected"
    cursor = library.profiles.cursor(profile.name)
    if cursor is None:
        return "not started"
    return "next run" if last_shown > cursor else "passed by"
