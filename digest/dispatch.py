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

    from digest.library import Library, Waiting
    from digest.model import SmtpSettings


class Dispatcher:
    """Delivers what waits in the outbox of `library`."""

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

    def deliver(self) -> None:
        """Try everything that waits, once. One that fails does not hold up the others."""
        mailer = Mailer(self._smtp, self._environment)
        unreachable: UnreachableError | None = None
        last = 0
        try:
            while waiting := self._library.outbox.next(after=last):
                last = waiting.id
                try:
                    if waiting.channel == "smtp" and unreachable is not None:
                        raise unreachable
                    self._bring(waiting, mailer)
                except PermanentError as error:
                    self._library.outbox.mark_failed(waiting.id, str(error), now=self._now())
                except DeliveryError as error:
                    if isinstance(error, UnreachableError):
                        unreachable = error
                    self._library.outbox.mark_tried(waiting.id, str(error), now=self._now())
                else:
                    self._library.outbox.mark_done(waiting.id, now=self._now())
        finally:
            mailer.close()

    def _bring(self, waiting: Waiting, mailer: Mailer) -> None:
        if waiting.channel == "file":
            write_file(self._output, waiting.target, waiting.content)
        else:
            mailer.send(_sender(waiting.content), waiting.target, waiting.content)


def _sender(message: bytes) -> str:
    """Return the bare address of the message's From: what the envelope says, too."""
    head = message.partition(b"\r\n\r\n")[0]
    header = message_from_bytes(head + b"\r\n\r\n", policy=default_policy)["From"]
    return str(header.addresses[0].addr_spec)
