"""The main job: collect, read, select, render, deliver, in this order.

It orders the steps and decides nothing. Everything is decided and written down before anything is
delivered, so that a run which is killed at any moment is completed by the next one: profiles are
started before dumps are read, a dump is read whole or not at all, a digest and its deliveries are
one transaction, and what waits is tried by every run.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, time
from itertools import chain, islice
from time import sleep
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from digest.digests.selection import Candidate, select
from digest.errors import DeliveryError, DigestError, TemplateError
from digest.learning.preferences import Tastes
from digest.library import Library
from digest.matching import compile_rules
from digest.model import Coverage, Paper
from digest.model.serialize import pick_from_json
from digest.parallel import dealt
from digest.pipeline.ingest import take_in_source
from digest.pipeline.outbox import Dispatcher
from digest.pipeline.publish import Publisher
from digest.reading_list.sync import ReadingLists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.config import Config
    from digest.library import Delivery
    from digest.matching.matcher import Matcher
    from digest.model import Digest, Pick, Profile, Refusal, RuleMatch, Selection
    from digest.pipeline.ingest import Intake, Progress
    from digest.pipeline.publish import Published
    from digest.reading_list.sync import ListProblem

MATCHED_AT_ONCE = 1_000
"""Papers that are loaded and asked about in one go; only what some rule selects is kept."""

_Matched: TypeAlias = "tuple[str, tuple[Paper, tuple[RuleMatch, ...]]]"
Found: TypeAlias = "Mapping[str, tuple[Paper, tuple[RuleMatch, ...]]]"
"""What some rule selects, by the paper's id."""


class Options(NamedTuple):
    """What one call of `digest run` asks for."""

    profiles: tuple[Profile, ...]
    day: date | None = None
    """The run's day in place of the clock's; then the profile's `at` is its moment."""
    since: date | None = None
    """Look back to papers shown on this day or later."""
    dry: bool = False
    """Deliver nothing. The library must be a scratch one."""
    keep: bool = True
    """Whether the result holds each digest's papers; without them it does not grow with those."""


class ProfileResult(NamedTuple):
    """What one profile got in one run."""

    profile: Profile
    day: date
    selection: Selection
    digest: Digest | None
    """None where the profile has had its digest of the day and nothing new was selected."""
    published: Published | None
    shown: int = 0
    """Papers that the digest holds."""
    deliveries: tuple[Delivery, ...] = ()
    """State after this run of all that this digest is delivered as."""


class ProfileFault(NamedTuple):
    """Why a profile's digest could not be made; the next run makes it."""

    profile: Profile
    error: DigestError


class RunResult(NamedTuple):
    """Everything that one run did."""

    sources: tuple[Intake, ...]
    profiles: tuple[ProfileResult, ...]
    """Without those whose digest could not be made."""
    waiting: tuple[Delivery, ...]
    """What is still to be done, of this and of earlier runs, and what this run gave up."""
    lists: tuple[ListProblem, ...] = ()
    """Reading lists whose files were left alone."""
    faults: tuple[ProfileFault, ...] = ()

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """What was refused, dump by dump."""
        return tuple(refusal for source in self.sources for refusal in source.refused)

    @property
    def complete(self) -> bool:
        """Whether nothing was refused or left alone, nothing failed, and no delivery waits."""
        failed = any(source.state == "failed" for source in self.sources)
        return not (failed or self.refused or self.waiting or self.lists or self.faults)


class _Turn(NamedTuple):
    """One profile's part of a run: at which moment it is asked about what."""

    profile: Profile
    moment: datetime
    """In the profile's zone."""
    cursor: int
    new: tuple[str, ...]
    """Ids of the papers that are new to the profile, without those that are kept back for it."""
    carried: Mapping[str, Pick]
    """What earlier limits kept back, by id."""
    settled: int = 0
    """New papers that are not asked about, for the reader has read, put off or had them."""


