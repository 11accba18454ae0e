"""Share out the places of a digest: limits of rules, groups and the digest, minimums, rounds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from digest.model import Pick, Profile
    from digest.rules import Rule


class Places(Struct, frozen=True):
    """Which picks are shown, carried over to the next digests, and listed in one line."""

    shown: tuple[Pick, ...]
    """Section by section, each in its order."""
    carried_over: tuple[Pick, ...]
    listed: tuple[Pick, ...]


def share_out(
    picks: Sequence[Pick], profile: Profile, rules: Mapping[str, Rule], day: date
) -> Places:
    """Assign places to `picks`, which are in the order of their sections.

    First each rule gets its `min` places. Then the sections take turns: each gets one more place
    per round, as long as its own limit, its group's and the digest's allow. So a limit cuts long
    sections, not the last ones.
    """
    waiting: dict[str, list[Pick]] = {name: [] for name in profile.rules}
    dropped: list[Pick] = []
    for pick in picks:
        # A paper whose rule is gone is listed: no later digest would have a place for it.
        waiting.get(pick.rules[0].rule, dropped).append(pick)
    quotas = _quotas(
        {name: len(section_picks) for name, section_picks in waiting.items()}, profile, rules
    )
    shown = [pick for name in profile.rules for pick in waiting[name][: quotas[name]]]
    leftover = _in_rounds([waiting[name][quotas[name] :] for name in profile.rules])
    carried_over = [pick for pick in leftover if not _is_last_day(pick, profile, day)]
    listed = [pick for pick in leftover if _is_last_day(pick, profile, day)]
    return Places(tuple(shown), tuple(carried_over), (*listed, *dropped))


def _quotas(
    available: Mapping[str, int], profile: Profile, rules: Mapping[str, Rule]
) -> Mapping[str, int]:
    """Return how many places each section gets."""
    room = _Room(available, profile, rules)
    for name in profile.rules:
        for _ in range(rules[name].minimum if name in rules else 0):
            if not room.take(name):
                break
    place = 0
    waiting = [name for name in profile.rules if available[name]]
    while waiting:
        place += 1
        # Without the full ones, so that a long section costs only its own papers.
        waiting = [name for name in waiting if room.taken[name] >= place or room.take(name)]
    return room.taken


class _Room:
    """The remaining places of sections, groups and the digest."""

    def __init__(
        self, available: Mapping[str, int], profile: Profile, rules: Mapping[str, Rule]
    ) -> None:
        self.taken = dict.fromkeys(profile.rules, 0)
        self._left = dict(available)
        for name, count in available.items():
            limit = rules[name].limit if name in rules else None
            self._left[name] = count if limit is None else min(count, limit)
        self._groups = {rule: n for n, group in enumerate(profile.groups) for rule in group.rules}
        self._left_in_group = [group.limit for group in profile.groups]
        self._left_in_all = sum(available.values()) if profile.limit is None else profile.limit

    def take(self, name: str) -> bool:
        """Give `name` one more place; return whether there was one."""
        group = self._groups.get(name)
        if not (self._left_in_all and self._left[name]):
            return False
        if group is not None:
            if not self._left_in_group[group]:
                return False
            self._left_in_group[group] -= 1
        self._left_in_all -= 1
        self._left[name] -= 1
        self.taken[name] += 1
        return True


def _in_rounds(sections: Sequence[Sequence[Pick]]) -> list[Pick]:
    """Return the first of each section, then the second of each, and so on."""
    longest = max(map(len, sections), default=0)
    return [section[n] for n in range(longest) for section in sections if n < len(section)]


def _is_last_day(pick: Pick, profile: Profile, day: date) -> bool:
    return day >= (pick.carried_since or day) + timedelta(days=profile.carry_over)
