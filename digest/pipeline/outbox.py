"""Deliver the waiting deliveries of the outbox in order, and record each outcome.

Nothing else delivers from the outbox. A mail whose recipient has unsubscribed, or is no longer in
the config, is dropped. A delivery is marked after it is done: if a run is killed in between, the
next one delivers the same bytes, a mail with the same Message-ID. Mails are marked one by one,
because at most one may come twice; files many at a time, because writing a file again changes
nothing.
"""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.delivery.failures import PermanentError, RetryNextRunError
from digest.delivery.files import Files
from digest.delivery.maildir import write_to_maildir
from digest.delivery.smtp import Mailer, SettingsError, UnreachableError
from digest.errors import DeliveryError
from digest.pipeline.channels import Channels
from digest.pipeline.recipients import Withholding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from digest.config import Config
    from digest.library import Channel, Delivery, Library, WaitingDelivery
    from digest.model.channels import NotifySettings, Room

PAUSES: Final = (1.0, 4.0, 15.0, 30.0)
"""Seconds before each retry. By then, greylisting or a server's restart is over, or takes longer
than a run should wait."""

FILES_AT_ONCE: Final = 64
"""Files that are marked together: each mark is flushed to the disk."""
MOST_WAITING: Final = 4 << 20
"""Packed bytes of waiting renderings: those of some fifty profiles."""

FAILED_KEPT: Final = timedelta(days=30)
"""How long a delivery that failed for good can be retried by hand."""

RETRY_PERIOD: Final = timedelta(seconds=60)
"""A run starts no retry later than this after its first one: servers may answer slowly."""


class _RetryableDelivery(Struct, frozen=True):
    """A delivery that may succeed later in this run."""

    channel: Channel
    refusals: int
    """How often the delivery itself was refused. Mails that were not tried because the server was
    down come first: otherwise three mails that break each connection would block all others for
    ever."""


