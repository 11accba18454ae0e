"""The main job: collect, read, select, render, deliver, in this order.

It orders the steps and decides nothing. Everything is decided and stored before anything is
delivered, so that the next run completes one that was killed at any point: profiles are started
before dumps are read, a dump is read completely or not at all, a digest and its deliveries are one
transaction, and every run tries all waiting deliveries.
"""

from __future__ import annotations

from functools import cached_property, partial
from time import sleep
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.errors import DeliveryError, DigestError, TemplateError
from digest.pipeline.candidates import has_digest
from digest.pipeline.collect import collect_sources, index_new_words
from digest.pipeline.fetch import Fetcher
from digest.pipeline.made_digests import make_all
from digest.pipeline.model_writer import SelectionWriter, new_writer
from digest.pipeline.outbox import Dispatcher
from digest.pipeline.profile_runs import ProfileRuns, digest_moment, narrowed_profiles
from digest.pipeline.recipients import personal_links, takes_requests
from digest.pipeline.results import Options, ProfileFault, ProfileResult, RunResult
from digest.pipeline.rule_changes import Texts, remember_rules, rule_changes
from digest.pipeline.selecting import Selector
from digest.reading_list.many_lists import ManyLists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from digest.config import Config
    from digest.library import Library
    from digest.model import Digest, Profile, Selection
    from digest.pipeline.digest_maker import DigestMaker
    from digest.pipeline.ingest import Intake, Progress
    from digest.pipeline.made_digests import Made, Step
    from digest.pipeline.profile_runs import ProfileRun
    from digest.pipeline.publish import Publisher

__all__ = ["Options", "ProfileFault", "ProfileResult", "Run", "RunResult"]


