"""Decide, for one profile, what its rules are asked about and whether there is a digest.

Pure: what the library knows comes in as values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from digest.digests.selection import Candidate
from digest.model import Coverage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from digest.library import CarriedOver, Shown
    from digest.model import Paper, Pick, RuleMatch, Selection
    from digest.pipeline.ingest import Intake


class Considered(NamedTuple):
    """The papers that one run considers for one profile."""

    new: tuple[str, ...]
    """Ids of papers that are new to the profile, without those in `carried`."""
    carried: Mapping[str, Pick]
    """Papers carried over from earlier digests, by their present ids."""
    settled: int = 0
    """New papers that are left out: the reader has read, snoozed or dropped them, or owns them."""
    withdrawn: tuple[str, ...] = ()
    """Papers that are carried over no longer: the reader has settled them since."""


def consider(
    new: Collection[str], carried_over: Iterable[CarriedOver], settled: frozenset[str]
) -> Considered:
    """Sort a profile's papers into new, carried over and settled.

    `settled` has the papers that no digest of the profile's reader offers any more.
    """
    carried: dict[str, Pick] = {}
    withdrawn: list[str] = []
    for kept in carried_over:
        if kept.paper in settled:
            withdrawn.append(kept.paper)
            continue
        paper = replace(kept.pick.paper, id=kept.paper)
        carried[kept.paper] = kept.pick._replace(
            paper=paper, carried_since=kept.since, learned=None
        )
    ids = set(new)
    return Considered(
        new=tuple(sorted(ids - carried.keys() - settled)),
        carried=carried,
        settled=len(ids & settled),
        withdrawn=tuple(withdrawn),
    )


def candidates(
    considered: Considered, matched: Mapping[str, tuple[Paper, tuple[RuleMatch, ...]]]
) -> Iterator[Candidate]:
    """Yield each paper that may be selected, the carried-over papers first.

    `matched` has the papers that some rule of the config matches, by id, with those rules.
    """
    for identifier, pick in considered.carried.items():
        paper, matches = matched.get(identifier, (pick.paper, ()))
        yield Candidate(paper, matches, pick)
    for identifier in considered.new:
        if identifier in matched:
            yield Candidate(*matched[identifier])


def coverage(
    considered: Considered, shown: Shown, earlier: int | None, sources: Sequence[Intake]
) -> Coverage:
    """Return what a digest was made from.

    `shown` counts the dumps that the digest looks at, and their records. `earlier` counts the dumps
    read before the profile's first run; it is None where this is not its first digest.
    """
    return Coverage(
        records=shown.records,
        papers=len(considered.new),
        dumps=shown.dumps,
        carried=len(considered.carried),
        settled=considered.settled,
        earlier=earlier,
        refused=tuple(refusal for source in sources for refusal in source.refused),
        warnings=tuple(
            f"Nothing came from {source.name}: {source.reason}."
            for source in sources
            if source.state == "failed" and not source.days
        ),
        sources=tuple(day for source in sources for day in source.days),
    )


def has_digest(selection: Selection, *, digests_today: int) -> bool:
    """Return whether a run writes a digest of `selection`.

    The first run of a day always does. A later one does if a new paper was selected: papers that
    are carried over wait for the next digest and are no reason for a second one.
    """
    return digests_today == 0 or any(pick.carried_since is None for pick in selection.picks)
