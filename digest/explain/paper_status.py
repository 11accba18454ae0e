"""Where a paper stands with each profile: delivered, held back by a limit, still to come, or not.

Only asks the library; what the rules say of the paper comes in.
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
"""delivered: shown in full; listed: as a one-liner, for a limit cut it; settled: not offered, for
the profile's reader has read, put off or had it; held back: a limit keeps it for a later digest;
next run: will be considered; passed by: selected by the present rules, but shown last by a dump
that the profile has considered; not started: the profile never ran."""


class Standing(Struct, frozen=True):
    """Where one paper stands with one profile."""

    profile: str
    state: State
    day: date | None = None
    """Of the digest that has it or, held back, of the first that it did not fit."""
    digest: str | None = None
    """Name of the digest that has it."""
    rule: str | None = None
    """The rule in whose section it stands or would stand."""
    rule_limit: int | None = None
    profile_limit: int | None = None
    """The limits that may have cut it; None for what cut nothing or does not exist."""
    mark: Mark | None = None
    """What the profile's reader made of it; None for nothing."""


def standings(
    config: Config, library: Library, paper: Paper, selecting: Collection[str]
) -> tuple[Standing, ...]:
    """Return where `paper` stands with each profile; `selecting` names the rules that select it."""
    limits = {rule.name: rule.limit for rule in config.rules}
    last_shown = library.papers.last_shown(paper.id) or 0
    statuses = []
    for profile in config.profiles:
        mark = library.marks.get(profile.reader, paper.id)
        standing = (
            _given(library, profile, paper, limits)
            or (None if mark.offered else Standing(profile.name, "settled"))
            or _held_back(library, profile, paper, limits)
            or Standing(profile.name, _ahead(library, profile, selecting, last_shown))
        )
        statuses.append(standing if mark == Mark(paper.id) else replace(standing, mark=mark))
    return tuple(statuses)


def _given(
    library: Library, profile: Profile, paper: Paper, limits: dict[str, int | None]
) -> Standing | None:
    entry = library.digests.entry_of(profile.name, paper.id)
    if entry is None:
        return None
    cut = entry.kind == "one-liner"
    return Standing(
        profile.name,
        "listed" if cut else "delivered",
        entry.day,
        entry.digest,
        entry.section,
        limits.get(entry.section) if cut else None,
        profile.limit if cut else None,
    )


def _held_back(
    library: Library, profile: Profile, paper: Paper, limits: dict[str, int | None]
) -> Standing | None:
    names = {paper.id, *paper.aliases}
    for carried in library.profiles.carried_over(profile.name):
        if carried.paper in names:
            section = carried.pick.rules[0].rule
            return Standing(
                profile.name,
                "held back",
                carried.since,
                rule=section,
                rule_limit=limits.get(section),
                profile_limit=profile.limit,
            )
    return None


def _ahead(
    library: Library, profile: Profile, selecting: Collection[str], last_shown: int
) -> State:
    """Return the state of a paper that the profile neither has nor carries over."""
    if not any(rule in selecting for rule in profile.rules):
        return "not selected"
    cursor = library.profiles.cursor(profile.name)
    if cursor is None:
        return "not started"
    return "next run" if last_shown > cursor else "passed by"