class Run:
    """One run. `clock` returns the aware time, `progress` shows how many dumps are read.

    `sleep` waits before a service is asked or a mail is retried.
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
        self._fetcher = Fetcher(config, library, clock=clock, environment=environment, sleep=sleep)
        self._dispatcher = Dispatcher(library, config, environment, now=clock, sleep=sleep)

    @cached_property
    def _publisher(self) -> Publisher:
        from digest.pipeline.publish import Publisher  # here: many runs have nothing to publish

        config = self._config
        return Publisher(
            self._library,
            config.rules,
            output=config.output,
            site_url=config.site_url,
            personal=personal_links(self._library, config),
            room=self._dispatcher.room,
        )

    def execute(self, options: Options) -> RunResult:
        """Run the profiles of `options`.

        If the digest of a profile cannot be made, the result has the error, and the others
        continue.
        """
        now = self._clock()
        if options.rules:
            options = replace(options, profiles=narrowed_profiles(options))
        moments = [digest_moment(profile, options.day, now) for profile in options.profiles]
        if not options.dry:
            self._answer_requests(options)
            self._dispatcher.deliver()
        cursors = self._start(options.profiles)
        # The latest of the profiles' days, so that a dump of today is in no profile's future.
        today = max((moment.date() for moment in moments), default=now.date())
        texts = Texts.of(self._config.rules, self._config.aliases)
        # Before papers come in: today's are asked about by the changed rules anyway.
        changes = rule_changes(self._library, self._config.rules, texts, today=today)
        sources = self._collect(today, options)
        lists = self._reading_lists(options)
        lists.read()
        maker = ProfileRuns(self._library, options)
        turns = [
            maker.make(profile, moment, cursor)
            for profile, moment, cursor in zip(options.profiles, moments, cursors, strict=True)
        ]
        with new_writer(
            self._config,
            self._library,
            clock=self._clock,
            environment=self._environment,
            sleep=self._sleep,
            is_online=not (options.dry or options.offline),
        ) as writer:
            results, faults = self._serve_all(turns, sources, writer, options)
        if not options.dry:
            self._dispatcher.deliver()
            lists.write()
            self._dispatcher.retry()
            index_new_words(self._library, sources)
            remember_rules(self._library, texts, today=today)
        site_error = "" if options.dry else self._build_site()
        return RunResult(
            sources,
            tuple(self._with_deliveries(result) for result in results),
            () if options.dry else self._dispatcher.not_done(),
            lists.problems,
            tuple(faults),
            site_error,
            changes,
            self._fetcher.all_due() if options.dry and not options.offline else (),
            writer.report,
        )

    def _answer_requests(self, options: Options) -> None:
        """Carry out requests to unsubscribe before anything is sent."""
        if takes_requests(self._config) and not (options.offline or options.day):
            from digest.pipeline.subscription_requests import (
                answer_requests,  # here: few configs use it
            )

            answer_requests(
                self._library, self._config, now=self._clock(), environment=self._environment
            )

    def _build_site(self) -> str:
        """Build the pages that changed; return the error, or an empty text."""
        if not self._config.site:
            return ""
        from digest.pipeline.site import build  # 60 ms, for feedgen; most configs have no site

        try:
            build(self._config, self._library)
        except (TemplateError, DeliveryError) as error:
            return str(error)
        return ""

    def _collect(self, today: date, options: Options) -> tuple[Intake, ...]:
        """Fetch and read the sources; a run for another day asks no service."""
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

    def _reading_lists(self, options: Options) -> ManyLists:
        """Return the lists of every reader with a profile in this run."""
        readers = {profile.reader for profile in options.profiles}
        profiles = [profile for profile in self._config.profiles if profile.reader in readers]
        return ManyLists(
            self._library, self._config.output, profiles, clock=self._clock, day=options.day
        )

    def _serve_all(
        self,
        turns: Sequence[ProfileRun],
        sources: Sequence[Intake],
        writer: SelectionWriter,
        options: Options,
    ) -> tuple[list[ProfileResult], list[ProfileFault]]:
        results: list[ProfileResult] = []
        faults: list[ProfileFault] = []
        steps = self._steps(turns, sources, writer, dry=options.dry)

        def maker() -> DigestMaker:
            return self._publisher.maker

        for made in make_all(maker, steps, profiles=len(turns), keep=options.keep):
            with self._library.transaction():  # a wait for the disk; each digest is whole or not
                finished = [self._finished(*each) for each in made]
            for result in finished:
                if isinstance(result, ProfileFault):
                    faults.append(result)
                else:
                    results.append(result if options.keep else result.without_papers())
            if not options.dry:
                self._dispatcher.make_room()
        return results, faults

    def _steps(
        self,
        turns: Sequence[ProfileRun],
        sources: Sequence[Intake],
        writer: SelectionWriter,
        *,
        dry: bool,
    ) -> Iterator[Step]:
        """Yield for each profile the draft of its digest, or why there is none."""
        newest = self._library.dumps.newest()
        selector = Selector(self._library, self._config.rules)
        for turn, selection in selector.select_all(turns, sources):
            step: Step
            try:
                written = writer.add(turn.profile, selection, partial(self._preview, turn))
                step = self._step(turn, written, newest, dry=dry)
            except (TemplateError, DeliveryError) as error:
                step = ProfileFault(turn.profile, error)
            yield step

    def _preview(self, turn: ProfileRun, selection: Selection) -> Digest:
        return self._publisher.preview(turn.profile, selection, created=turn.moment)

    def _step(self, turn: ProfileRun, selection: Selection, newest: int, *, dry: bool) -> Step:
        profile, cursor = turn.profile, turn.cursor_after(newest)
        digests_today = self._library.digests.count_on(profile.name, turn.day, whole=True)
        if not has_digest(selection, digests_today=digests_today):
            self._library.profiles.advance(profile.name, cursor)
            return ProfileResult(profile, turn.day, selection)
        if dry:
            digest = self._preview(turn, selection)
            return ProfileResult(profile, turn.day, selection, digest, shown=digest.shown)
        return self._publisher.draft(profile, selection, created=turn.moment, cursor=cursor)

    def _finished(self, step: Step, made: Made) -> ProfileResult | ProfileFault:
        """Store the digest that was made, if one was."""
        if isinstance(step, ProfileResult | ProfileFault):
            return step
        if made is None:
            raise AssertionError("something is made of every draft")
        if isinstance(made, DigestError):
            return ProfileFault(step.profile, made)
        try:
            published = self._publisher.store(step, made)
        except (TemplateError, DeliveryError) as error:  # of a later message
            return ProfileFault(step.profile, error)
        day, digest = step.created.date(), made.digest
        return ProfileResult(step.profile, day, step.selection, digest, published, shown=made.shown)

    def _with_deliveries(self, result: ProfileResult) -> ProfileResult:
        if result.published is None:
            return result
        deliveries = self._library.outbox.of_digest(result.published.number)
        return replace(result, deliveries=deliveries)
