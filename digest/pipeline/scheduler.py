"""Run each profile at its time: the daily loop of `digest schedule`.

Here is *when*; what a run is, what was done before and how to say it come in as functions, and so
do the clock and the waiting. The jobs and the loop over those that are due are the `schedule`
library's. Its own planning is replaced, for it reads the clock itself, in naive local time, asks
for pytz, and goes wrong for an hour when daylight saving ends (https://schedule.readthedocs.io,
"Timezone & Daylight Saving Time"); and since an exception leaves its loop with the job unplanned,
none gets out of a job.

A moment is planned for every day that a profile wants: its `at` in its zone. Where clocks leave
that hour out, 02:30 means 03:30; where the hour comes twice, it means the first. So there is one
moment a day, whatever the zone does.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import schedule

from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date
    from types import FrameType
    from typing import Any

    from digest.model import Profile

ASK_AGAIN: Final = timedelta(minutes=30)
"""After so long a profile is run again if a source had no list of the day yet."""
ASK_UNTIL: Final = timedelta(hours=6)
"""For so long after the planned moment."""
LONGEST_WAIT: Final = 60.0
"""Seconds. A sleeping machine does not count them, and its clock can be set: look up often."""


# --- what a loop tells ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """That a profile will run at `moment` (aware, in its zone)."""

    profile: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """That the run planned for `due` (aware, in the profile's zone) begins, late or not."""

    profile: str
    due: datetime
    late: bool
    """Whether it makes up for one that was missed."""


@dataclass(frozen=True, slots=True)
class Finished:
    """That a run came to its end."""

    profile: str


@dataclass(frozen=True, slots=True)
class Failed:
    """That a run ended in `error`; the profile stays planned."""

    profile: str
    error: Exception


@dataclass(frozen=True, slots=True)
class AlreadyDone:
    """That someone ran the profile since `due`, so that there is nothing to do."""

    profile: str
    due: datetime


Event: TypeAlias = Planned | Started | Finished | Failed | AlreadyDone


class Stop(Protocol):
    """What ends the loop; `threading.Event` is one, `stop_on_signals` gives another."""

    def is_set(self) -> bool:
        """Tell whether to end."""
        ...

    def wait(self, timeout: float) -> object:
        """Return after `timeout` seconds, or as soon as it is set."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """All that the loop does not do itself."""

    run: Callable[[str], None]
    """Runs the profile of that name; may raise."""
    last_done: Callable[[str], datetime | None]
    """When that profile's last run was done (aware); None if it never ran."""
    now: Callable[[], datetime]
    """The clock, aware."""
    report: Callable[[Event], None]
    stop: Stop
    is_waiting: Callable[[], bool] = lambda: False
    """Whether some source has still to bring its list of the day."""


# --- when ----------------------------------------------------------------------------------------


def due_moment(profile: Profile, now: datetime) -> datetime:
    """Return the latest planned moment of `profile` that is not after `now` (aware).

    In UTC: two moments of one zone are compared by their wall clocks, which is wrong in the hour
    that comes twice (https://docs.python.org/3/library/datetime.html, "inter-zone comparison").
    """
    return max(moment for moment in _moments_around(profile, now) if moment <= now)


def next_moment(profile: Profile, now: datetime) -> datetime:
    """Return the first planned moment of `profile` after `now`, in UTC."""
    return min(moment for moment in _moments_around(profile, now) if moment > now)


def _moments_around(profile: Profile, now: datetime) -> list[datetime]:
    """Return the planned moments of some days before and after `now`; at least one of each.

    Nine days hold every weekday, also where a zone left one out (Samoa had no 30 December 2011).
    """
    today = now.astimezone(profile.timezone).date()
    days = (today + timedelta(days=offset) for offset in range(-9, 10))
    return [_moment_on(profile, day) for day in days if day.weekday() in profile.days]


def _moment_on(profile: Profile, day: date) -> datetime:
    if profile.at is None:
        raise ValueError(f"profile {profile.name!r} has no time to run at")
    # fold=0, the default: in an hour that comes twice the first, in one left out the offset before
    # the gap (PEP 495).
    return datetime.combine(day, profile.at, profile.timezone).astimezone(UTC)


# --- the loop ------------------------------------------------------------------------------------


def run_schedule(profiles: Sequence[Profile], world: World) -> None:
    """Run each profile that has an `at` at its moments, until `world.stop` is set.

    A moment that passed unused since the profile's last run is made up for once, at the beginning
    or when the machine wakes; a profile that never ran waits for its first. Raises UsageError
    where no profile has an `at`, for the loop would wait for ever.
    """
    planned = [profile for profile in profiles if profile.at is not None]
    if not planned:
        raise UsageError('no profile has a time to run at; give one `at: "07:00"` in the config')
    scheduler = schedule.Scheduler()
    jobs = [ProfileJob(profile, world, scheduler) for profile in planned]
    while not world.stop.is_set():
        for job in jobs:
            job.catch_clock()
        scheduler.run_pending()
        if world.stop.is_set():
            break
        soonest = min(job.planned for job in jobs)
        seconds = (soonest - world.now()).total_seconds()
        world.stop.wait(min(max(seconds, 0.0), LONGEST_WAIT))


class ProfileJob(schedule.Job):
    """A job of the `schedule` library that is planned by the profile's zone and a given clock.

    Overridden are the two methods in which the library looks at the clock to decide; `next_run`,
    by which it sorts the jobs that are due, is aware.
    """

    def __init__(self, profile: Profile, world: World, scheduler: schedule.Scheduler) -> None:
        super().__init__(1, scheduler)
        self._profile = profile
        self._world = world
        self._again: datetime | None = None
        """When the last run began, if it is to be done again for a source that was late."""
        self.planned = self._first()
        self.do(self._run)
        world.report(Planned(profile.name, self.planned.astimezone(profile.timezone)))

    @property
    def should_run(self) -> bool:
        """Tell whether the planned moment has come."""
        return self._world.now() >= self.planned

    def catch_clock(self) -> None:
        """Plan anew where the clock was set back: a year of error is not to be waited out."""
        now = self._world.now()
        latest = next_moment(self._profile, now)
        self.planned = min(self.planned, latest, now + ASK_AGAIN if self._again else latest)
        self.next_run = self.planned

    def _first(self) -> datetime:
        now = self._world.now()
        due, last = due_moment(self._profile, now), self._world.last_done(self._profile.name)
        missed = last is not None and last < due
        return due if missed else next_moment(self._profile, now)

    def _schedule_next_run(self) -> None:
        """Plan the next moment; the library calls it from `do` and after each run."""
        if self.last_run is not None:
            now = self._world.now()
            self.planned = next_moment(self._profile, now)
            if self._again is not None:
                self.planned = min(self.planned, now + ASK_AGAIN)
        self.next_run = self.planned

    def _run(self) -> None:
        """Run the profile, unless that is done; let no exception into the library's loop."""
        world, name = self._world, self._profile.name
        if world.stop.is_set():  # set while the profile before this one ran
            return
        now = world.now()
        due = due_moment(self._profile, now)
        shown = due.astimezone(self._profile.timezone)
        try:
            last = world.last_done(name)
            is_again, self._again = self._again is not None, None
            if last is not None and due <= last <= now and not is_again:
                world.report(AlreadyDone(name, shown))
                return
            late = (now - due).total_seconds() > 2 * LONGEST_WAIT and not is_again
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
    main thread is entering `wait` would stand still for ever.
    """

    def __init__(self) -> None:
        self._set = False
        self._receiver, self._sender = os.pipe()
        os.set_blocking(self._sender, False)

    def is_set(self) -> bool:
        """Tell whether a signal came."""
        return self._set

    def wait(self, timeout: float) -> None:
        """Return after `timeout` seconds, or as soon as a signal comes."""
        select.select([self._receiver], [], [], timeout)

    def set(self) -> None:
        """Set it, and wake up who waits."""
        if not self._set:
            self._set = True
            os.write(self._sender, b"\0")

    def close(self) -> None:
        """Give back the pipe."""
        os.close(self._receiver)
        os.close(self._sender)


@contextmanager
def stop_on_signals() -> Iterator[SignalStop]:
    """Yield a `Stop` that SIGTERM and SIGINT set; a second signal acts as if nobody listened."""
    stop = SignalStop()
    before: dict[int, Handler] = {}

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 — signal's interface
        stop.set()
        restore()

    def restore() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, before[number])

    for number in (signal.SIGTERM, signal.SIGINT):
        # None stands for a handler that is not Python's, and cannot be given back.
        before[number] = signal.signal(number, handle) or signal.SIG_DFL
    try:
        yield stop
    finally:
        restore()
        stop.close()
