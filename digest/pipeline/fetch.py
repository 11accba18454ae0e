"""Ask services for what is due, store each answer before reading it, and report the coverage.

A killed fetch resumes: pages that are stored are not requested again. A failing source does not
stop the others.
"""

from __future__ import annotations

import hashlib
import random
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.errors import SourceError
from digest.library import StoredAnswer
from digest.model.sources import MailboxSource, ServiceSource
from digest.pipeline.answer_files import (
    answer_name,
    answers_folder,
    open_answer,
    read_unread,
    write_answer,
)
from digest.pipeline.coverage import (
    DayResult,
    days_not_asked,
    due,
    due_again,
    judge,
    today_of,
)
from digest.sources.services import host_key, service_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from digest.config import Config
    from digest.library import Library
    from digest.model import DayCoverage
    from digest.pipeline.ingest import Intake
    from digest.rules import Rule
    from digest.sources.client import Client
    from digest.sources.request import Answer, DayRequest, Request, Service

STALE: Final = timedelta(hours=12)
"""An interrupted fetch older than this starts again: arXiv's tokens expire with the day."""
AGAIN: Final = 7
"""Days whose lists are requested again if a rule asks for upvotes."""
MOST_PAGES: Final = 500
"""Maximum number of pages of one list; a service that never stops paging is broken."""
UNREAD_DAYS: Final = 7
"""Days for which an unreadable answer is read again."""

SAME_MORNING: Final = timedelta(hours=12)
"""Answers this recent are news for a run's digest."""


class DuePage(Struct, frozen=True):
    """The first request of a fetch."""

    source: str
    day: date
    request: Request


