"""The schedule runs once for each planned time, whatever happens."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.errors import LibraryError, UsageError
from digest.model import Profile
from digest.pipeline.due import due_moment, next_moment
from digest.pipeline.scheduler import (
    LONGEST_WAIT,
    AlreadyDone,
    Event,
    Failed,
    Finished,
    Idle,
    Planned,
    Started,
    World,
    run_due,
    run_schedule,
    stop_on_signals,
)
from tests.strategies import built

if TYPE_CHECKING:
    from collections.abc import Callable

ZURICH = ZoneInfo("Europe/Zurich")
DAILY = Profile("daily", "Papers", ZURICH, (), at=time(7))
WEEKDAYS = replace(DAILY, days=frozenset(range(5)))


def moment(text: str, zone: ZoneInfo = ZURICH) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


class FakeWorld:
    """A clock that goes on when waited for, and a note of all that is run and told."""

    def __init__(self, start: str, *, end: str, last: str | None = None) -> None:
        self.clock = moment(start).astimezone(UTC)
        self.end = moment(end)
        self.done: dict[str, datetime] = {}
        if last is not None:
            self.done["daily"] = moment(last)
        self.runs: list[tuple[str, str]] = []
        self.events: list[Event] = []
        self.jumps: list[tuple[datetime, datetime]] = []
        self.failing: set[str] = set()
        self.during: Callable[[], None] = lambda: None
        self.stopped = False
        self.changes: list[tuple[datetime, list[Profile]]] = []
        """From when on the config has which profiles."""
        self.late_until: datetime | None = None
        """When the last source has its list of the day."""

    def is_set(self) -> bool:
        return self.stopped or (not self.jumps and self.clock >= self.end)

    def wait(self, timeout: float) -> None:
        assert 0 <= timeout <= LONGEST_WAIT
        self.clock += timedelta(seconds=max(timeout, 0.001))
        if self.jumps and self.clock >= self.jumps[0][0]:
            self.clock = self.jumps.pop(0)[1]

    def run(self, name: str) -> None:
        self.runs.append((name, f"{self.clock.astimezone(ZURICH):%a %d %H:%M}"))
        if name in self.failing:
            raise LibraryError("another run is using the library")
        self.during()
        self.done[name] = self.clock

    def report(self, event: Event) -> None:
        if isinstance(event, Idle):
            assert self.clock <= event.until
        else:
            self.events.append(event)

    def changed(self) -> list[Profile] | None:
        if self.changes and self.clock >= self.changes[0][0]:
            return self.changes.pop(0)[1]
        return None

    def play(self, *profiles: Profile, once: bool = False) -> list[str]:
        world = World(
            self.run,
            self.done.get,
            lambda: self.clock,
            self.report,
            self,
            is_waiting=lambda: self.late_until is not None and self.clock < self.late_until,
            changed=self.changed,
        )
        if once:
            run_due(profiles, world)
        else:
            run_schedule(profiles, world)
        return [when for _, when in self.runs]


# --- when ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "due", "following"),
    [
        ("2026-01-07 06:59", "2026-01-06 07:00", "2026-01-07 07:00"),
        ("2026-01-07 07:00", "2026-01-07 07:00", "2026-01-08 07:00"),
        ("2026-01-10 12:00", "2026-01-09 07:00", "2026-01-12 07:00"),  # a Saturday
        ("2026-01-12 06:00", "2026-01-09 07:00", "2026-01-12 07:00"),
    ],
)
def test_moments_lie_around_now(now: str, due: str, following: str) -> None:
    assert due_moment(WEEKDAYS, moment(now)) == moment(due)
    assert next_moment(WEEKDAYS, moment(now)) == moment(following)


def test_an_hour_that_is_left_out_is_made_up_after_the_gap() -> None:
    early = replace(DAILY, at=time(2, 30))
    due = due_moment(early, moment("2026-03-29 12:00"))
    assert due.astimezone(ZURICH).strftime("%d %H:%M") == "29 03:30"


def test_an_hour_that_comes_twice_counts_once() -> None:
    early = replace(DAILY, at=time(2, 30))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert due_moment(early, second) == first
    assert next_moment(early, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_day_that_a_zone_left_out_is_no_fault() -> None:
    apia = ZoneInfo("Pacific/Apia")
    friday = replace(DAILY, timezone=apia, days=frozenset({4}))
    now = moment("2011-12-31 12:00", apia)  # 30 December, a Friday, was left out
    assert due_moment(friday, now) <= now < next_moment(friday, now)


def test_a_source_that_is_late_is_asked_again_during_the_morning() -> None:
    world = FakeWorld("2026-01-07 06:00", end="2026-01-08 08:00")
    world.late_until = moment("2026-01-07 08:10")
    assert world.play(DAILY) == [
        "Wed 07 07:00", "Wed 07 07:30", "Wed 07 08:00", "Wed 07 08:30", "Thu 08 07:00"
    ]  # fmt: skip
    assert not any(isinstance(event, AlreadyDone) for event in world.events)


def test_a_source_that_never_comes_is_asked_until_noon() -> None:
    world = FakeWorld("2026-01-07 06:00", end="2026-01-08 06:00")
    world.late_until = moment("2026-02-01 00:00")
    runs = world.play(DAILY)
    assert runs[-1] == "Wed 07 13:00"
    assert len(runs) == 13


ZONES = [
    "UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
    "Pacific/Kwajalein", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca",
]  # fmt: skip

profiles = built(
    lambda zone, at, days: Profile("p", "P", ZoneInfo(zone), (), at=at, days=days),
    st.sampled_from(ZONES),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.frozensets(st.integers(0, 6), min_size=1),
)
seconds = st.integers(0, 70 * 365 * 86_400)
moments = seconds.map(lambda passed: datetime.fromtimestamp(passed, UTC))  # 1970 to 2039


@given(profile=profiles, now=moments)
def test_now_always_lies_between_two_moments(profile: Profile, now: datetime) -> None:
    due, following = due_moment(profile, now), next_moment(profile, now)
    assert due <= now < following
    assert due_moment(profile, following) == following
    assert due_moment(profile, following - timedelta(microseconds=1)) == due
    assert next_moment(profile, due) == following
    longest = 7 if len(profile.days) == 1 else 8 - len(profile.days)
    assert following - due <= timedelta(days=longest + 1, hours=1)


@given(profile=profiles, year=st.integers(2000, 2030), month=st.integers(1, 12))
def test_each_wanted_day_of_a_month_has_one_moment(profile: Profile, year: int, month: int) -> None:
    zone = profile.timezone
    begin = datetime(year, month, 1, tzinfo=zone).astimezone(UTC)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone).astimezone(UTC)
    days: list[date] = []
    at = next_moment(profile, begin - timedelta(microseconds=1))
    while at < end:
        days.append(at.astimezone(zone).date())
        at = next_moment(profile, at)
    assert len(days) == len(set(days))
    if zone.key not in ("Pacific/Apia", "Pacific/Kwajalein"):  # these left days out
        assert {day.weekday() for day in days} == profile.days


# --- the loop ------------------------------------------------------------------------------------


def test_each_profile_runs_at_its_time_on_its_days() -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-13 12:00")  # Thursday to Tuesday
    world.play(WEEKDAYS, replace(DAILY, name="sunday", at=time(20, 15), days=frozenset({6})))
    assert world.runs == [
        ("daily", "Fri 09 07:00"),
        ("sunday", "Sun 11 20:15"),
        ("daily", "Mon 12 07:00"),
        ("daily", "Tue 13 07:00"),
    ]


def test_daylight_saving_changes_nothing_on_the_clock_of_the_wall() -> None:
    for start, end in [("2026-03-27 12:00", "2026-03-30 12:00"),
                       ("2026-10-23 12:00", "2026-10-26 12:00")]:  # fmt: skip
        runs = FakeWorld(start, end=end).play(DAILY)
        assert [run[-5:] for run in runs] == ["07:00"] * 3


def test_a_profile_without_a_time_is_left_to_the_user() -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-09 12:00")
    world.play(DAILY, replace(DAILY, name="by-hand", at=None))
    assert [name for name, _ in world.runs] == ["daily"]


def test_no_profile_with_a_time_is_an_error_that_says_what_to_write() -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-09 12:00")
    with pytest.raises(UsageError, match='at: "07:00"'):
        world.play(replace(DAILY, at=None))


def test_what_comes_next_is_told_at_the_beginning() -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-08 12:01")
    world.play(DAILY)
    assert world.events == [Planned("daily", moment("2026-01-09 07:00"))]


@pytest.mark.parametrize(
    ("last", "runs"),
    [
        ("2026-01-05 07:01", ["Thu 08 12:00", "Fri 09 07:00"]),  # two days missed: one run
        ("2026-01-08 07:01", ["Fri 09 07:00"]),
        (None, ["Fri 09 07:00"]),  # nothing was missed by a profile that never ran
        ("2027-01-01 00:00", ["Fri 09 07:00"]),  # written while the clock was wrong
    ],
)
def test_what_was_missed_while_not_running_is_made_up_once(
    last: str | None, runs: list[str]
) -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-09 12:00", last=last)
    assert world.play(DAILY) == runs


def test_what_was_missed_while_the_machine_slept_is_made_up_once() -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-12 12:00", last="2026-01-08 07:01")
    world.jumps = [(moment("2026-01-08 23:00"), moment("2026-01-11 09:30"))]
    assert world.play(DAILY) == ["Sun 11 09:30", "Mon 12 07:00"]
    assert Started("daily", moment("2026-01-11 07:00"), late=True) in world.events
    assert Started("daily", moment("2026-01-12 07:00"), late=False) in world.events


def test_a_run_by_hand_after_the_moment_counts() -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-09 12:00", last="2026-01-08 07:01")
    slept = (moment("2026-01-08 23:00"), moment("2026-01-09 09:30"))
    world.jumps = [slept]
    world.done["daily"] = moment("2026-01-09 08:00")
    assert world.play(DAILY) == []
    assert world.events[-1] == AlreadyDone("daily", moment("2026-01-09 07:00"))


def test_a_failing_run_is_told_and_the_next_ones_come() -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-10 12:00")
    world.failing = {"daily"}
    world.play(DAILY, replace(DAILY, name="second"))
    assert [name for name, _ in world.runs] == ["daily", "second"] * 2
    failures = [event for event in world.events if isinstance(event, Failed)]
    assert [str(failure.error) for failure in failures] == ["another run is using the library"] * 2
    assert Finished("second") in world.events


def test_a_clock_that_is_set_back_does_not_stop_the_loop_for_the_time_between() -> None:
    world = FakeWorld("2036-01-08 12:00", end="2026-01-10 12:00")
    world.jumps = [(moment("2036-01-08 13:00"), moment("2026-01-08 13:00"))]
    assert world.play(DAILY) == ["Fri 09 07:00", "Sat 10 07:00"]


def test_a_stop_while_one_profile_runs_ends_before_the_next() -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-10 12:00")

    def stop() -> None:
        world.stopped = True

    world.during = stop
    world.play(DAILY, replace(DAILY, name="second"))
    assert [name for name, _ in world.runs] == ["daily"]
    assert world.events[-1] == Finished("daily")


def test_an_interrupt_goes_through() -> None:
    world = FakeWorld("2026-01-08 12:00", end="2026-01-10 12:00")

    def interrupt() -> None:
        raise KeyboardInterrupt

    world.during = interrupt
    with pytest.raises(KeyboardInterrupt):
        world.play(DAILY)


# --- a config that changes -----------------------------------------------------------------------


def test_a_changed_config_changes_the_plan() -> None:
    world = FakeWorld("2026-01-08 06:00", end="2026-01-10 12:00")
    later = replace(DAILY, at=time(9, 30))
    world.changes = [(moment("2026-01-08 12:00"), [later, replace(DAILY, name="second")])]
    world.play(DAILY)
    assert world.runs == [
        ("daily", "Thu 08 07:00"),
        ("second", "Fri 09 07:00"),
        ("daily", "Fri 09 09:30"),
        ("second", "Sat 10 07:00"),
        ("daily", "Sat 10 09:30"),
    ]


def test_a_moment_that_a_change_moves_into_the_past_is_not_made_up() -> None:
    world = FakeWorld("2026-01-08 06:00", end="2026-01-09 12:00")
    world.changes = [(moment("2026-01-08 12:00"), [replace(DAILY, at=time(11))])]
    assert world.play(DAILY) == ["Thu 08 07:00", "Fri 09 11:00"]


def test_a_change_of_something_else_leaves_the_plan() -> None:
    world = FakeWorld("2026-01-08 06:00", end="2026-01-09 12:00")
    world.late_until = moment("2026-01-08 07:40")
    world.changes = [(moment("2026-01-08 07:01"), [replace(DAILY, title="Other")])]
    assert world.play(DAILY) == ["Thu 08 07:00", "Thu 08 07:30", "Thu 08 08:00", "Fri 09 07:00"]
    assert sum(isinstance(event, Planned) for event in world.events) == 1


def test_a_profile_that_is_taken_away_runs_no_more() -> None:
    world = FakeWorld("2026-01-08 06:00", end="2026-01-10 12:00")
    second = replace(DAILY, name="second")
    world.changes = [(moment("2026-01-08 12:00"), [second])]
    world.play(DAILY, second)
    assert [name for name, _ in world.runs] == ["daily", "second", "second", "second"]


# --- once ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "last", "runs"),
    [
        ("2026-01-08 12:00", "2026-01-07 07:01", ["Thu 08 12:00"]),
        ("2026-01-08 12:00", "2026-01-08 07:01", []),
        ("2026-01-08 06:00", "2026-01-07 07:01", []),
        ("2026-01-08 12:00", None, ["Thu 08 12:00"]),
    ],
)
def test_once_runs_what_is_due(now: str, last: str | None, runs: list[str]) -> None:
    world = FakeWorld(now, end="2026-02-01 00:00", last=last)
    assert world.play(DAILY, once=True) == runs


@pytest.mark.parametrize(("now", "runs"), [("07:20", 0), ("07:35", 1), ("12:55", 1), ("13:05", 0)])
def test_once_asks_again_for_a_source_that_is_late(now: str, runs: int) -> None:
    world = FakeWorld(f"2026-01-08 {now}", end="2026-02-01 00:00", last="2026-01-08 07:01")
    world.late_until = moment("2026-02-01 00:00")
    assert len(world.play(DAILY, once=True)) == runs


# --- signals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_waiting_at_once(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        assert not stop.is_set()
        timer = threading.Timer(0.05, os.kill, (os.getpid(), number))
        timer.start()
        stop.wait(30)
        assert stop.is_set()
        stop.wait(30)  # returns at once from now on
        assert signal.getsignal(number) == before, "a second signal is the system's again"
        timer.join()
    assert signal.getsignal(number) == before


def test_sighup_wakes_the_waiting_and_asks_to_reload_once() -> None:
    before = signal.getsignal(signal.SIGHUP)
    with stop_on_signals() as stop:
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGHUP))
        timer.start()
        stop.wait(30)
        timer.join()
        assert not stop.is_set()
        assert stop.take_reload()
        assert not stop.take_reload()
        stop.wait(0)
    assert signal.getsignal(signal.SIGHUP) == before
