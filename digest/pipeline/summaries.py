"""Ask a language model about the papers that a digest shows.

This is an edge of the pipeline, like the sources: between selection and rendering it asks for what
the library does not have, and stores each answer before use. A failure costs a sentence and is
reported; the digest is made anyway.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.errors import TemplateError
from digest.library.model_answers import AnswerKey
from digest.model.summaries import ModelTexts
from digest.summaries.budget import DaySpending, cost, refusal
from digest.summaries.clean import MOST, clean_answer
from digest.summaries.prompts import summary_task, translation_task
from digest.wording import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from typing import Self

    from digest.library import Library
    from digest.model import Digest, Entry, Paper, Pick, Profile, Selection
    from digest.model.summaries import SummarySettings
    from digest.sources.client import Client
    from digest.summaries.model_server import ModelError
    from digest.summaries.prompts import Task

ATTEMPTS: Final = 3
PAUSES: Final = (2.0, 8.0)
"""Seconds before the second and third attempts, unless the server says otherwise."""
REFUSED: Final = 400
"""The status of a server that needs the other form of a request."""
LONGEST_WAIT: Final = 60.0
"""A server that asks for a longer pause is not asked again by this run."""
MOST_FAILURES: Final = 3
"""Papers in a row without an answer after which the server counts as broken."""
LONGEST: Final = timedelta(minutes=15)
"""Time limit for all requests of a run."""


class ModelReport(Struct, frozen=True):
    """How many requests of a run a model answered, and what they cost."""

    asked: int = 0
    """Requests that were answered."""
    stored: int = 0
    """Answers that the library already had."""
    tokens: int = 0
    cost: float = 0.0
    missing: int = 0
    """Sentences that are missing in this run's digests."""
    reason: str = ""
    """Why the first of them is missing."""
    is_fault: bool = False
    """Whether something failed; a limit of the config is no fault."""


