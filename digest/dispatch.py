"""Empty the outbox: try what waits, in order, and note what became of each delivery.

The only place that reads the outbox to deliver from it. A delivery is marked after it is done, so
that a run which is killed in between leaves it waiting; the next one brings the same bytes, and a
mail the same Message-ID.
"""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default as default_policy
from typing import TYPE_CHECKING

from digest.deliver import Mailer, PermanentError, UnreachableError, write_file
from digest.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from digest.library import Delivery, Library, Waiting
    from digest.model import SmtpSettings


class Dispatcher:
    """Delivers what waits in the outbox of `library`; one run has one, and it tries nothing twice.

    A mail server that was out of order once is not asked again by the same dispatcher.
    """

    def __init__(
        self,
        library: Library,
        output: Path,
        smtp: SmtpSettings,
        environment: Mapping[str, str],
        now: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._output = output
        self._smtp = smtp
        self._environment = environment
        self._now = now
        self._last = 0
        self._unreachable = ""
        self._failed: set[int] = set()

    def deliver(self) -> None:
        """Try everything that waits, in order. One that fails does not hold up the others."""
        mailer = Mailer(self._smtp, self._environment)
        try:
            while waiting := self._library.outbox.next(after=self._last):
                self._last = waiting.id
                self._try(waiting, mailer)
        finally:
            mailer.close()

    def not_done(self) -> tuple[Delivery, ...]:
        """Return what still waits, and what has failed for good just now.

        What failed for good in earlier runs was reported then, and `digest status` lists it.
        """
        return tuple(
            delivery
            for delivery in self._library.outbox.not_done()
            if delivery.state == "waiting" or delivery.id in self._failed
        )

    def _try(self, waiting: Waiting, mailer: Mailer) -> None:
        outbox = self._library.outbox
        try:
            self._bring(waiting, mailer)
        except PermanentError as error:
            self._failed.add(waiting.id)
            outbox.mark_failed(waiting.id, str(error), now=self._now())
        except DeliveryError as error:
            outbox.mark_tried(waiting.id, str(error), now=self._now())
        else:
            outbox.mark_done(waiting.id, now=self._now())

    def _bring(self, waiting: Waiting, mailer: Mailer) -> None:
        if waiting.channel == "file":
            write_file(self._output, waiting.target, waiting.content)
            return
        if self._unreachable:
            raise UnreachableError(self._unreachable)
        try:
            mailer.send(_sender(waiting.content), waiting.target, waiting.content)
        except UnreachableError as error:
            self._unreachable = str(error)
            raise


def _sender(message: bytes) -> str:
    """Return the bare address of the message's From: what the envelope says, too."""
    head = message.partition(b"\r\n\r\n")[0]
    header = message_from_bytes(head + b"\r\n\r\n", policy=default_policy)["From"]
    return str(header.addresses[0].addr_spec)