class Fetcher:
    """Fetch sources into one library; `sleep` waits between requests."""

    def __init__(
        self,
        config: Config,
        library: Library,
        *,
        clock: Callable[[], datetime],
        environment: Mapping[str, str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._config = config
        self._library = library
        self._clock = clock
        self._environment = environment
        self._sleep = sleep
        self._client: Client | None = None
        self._folder = answers_folder(config.library)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def due(self, source: ServiceSource) -> tuple[DuePage, ...]:
        """Return the first requests of `fetch`; later pages are not known yet."""
        service = service_of(source)
        known = self._known(source)
        return tuple(
            DuePage(source.name, ask.day, request)
            for ask in (*self._due(service, source), *self._due_again(service, source, known))
            for request in service.first(source, ask)
        )

    def all_due(self) -> tuple[DuePage, ...]:
        """Return the first requests for every source of the config."""
        services = [source for source in self._config.sources if isinstance(source, ServiceSource)]
        return tuple(page for source in services for page in self.due(source))

    def fetch(self, source: ServiceSource | MailboxSource, *, today: date) -> Intake:
        """Ask for what is due, read the answers, and store the coverage of each day."""
        if isinstance(source, MailboxSource):
            return self._fetch_mails(source, today)
        service = service_of(source)
        known = self._known(source)
        coverages = [(ask, self._ask(service, source, ask)) for ask in self._due(service, source)]
        self._ask_again(service, source, known)
        intake, unreadable = self._read(source.name, today)
        days = [
            self._close(service, source, ask.day, seen, unreadable.get(ask.day, ""))
            for ask, seen in coverages
        ]
        for day in days_not_asked(service, source, known, self._clock()):
            self._library.answers.record(day)
        return self._with_coverage(intake, days)

    def read(self, source: ServiceSource | MailboxSource, *, today: date) -> Intake:
        """Read stored answers that are unread, without asking anything."""
        return self._read(source.name, today)[0]

    def look_up(self) -> int:
        """Look up identifiers of papers without one, if configured; return how many were found."""
        if not self._config.lookup:
            return 0
        from digest.pipeline.identifier_lookup import Lookup

        lookup = Lookup(self._config, self._library, self._folder, self._http())
        return lookup.run(self._clock())

    def _fetch_mails(self, source: MailboxSource, today: date) -> Intake:
        from digest.pipeline.mailboxes import mailbox_coverage, store_mails

        now = self._clock()
        gathered = store_mails(
            self._library, self._folder, source, now=now, environment=self._environment
        )
        intake, _ = self._read(source.name, today)
        since = today - timedelta(days=source.catch_up + 1)
        papers = self._library.answers.new_papers(source.name, since=since, read_on=today)
        day = mailbox_coverage(source, gathered, papers, now=now)
        self._library.answers.record(day)
        return self._with_coverage(intake, [day])

    # --- asking ---------------------------------------------------------------------------------

    def _known(self, source: ServiceSource) -> dict[date, DayCoverage]:
        """Return the coverage of the days that a run may still ask for, and of those after."""
        days = max(source.catch_up, AGAIN if source.again is None else source.again)
        since = self._clock().date() - timedelta(days=days + 2)  # in any time zone
        return self._library.answers.recent_coverage(source.name, since)

    def _due(self, service: Service, source: ServiceSource) -> tuple[DayRequest, ...]:
        known = self._known(source)
        return due(service, source, known, self._clock(), self._config.contact)

    def _due_again(
        self, service: Service, source: ServiceSource, known: Mapping[date, DayCoverage]
    ) -> tuple[DayRequest, ...]:
        """Return the complete lists to request again; none if that was done today."""
        now = self._clock()
        if self._library.answers.last_repeated(source.name) == today_of(service, now):
            return ()
        days = source.again
        if days is None:
            days = AGAIN if service.has_counts and _ask_for_upvotes(self._config.rules) else 0
        return due_again(service, source, known, now, days)

    def _ask_again(
        self, service: Service, source: ServiceSource, known: Mapping[date, DayCoverage]
    ) -> None:
        """Request complete lists again, once a day: their papers are known, but their upvotes rise.

        If the service fails, the rest waits until the next day; the lists themselves are stored.
        """
        due = self._due_again(service, source, known)
        if not due:
            return
        answers = self._library.answers
        answers.store_repeat(source.name, today_of(service, self._clock()))
        for ask in due:
            seen = self._ask(service, source, ask)
            answers.end(source.name, ask.day)
            if seen.error:
                return

    def _ask(self, service: Service, source: ServiceSource, ask: DayRequest) -> DayResult:
        """Ask for one day, page by page, and store each answer."""
        now = self._clock()
        start = self._library.answers.begin(source.name, ask.day, now, stale=now - STALE)
        try:
            waiting = list(service.first(source, ask))
            for _ in range(MOST_PAGES):
                if not waiting:
                    return DayResult()
                request = waiting.pop(0)
                body = self._page(service, source, ask, request, start)
                waiting += service.following(request, body)
        except SourceError as error:
            return DayResult(error=error.reason, retry_at=error.retry_at)
        return DayResult(error=f"its list has more than {MOST_PAGES} pages")

    def _page(
        self,
        service: Service,
        source: ServiceSource,
        ask: DayRequest,
        request: Request,
        start: datetime,
    ) -> bytes:
        """Return a page: the stored one if it came since `start`, else the service's answer."""
        answers = self._library.answers
        if (stored := answers.page(source.name, request.url, since=start)) is not None:
            return self._body(stored)
        last = answers.last(source.name, request.url)
        answer = self._http().get(
            request,
            service=host_key(source),
            pause=service.pause,
            allow_private=source.allow_private,
            etag=last.header("etag") if last else "",
            modified=last.header("last-modified") if last else "",
        )
        if answer.status == 304 and last is not None:
            return self._body(last)
        self._store(source, ask, request, answer, last)
        return answer.body

    def _http(self) -> Client:
        if self._client is None:
            self._client = new_client(
                self._config, clock=self._clock, environment=self._environment, sleep=self._sleep
            )
        return self._client

    # --- storing --------------------------------------------------------------------------------

    def _store(
        self,
        source: ServiceSource,
        ask: DayRequest,
        request: Request,
        answer: Answer,
        last: StoredAnswer | None,
    ) -> None:
        """Write the body, unless it is stored, to a file; then store the rest in the library."""
        sha256 = hashlib.sha256(answer.body).hexdigest()
        if last is not None and last.file and last.sha256 == sha256:
            file = last.file
        else:
            file = answer_name(source.name, ask.day, self._library.answers.next_number())
            write_answer(self._folder / file, answer)
        self._library.answers.add(
            StoredAnswer(
                id=0,
                source=source.name,
                day=ask.day,
                url=request.url,
                fetched=answer.moment,
                headers=answer.headers,
                sha256=sha256,
                file=file,
                is_dump=request.is_dump,
                dump=None,
            )
        )

    def _body(self, stored: StoredAnswer) -> bytes:
        with open_answer(self._folder / stored.file) as stream:
            return stream.read()

    # --- reading --------------------------------------------------------------------------------

    def _read(self, source: str, today: date) -> tuple[Intake, dict[date, str]]:
        oldest = self._clock() - timedelta(days=UNREAD_DAYS)
        return read_unread(self._library, self._folder, source, today=today, oldest=oldest)

    # --- coverage -------------------------------------------------------------------------------

    def _close(
        self, service: Service, source: ServiceSource, day: date, seen: DayResult, unreadable: str
    ) -> DayCoverage:
        """Store the coverage of a day and mark the day as asked."""
        answers = self._library.answers
        papers, new = answers.counts(source.name, day)
        seen = replace(seen, papers=papers, fresh=new, error=seen.error or unreadable)
        usual = answers.usual(source.name, day)
        coverage = judge(service, source, day, seen, usual=usual, now=self._clock())
        with self._library.transaction():
            answers.record(coverage)
            if not seen.error:
                answers.end(source.name, day)
        return coverage

    def _with_coverage(self, intake: Intake, coverages: list[DayCoverage]) -> Intake:
        """Return the intake with the coverage that a digest should mention.

        That is the newest day, and what any run asked in the last hours: another profile's run, or
        one that was killed.
        """
        now = self._clock()
        checked = self._library.answers.checked_after(intake.name, now - SAME_MORNING)
        newest, *earlier = checked or (None,)
        days = [day for day in reversed(earlier) if day.state != "holiday"]
        days += [newest] if newest is not None else []
        days = [self._library.answers.with_usual(day) for day in days]
        failed = [day for day in coverages if has_failed(day)]
        if not failed:
            return replace(intake, days=tuple(days))
        return replace(intake, days=tuple(days), state="failed", reason=failed[-1].reason)


def new_client(
    config: Config,
    *,
    clock: Callable[[], datetime],
    environment: Mapping[str, str],
    sleep: Callable[[float], None] = time.sleep,
) -> Client:
    """Return a client on the real clock; its library is imported here, not earlier."""
    from digest.sources.client import Client, World

    world = World(
        now=clock,
        clock=time.monotonic,
        sleep=sleep,
        jitter=random.random,
        environment=environment,
    )
    return Client(world, contact=config.contact)


def _ask_for_upvotes(rules: Iterable[Rule]) -> bool:
    """Return whether a rule asks for upvotes or comments."""
    from digest.matching.values import number_ranges

    return any(
        condition.field != "authors"
        for rule in rules
        for condition in number_ranges(rule.selecting)
    )


def has_failed(day: DayCoverage) -> bool:
    """Return whether the day failed, rather than bringing little or nothing."""
    return day.state == "failed" or (day.state == "partial" and not day.is_low)
