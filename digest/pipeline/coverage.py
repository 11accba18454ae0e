"""Decide which days to ask a service for, and whether a day is complete. Pure.

Days are in the service's own time zone.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from digest.model import DayCoverage
from digest.sources.calendars import SATURDAY, may_be_holiday
from digest.sources.request import DayRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from digest.model.sources import ServiceSource
    from digest.sources.request import Service

_DAY: Final = timedelta(days=1)
_LONGEST_GAP: Final = 400
"""Missed days are counted one by one only this many days back."""
ASKED_JUST_NOW: Final = timedelta(minutes=10)
"""A source that answered this recently is not asked again."""


class DayResult(Struct, frozen=True):
    """The result of asking for one day."""

    papers: int = 0
    fresh: int = 0
    """Papers that the source had not listed for an earlier day."""
    error: str = ""
    """Why the answer is incomplete; empty if it is complete."""
    retry_at: datetime | None = None


def today_of(service: Service, now: datetime) -> date:
    """Return the current day in the service's time zone."""
    return now.astimezone(ZoneInfo(service.zone)).date()


def due(
    service: Service,
    source: ServiceSource,
    known: Mapping[date, DayCoverage],
    now: datetime,
    contact: str = "",
) -> tuple[DayRequest, ...]:
    """Return what to ask for, oldest day first.

    A source without days is asked for its current content. One with daily lists is asked for today
    and for each earlier day that is not complete, back to its first day or `catch_up` days.
    """
    today = today_of(service, now)
    if any(day.retry_at is not None and day.retry_at > now for day in known.values()):
        return ()
    if not service.is_daily(source):
        today_coverage = known.get(today)
        return (
            ()
            if today_coverage and _is_recent(today_coverage, now)
            else (DayRequest(today, is_today=True, contact=contact),)
        )
    day = _first_day(service, source, known, today)
    asks: list[DayRequest] = []
    while day <= today:
        row = known.get(day)
        is_done = row is not None and (row.final or _is_recent(row, now))
        if not is_done and not _is_quiet_weekend(service, day):
            asks.append(DayRequest(day, is_today=day == today, contact=contact))
        day += _DAY
    return tuple(asks)


def due_again(
    service: Service,
    source: ServiceSource,
    known: Mapping[date, DayCoverage],
    now: datetime,
    days: int,
) -> tuple[DayRequest, ...]:
    """Return the complete lists of the last `days` days to ask for again, newest day first.

    Their papers are known; their upvotes have changed since.
    """
    if not (service.has_counts and service.is_daily(source)):
        return ()
    if any(day.retry_at is not None and day.retry_at > now for day in known.values()):
        return ()
    today = today_of(service, now)
    first = today - timedelta(days=days)
    return tuple(
        DayRequest(day, is_today=False)
        for day, row in sorted(known.items(), reverse=True)
        if first <= day < today and row.final and row.state in ("complete", "partial")
    )


def days_not_asked(
    service: Service, source: ServiceSource, known: Mapping[date, DayCoverage], now: datetime
) -> tuple[DayCoverage, ...]:
    """Return the coverage of days that are not asked for.

    These are weekends without a list, and days missed longer ago than `catch_up`.
    """
    if not service.is_daily(source):
        return ()
    today = today_of(service, now)
    day = first = _first_day(service, source, known, today)
    if known:
        day = max(max(known) + _DAY, today - timedelta(days=_LONGEST_GAP))
        day = min(day, first)
    days: list[DayCoverage] = []
    while day <= today:
        row = DayCoverage(source.name, service.title(source), day, "holiday", checked=now)
        if day not in known:
            if _is_quiet_weekend(service, day):
                days.append(replace(row, reason=service.quiet(day)))
            elif day < first:
                reason = f"it was missed more than {source.catch_up} days ago (catch_up)"
                days.append(replace(row, state="missing", reason=reason))
        day += _DAY
    return tuple(days)


def _is_recent(row: DayCoverage, now: datetime) -> bool:
    """Return whether the source was asked just now and answered."""
    if row.state == "failed" or row.checked is None:
        return False
    return timedelta(0) <= now - row.checked < ASKED_JUST_NOW


def _is_quiet_weekend(service: Service, day: date) -> bool:
    """Return whether the service certainly lists nothing on this weekend day."""
    return day.weekday() >= SATURDAY and bool(service.quiet(day)) and not service.posts_on_weekends


def _first_day(
    service: Service, source: ServiceSource, known: Mapping[date, DayCoverage], today: date
) -> date:
    """Return the first day that may have to be asked for.

    A new source begins with today; if today's list is not complete yet, also with the last complete
    list before it.
    """
    earliest = today - timedelta(days=source.catch_up)
    if known:
        return max(min(known), earliest)
    if not service.grows and not service.quiet(today):
        return today
    day = today - _DAY
    while service.quiet(day) and day > earliest:
        day -= _DAY
    return max(day, earliest)


def judge(  # noqa: PLR0913 - each a fact about one day
    service: Service,
    source: ServiceSource,
    day: date,
    seen: DayResult,
    *,
    usual: int | None,
    now: datetime,
) -> DayCoverage:
    """Return the coverage of a day that was asked for at `now`."""
    begin = datetime.combine(day, time(), ZoneInfo(service.zone))
    day_end = datetime.combine(day + _DAY, time(), ZoneInfo(service.zone))
    is_settled = now >= day_end + timedelta(hours=service.settled_hours)
    row = DayCoverage(
        source=source.name,
        title=service.title(source),
        day=day,
        state="complete",
        papers=seen.papers,
        usual=usual,
        final=is_settled or not service.grows,
        checked=now,
        retry_at=seen.retry_at,
    )
    if seen.error:
        failed = replace(row, reason=seen.error, final=False)
        return replace(failed, state="partial") if seen.papers else replace(failed, state="failed")
    if not service.is_daily(source):
        return replace(row, papers=seen.fresh, final=True)
    if not seen.papers:
        is_due = now >= begin + timedelta(hours=service.due_hour)
        return _of_empty(service, source, row, is_settled=is_settled, is_due=is_due)
    if not seen.fresh and not service.may_be_empty(source):
        reason = "it sent the list of an earlier day again"
        return replace(row, state="repeated", reason=reason, final=is_settled)
    if row.is_low and not service.may_be_empty(source):
        reason = f"only {seen.papers:,} papers came instead of about {usual:,}"
        return replace(row, state="partial", reason=reason, final=is_settled)
    return row


def _of_empty(
    service: Service, source: ServiceSource, row: DayCoverage, *, is_settled: bool, is_due: bool
) -> DayCoverage:
    """Return the coverage of a day with an empty list."""
    if service.may_be_empty(source):
        return replace(row, final=is_settled)
    if reason := service.quiet(row.day):
        return replace(row, state="holiday", reason=reason, final=is_settled)
    if is_settled:
        if may_be_holiday(row.day):
            return replace(row, state="holiday", reason="it keeps the turn of the year", final=True)
        return replace(row, state="missing", reason="nothing came for this day", final=False)
    reason = "nothing has come yet" if is_due else "its list is not due yet"
    return replace(row, state="not yet", reason=reason, final=False)
