"""Limit how often somebody may guess a password. Pure: times come in."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PERIOD: Final = timedelta(minutes=15)
MOST: Final = 5
"""Maximum number of failures for one account or address in that period."""
_REMEMBERED: Final = 10_000


class Failures:
    """Failed logins of the last minutes, by whom and from where."""

    def __init__(self, most: int = MOST, period: timedelta = PERIOD) -> None:
        self._most = most
        self._period = period
        self._moments: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, keys: Iterable[str], now: datetime) -> timedelta | None:
        """Return how long a login with these keys has to wait; None: not at all."""
        waiting_times = [
            moments[0] + self._period - now
            for key in keys
            if len(moments := self._recent(key, now)) >= self._most
        ]
        return max(waiting_times, default=None)

    def add(self, keys: Iterable[str], now: datetime) -> None:
        """Count a failure."""
        for key in keys:
            moments = self._recent(key, now)
            moments.append(now)
            self._moments[key] = moments
            self._moments.move_to_end(key)
        while len(self._moments) > _REMEMBERED:
            self._moments.popitem(last=False)

    def forget(self, keys: Iterable[str]) -> None:
        """Forget the failures of somebody who has signed in."""
        for key in keys:
            self._moments.pop(key, None)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        moments = self._moments.get(key, deque(maxlen=self._most))
        while moments and moments[0] + self._period <= now:
            moments.popleft()
        if not moments:
            self._moments.pop(key, None)
        return moments
