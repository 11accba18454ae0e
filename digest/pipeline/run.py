"""The main job: collect, read, select, render, deliver, in this order.

It orders the steps and decides nothing. Everything is decided and stored before anything is
delivered, so that the next run completes a run that is killed at any moment: profiles are started
before dumps are read, a dump is read whole or not at all, a digest and its deliveries are one
transaction, and every run tries all deliveries that wait.
"""

from __future__ import annotations

from functools import cached_property
from time import sleep
from typing import TYPE_CHECKING

from digest.errors import DeliveryError, TemplateError
from digest.model.sources import MailboxSource
from digest.pipeline.candidates import has_digest
from digest.pipeline.collect import collect_sources
from digest.pipeline.fetch import Fetcher
from digest.pipeline.outbox import Dispatcher
from digest.pipeline.recipients import personal_links
from digest.pipeline.results import Options, ProfileFault, ProfileResult, RunResult
from digest.pipeline.rule_changes import Texts, remember_rules, rule_changes
from digest.pipeline.selecting import Selector
from digest.pipeline.turns import Turns, digest_moment, narrowed_profiles
from digest.reading_list.sync import ReadingLists

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from digest.config import Config
    from digest.library import Library
    from digest.model import Profile, Selection
    from digest.pipeline.ingest import Intake, Progress
    from digest.pipeline.publish import Publisher
    from digest.pipeline.summaries import ModelReport, Writer
    from digest.pipeline.turns import Turn

__all__ = ["Options", "ProfileFault", "ProfileResult", "Run", "RunResult"]


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
        self._environment = environment
        self._sleep = sleep
        self._model: ModelReport | None = None
        self._fetcher = Fetcher(config, library, clock=clock, environment=environment, sleep=sleep)
        self._dispatcher = Dispatcher(library, config, environment, now=clock, sleep=sleep)

    @cached_property
    def _publisher(self) -> Publisher:
        from digest.pipeline.publish import Publisher  # here: many runs have nothing to publish

        config = self._config
        return Publisher(
            self._library,
            config.rules,
            site_url=config.site_url,
            personal=personal_links(self._library, config),
            room=self._dispatcher.room,
        )

    def execute(self, options: Options) -> RunResult:
        """Run the profiles of `options`.

        A profile whose digest cannot be made does not hold up the others: the result has the error.
        """
        now = self._clock()
        if options.rules:
            options = options._replace(profiles=narrowed_profiles(options))
        moments = [digest_moment(profile, options.day, now) for profile in options.profiles]
        if not options.dry:
            self._answer_requests(options)
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
        maker = Turns(self._library, options)
        turns = [
            maker.make(profile, moment, cursor)
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
            self._model,
        )

    def _answer_requests(self, options: Options) -> None:
        """Take up who unsubscribed by mail, before anything is sent."""
        has_requests = any(
            isinstance(source, MailboxSource) and source.subscriptions
            for source in self._config.sources
        )
        if has_requests and not (options.offline or options.day):
            from digest.pipeline.requests import answer_requests  # here: few configs ask for it

            answer_requests(
                self._library, self._config, now=self._clock(), environment=self._environment
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

    def _serve_all(
        self, turns: Sequence[Turn], sources: Sequence[Intake], options: Options
    ) -> tuple[list[ProfileResult], list[ProfileFault]]:
        results: list[ProfileResult] = []
        faults: list[ProfileFault] = []
        writer = self._new_writer(options)
        newest = self._library.dumps.newest()
        selector = Selector(self._library, self._config.rules)
        for turn, selection in selector.select_all(turns, sources):
            try:
                selection = self._written(turn, selection, writer)  # noqa: PLW2901
                result = self._serve(turn, selection, newest, dry=options.dry)
            except (TemplateError, DeliveryError) as error:
                faults.append(ProfileFault(turn.profile, error))
            else:
                results.append(result if options.keep else result.without_papers())
        if writer is not None:
            writer.close()
            self._model = writer.report
        return results, faults

    def _new_writer(self, options: Options) -> Writer | None:
        """Return what asks the language model of the config, if it has one."""
        if self._config.summaries is None:
            return None
        from digest.pipeline.summaries import Writer  # here: few configs ask for it

        return Writer(
            self._config.summaries,
            self._library,
            clock=self._clock,
            environment=self._environment,
            sleep=self._sleep,
            is_online=not (options.dry or options.offline),
        )

    def _written(self, turn: Turn, selection: Selection, writer: Writer | None) -> Selection:
        """Ask the model about the papers that the digest will show."""
        if writer is None or not (selection.picks or selection.more):
            return selection
        from digest.pipeline.summaries import with_written

        digest = self._publisher.preview(turn.profile, selection, created=turn.moment)
        return with_written(selection, writer.write(turn.profile, digest.best))

    def _serve(self, turn: Turn, selection: Selection, newest: int, *, dry: bool) -> ProfileResult:
        """Make the profile's digest, if there is one to make."""
        profile = turn.profile
        digests_today = self._library.digests.count_on(profile.name, turn.day, whole=True)
        if turn.only:
            newest = turn.cursor  # the other rules have still to be asked
        if not has_digest(selection, digests_today=digests_today):
            self._library.profiles.advance(profile.name, newest)
            return ProfileResult(profile, turn.day, selection)
        if dry:
            digest = self._publisher.preview(profile, selection, created=turn.moment)
            return ProfileResult(profile, turn.day, selection, digest, shown=digest.shown)
        published = self._publisher.publish(profile, selection, created=turn.moment, cursor=newest)
        digest = published.digest
        return ProfileResult(profile, turn.day, selection, digest, published, shown=digest.shown)

    def _with_deliveries(self, result: ProfileResult) -> ProfileResult:
        if result.published is None:
            return result
        deliveries = self._library.outbox.of_digest(result.published.number)
        return result._replace(deliveries=deliveries)
