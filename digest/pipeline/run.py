"""The main job: collect, read, select, render, deliver, in this order.

It orders the steps and decides nothing. Everything is decided and stored before anything is
delivered, so that the next run completes a run that is killed at any moment: profiles are started
before dumps are read, a dump is read whole or not at all, a digest and its deliveries are one
transaction, and every run tries all deliveries that wait.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import cached_property
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

from digest.digests.selection import own_matches, select
from digest.errors import DeliveryError, TemplateError
from digest.learning.preferences import Tastes
from digest.matching import compile_rules
from digest.model.review import NO_REMINDERS
from digest.pipeline.candidates import (
    candidates,
    consider,
    coverage,
    has_digest,
    look_back,
    rise,
)
from digest.pipeline.collect import collect_sources
from digest.pipeline.fetch import Fetcher
from digest.pipeline.matched import match_papers
from digest.pipeline.outbox import Dispatcher
from digest.pipeline.results import Options, ProfileFault, ProfileResult, RunResult
from digest.pipeline.rule_changes import Texts, first_day, remember_rules, rule_changes
from digest.pipeline.updates import is_news, new_version, version_of
from digest.reading_list.sync import ReadingLists

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from digest.config import Config
    from digest.library import Library
    from digest.model import Coverage, Pick, Profile, Selection
    from digest.pipeline.candidates import Considered
    from digest.pipeline.ingest import Intake, Progress
    from digest.pipeline.matched import Matched
    from digest.pipeline.publish import Publisher

__all__ = ["Options", "ProfileFault", "ProfileResult", "Run", "RunResult"]


class _Turn(NamedTuple):
    """One profile's part of a run."""

    profile: Profile
    moment: datetime
    """The digest's moment, in the profile's zone."""
    started: int
    """The last dump before the profile's first run."""
    cursor: int
    """The last dump that the profile has considered."""
    considered: Considered
    since: date | None = None
    """The day from which the run looks back on purpose."""
    only: tuple[str, ...] = ()
    """The rules for which alone it does."""

    @property
    def day(self) -> date:
        return self.moment.date()