class Dispatcher:
    """Delivers what waits in the outbox of `library`, for one run.

    `deliver` tries each delivery once; `retry` retries messages that may succeed later.
    """

    def __init__(
        self,
        library: Library,
        config: Config,
        environment: Mapping[str, str],
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._library = library
        self._config = config
        self._withholding = Withholding(library, config)
        self._environment = environment
        self._now = now
        self._sleep = sleep
        self._last = 0
        self._files = Files(config.output)
        self._written: list[WaitingDelivery] = []
        self._unreachable: UnreachableError | None = None
        self._failed: set[int] = set()
        self.dropped: dict[int, str] = {}
        """Messages that are no longer sent, by number, with the reason."""
        self._later: dict[int, _RetryableDelivery] = {}
        self._channels = Channels(config, environment, now=now)

    def room(self, settings: NotifySettings) -> Room:
        """Return the maximum length of a message for a service."""
        return self._channels.room(settings)

    def deliver(self) -> None:
        """Try every waiting delivery that this dispatcher has not tried yet, in order.

        A failing delivery does not hold up the others. A mail server that is down is not tried
        again.
        """
        self._library.outbox.drop_stale(self._now() - FAILED_KEPT)
        with closing(self._mailer()) as mailer, closing(self._channels):
            while waiting := self._library.outbox.next(after=self._last):
                self._last = waiting.id
                self._try(waiting, mailer)
        self._settle()

    def make_room(self) -> None:
        """Deliver what waits as soon as it takes more of the library than `MOST_WAITING`.

        A thousand profiles have some 400 MB of files and mails, a fifth of that packed: the library
        would keep that size.
        """
        if self._library.outbox.size(after=self._last) > MOST_WAITING:
            self.deliver()

    def retry(self) -> None:
        """Retry what may succeed later, after growing pauses (`smtp: {retries: 3}`)."""
        start = self._now()
        for pause in PAUSES[: self._config.smtp.retries]:
            if isinstance(self._unreachable, SettingsError):  # log nobody in during a pause
                self._later = {
                    number: later
                    for number, later in self._later.items()
                    if later.channel != "smtp"
                }
            if not self._later or self._now() - start > RETRY_PERIOD:
                return
            self._sleep(pause)
            self._try_later_ones()

    def not_done(self) -> tuple[Delivery, ...]:
        """Return the deliveries that still wait, and those that this run gave up.

        Earlier runs reported the ones that they gave up; `digest outbox` lists them.
        """
        return tuple(
            delivery
            for delivery in self._library.outbox.not_done()
            if delivery.state == "waiting" or delivery.id in self._failed
        )

    def _mailer(self) -> Mailer:
        return Mailer(self._config.smtp, self._environment)

    def _try_later_ones(self) -> None:
        """Retry each of them; mails until the server is found to be down."""
        self._unreachable = None
        order = sorted(self._later.items(), key=lambda item: (item[1].refusals, item[0]))
        with closing(self._mailer()) as mailer, closing(self._channels):
            for number, later in order:
                if later.channel == "smtp" and self._unreachable is not None:
                    continue
                waiting = self._library.outbox.get(number)
                if waiting is not None:
                    self._try(waiting, mailer)

    def _try(self, waiting: WaitingDelivery, mailer: Mailer) -> None:
        reason = self._withholding.reason(waiting)
        if reason is not None:
            self._later.pop(waiting.id, None)
            self._library.outbox.drop(waiting.id, reason)
            self.dropped[waiting.id] = reason
            return
        try:
            self._deliver(waiting, mailer)
        except DeliveryError as error:
            self._record_failure(waiting, error)
            return
        if waiting.channel != "file":
            self._later.pop(waiting.id, None)
            self._library.outbox.mark_done(waiting.id, now=self._now())
            return
        self._written.append(waiting)
        if len(self._written) == FILES_AT_ONCE:
            self._settle()

    def _settle(self) -> None:
        """Flush the files written since the last time to the disk, then mark them done."""
        written, self._written = self._written, []
        if not written:
            return
        errors = self._files.settle()
        done = [waiting.id for waiting in written if waiting.target not in errors]
        self._library.outbox.mark_done(*done, now=self._now())
        for waiting in written:
            if (error := errors.get(waiting.target)) is not None:
                self._record_failure(waiting, error)

    def _record_failure(self, waiting: WaitingDelivery, error: DeliveryError) -> None:
        """Record a failed attempt; keep the delivery queued or mark it failed."""
        outbox, now = self._library.outbox, self._now()
        waited = now - (waiting.first_try or now)
        given_up = waited >= timedelta(days=self._config.smtp.give_up_after)
        if given_up and waiting.channel != "file" and not isinstance(error, PermanentError):
            error = PermanentError(f"given up after {waited.days} days: {error}")
        if isinstance(error, PermanentError):
            self._later.pop(waiting.id, None)
            self._failed.add(waiting.id)
            outbox.mark_failed(waiting.id, str(error), now=now)
            return
        if isinstance(error, RetryNextRunError):
            self._later.pop(waiting.id, None)
        elif waiting.channel in ("smtp", "notify", "webhook"):
            refusals = self._later[waiting.id].refusals if waiting.id in self._later else 0
            is_own = not isinstance(error, UnreachableError)
            self._later[waiting.id] = _RetryableDelivery(waiting.channel, refusals + is_own)
        outbox.mark_tried(waiting.id, str(error), now=now)

    def _deliver(self, waiting: WaitingDelivery, mailer: Mailer) -> None:
        if waiting.channel == "file":
            self._files.write(waiting.target, waiting.content)
            return
        if waiting.channel == "maildir":
            write_to_maildir(
                self._maildir_of(waiting.profile), waiting.message_id or "", waiting.content
            )
            return
        if waiting.channel in ("notify", "webhook"):
            self._channels.deliver(waiting)
            return
        if self._unreachable is not None:
            raise type(self._unreachable)(str(self._unreachable))
        try:
            mailer.send(_sender(waiting.content), waiting.target, waiting.content)
        except UnreachableError as error:
            self._unreachable = error
            raise

    def _maildir_of(self, profile: str) -> Path:
        """Return the configured Maildir of the profile; raise `DeliveryError`."""
        for known in self._config.profiles:
            if known.name == profile and known.email and known.email.maildir:
                return known.email.maildir
        raise DeliveryError(f"the config has no `maildir` for the profile {profile!r} any more")


def _sender(message: bytes) -> str:
    """Return the bare address of the message's From, for the envelope."""
    from email.parser import BytesHeaderParser
    from email.utils import parseaddr

    head = message.partition(b"\r\n\r\n")[0]
    return parseaddr(BytesHeaderParser().parsebytes(head)["From"])[1]
