"""What one run does for one profile: for which time, and with which papers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.model.review import NO_REMINDERS
from digest.pipeline.candidates import ConsideredPapers, consider, look_back
from digest.pipeline.rule_changes import first_day

if TYPE_CHECKING:
    from digest.library import Library
    from digest.model import Profile
    from digest.pipeline.results import Options


class ProfileRun(Struct, frozen=True):
    """One profile's part of a run."""

    profile: Profile
    moment: datetime
    """The digest's time, in the profile's zone."""
    started: int
    """The last dump before the profile's first run."""
    cursor: int
    """The last dump that the profile has considered."""
    considered: ConsideredPapers
    since: date | None = None
    """The day from which the run looks back."""
    only: tuple[str, ...] = ()
    """The only rules for which it looks back; empty: all."""

    @property
    def day(self) -> date:
        """The digest's day."""
        return self.moment.date()

    def cursor_after(self, newest: int) -> int:
        """Return the profile's cursor after this run: the newest dump, if all rules were asked."""
        return self.cursor if self.only else newest


class ProfileRuns:
    """Prepares the profiles of one run.

    A lab's thousand profiles mostly consider the same papers: equal values are shared.
    """

    def __init__(self, library: Library, options: Options) -> None:
        self._library = library
        self._options = options
        self._new: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._before: dict[tuple[tuple[str, ...], int, int], frozenset[str]] = {}

    def make(self, profile: Profile, moment: datetime, cursor: int) -> ProfileRun:
        """Return the part of `profile`, which has considered the dumps up to `cursor`.

        Papers that the reader has settled since are no longer carried over.
        """
        papers, profiles = self._library.papers, self._library.profiles
        only, since = self._options.rules, self._options.since
        if only and since is None:
            since = first_day(moment.date())
        new = () if only else papers.new_after(cursor, profile.name)
        if since is not None:
            new = tuple(dict.fromkeys((*papers.new_since(since, profile.name), *new)))
        carried_over = tuple(profiles.carried_over(profile.name))
        offered = {*new, *(carried_paper.paper for carried_paper in carried_over)}
        settled = self._library.marks.not_offered(profile.reader, offered)
        started = profiles.started(profile.name)
        if only:
            considered = look_back(new, carried_over, settled)
        else:
            before = self._considered_before(new, started, cursor)
            considered = consider(new, carried_over, settled, before)
        if considered.withdrawn:
            profiles.drop_carried_over(profile.name, considered.withdrawn)
        if not only and since and (first := papers.first_shown_since(since)) is not None:
            profiles.extend_back(profile.name, first)
        ids = self._new.setdefault(considered.new, considered.new)
        return ProfileRun(
            profile, moment, started, cursor, replace(considered, new=ids), since, only
        )

    def _considered_before(self, new: tuple[str, ...], started: int, cursor: int) -> frozenset[str]:
        """Return those of `new` that dumps after `started`, up to `cursor`, have shown."""
        key = self._new.setdefault(new, new), started, cursor
        if key not in self._before:
            self._before[key] = self._library.papers.shown_between(new, started, cursor)
        return self._before[key]


def digest_moment(profile: Profile, day: date | None, now: datetime) -> datetime:
    """Return the digest's time in the profile's zone, in whole seconds.

    With a given day it follows from the config, so that the same dumps, config and day give the
    same bytes.
    """
    if day is None:
        return now.astimezone(profile.timezone).replace(microsecond=0)
    return datetime.combine(day, profile.at or time(7), profile.timezone)


def narrowed_profiles(options: Options) -> tuple[Profile, ...]:
    """Return the profiles that have any of the run's rules, with only these rules.

    Reminders and reviews wait for the next complete digest.
    """
    narrowed = (
        replace(
            profile,
            rules=tuple(rule for rule in profile.rules if rule in options.rules),
            groups=(),
            still_on_list=NO_REMINDERS,
            review=None,
        )
        for profile in options.profiles
    )
    return tuple(profile for profile in narrowed if profile.rules)
