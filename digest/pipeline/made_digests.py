"""Make the digests of many profiles, in several processes where that pays.

This process reads the library for the drafts and stores what comes back; the others compose, render
and compress. Drafts go out some at a time, because profiles share papers: each is passed on once.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from digest.errors import DeliveryError, TemplateError
from digest.parallel import shared, workers
from digest.pipeline.drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from digest.pipeline.digest_maker import DigestMaker
    from digest.pipeline.drafts import MadeDigest
    from digest.pipeline.results import ProfileFault, ProfileResult

    Step: TypeAlias = Draft | ProfileResult | ProfileFault
    """A draft, or what a profile gets without one."""
    Made: TypeAlias = MadeDigest | TemplateError | DeliveryError | None
    """What was made of a draft; None for another step."""

AT_ONCE: Final = 8
"""Profiles whose drafts are passed on together: some 80 ms of work."""
LEAST: Final = 4 * AT_ONCE
"""Profiles from which on other processes are started."""
MOST_RECIPIENTS: Final = 100
"""Messages that another process passes back at once; the digest of a larger list is made here."""


def make_all(
    maker: Callable[[], DigestMaker], steps: Iterable[Step], *, profiles: int, keep: bool
) -> Iterator[list[tuple[Step, Made]]]:
    """Yield the steps, some at a time, with what was made of them; `profiles` is their number.

    `maker` is called when there is a draft. Without `keep`, the digests of many profiles come
    without their papers.
    """
    if profiles < LEAST or workers() == 1:
        for step in steps:
            yield [(step, _made(maker, step))]
        return
    waiting: deque[list[Step]] = deque()

    def batches() -> Iterator[list[Draft | None]]:
        rest = iter(steps)
        while batch := list(islice(rest, AT_ONCE)):
            waiting.append(batch)
            yield [_passed_on(step) for step in batch]

    def work(batch: list[Draft | None]) -> list[Made]:
        return [_packed(maker, draft, keep=keep) for draft in batch]

    for results in shared(work, batches(), spare=1):
        yield [
            (step, _made(maker, step) if made is None else made)
            for step, made in zip(waiting.popleft(), results, strict=True)
        ]


def _passed_on(step: Step) -> Draft | None:
    if isinstance(step, Draft) and len(step.recipients) <= MOST_RECIPIENTS:
        return step
    return None


def _made(maker: Callable[[], DigestMaker], step: Step) -> Made:
    try:
        return maker().make(step) if isinstance(step, Draft) else None
    except (TemplateError, DeliveryError) as error:
        return error


def _packed(maker: Callable[[], DigestMaker], draft: Draft | None, *, keep: bool) -> Made:
    try:
        return None if draft is None else maker().make(draft).packed(keep=keep)
    except (TemplateError, DeliveryError) as error:
        return error
