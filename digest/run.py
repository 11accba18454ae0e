"""The main job: collect, read, select, render, deliver, in this order.

It orders the steps and decides nothing. Everything is decided and written down before anything is
delivered, so that a run which is killed at any moment is completed by the next one: profiles are
started before dumps are read, a dump is read whole or not at all, a digest and its deliveries are
one transaction, and what waits is tried by every run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from digest.dispatch import Dispatcher
from digest.intake import take_in_source
from digest.json_form import pick_from_json
from digest.model import Coverage
from digest.publish import Publisher
from digest.selection import Candidate, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.config import Config
    from digest.intake import Intake, Progress
    from digest.library import Delivery, Library
    from digest.model import Digest, Paper, Pick, Profile, Refusal, RuleMatch, Selection
    from digest.publish import Published

MATCHED_AT_ONCE = 2_000
"""Papers asked about in one go; only those that some rule selects are kept."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one call of `digest run` asks for."""

    profiles: tuple[Profile, ...]
    day: date | None = None
    """The run's day in place of the clock's; then the profile's `at` is its moment."""
    since: date | None = None
    """Look back to papers shown on this day or later."""
    dry: bool = False
    """Deliver nothing. The library must be a scratch one."""


@dataclass(frozen=True, slots=True)
class ProfileResult:
    """What one profile got in one run."""

    profile: Profile
    day: date
    selection: Selection
    digest: Digest | None
    """None where the profile has had its digest of the day and nothing new was selected."""
    published: Published | None
    deliveries: tuple[Delivery, ...] = ()
    """State after this run of all that this digest is delivered as."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """Everything that one run did."""

    sources: tuple[Intake, ...]
    profiles: tuple[ProfileResult, ...]
    waiting: tuple[Delivery, ...]
    """What is still not done, of this and of earlier runs."""

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """What was refused, dump by dump."""
        return tuple(refusal for source in self.sources for refusal in source.refused)

    @property
    def complete(self) -> bool:
        """Whether nothing was refused, no source failed and no delivery waits."""
        failed = any(source.state == "failed" for source in self.sources)
        return not (failed or self.refused or self.waiting)


class Run:
    """One run. `clock` gives the aware moment, `progress` shows how far the reading is."""

    def __init__(
        self,
        config: Config,
        library: Library,
        *,
        clock: Callable[[], datetime],
        environment: Mapping[str, str],
        progress: Progress,
    ) -> None:
        self._config = config
        self._library = library
        self._clock = clock
        self._progress = progress
        self._dispatcher = Dispatcher(library, config.output, config.smtp, environment, clock)
        limits = {rule.name: rule.limit for rule in config.rules}
        self._publisher = Publisher(library, limits)

    def execute(self, options: Options) -> RunResult:
        """Do the run that `options` describes."""
        now = self._clock()
        if not options.dry:
            self._dispatcher.deliver()
        # Before anything is read: a profile starts with the dumps of its first run.
        cursors = {each.name: self._library.profiles.start(each.name) for each in options.profiles}
        today = options.day or now.date()
        sources = tuple(
            take_in_source(self._library, source, today=today, progress=self._progress)
            for source in self._config.sources
        )
        results = tuple(self._profiles(options, cursors, sources, now))
        if not options.dry:
            self._dispatcher.deliver()
        return RunResult(
            sources,
            tuple(self._with_deliveries(result) for result in results),
            () if options.dry else self._library.outbox.not_done(),
        )

    def _with_deliveries(self, result: ProfileResult) -> ProfileResult:
        if result.published is None:
            return result
        deliveries = self._library.outbox.of_digest(result.published.number)
        return replace(result, deliveries=deliveries)

    def _profiles(
        self,
        options: Options,
        cursors: Mapping[str, int],
        sources: Sequence[Intake],
        now: datetime,
    ) -> Iterator[ProfileResult]:
        """Ask the rules once about every candidate of any profile, then serve each profile."""
        new = {
            profile.name: self._new_papers(profile, cursors[profile.name], options.since)
            for profile in options.profiles
        }
        carried = {profile.name: self._carried(profile) for profile in options.profiles}
        papers = {paper.id: paper for found in new.values() for paper in found}
        papers |= {paper.id: paper for kept in carried.values() for paper, _ in kept.values()}
        today = options.day or now.date()
        matches = self._match(list(papers.values()), options.profiles, today)
        newest = self._library.dumps.newest()
        for profile in options.profiles:
            moment = _moment(profile, options.day, now)
            candidates = [
                Candidate(paper, matches.get(paper.id, ()), _pick_in(carried[profile.name], paper))
                for paper in _candidates(new[profile.name], carried[profile.name])
            ]
            coverage = self._coverage(
                cursors[profile.name], options.since, sources,
                papers=len(candidates) - len(carried[profile.name]),
                carried=len(carried[profile.name]),
            )  # fmt: skip
            selection = select(candidates, profile, coverage)
            yield self._serve(profile, selection, moment, newest, dry=options.dry)

    def _serve(
        self, profile: Profile, selection: Selection, moment: datetime, newest: int, *, dry: bool
    ) -> ProfileResult:
        """Make the digest, if there is one to make."""
        day = moment.date()
        first_of_day = self._library.digests.count_on(profile.name, day) == 0
        fresh = any(pick.carried_since is None for pick in selection.picks)
        if not first_of_day and not fresh:
            # What is held back waits for a digest; by itself it is no reason for a second one.
            self._library.profiles.advance(profile.name, newest)
            return ProfileResult(profile, day, selection, None, None)
        if dry:
            digest = self._publisher.preview(profile, selection, created=moment)
            return ProfileResult(profile, day, selection, digest, None)
        published = self._publisher.publish(profile, selection, created=moment, cursor=newest)
        return ProfileResult(profile, day, selection, published.digest, published)

    def _new_papers(self, profile: Profile, cursor: int, since: date | None) -> list[Paper]:
        found = {paper.id: paper for paper in self._library.papers.new_after(cursor, profile.name)}
        if since is not None:
            found |= {
                paper.id: paper for paper in self._library.papers.new_since(since, profile.name)
            }
        return list(found.values())

    def _carried(self, profile: Profile) -> dict[str, tuple[Paper, Pick]]:
        """Return what earlier limits kept back, with the paper as it is now."""
        kept = self._library.profiles.candidates(profile.name)
        papers = self._library.papers.get_many(candidate.paper for candidate in kept)
        return {
            papers[candidate.paper].id: (
                papers[candidate.paper],
                replace(
                    pick_from_json(json.loads(candidate.snapshot)), carried_since=candidate.since
                ),
            )
            for candidate in kept
        }

    def _match(
        self, papers: Sequence[Paper], profiles: Sequence[Profile], today: date
    ) -> dict[str, tuple[RuleMatch, ...]]:
        wanted = {name for profile in profiles for name in profile.rules}
        rules = [rule for rule in self._config.rules if rule.name in wanted]
        if not papers or not rules:
            return {}
        from digest.rules import compile_rules

        matcher = compile_rules(rules, today=today)
        matches: dict[str, tuple[RuleMatch, ...]] = {}
        for start in range(0, len(papers), MATCHED_AT_ONCE):
            batch = papers[start : start + MATCHED_AT_ONCE]
            for paper, found in zip(batch, matcher.match(batch), strict=True):
                if found:
                    matches[paper.id] = found
        return matches

    def _coverage(
        self,
        cursor: int,
        since: date | None,
        sources: Sequence[Intake],
        *,
        papers: int,
        carried: int,
    ) -> Coverage:
        shown = self._library.papers.shown_after(cursor)
        if since is not None:
            back = self._library.papers.shown_since(since)
            shown = max(shown, back, key=lambda each: each.dumps)
        return Coverage(
            records=shown.records,
            papers=papers,
            dumps=shown.dumps,
            carried=carried,
            refused=tuple(refusal for source in sources for refusal in source.refused),
            warnings=tuple(
                f"Nothing came from {source.name}: {source.reason}."
                for source in sources
                if source.state == "failed"
            ),
        )


def _candidates(new: Sequence[Paper], carried: Mapping[str, tuple[Paper, Pick]]) -> Iterator[Paper]:
    """Yield each candidate once: one that is kept back may have been shown again."""
    yield from (paper for paper, _ in carried.values())
    yield from (paper for paper in new if paper.id not in carried)


def _pick_in(carried: Mapping[str, tuple[Paper, Pick]], paper: Paper) -> Pick | None:
    found = carried.get(paper.id)
    return found[1] if found else None


def _moment(profile: Profile, day: date | None, now: datetime) -> datetime:
    """Return the digest's moment in the profile's zone, in whole seconds.

    On a day given by hand it follows from the config alone, so that the same dumps, config and
    day give the same bytes.
    """
    if day is None:
        return now.astimezone(profile.timezone).replace(microsecond=0)
    return datetime.combine(day, profile.at or time(7), profile.timezone)