class Writer:
    """Asks the model for one run; close it at the end."""

    def __init__(  # noqa: PLR0913 - keywords, each a part of the world
        self,
        settings: SummarySettings,
        library: Library,
        *,
        clock: Callable[[], datetime],
        environment: Mapping[str, str],
        sleep: Callable[[float], None],
        is_online: bool,
    ) -> None:
        """Without `is_online`, use only stored answers."""
        self._settings = settings
        self._library = library
        self._clock = clock
        self._environment = environment
        self._sleep = sleep
        self._is_online = is_online
        self._began: datetime | None = None
        self._failures = 0
        self._stopped = ""
        self._is_new_form = False
        self.report = ModelReport()

    def write(self, profile: Profile, entries: Iterable[Entry]) -> dict[str, ModelTexts]:
        """Return the model's texts about the papers, by id; it is asked in their order."""
        written: dict[str, ModelTexts] = {}
        for entry in entries:
            texts = self._of(profile, entry)
            if texts.summary or texts.title or texts.sentence:
                written[entry.paper.id] = texts
        return written

    def add(
        self, profile: Profile, selection: Selection, preview: Callable[[Selection], Digest]
    ) -> Selection:
        """Return the selection with texts about the papers that the digest will show."""
        if not (selection.picks or selection.more):
            return selection
        return with_model_texts(selection, self.write(profile, preview(selection).best))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        if "_client" in self.__dict__:
            self._client.close()

    def _of(self, profile: Profile, entry: Entry) -> ModelTexts:
        paper, target = entry.paper, profile.translate
        summary = title = sentence = ""
        # Not shown with `detail: short` or `full`.
        if profile.summaries and profile.detail == "normal" and paper.abstract:
            summary = self._summary(paper, self._settings.language or target or profile.language)
        if target:
            title = self._translated(paper, paper.title, target)
            original = plain(entry.sentence)
            if original and not summary:
                sentence = self._translated(paper, original, target)
        return ModelTexts(self._settings.model, summary, title, sentence)

    def _summary(self, paper: Paper, language: str) -> str:
        try:
            task = summary_task(self._settings, paper, language)
        except TemplateError as error:
            self._miss(str(error))
            return ""
        return self._answer(paper, task)

    def _translated(self, paper: Paper, text: str, language: str) -> str:
        translation = self._answer(paper, translation_task(self._settings, text, language))
        return "" if translation == text else translation

    def _answer(self, paper: Paper, task: Task) -> str:
        """Return the stored answer or a new one; empty if there is none."""
        model = self._settings.model[:200]
        key = AnswerKey(paper.id, paper.version or 0, model, task.name)
        stored = self._library.model_answers.get(key)
        if stored is not None:
            self.report = replace(self.report, stored=self.report.stored + 1)
            return stored
        if not self._is_online:
            return ""
        if self._stopped:
            self._miss(self._stopped)
            return ""
        return self._request(key, task)

    def _request(self, key: AnswerKey, task: Task) -> str:
        """Ask until there is an answer, or further attempts are pointless."""
        from digest.summaries.model_server import ModelError, ask

        for attempt in range(ATTEMPTS):
            if limit := self._limit(key, task):
                self._miss(limit, is_fault=False)
                return ""
            answers = self._library.model_answers
            tokens, money = self._most(task)
            request = answers.reserve(key, tokens=tokens, cost=money, now=self._clock())
            try:
                reply = ask(self._client, self._settings, task, is_new_form=self._is_new_form)
            except ModelError as error:
                if error.is_free:
                    answers.release(request)
                if not self._may_repeat(error, attempt):
                    return ""
                continue
            tokens_in = reply.tokens_in or task.tokens_in
            tokens_out = reply.tokens_out or task.answer_tokens
            used, price = tokens_in + tokens_out, cost(self._settings, tokens_in, tokens_out)
            text = clean_answer(reply.text, most=MOST)
            answers.settle(request, text, tokens=used, cost=price)
            self._count(text, used, price, allowed=tokens)
            return text
        raise AssertionError("the last attempt is not repeated")

    def _most(self, task: Task) -> tuple[int, int]:
        """Return the most tokens and money that a request can cost."""
        money = cost(self._settings, task.tokens_in, task.answer_tokens)
        return task.tokens_in + task.answer_tokens, money

    def _limit(self, key: AnswerKey, task: Task) -> str:
        """Return why the request may not be made; empty if it may."""
        now = self._clock()
        self._began = self._began or now
        if now - self._began > LONGEST:
            return f"the {LONGEST.seconds // 60} minutes for summaries are over"
        answers = self._library.model_answers
        tokens, money = self._most(task)
        is_new = not answers.was_asked(key.paper, now)
        spent = DaySpending(*answers.spent(now))
        return refusal(self._settings, spent, tokens=tokens, money=money, is_new_paper=is_new)

    def _may_repeat(self, error: ModelError, attempt: int) -> bool:
        """Wait for the next attempt; if there is none, record the failure and return False."""
        if error.status == REFUSED and not self._is_new_form:
            self._is_new_form = True
            return True
        wait = error.wait
        if wait is None and attempt < len(PAUSES):
            wait = PAUSES[attempt]
        is_last = attempt + 1 == ATTEMPTS
        if error.is_final or is_last or wait is None or wait > LONGEST_WAIT:
            self._failures += 1
            if error.is_final or self._failures == MOST_FAILURES or (wait or 0) > LONGEST_WAIT:
                self._stopped = error.reason
            self._miss(error.reason)
            return False
        self._sleep(wait)
        return True

    def _count(self, text: str, tokens: int, price: int, *, allowed: int) -> None:
        """Count an answer; after one that exceeded its limit no more are requested."""
        self._failures = 0
        self.report = replace(
            self.report,
            asked=self.report.asked + 1,
            tokens=self.report.tokens + tokens,
            cost=self.report.cost + price / 1_000_000,
        )
        if not text:
            self._miss("its answer holds no sentence")
        if tokens > allowed:
            self._stopped = f"it took {tokens:,} tokens where at most {allowed:,} were asked for"
            self._miss(self._stopped, count=0)

    def _miss(self, reason: str, *, is_fault: bool = True, count: int = 1) -> None:
        report = self.report
        self.report = replace(
            report,
            missing=report.missing + count,
            reason=reason if is_fault and not report.is_fault else report.reason or reason,
            is_fault=report.is_fault or is_fault,
        )

    @cached_property
    def _client(self) -> Client:
        import random
        import time

        from digest.sources.client import Client, Limits, World  # 80 ms, for httpx2
        from digest.summaries.model_server import SIZE

        seconds = self._settings.timeout
        limits = Limits(connect=10.0, read=seconds, total=seconds, size=SIZE, attempts=1)
        world = World(self._clock, time.monotonic, time.sleep, random.random, self._environment)
        return Client(world, limits=limits)


def with_model_texts(selection: Selection, written: Mapping[str, ModelTexts]) -> Selection:
    """Return the selection with the model's texts about its papers."""
    if not written:
        return selection

    def add_to(picks: Iterable[Pick]) -> tuple[Pick, ...]:
        return tuple(replace(pick, written=written.get(pick.paper.id)) for pick in picks)

    return replace(selection, picks=add_to(selection.picks), more=add_to(selection.more))


def prompt_fault(settings: SummarySettings) -> str:
    """Return the fault of the configured prompt; empty if there is none."""
    from digest.summaries.prompts import instructions

    try:
        instructions(settings.prompt, "en")
    except TemplateError as error:
        return str(error)
    return ""
