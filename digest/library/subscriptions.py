"""Who unsubscribed from the mails of a profile, who subscribed by mail, and used links.

The config's `to` says who gets the mails. Stored here is what a recipient asked for, by a link in a
mail, by a mail, or through `digest recipients`. Addresses are compared case-insensitively: who
unsubscribes as Ada@Example.org gets nothing as ada@example.org either.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from digest.library.timestamps import to_text

if TYPE_CHECKING:
    from datetime import date

    from digest.library.connection import Connection

SubscriptionState: TypeAlias = Literal["subscribed", "unsubscribed"]
AskedBy: TypeAlias = Literal["link", "mail", "command"]


class Subscription(Struct, frozen=True):
    """The last request of one recipient of a profile."""

    profile: str
    address: str
    """In lower case."""
    state: SubscriptionState
    since: datetime
    by: AskedBy


class Subscriptions:
    """The requests of the recipients of all profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def set(
        self, profile: str, address: str, state: SubscriptionState, by: AskedBy, *, now: datetime
    ) -> bool:
        """Store a request; return whether it changes anything."""
        with self._connection.transaction():
            known = self.get(profile, address)
            if known is not None and known.state == state:
                return False
            self._connection.execute(
                "INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?, ?)",
                (profile, address.casefold(), state, to_text(now), by),
            )
        return True

    def get(self, profile: str, address: str) -> Subscription | None:
        """Return the last request of a recipient; None if there was none."""
        known = self._list("profile = ? AND address = ?", profile, address.casefold())
        return known[0] if known else None

    def of(self, profile: str) -> dict[str, Subscription]:
        """Return the requests of a profile's recipients, by address."""
        return {known.address: known for known in self._list("profile = ?", profile)}

    def is_unsubscribed(self, profile: str, address: str) -> bool:
        """Return whether a recipient has unsubscribed from a profile."""
        known = self.get(profile, address)
        return known is not None and known.state == "unsubscribed"

    def use_link(self, signature: str, *, now: datetime, expires: date) -> bool:
        """Store that a link was used; return False if it was used before."""
        with self._connection.transaction():
            self._connection.execute(
                "DELETE FROM used_link WHERE expires < ?", (now.date().isoformat(),)
            )
            added = self._connection.execute(
                "INSERT OR IGNORE INTO used_link VALUES (?, ?, ?)",
                (signature, to_text(now), expires.isoformat()),
            )
            return added.rowcount > 0

    def was_used(self, signature: str) -> bool:
        """Return whether a link was used."""
        row = self._connection.execute(
            "SELECT 1 FROM used_link WHERE signature = ?", (signature,)
        ).fetchone()
        return row is not None

    def _list(self, condition: str, *values: str) -> list[Subscription]:
        rows = self._connection.execute(
            f"SELECT * FROM subscription WHERE {condition} ORDER BY profile, address",  # noqa: S608 - conditions of this module
            values,
        )
        return [
            Subscription(profile, address, state, datetime.fromisoformat(since), by)
            for profile, address, state, since, by in rows
        ]
