"""Run each profile at its time until the program is stopped.

This module decides *when*. Runs, their history, reports, the clock and waiting come in as
functions. The `schedule` library keeps the jobs and loops over the due ones. Its own planning is
not used: it reads the clock itself, in naive local time, needs pytz, is an hour late when daylight
saving ends (https://schedule.readthedocs.io, "Timezone & Daylight Saving Time"), and drops a job
that raised an exception. `digest.pipeline.due` computes when a profile is due.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import schedule
from msgspec import Struct

from digest.errors import UsageError
from digest.pipeline.due import due_moment, next_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import FrameType
    from typing import Any

    from digest.model import Profile

ASK_AGAIN: Final = timedelta(minutes=30)
"""A profile is run again after this time if a source had no list of the day yet."""
ASK_UNTIL: Final = timedelta(hours=6)
"""But not later than this after the planned time."""
LONGEST_WAIT: Final = 60.0
"""Seconds. A sleeping machine does not count them, and its clock can be set: check often."""


# --- what a loop tells ---------------------------------------------------------------------------


class Planned(Struct, frozen=True):
    """A profile will run at `moment` (aware, in its zone)."""

    profile: str
    moment: datetime


class Started(Struct, frozen=True):
    """The run planned for `due` (aware, in the profile's zone) starts, on time or late."""

    profile: str
    due: datetime
    late: bool
    """Whether it makes up for a missed run."""


class Finished(Struct, frozen=True):
    """A run ended."""

    profile: str


class Failed(Struct, frozen=True):
    """A run failed with `error`; the profile stays planned."""

    profile: str
    error: Exception


class AlreadyDone(Struct, frozen=True):
    """Somebody ran the profile since `due`, so there is nothing to do."""

    profile: str
    due: datetime


class Idle(Struct, frozen=True):
    """All due runs are over; the loop waits until `until` (aware) at the latest."""

    until: datetime


Event: TypeAlias = Planned | Started | Finished | Failed | AlreadyDone | Idle


class Stop(Protocol):
    """What stops the loop: a `threading.Event`, or the result of `stop_on_signals`."""

    def is_set(self) -> bool:
        """Return whether to stop."""
        ...

    def wait(self, timeout: float) -> object:
        """Return after `timeout` seconds, or as soon as it is set."""
        ...


class World(Struct, frozen=True):
    """Everything that the loop does not do itself."""

    run: Callable[[str], None]
    """Runs the profile of that name; may raise."""
    last_done: Callable[[str], datetime | None]
    """When that profile's last run was done (aware); None if it never ran."""
    now: Callable[[], datetime]
    """Returns the current time, aware."""
    report: Callable[[Event], None]
    stop: Stop
    is_waiting: Callable[[], bool] = lambda: False
    """Whether a source has no list of the day yet."""
    changed: Callable[[], Sequence[Profile] | None] = lambda: None
    """The profiles of a config that changed since the last call; None if it did not."""


# --- the loop ------------------------------------------------------------------------------------


def run_schedule(profiles: Sequence[Profile], world: World) -> None:
    """Run each profile that has an `at` at its times, until `world.stop` is set.

    A time missed since the profile's last run is made up for once, at the start or when the machine
    wakes; a profile that never ran waits for its first time. Raises UsageError if no profile has an
    `at`, because the loop would wait for ever.
    """
    scheduler = schedule.Scheduler()
    jobs = [ProfileJob(profile, world, scheduler) for profile in with_a_time(profiles)]
    while not world.stop.is_set():
        for job in jobs:
            job.catch_clock()
        scheduler.run_pending()
        if (changed := world.changed()) is not None:
            jobs = _planned_anew(jobs, with_a_time(changed), world, scheduler)
        soonest = min(job.planned for job in jobs)
        world.report(Idle(soonest))
        if world.stop.is_set():
            break
        seconds = (soonest - world.now()).total_seconds()
        world.stop.wait(min(max(seconds, 0.0), LONGEST_WAIT))


def with_a_time(profiles: Sequence[Profile]) -> list[Profile]:
    """Return the profiles that have an `at`; raise UsageError if none has."""
    planned = [profile for profile in profiles if profile.at is not None]
    if not planned:
        raise UsageError('no profile has a time to run at; give one `at: "07:00"` in the config')
    return planned


def _planned_anew(
    jobs: Sequence[ProfileJob],
    profiles: Sequence[Profile],
    world: World,
    scheduler: schedule.Scheduler,
) -> list[ProfileJob]:
    """Return the jobs of a changed config; jobs with unchanged times are kept."""
    jobs_by_name = {job.profile.name: job for job in jobs}
    new_jobs = []
    for profile in profiles:
        job = jobs_by_name.get(profile.name)
        if job is not None and _times(job.profile) == _times(profile):
            del jobs_by_name[profile.name]
            new_jobs.append(job)
        else:
            new_jobs.append(ProfileJob(profile, world, scheduler, make_up=False))
    for job in jobs_by_name.values():
        scheduler.cancel_job(job)
    return new_jobs


def _times(profile: Profile) -> tuple[object, ...]:
    return profile.at, profile.days, profile.timezone


def run_due(profiles: Sequence[Profile], world: World) -> None:
    """Run each profile whose latest planned time was missed, once, and return.

    Calling this regularly gives what `run_schedule` gives, with one exception: a profile that never
    ran runs at once, because nothing remembers that it waits.
    """
    for profile in with_a_time(profiles):
        now = world.now()
        due = due_moment(profile, now)
        shown = due.astimezone(profile.timezone)
        try:
            last = world.last_done(profile.name)
            if _is_done(due, last, now):
                asks_again = last is not None and now >= last + ASK_AGAIN and now < due + ASK_UNTIL
                if not (asks_again and world.is_waiting()):
                    world.report(AlreadyDone(profile.name, shown))
                    continue
            catching_up = last is not None and due > last and _is_late(due, now)
            world.report(Started(profile.name, shown, catching_up))
            world.run(profile.name)
        except Exception as error:  # noqa: BLE001 - also a bug's: the other profiles' mornings count
            world.report(Failed(profile.name, error))
        else:
            world.report(Finished(profile.name))
        if world.stop.is_set():
            break
    world.report(Idle(min(next_moment(profile, world.now()) for profile in with_a_time(profiles))))


def _is_done(due: datetime, last: datetime | None, now: datetime) -> bool:
    """Return whether the last run was for `due`; a time in the future comes from a wrong clock."""
    return last is not None and due <= last <= now


def _is_late(due: datetime, now: datetime) -> bool:
    return (now - due).total_seconds() > 2 * LONGEST_WAIT


class ProfileJob(schedule.Job):
    """A job of the `schedule` library that is planned by the profile's zone and a given clock.

    Overrides the two methods in which the library reads the clock to decide; `next_run`, by which
    it sorts the due jobs, is aware.
    """

    def __init__(
        self,
        profile: Profile,
        world: World,
        scheduler: schedule.Scheduler,
        *,
        make_up: bool = True,
    ) -> None:
        """Plan the profile; `make_up` for a time missed since its last run."""
        super().__init__(1, scheduler)
        self.profile = profile
        self._world = world
        self._again: datetime | None = None
        """When the last run started, if it is to be repeated for a source that was late."""
        self.planned = self._first() if make_up else next_moment(profile, world.now())
        self.do(self._run)
        world.report(Planned(profile.name, self.planned.astimezone(profile.timezone)))

    @property
    def should_run(self) -> bool:
        """Return whether the planned time has come."""
        return self._world.now() >= self.planned

    def catch_clock(self) -> None:
        """Plan again if the clock was set back."""
        now = self._world.now()
        latest = next_moment(self.profile, now)
        self.planned = min(self.planned, latest, now + ASK_AGAIN if self._again else latest)
        self.next_run = self.planned

    def _first(self) -> datetime:
        now = self._world.now()
        due, last = due_moment(self.profile, now), self._world.last_done(self.profile.name)
        missed = last is not None and last < due
        return due if missed else next_moment(self.profile, now)

    def _schedule_next_run(self) -> None:
        """Plan the next time; the library calls it from `do` and after each run."""
        if self.last_run is not None:
            now = self._world.now()
            self.planned = next_moment(self.profile, now)
            if self._again is not None:
                self.planned = min(self.planned, now + ASK_AGAIN)
        self.next_run = self.planned

    def _run(self) -> None:
        """Run the profile, unless that is done; let no exception into the library's loop."""
        world, name = self._world, self.profile.name
        if world.stop.is_set():  # set while the profile before this one ran
            return
        now = world.now()
        due = due_moment(self.profile, now)
        shown = due.astimezone(self.profile.timezone)
        try:
            last = world.last_done(name)
            is_again, self._again = self._again is not None, None
            if _is_done(due, last, now) and not is_again:
                world.report(AlreadyDone(name, shown))
                return
            late = _is_late(due, now) and not is_again
            world.report(Started(name, shown, late))
            world.run(name)
            if world.is_waiting() and now < due + ASK_UNTIL:
                self._again = now
        except Exception as error:  # noqa: BLE001 — also a bug's: the other profiles' mornings count
            world.report(Failed(name, error))
        else:
            world.report(Finished(name))


# --- the edge ------------------------------------------------------------------------------------


Handler: TypeAlias = "Callable[[int, FrameType | None], Any] | int | signal.Handlers"


class SignalStop:
    """A `Stop` that is set by signals.

    Not a `threading.Event`: its lock is not reentrant, so that a handler which sets it while the
    main thread is entering `wait` would deadlock.
    """

    def __init__(self) -> None:
        self._set = False
        self._asked_to_reload = False
        self._receiver, self._sender = os.pipe()
        os.set_blocking(self._sender, False)
        os.set_blocking(self._receiver, False)

    def is_set(self) -> bool:
        """Return whether a stop signal came."""
        return self._set

    def wait(self, timeout: float) -> None:
        """Return after `timeout` seconds, or as soon as a signal comes."""
        select.select([self._receiver], [], [], timeout)
        if not self._set:
            with suppress(BlockingIOError):
                os.read(self._receiver, 4096)

    def set(self) -> None:
        """Set it, and wake the waiting thread."""
        if not self._set:
            self._set = True
            self._wake()

    def ask_to_reload(self) -> None:
        """Remember a SIGHUP, and wake the waiting thread."""
        self._asked_to_reload = True
        self._wake()

    def take_reload(self) -> bool:
        """Return whether SIGHUP came since the last call."""
        must_reload, self._asked_to_reload = self._asked_to_reload, False
        return must_reload

    def _wake(self) -> None:
        with suppress(BlockingIOError):
            os.write(self._sender, b"\0")

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._receiver)
        os.close(self._sender)


_STOPPING: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stop_on_signals() -> Iterator[SignalStop]:
    """Yield a `Stop` that SIGTERM and SIGINT set; a second signal has its default effect.

    SIGHUP asks it to read the config again; at a terminal it keeps its own meaning, that the
    terminal is gone.
    """
    stop = SignalStop()
    before: dict[int, Handler] = {}

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 — signal's interface
        stop.set()
        restore(_STOPPING)

    def reload(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 — signal's interface
        stop.ask_to_reload()

    def restore(numbers: Iterable[int]) -> None:
        for number in numbers:
            signal.signal(number, before[number])

    handlers: dict[int, Callable[[int, FrameType | None], None]] = dict.fromkeys(_STOPPING, handle)
    if not os.isatty(0):
        handlers[signal.SIGHUP] = reload
    for number, handler in handlers.items():
        # None stands for a handler outside Python, which cannot be restored.
        before[number] = signal.signal(number, handler) or signal.SIG_DFL
    try:
        yield stop
    finally:
        restore(handlers)
        stop.close()
