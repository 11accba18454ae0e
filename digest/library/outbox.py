"""The outbox: what is to be brought where, what became of it, and what still waits.

A delivery is written here before it is tried and marked after it is done, so that a run which is
killed in between leaves it waiting. Trying is no matter of this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from digest.library.moments import to_moment_or_none, to_text, to_text_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.library.connection import Connection

Channel: TypeAlias = Literal["file", "smtp"]
DeliveryState: TypeAlias = Literal["waiting", "done", "failed"]


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One rendering that is to be brought to one place."""

    channel: Channel
    target: str
    """Path under the output folder, or the recipient's address."""
    content: bytes
    message_id: str | None = None
    """Of a mail: every try of it has the same."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that is not yet done, with all that it takes to try it."""

    id: int
    profile: str
    channel: Channel
    target: str
    content: bytes
    message_id: str | None
    tries: int
    next_try: datetime | None
    """Aware, in UTC: not before that moment; None: at once."""


@dataclass(frozen=True, slots=True)
class Delivery:
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
                        "UPDATE delivery SET state = 'done', content = NULL, next_try = NULL,"
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

    def next(self, *, after: int = 0, now: datetime | None = None) -> Waiting | None:
        """Return the first waiting delivery beyond number `after`; None when there is none.

        One at a time, for each holds a whole message. With `now`, those whose next try lies
        later are passed over.
        """
        row = self._connection.execute(
            "SELECT id, profile, channel, target, content, message_id, tries, next_try"
            " FROM delivery WHERE state = 'waiting' AND id > ?"
            " AND (next_try IS NULL OR ? IS NULL OR next_try <= ?) ORDER BY id LIMIT 1",
            (after, to_text_or_none(now), to_text_or_none(now)),
        ).fetchone()
        if row is None:
            return None
        number, profile, channel, target, content, message_id, tries, next_try = row
        return Waiting(
            id=number,
            profile=profile,
            channel=channel,
            target=target,
            content=content,
            message_id=message_id,
            tries=tries,
            next_try=to_moment_or_none(next_try),
        )

    def mark_done(self, delivery: int, *, now: datetime) -> None:
        """Note that it is where it should be; the content is no longer kept."""
        self._connection.execute(
            "UPDATE delivery SET state = 'done', tries = tries + 1, error = NULL,"
            " content = NULL, last_try = ?, next_try = NULL WHERE id = ?",
            (to_text(now), delivery),
        )

    def mark_tried(
        self, delivery: int, error: str, *, now: datetime, next_try: datetime | None = None
    ) -> None:
        """Note that a try has failed, for what may pass; it goes on waiting."""
        self._connection.execute(
            "UPDATE delivery SET tries = tries + 1, error = ?, last_try = ?, next_try = ?"
            " WHERE id = ?",
            (error, to_text(now), to_text_or_none(next_try), delivery),
        )

    def mark_failed(self, delivery: int, error: str, *, now: datetime) -> None:
        """Note that it failed for good and is not tried again; the content stays, for a person."""
        self._connection.execute(
            "UPDATE delivery SET state = 'failed', tries = tries + 1, error = ?,"
            " last_try = ?, next_try = NULL WHERE id = ?",
            (error, to_text(now), delivery),
        )

    def of_digest(self, digest: int) -> tuple[Delivery, ...]:
        """Return all deliveries of one digest."""
        return self._list("digest = ?", digest)

    def not_done(self) -> tuple[Delivery, ...]:
        """Return what waits and what failed for good."""
        return self._list("state <> ?", "done")

    def _list(self, condition: str, value: object) -> tuple[Delivery, ...]:
        rows = self._connection.execute(
            "SELECT id, digest, profile, channel, target, message_id, state, tries, error,"  # noqa: S608
            f" created, last_try FROM delivery WHERE {condition} ORDER BY id",
            (value,),
        )
        return tuple(_delivery(row) for row in rows)


def _delivery(row: tuple[Any, ...]) -> Delivery:
    number, digest, profile, channel, target, message_id, state, tries, error, created, last = row
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
        last_try=to_moment_or_none(last),
    )
