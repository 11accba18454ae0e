"""Answer the mails of a mailbox that ask to subscribe or unsubscribe.

Only a mailbox with `subscriptions: true` is searched. A request with a code of this program counts
at once; one without gets a mail that asks for confirmation, at most one a day per address. A mail's
changes, its answer and its place are stored together, so that each counts once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from digest import __version__
from digest.errors import SourceError
from digest.library import NewDelivery, StoredAnswer
from digest.mail.signed_links import Recipient, Signer
from digest.mail.subscription_mails import answer, parse_request
from digest.model.sources import MailboxSource
from digest.pipeline.mailboxes import READ_BY
from digest.pipeline.recipients import LINK_KEY, link_holders
from digest.sources.mailbox import mails

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from digest.config import Config
    from digest.library import Channel, Library
    from digest.library.subscriptions import SubscriptionState
    from digest.mail.subscription_mails import Answer, Asked
    from digest.model import Profile
    from digest.sources.mailbox import Mail

_REQUEST: Final = "request"
"""Header of an answered mail, with what it asked for."""


def answer_requests(
    library: Library, config: Config, *, now: datetime, environment: Mapping[str, str]
) -> None:
    """Carry out the requests of new mails, and put the answers into the outbox.

    A mailbox that cannot be read is reported when it is read for papers.
    """
    for source in config.sources:
        if isinstance(source, MailboxSource) and source.subscriptions:
            handler = _Requests(library, config, now)
            for mail in _new_mails(library, source, now, environment):
                request = parse_request(mail.content, config.profiles)
                if request is not None:
                    with library.transaction():
                        handler.handle(request)
                        _remember(library, source, mail, request, now)


def _new_mails(
    library: Library, source: MailboxSource, now: datetime, environment: Mapping[str, str]
) -> Iterator[Mail]:
    since = (now - timedelta(days=source.catch_up + 1)).date()
    known = frozenset(
        url
        for url, stored in library.answers.urls(source.name, since=since).items()
        if stored.is_dump or stored.header(_REQUEST) or stored.header(READ_BY) == __version__
    )
    try:
        yield from mails(source, known=known, now=now, environment=environment)
    except SourceError:
        return


def _remember(
    library: Library, source: MailboxSource, mail: Mail, request: Asked, now: datetime
) -> None:
    """Store that a mail was answered; neither its text nor its sender is stored."""
    headers = ((_REQUEST, request.request), (READ_BY, __version__))
    day = mail.received or now.date()
    library.answers.add(
        StoredAnswer(0, source.name, day, mail.url, now, headers, "", "", False, None)  # noqa: FBT003
    )


class _Requests:
    """Carries out requests."""

    def __init__(self, library: Library, config: Config, now: datetime) -> None:
        self._library = library
        self._config = config
        self._now = now
        self._today = now.date()
        self._signer = Signer(library.accounts.secret(LINK_KEY))
        self._profiles = {profile.name: profile for profile in config.profiles}

    def handle(self, request: Asked) -> None:
        """Carry out a request, ask for confirmation, or do nothing."""
        profile = self._profiles[request.profile]
        address = self._confirmed(request)
        if address is None:
            self._ask_back(request, profile)
        elif self._changes(request, profile, address):
            new_state: SubscriptionState = (
                "subscribed" if request.request == "subscribe" else "unsubscribed"
            )
            subscriptions = self._library.subscriptions
            subscriptions.set(profile.name, address, new_state, "mail", now=self._now)
            self._answer(new_state, profile, address, "", request)

    def _confirmed(self, request: Asked) -> str | None:
        """Return the address whose request it certainly is; None if that is not known."""
        if request.confirms:
            return self._signer.confirmed(
                request.request, request.profile, request.code, self._today
            )
        if request.code and request.request == "unsubscribe":
            holders = (
                holder
                for holder in link_holders(self._library, self._config)
                if holder.profile == request.profile
            )
            signed = self._signer.read("unsubscribe", request.code, holders, self._today)
            return signed.recipient.address if signed else None
        return None

    def _changes(self, request: Asked, profile: Profile, address: str) -> bool:
        """Return whether a request changes who gets the mails, and is allowed."""
        if profile.email is None:
            return False
        known = self._library.subscriptions.get(profile.name, address)
        is_named = any(to.address.casefold() == address.casefold() for to in profile.email.to)
        if request.request == "unsubscribe":
            gets = is_named or (known is not None and profile.email.open)
            return gets and (known is None or known.state == "subscribed")
        if known is not None:
            return known.state == "unsubscribed" and (is_named or profile.email.open)
        return profile.email.open and not is_named

    def _ask_back(self, request: Asked, profile: Profile) -> None:
        address = request.sender
        if not self._changes(request, profile, address):
            return
        once = f"asked {request.request} {profile.name} {address.casefold()} {self._today}"
        if self._library.subscriptions.use_link(once, now=self._now, expires=self._today):
            recipient = Recipient(profile.name, address)
            code = self._signer.confirmation(request.request, recipient, self._today)
            kind: Answer = "ask subscribe" if request.request == "subscribe" else "ask unsubscribe"
            self._answer(kind, profile, address, code, request)

    def _answer(self, kind: Answer, profile: Profile, to: str, code: str, request: Asked) -> None:
        message_id, content = answer(
            kind, profile, to, code=code, now=self._now, in_reply_to=request.message_id
        )
        channel: Channel = "maildir" if profile.email and profile.email.maildir else "smtp"
        delivery = NewDelivery(channel, to, content, message_id, "answer")
        self._library.outbox.add(None, profile.name, [delivery], now=self._now)