class Run:
    """One run. `clock` gives the aware moment, `progress` shows how far the reading is.

    `sleep` waits so many seconds, before a mail is tried again.
    """

    def __init__(  # noqa: PLR0913 - keywords, each a part of the world
        self,
        config: Config,
        library: Library,
        *,
        clock: Callable[[], datetime],
        environment: Mapping[str, str],
        progress: Progress,
        sleep: Callable[[float], None] = sleep,
    ) -> None:
        self._config = config
        self._library = library
        self._clock = clock
        self._progress = progress
        self._ids: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._settled: dict[str, frozenset[str]] = {}
        self._dispatcher = Dispatcher(library, config, environment, now=clock, sleep=sleep)
        limits = {rule.name: rule.limit for rule in config.rules}
        self._publisher = Publisher(library, limits)

    def execute(self, options: Options) -> RunResult:
        """Do the run that `options` describes.

        Where a profile's digest cannot be made, the others have theirs, and the result says so.
        """
        now = self._clock()
        moments = {each.name: _moment(each, options.day, now) for each in options.profiles}
        # The latest of the profiles' days: a dump of today lies in nobody's future.
        today = max((each.date() for each in moments.values()), default=now.date())
        if not options.dry:
            self._dispatcher.deliver()
        # Before anything is read: a profile starts with the dumps of its first run.
        with self._library.transaction():
            cursors = {
                each.name: self._library.profiles.start(each.name) for each in options.profiles
            }
        sources = tuple(
            take_in_source(self._library, source, today=today, progress=self._progress)
            for source in self._config.sources
        )
        lists = self._reading_lists(options)
        lists.read()
        turns = [
            self._turn(each, moments[each.name], cursors[each.name], options.since)
            for each in options.profiles
        ]
        results, faults = self._serve_all(turns, sources, options)
        if not options.dry:
            self._dispatcher.deliver()
            lists.write()
            self._dispatcher.insist()
            if any(source.records for source in sources):
                self._cut_into_words()
        return RunResult(
            sources,
            tuple(self._with_deliveries(result) for result in results),
            () if options.dry else self._dispatcher.not_done(),
            lists.problems,
            tuple(faults),
        )

    def _cut_into_words(self) -> None:
        """Prepare the papers for `match`; a thousand at a time, so that few days pay for it."""
        if len(self._library.forms.groups()) > 1:
            from digest.search import refresh_forms

            refresh_forms(self._library, growing=False)

    def _reading_lists(self, options: Options) -> ReadingLists:
        """Return the lists of everybody who reads one of the run's profiles."""
        readers = {profile.reader for profile in options.profiles}
        profiles = [each for each in self._config.profiles if each.reader in readers]
        return ReadingLists(
            self._library, self._config.output, profiles, clock=self._clock, day=options.day
        )

    def _with_deliveries(self, result: ProfileResult) -> ProfileResult:
        if result.published is None:
            return result
        deliveries = self._library.outbox.of_digest(result.published.number)
        return result._replace(deliveries=deliveries)

    def _turn(self, profile: Profile, moment: datetime, cursor: int, since: date | None) -> _Turn:
        papers = self._library.papers
        settled = self._settled_by(profile.reader)
        carried = self._carried(profile, settled)
        new = set(papers.new_after(cursor, profile.name))
        if since is not None:
            new.update(papers.new_since(since, profile.name))
        ids = tuple(sorted(new - carried.keys() - settled))
        # A thousand profiles of one lab mostly have the same before them: held once.
        ids = self._ids.setdefault(ids, ids)
        return _Turn(profile, moment, cursor, ids, carried, len(new & settled))

    def _settled_by(self, reader: str) -> frozenset[str]:
        """Return what is offered to a reader no more, asked once for all profiles of theirs."""
        if reader not in self._settled:
            self._settled[reader] = self._library.reading.not_offered(reader)
        return self._settled[reader]

    def _carried(self, profile: Profile, settled: frozenset[str]) -> dict[str, Pick]:
        """Return what earlier limits kept back, each under the id by which it goes now.

        What the reader has settled meanwhile is held back no longer.
        """
        carried: dict[str, Pick] = {}
        for kept in self._library.profiles.candidates(profile.name):
            if kept.paper in settled:
                self._library.profiles.let_go(profile.name, [kept.paper])
                continue
            pick = pick_from_json(json.loads(kept.snapshot))
            paper = replace(pick.paper, id=kept.paper)
            carried[kept.paper] = pick._replace(paper=paper, carried_since=kept.since, learned=None)
        return carried

    def _serve_all(
        self, turns: Sequence[_Turn], sources: Sequence[Intake], options: Options
    ) -> tuple[list[ProfileResult], list[ProfileFault]]:
        """Give each profile its digest; return the faults beside the results of the others."""
        results: list[ProfileResult] = []
        faults: list[ProfileFault] = []
        newest = self._library.dumps.newest()
        tastes = Tastes(self._library, [turn.profile for turn in turns])
        by_day = {
            day: self._match([turn for turn in turns if turn.moment.date() == day], day)
            for day in {turn.moment.date() for turn in turns}
        }
        for turn in turns:
            coverage = self._coverage(turn, options.since, sources)
            found = by_day[turn.moment.date()]
            selection = select(_candidates(turn, found), turn.profile, coverage)
            selection = tastes.ordered(turn.profile, selection)
            try:
                result = self._serve(turn, selection, newest, dry=options.dry)
                results.append(result if options.keep else _without_papers(result))
            except (TemplateError, DeliveryError) as error:
                faults.append(ProfileFault(turn.profile, error))
        return results, faults

    def _match(self, turns: Sequence[_Turn], day: date) -> Found:
        """Ask the rules of these profiles, which all have this day, once about every candidate."""
        wanted = {name for turn in turns for name in turn.profile.rules}
        rules = [rule for rule in self._config.rules if rule.name in wanted]
        ids = sorted({each for turn in turns for each in (*turn.new, *turn.carried)})
        if not ids or not rules:
            return {}
        matcher = compile_rules(rules, today=day)
        library, batches = self._library, list(_batches(ids))
        path = library.path if library.on_disk else None
        if path is None or len(batches) == 1:
            return dict(_matched(library, matcher, batches))

        def share(batches: Iterator[list[str]]) -> list[_Matched]:
            with Library.open(path, scratch=True) as own:
                return list(_matched(own, matcher, batches))

        return dict(chain.from_iterable(dealt(share, batches)))

    def _serve(self, turn: _Turn, selection: Selection, newest: int, *, dry: bool) -> ProfileResult:
        """Make the digest, if there is one to make."""
        profile, day = turn.profile, turn.moment.date()
        first_of_day = self._library.digests.count_on(profile.name, day) == 0
        fresh = any(pick.carried_since is None for pick in selection.picks)
        if not first_of_day and not fresh:
            # What is held back waits for a digest; by itself it is no reason for a second one.
            self._library.profiles.advance(profile.name, newest)
            return ProfileResult(profile, day, selection, None, None)
        if dry:
            digest = self._publisher.preview(profile, selection, created=turn.moment)
            return ProfileResult(profile, day, selection, digest, None, _shown(digest))
        published = self._publisher.publish(profile, selection, created=turn.moment, cursor=newest)
        digest = published.digest
        return ProfileResult(profile, day, selection, digest, published, _shown(digest))

    def _coverage(self, turn: _Turn, since: date | None, sources: Sequence[Intake]) -> Coverage:
        papers = self._library.papers
        shown = papers.shown_after(turn.cursor)
        earlier = None
        if self._library.digests.last(turn.profile.name) is None:
            earlier = papers.shown_after(0).dumps - shown.dumps
        if since is not None:
            shown = papers.shown_since(since, or_after=turn.cursor)
        return Coverage(
            records=shown.records,
            papers=len(turn.new),
            dumps=shown.dumps,
            carried=len(turn.carried),
            settled=turn.settled,
            earlier=earlier,
            refused=tuple(refusal for source in sources for refusal in source.refused),
            warnings=tuple(
                f"Nothing came from {source.name}: {source.reason}."
                for source in sources
                if source.state == "failed"
            ),
        )


