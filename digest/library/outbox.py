"""The outbox: deliveries, their states, and those that still wait.

A delivery is written here before it is tried and marked after it is done, so that a run that is
killed in between leaves it waiting. A delivery that failed for good stays, with its content, until
a person decides. `digest.pipeline.outbox` tries them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from digest.library.compression import pack, unpack_bytes
from digest.library.timestamps import to_moment_or_none, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.library.connection import Connection

Channel: TypeAlias = Literal["file", "smtp", "maildir", "notify", "webhook"]
DeliveryState: TypeAlias = Literal["waiting", "done", "failed", "dropped"]
"""`failed`: for good, until a person decides; `dropped`: by a person, or because its recipient gets
no more mails."""
Purpose: TypeAlias = Literal["digest", "copy", "answer"]
"""`copy`: a digest that a person sends again to any address; `answer`: to a mail that asked to
subscribe or unsubscribe, of no digest."""


class NewDelivery(Struct, frozen=True):
    """One rendering for one target."""

    channel: Channel
    target: str
    """Path under the output folder, the recipient's address, or a channel's name in the config."""
    content: bytes
    message_id: str | None = None
    """Message-ID of a mail: the same on every attempt."""
    purpose: Purpose = "digest"
    is_packed: bool = False
    """Whether `content` is compressed already."""

    def packed(self) -> NewDelivery:
        """Return the same with its content compressed, as the library stores it."""
        return self if self.is_packed else replace(self, content=pack(self.content), is_packed=True)


class WaitingDelivery(Struct, frozen=True):
    """A delivery that is not yet done, with what is needed to try it."""

    id: int
    profile: str
    channel: Channel
    target: str
    content: bytes
    message_id: str | None
    tries: int
    first_try: datetime | None
    """Aware, in UTC: when it first failed; None if it never has."""
    purpose: Purpose


class Delivery(Struct, frozen=True):
    """A delivery as reports show it, without its content."""

    id: int
    digest: int | None
    profile: str
    channel: Channel
    target: str
    message_id: str | None
    state: DeliveryState
    tries: int
    error: str | None
    """Why the last attempt failed, or why it was dropped."""
    created: datetime
    last_try: datetime | None
    day: date
    """Day of its digest; for an answer the day on which it was written."""


class Outbox:
    """The deliveries of all profiles, in the order in which they were added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, digest: int | None, profile: str, deliveries: Iterable[NewDelivery], *, now: datetime
    ) -> tuple[int, ...]:
        """Store deliveries of a digest as waiting; return their numbers.

        A file that still waits for the same target is dropped for the new one: delivered later, it
        would replace a newer feed with an old one.
        """
        numbers: list[int] = []
        with self._connection.transaction():
            for new in deliveries:
                if new.channel == "file":
                    self._give_up_older(profile, new.target)
                inserted = self._connection.execute(
                    "INSERT INTO delivery (digest, profile, channel, target, message_id,"
                    " purpose, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        digest,
                        profile,
                        new.channel,
                        new.target,
                        new.message_id,
                        new.purpose,
                        to_text(now),
                    ),
                )
                number = int(inserted.lastrowid or 0)
                self._connection.execute(
                    "INSERT INTO delivery_content VALUES (?, ?)", (number, new.packed().content)
                )
                numbers.append(number)
        return tuple(numbers)

    def _give_up_older(self, profile: str, target: str) -> None:
        rows = self._connection.execute(
            "SELECT id FROM delivery WHERE state = 'waiting' AND channel = 'file'"
            " AND profile = ? AND target = ?",
            (profile, target),
        ).fetchall()
        for row in rows:
            self._forget_content("delivery = ?", row[0])
            self._connection.execute(
                "UPDATE delivery SET state = 'done', error = 'given up for a newer one'"
                " WHERE id = ?",
                row,
            )

    def next(self, *, after: int = 0) -> WaitingDelivery | None:
        """Return the first waiting delivery after number `after`; None if there is none.

        One at a time, because each holds a whole message.
        """
        return self._waiting("id > ? ORDER BY id LIMIT 1", after)

    def size(self, *, after: int = 0) -> int:
        """Return how many bytes of the library the deliveries after number `after` take."""
        (size,) = self._connection.execute(
            "SELECT coalesce(sum(length(body)), 0) FROM delivery_content WHERE delivery > ?",
            (after,),
        ).fetchone()
        return int(size)

    def get(self, delivery: int) -> WaitingDelivery | None:
        """Return the delivery with that number if it waits."""
        return self._waiting("id = ?", delivery)

    def mark_done(self, *deliveries: int, now: datetime) -> None:
        """Mark them as done and forget their content."""
        with self._connection.transaction():
            self._connection.executemany(
                "UPDATE delivery SET state = 'done', tries = tries + 1, error = NULL,"
                " last_try = ? WHERE id = ?",
                ((to_text(now), delivery) for delivery in deliveries),
            )
            self._connection.executemany(
                "DELETE FROM delivery_content WHERE delivery = ?",
                ((delivery,) for delivery in deliveries),
            )

    def mark_tried(self, delivery: int, error: str, *, now: datetime) -> None:
        """Record a failure that may be temporary; the delivery keeps waiting."""
        self._mark(delivery, "waiting", error, now)

    def mark_failed(self, delivery: int, error: str, *, now: datetime) -> None:
        """Mark a delivery as failed for good; its content is kept so that a person can retry it."""
        self._mark(delivery, "failed", error, now)

    def requeue(self, delivery: int) -> None:
        """Queue a failed delivery again and restart its days of retrying."""
        self._connection.execute(
            "UPDATE delivery SET state = 'waiting', first_try = NULL"
            " WHERE id = ? AND state = 'failed'",
            (delivery,),
        )

    def drop(self, delivery: int, reason: str | None = None) -> None:
        """Drop a delivery that is not done, and delete its content.

        `reason` replaces the error of its last attempt.
        """
        with self._connection.transaction():
            self._connection.execute(
                "UPDATE delivery SET state = 'dropped', error = coalesce(?, error)"
                " WHERE id = ? AND state IN ('waiting', 'failed')",
                (reason, delivery),
            )
            self._forget_content("delivery = ?", delivery)

    def drop_stale(self, before: datetime) -> None:
        """Drop deliveries that failed before `before`, and delete their content.

        A mail that nobody retried for weeks is stale, and `digest send` renders it again; a broken
        address would otherwise leave a whole mail in the library every day.
        """
        # The first condition is that of an index, which has none of all that is done.
        old = "state IN ('waiting', 'failed') AND state = 'failed' AND last_try < ?"
        with self._connection.transaction(durable=False):
            self._forget_content(
                f"delivery IN (SELECT id FROM delivery WHERE {old})",  # noqa: S608 - a constant
                to_text(before),
            )
            self._connection.execute(
                f"UPDATE delivery SET state = 'dropped' WHERE {old}",  # noqa: S608 - a constant
                (to_text(before),),
            )

    def of_digest(self, digest: int) -> tuple[Delivery, ...]:
        """Return all deliveries of one digest."""
        return self._list("digest = ?", digest)

    def not_done(self) -> tuple[Delivery, ...]:
        """Return the deliveries that wait or failed for good."""
        # The index `delivery_open` has this condition; nearly all deliveries are done.
        return self._list("state IN ('waiting', 'failed')")

    def _forget_content(self, condition: str, value: int | str) -> None:
        self._connection.execute(
            f"DELETE FROM delivery_content WHERE {condition}",  # noqa: S608 - conditions of this module
            (value,),
        )

    def _waiting(self, condition: str, value: int) -> WaitingDelivery | None:
        row = self._connection.execute(
            "SELECT id, profile, channel, target, body, message_id, tries, first_try, purpose"  # noqa: S608 - conditions of this module
            " FROM delivery CROSS JOIN delivery_content ON delivery = id"
            f" WHERE state = 'waiting' AND {condition}",
            (value,),
        ).fetchone()
        if row is None:
            return None
        number, profile, channel, target, body, message_id, tries, first_try, purpose = row
        return WaitingDelivery(
            id=number,
            profile=profile,
            channel=channel,
            target=target,
            content=unpack_bytes(body),
            message_id=message_id,
            tries=tries,
            first_try=to_moment_or_none(first_try),
            purpose=purpose,
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
            " tries, error, delivery.created, last_try,"
            " coalesce(day, substr(delivery.created, 1, 10))"
            f" FROM delivery LEFT JOIN digest ON digest.id = digest WHERE {condition}"
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
