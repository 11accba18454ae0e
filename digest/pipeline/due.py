"""When a profile is due: pure functions of the profile and the current time.

Each day of a profile has one planned time: its `at` in its zone. If clocks skip that hour, 02:30
means 03:30; if the hour occurs twice, the first counts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from digest.model import Profile


def due_moment(profile: Profile, now: datetime) -> datetime:
    """Return the latest planned time of `profile` that is not after `now` (aware).

    In UTC: two times of one zone are compared by their wall clocks, which is wrong in the hour that
    occurs twice (https://docs.python.org/3/library/datetime.html, "inter-zone comparison").
    """
    return max(moment for moment in _moments_around(profile, now) if moment <= now)


def next_moment(profile: Profile, now: datetime) -> datetime:
    """Return the first planned time of `profile` after `now`, in UTC."""
    return min(moment for moment in _moments_around(profile, now) if moment > now)


def _moments_around(profile: Profile, now: datetime) -> list[datetime]:
    """Return planned times before and after `now`, at least one of each.

    Nine days contain every weekday, even if a zone skips one (Samoa had no 30 December 2011).
    """
    today = now.astimezone(profile.timezone).date()
    days = (today + timedelta(days=offset) for offset in range(-9, 10))
    return [_moment_on(profile, day) for day in days if day.weekday() in profile.days]


def _moment_on(profile: Profile, day: date) -> datetime:
    if profile.at is None:
        raise ValueError(f"profile {profile.name!r} has no time to run at")
    # fold=0, the default: the first time in an hour that occurs twice, and in a skipped hour the
    # offset before the gap (PEP 495).
    return datetime.combine(day, profile.at, profile.timezone).astimezone(UTC)