def _shown(digest: Digest) -> int:
    return len(digest.entries) + len(digest.expiring)


def _without_papers(result: ProfileResult) -> ProfileResult:
    selection = result.selection._replace(picks=())
    if result.digest is None or result.published is None:
        return result._replace(selection=selection)
    digest = replace(result.digest, sections=(), leftovers=(), expiring=())
    published = result.published._replace(digest=digest)
    return result._replace(selection=selection, digest=digest, published=published)


def _matched(
    library: Library, matcher: Matcher, batches: Iterable[list[str]]
) -> Iterator[_Matched]:
    """Yield those papers, by their ids, that any rule selects."""
    for batch in batches:
        papers = list(library.papers.get_many(batch).values())
        for paper, matches in zip(papers, matcher.match(papers), strict=True):
            if matches:
                yield paper.id, (paper, matches)


def _candidates(turn: _Turn, found: Found) -> Iterable[Candidate]:
    """Yield each candidate once that may be picked, the kept back ones first."""
    for identifier, pick in turn.carried.items():
        paper, matches = found.get(identifier, (pick.paper, ()))
        yield Candidate(paper, matches, pick)
    for identifier in turn.new:
        if identifier in found:
            yield Candidate(*found[identifier])


def _batches(ids: Sequence[str]) -> Iterable[list[str]]:
    remaining = iter(ids)
    while batch := list(islice(remaining, MATCHED_AT_ONCE)):
        yield batch


def _moment(profile: Profile, day: date | None, now: datetime) -> datetime:
    """Return the digest's moment in the profile's zone, in whole seconds.

    On a day given by hand it follows from the config alone, so that the same dumps, config and
    day give the same bytes.
    """
    if day is None:
        return now.astimezone(profile.timezone).replace(microsecond=0)
    return datetime.combine(day, profile.at or time(7), profile.timezone)
