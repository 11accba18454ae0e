"""Decide for one profile which papers its rules consider and whether there is a digest.

Pure: the library's values come in as arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.digests.selection import Candidate
from digest.model import Coverage
from digest.model.matches import CountRise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.library import CarriedOver, Counts, ShownCounts
    from digest.model import Paper, Pick, RuleMatch, Selection
    from digest.pipeline.ingest import Intake


class ConsideredPapers(Struct, frozen=True):
    """The papers that one run considers for one profile."""

    new: tuple[str, ...]
    """Ids of papers that the profile was never sent, without those in `carried`."""
    carried: Mapping[str, Pick]
    """Papers carried over from earlier digests, by their present ids."""
    settled: int = 0
    """New papers that are left out: the reader has read, snoozed or dropped them, or owns them."""
    withdrawn: tuple[str, ...] = ()
    """Papers that are no longer carried over: the reader has settled them since."""
    again: frozenset[str] = frozenset()
    """Those of `new` that the profile has considered before."""


def consider(
    new: Sequence[str],
    carried_over: Iterable[CarriedOver],
    settled: frozenset[str],
    before: frozenset[str] = frozenset(),
) -> ConsideredPapers:
    """Sort a profile's papers into new, carried over and settled.

    `new` has each paper that the profile was never sent, once, in order of announcement; `before`
    those of them that it has considered. `settled` has the papers that no digest of this reader
    offers any more.
    """
    carried: dict[str, Pick] = {}
    withdrawn: list[str] = []
    for carried_paper in carried_over:
        if carried_paper.paper in settled:
            withdrawn.append(carried_paper.paper)
            continue
        paper = replace(carried_paper.pick.paper, id=carried_paper.paper)
        carried[carried_paper.paper] = replace(
            carried_paper.pick, paper=paper, carried_since=carried_paper.since, learned=None
        )
    offered = tuple(paper for paper in new if paper not in carried and paper not in settled)
    return ConsideredPapers(
        new=offered,
        carried=carried,
        settled=sum(paper in settled for paper in new),
        withdrawn=tuple(withdrawn),
        again=before.intersection(offered),
    )


def look_back(
    new: Sequence[str], carried_over: Iterable[CarriedOver], settled: frozenset[str]
) -> ConsideredPapers:
    """Like `consider`, for a run that looks back for some rules only.

    Carried-over papers are left for the next digests.
    """
    carried = {carried_paper.paper for carried_paper in carried_over}
    return consider([paper for paper in new if paper not in carried], (), settled)


def candidates(
    considered: ConsideredPapers, matched: Mapping[str, tuple[Paper, tuple[RuleMatch, ...]]]
) -> Iterator[Candidate]:
    """Yield each paper that may be selected, carried-over papers first.

    `matched` has the papers that any rule of the config matches, by id, with those rules.
    """
    for identifier, pick in considered.carried.items():
        paper, matches = matched.get(identifier, (pick.paper, ()))
        yield Candidate(paper, matches, pick)
    for identifier in considered.new:
        if identifier in matched:
            yield Candidate(*matched[identifier], again=identifier in considered.again)


def count_rise(pick: Pick, earlier: Iterable[Counts]) -> CountRise | None:
    """Return a count that now meets a rule's condition and was too low before; None if none is.

    `earlier` has the counts that the profile has considered, oldest first.
    """
    known = tuple(earlier)
    for condition in (condition for rule in pick.rules for condition in rule.asked):
        if condition.field == "authors" or condition.low is None:
            continue
        for counts in known:
            before = counts.upvotes if condition.field == "upvotes" else counts.comments
            if before is not None and before < condition.low:
                return CountRise(condition.field, before, condition.value, counts.day)
    return None


def coverage(
    considered: ConsideredPapers,
    shown: ShownCounts,
    earlier: int | None,
    sources: Sequence[Intake],
    since: date | None = None,
) -> Coverage:
    """Return what a digest was made from.

    `shown` counts the dumps of the digest and their records. `earlier` counts the dumps read before
    the profile's first run; None if this is not its first digest. `since` is the day from which the
    run looks back.
    """
    return Coverage(
        records=shown.records,
        papers=len(considered.new) - len(considered.again),
        dumps=shown.dumps,
        carried=len(considered.carried),
        settled=considered.settled,
        earlier=earlier,
        since=since,
        refused=tuple(refusal for source in sources for refusal in source.refused),
        missing=tuple(
            source.name for source in sources if source.state == "failed" and not source.days
        ),
        sources=tuple(day for source in sources for day in source.days),
        again=len(considered.again),
    )


def has_digest(selection: Selection, *, digests_today: int) -> bool:
    """Return whether a run writes a digest of `selection`.

    The first run of a day always does. A later run does if a new paper or a new version was
    selected: no later run would report the version. Carried-over papers wait for the next digest. A
    run that looks back for some rules only does not count as the first.
    """
    if selection.news:
        return True
    is_first = digests_today == 0 and not selection.coverage.only
    return is_first or any(pick.carried_since is None for pick in selection.picks)