class Run:
    """One run. `clock` returns the aware moment, `progress` shows how many dumps are read.

    `sleep` waits before a service is asked or a mail is tried again.
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
        self._fetcher = Fetcher(config, library, clock=clock, environment=environment, sleep=sleep)
        self._new: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._before: dict[tuple[tuple[str, ...], int, int], frozenset[str]] = {}
        self._dispatcher = Dispatcher(library, config, environment, now=clock, sleep=sleep)
        self._orders = {rule.name: rule.order for rule in config.rules if rule.order}

    @cached_property
    def _publisher(self) -> Publisher:
        from digest.pipeline.publish import Publisher  # here: many runs have nothing to publish

        return Publisher(self._library, self._config.rules, site_url=self._config.site_url)

    def execute(self, options: Options) -> RunResult:
        """Run the profiles of `options`.

        A profile whose digest cannot be made does not hold up the others: the result has the error.
        """
        now = self._clock()
        if options.rules:
            options = options._replace(profiles=_narrowed(options))
        moments = [_moment(profile, options.day, now) for profile in options.profiles]
        if not options.dry:
            self._dispatcher.deliver()
        cursors = self._start(options.profiles)
        # The latest of the profiles' days: a dump of today lies in nobody's future.
        today = max((moment.date() for moment in moments), default=now.date())
        texts = Texts.of(self._config.rules, self._config.aliases)
        # Before papers come in: today's are asked about by the changed rules anyway.
        changes = rule_changes(self._library, self._config.rules, texts, today=today)
        sources = self._collect(today, options)
        lists = self._reading_lists(options)
        lists.read()
        turns = [
            self._turn(profile, moment, cursor, options)
            for profile, moment, cursor in zip(options.profiles, moments, cursors, strict=True)
        ]
        results, faults = self._serve_all(turns, sources, options)
        if not options.dry:
            self._dispatcher.deliver()
            lists.write()
            self._dispatcher.retry()
            self._index_words(sources)
            remember_rules(self._library, texts, today=today)
        site_error = "" if options.dry or not self._config.site else self._build_site()
        return RunResult(
            sources,
            tuple(self._with_deliveries(result) for result in results),
            () if options.dry else self._dispatcher.not_done(),
            lists.problems,
            tuple(faults),
            site_error,
            changes,
            self._fetcher.all_due() if options.dry and not options.offline else (),
        )

    def _build_site(self) -> str:
        """Make the pages that changed, from what is stored; return what stands in the way."""
        from digest.pipeline.site import build  # 60 ms, for feedgen; most configs have no site

        try:
            build(self._config, self._library)
        except (TemplateError, DeliveryError) as error:
            return str(error)
        return ""

    def _collect(self, today: date, options: Options) -> tuple[Intake, ...]:
        """Fetch and read the sources; a run of another day asks no service."""
        with self._fetcher as fetcher:
            return collect_sources(
                self._library,
                self._config.sources,
                fetcher=fetcher,
                today=today,
                progress=self._progress,
                is_online=not (options.offline or options.dry or options.day),
            )

    def _start(self, profiles: Sequence[Profile]) -> list[int]:
        """Return the profiles' cursors; a new profile starts with the dumps of this run."""
        with self._library.transaction():
            return [self._library.profiles.start(profile.name) for profile in profiles]

    def _index_words(self, sources: Sequence[Intake]) -> None:
        """Prepare new papers for `digest match`, at most a thousand a run."""
        if any(source.records for source in sources) and len(self._library.forms.groups()) > 1:
            from digest.search import refresh_forms

            refresh_forms(self._library, growing=False)

    def _reading_lists(self, options: Options) -> ReadingLists:
        """Return the lists of every reader of one of the run's profiles."""
        readers = {profile.reader for profile in options.profiles}
        profiles = [profile for profile in self._config.profiles if profile.reader in readers]
        return ReadingLists(
            self._library, self._config.output, profiles, clock=self._clock, day=options.day
        )

    def _turn(self, profile: Profile, moment: datetime, cursor: int, options: Options) -> _Turn:
        papers, profiles = self._library.papers, self._library.profiles
        only, since = options.rules, options.since
        if only and since is None:
            since = first_day(moment.date())
        new = () if only else papers.new_after(cursor, profile.name)
        if since is not None:
            new = tuple(dict.fromkeys((*papers.new_since(since, profile.name), *new)))
        carried_over = tuple(profiles.carried_over(profile.name))
        asked = {*new, *(kept.paper for kept in carried_over)}
        settled = self._library.reading.not_offered(profile.reader, asked)
        started = profiles.started(profile.name)
        if only:
            considered = look_back(new, carried_over, settled)
        else:
            before = self._considered_before(new, started, cursor)
            considered = consider(new, carried_over, settled, before)
        if considered.withdrawn:
            profiles.drop_carried_over(profile.name, considered.withdrawn)
        if not only and since and (first := papers.first_shown_since(since)) is not None:
            profiles.reach_back(profile.name, first)
        # A thousand profiles of one lab mostly consider the same papers: one tuple for all.
        ids = self._new.setdefault(considered.new, considered.new)
        return _Turn(profile, moment, started, cursor, considered._replace(new=ids), since, only)

    def _considered_before(self, new: tuple[str, ...], started: int, cursor: int) -> frozenset[str]:
        """Return those of `new` that dumps behind `started`, up to `cursor`, showed already."""
        key = self._new.setdefault(new, new), started, cursor
        if key not in self._before:
            self._before[key] = self._library.papers.shown_between(new, started, cursor)
        return self._before[key]

    def _serve_all(
        self, turns: Sequence[_Turn], sources: Sequence[Intake], options: Options
    ) -> tuple[list[ProfileResult], list[ProfileFault]]:
        results: list[ProfileResult] = []
        faults: list[ProfileFault] = []
        newest = self._library.dumps.newest()
        tastes = Tastes(self._library, [turn.profile for turn in turns], self._orders)
        matched = {
            day: self._match([turn for turn in turns if turn.day == day], day)
            for day in {turn.day for turn in turns}
        }
        for turn in turns:
            seen = self._coverage(turn, sources)
            found = candidates(turn.considered, matched[turn.day])
            selection = select(found, turn.profile, seen, self._orders)
            selection = self._with_rises(turn, tastes.ordered(turn.profile, selection))
            selection = self._with_news(turn, selection)
            try:
                result = self._serve(turn, selection, newest, dry=options.dry)
            except (TemplateError, DeliveryError) as error:
                faults.append(ProfileFault(turn.profile, error))
            else:
                results.append(result if options.keep else result.without_papers())
        return results, faults

    def _match(self, turns: Sequence[_Turn], day: date) -> Matched:
        """Match the rules of these profiles, once, against all papers that they consider."""
        wanted = {name for turn in turns for name in turn.profile.rules}
        rules = [rule for rule in self._config.rules if rule.name in wanted]
        ids = {
            paper for turn in turns for paper in (*turn.considered.new, *turn.considered.carried)
        }
        return match_papers(self._library, ids, rules, today=day)

    def _with_news(self, turn: _Turn, selection: Selection) -> Selection:
        """Add new versions of papers that the profile was sent, if it asks for them."""
        profile = turn.profile
        if turn.only or not profile.updates:
            return selection
        sent = self._library.digests.versions_after(profile.name, turn.cursor)
        marks = self._library.reading.marks(profile.reader, (paper.paper for paper in sent))
        sent = tuple(
            paper
            for paper in sent
            if is_news(paper)
            and not (paper.paper in marks and marks[paper.paper].state == "dropped")
        )
        if not sent:
            return selection
        known = self._library.papers.get_many(paper.paper for paper in sent)
        papers = [version_of(paper, known[paper.paper]) for paper in sent]
        rules = [rule for rule in self._config.rules if rule.name in profile.rules]
        place = {name: number for number, name in enumerate(profile.rules)}
        matches = compile_rules(rules, today=turn.day).match(papers)
        news = (
            new_version(one, paper, own_matches(found, place))
            for one, paper, found in zip(sent, papers, matches, strict=True)
        )
        return selection._replace(news=tuple(news))

    def _with_rises(self, turn: _Turn, selection: Selection) -> Selection:
        """Add to papers that had been considered before how a count grew that a rule asks for."""

        def risen(pick: Pick) -> Pick:
            if not pick.again or pick.carried_since or not any(rule.asked for rule in pick.rules):
                return pick
            counts = self._library.papers.counts_between(pick.paper.id, turn.started, turn.cursor)
            return pick._replace(rise=rise(pick, counts))

        return selection._replace(picks=tuple(map(risen, selection.picks)))

    def _coverage(self, turn: _Turn, sources: Sequence[Intake]) -> Coverage:
        papers = self._library.papers
        shown = papers.shown_after(turn.cursor)
        earlier = None
        if not turn.only and self._library.digests.last_whole(turn.profile.name) is None:
            earlier = papers.shown_after(0).dumps - shown.dumps
        if turn.since is not None:
            shown = papers.shown_since(turn.since, or_after=turn.cursor)
        seen = coverage(turn.considered, shown, earlier, sources, turn.since)
        return seen._replace(only=turn.only)

    def _serve(self, turn: _Turn, selection: Selection, newest: int, *, dry: bool) -> ProfileResult:
        """Make the profile's digest, if there is one to make."""
        profile = turn.profile
        digests_today = self._library.digests.count_on(profile.name, turn.day, whole=True)
        if turn.only:
            newest = turn.cursor  # the other rules have still to be asked
        if not has_digest(selection, digests_today=digests_today):
            self._library.profiles.advance(profile.name, newest)
            return ProfileResult(profile, turn.day, selection)
        published = None
        if dry:
            digest = self._publisher.preview(profile, selection, created=turn.moment)
        else:
            published = self._publisher.publish(
                profile, selection, created=turn.moment, cursor=newest
            )
            digest = published.digest
        shown = len(digest.entries) + len(digest.listed)
        return ProfileResult(profile, turn.day, selection, digest, published, shown=shown)

    def _with_deliveries(self, result: ProfileResult) -> ProfileResult:
        if result.published is None:
            return result
        deliveries = self._library.outbox.of_digest(result.published.number)
        return result._replace(deliveries=deliveries)


def _moment(profile: Profile, day: date | None, now: datetime) -> datetime:
    """Return the digest's moment in the profile's zone, in whole seconds.

    With a given day it follows from the config alone, so that the same dumps, config and day give
    the same bytes.
    """
    if day is None:
        return now.astimezone(profile.timezone).replace(microsecond=0)
    return datetime.combine(day, profile.at or time(7), profile.timezone)


def _narrowed(options: Options) -> tuple[Profile, ...]:
    """Return the profiles that have some of the run's rules, with these alone.

    Reminders and reviews wait for the next whole digest.
    """
    narrowed = (
        profile._replace(
            rules=tuple(rule for rule in profile.rules if rule in options.rules),
            groups=(),
            still_on_list=NO_REMINDERS,
            review=None,
        )
        for profile in options.profiles
    )
    return tuple(profile for profile in narrowed if profile.rules)
