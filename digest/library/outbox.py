"""The outbox: what is to be brought where, what became of it, and what still waits.

A delivery is written here before it is tried and marked after it is done, so that a run which is
killed in between leaves it waiting. What failed for good stays, with its content, until a person
decides. Trying is no matter of this module.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from digest.library.timestamps import to_moment_or_none, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.library.connection import Connection

Channel: TypeAlias = Literal["file", "smtp", "maildir"]
DeliveryState: TypeAlias = Literal["waiting", "done", "failed", "dropped"]
"""`failed`: for good, until a person decides; `dropped`: a person has decided."""


class NewDelivery(NamedTuple):
    """One rendering that is to be brought to one place."""

    channel: Channel
    target: str
    """Path under the output folder, or the recipient's address."""
    content: bytes
    message_id: str | None = None
    """Of a mail: every try of it has the same."""


class Waiting(NamedTuple):
    """A delivery that is not yet done, with all that it takes to try it."""

    id: int
    profile: str
    channel: Channel
    target: str
    content: bytes
    message_id: str | None
    tries: int
    first_try: datetime | None
    """Aware, in UTC: when it first failed; None if it never has."""


class Delivery(NamedTuple):
    """A delivery as a report shows it, without its content."""

    id: int
    digest: int
    profile: str
    channel: Channel
    target: str
    message_id: str | None
    state: DeliveryState
    tries: int
    error: str | None
    """What the last try ended with, if not well."""
    created: datetime
    last_try: datetime | None
    day: date
    """Of its digest."""


class Outbox:
    """The deliveries of all profiles, in the order in which they were added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, digest: int, profile: str, deliveries: Iterable[NewDelivery], *, now: datetime
    ) -> tuple[int, ...]:
        """Write deliveries of a digest down, waiting; return their numbers.

        A file that still waits for the same place is given up for the new one: brought later, it
        would put an old feed in the place of a newer one.
        """
        numbers: list[int] = []
        with self._connection.transaction():
            for each in deliveries:
                if each.channel == "file":
                    self._connection.execute(
                        "UPDATE delivery SET state = 'done', content = NULL,"
                        " error = 'given up for a newer one' WHERE state = 'waiting'"
                        " AND channel = 'file' AND profile = ? AND target = ?",
                        (profile, each.target),
                    )
                inserted = self._connection.execute(
                    "INSERT INTO delivery"
                    " (digest, profile, channel, target, message_id, content, created)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        digest,
                        profile,
                        each.channel,
                        each.target,
                        each.message_id,
                        each.content,
                        to_text(now),
                    ),
                )
                numbers.append(int(inserted.lastrowid or 0))
        return tuple(numbers)

    def next(self, *, after: int = 0) -> Waiting | None:
        """Return the first waiting delivery beyond number `after`; None when there is none.

        One at a time, for each holds a whole message.
        """
        return self._waiting("id > ? ORDER BY id LIMIT 1", after)

    def get(self, delivery: int) -> Waiting | None:
        """Return the delivery of that number if it waits."""
        return self._waiting("id = ?", delivery)

    def mark_done(self, *deliveries: int, now: datetime) -> None:
        """Note that they are where they should be; their content is no longer kept."""
        with self._connection.transaction():
            self._connection.executemany(
                "UPDATE delivery SET state = 'done', tries = tries + 1, error = NULL,"
                " content = NULL, last_try = ? WHERE id = ?",
                ((to_text(now), delivery) for delivery in deliveries),
            )

    def mark_tried(self, delivery: int, error: str, *, now: datetime) -> None:
        """Record a failure that may be temporary; the delivery keeps waiting."""
        self._mark(delivery, "waiting", error, now)

    def mark_failed(self, delivery: int, error: str, *, now: datetime) -> None:
        """Mark a delivery as failed for good; its content is kept so that a person can retry it."""
        self._mark(delivery, "failed", error, now)

    def put_back(self, delivery: int) -> None:
        """Queue a failed delivery again and restart its days of retrying."""
        self._connection.execute(
            "UPDATE delivery SET state = 'waiting', first_try = NULL"
            " WHERE id = ? AND state = 'failed'",
            (delivery,),
        )

    def drop(self, delivery: int) -> None:
        """Give up one that is not done, and forget its content."""
        self._connection.execute(
            "UPDATE delivery SET state = 'dropped', content = NULL"
            " WHERE id = ? AND state IN ('waiting', 'failed')",
            (delivery,),
        )

    def of_digest(self, digest: int) -> tuple[Delivery, ...]:
        """Return all deliveries of one digest."""
        return self._list("digest = ?", digest)

    def not_done(self) -> tuple[Delivery, ...]:
        """Return what waits and what failed for good."""
        # As the index `delivery_open` has it: done are all the deliveries there ever were.
        return self._list("state IN ('waiting', 'failed')")

    def _waiting(self, condition: str, value: int) -> Waiting | None:
        row = self._connection.execute(
            "SELECT id, profile, channel, target, content, message_id, tries, first_try"  # noqa: S608 - conditions of this module
            f" FROM delivery WHERE state = 'waiting' AND {condition}",
            (value,),
        ).fetchone()
        if row is None:
            return None
        number, profile, channel, target, content, message_id, tries, first_try = row
        return Waiting(
            id=number,
            profile=profile,
            channel=channel,
            target=target,
            content=content,
            message_id=message_id,
            tries=tries,
            first_try=to_moment_or_none(first_try),
        )

    def _mark(self, delivery: int, state: DeliveryState, error: str, now: datetime) -> None:
        self._connection.execute(
            "UPDATE delivery SET state = ?, tries = tries + 1, error = ?, last_try = ?,"
            " first_try = coalesce(first_try, ?) WHERE id = ?",
            (state, error, to_text(now), to_text(now), delivery),
        )

    def _list(self, condition: str, *values: object) -> tuple[Delivery, ...]:
        rows = self._connection.execute(
            "SELECT delivery.id, digest, delivery.profile, channel, target, message_id, state,"  # noqa: S608 - conditions of this module
            " tries, error, delivery.created, last_try, day"
            f" FROM delivery JOIN digest ON digest.id = digest WHERE {condition}"
            " ORDER BY delivery.id",
            values,
        )
        return tuple(map(_delivery, rows))


def _delivery(row: tuple[Any, ...]) -> Delivery:
    number, digest, profile, channel, target, message_id, state, tries, error, *moments = row
    created, last_try, day = moments
    return Delivery(
        id=number,
        digest=digest,
        profile=profile,
        channel=channel,
        target=target,
        message_id=message_id,
        state=state,
        tries=tries,
        error=error,
        created=datetime.fromisoformat(created),
        last_try=to_moment_or_none(last_try),
        day=date.fromisoformat(day),
    )
