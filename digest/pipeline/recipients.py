"""Who gets the mails of a profile, and why a waiting mail is no longer sent.

The config's `to` comes first, then the recipients' own requests: whoever unsubscribed gets nothing,
and whoever subscribed by mail to an `open` profile gets its mails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.model import Mailbox
from digest.model.sources import MailboxSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.config import Config
    from digest.library import Library, Subscription, WaitingDelivery
    from digest.mail.personal import PersonalLinks
    from digest.mail.signed_links import Recipient
    from digest.model import Profile

LINK_KEY: Final = "mail"
"""Purpose of the library's key that signs the links of mails."""


def recipients(library: Library, profile: Profile) -> tuple[Mailbox, ...]:
    """Return who currently gets the mails of a profile."""
    requests = library.subscriptions.of(profile.name)
    return tuple(
        to
        for to in _all_recipients(profile, requests.values())
        if not _is_unsubscribed(requests.get(to.address.casefold()))
    )


def takes_requests(config: Config) -> bool:
    """Return whether a mailbox of the config takes requests to subscribe or unsubscribe."""
    return any(
        source.subscriptions for source in config.sources if isinstance(source, MailboxSource)
    )


def link_holders(library: Library, config: Config) -> Iterator[Recipient]:
    """Yield everybody whose links are valid: in `to` or subscribed, even if unsubscribed since."""
    from digest.mail.signed_links import Recipient

    for profile in config.profiles:
        requests = library.subscriptions.of(profile.name)
        for to in _all_recipients(profile, requests.values()):
            yield Recipient(profile.name, to.address)


class Withholding:
    """Finds the waiting deliveries that are no longer to be sent."""

    def __init__(self, library: Library, config: Config) -> None:
        self._subscriptions = library.subscriptions
        self._profiles = {profile.name: profile for profile in config.profiles}
        self._named: dict[str, frozenset[str]] = {}

    def reason(self, waiting: WaitingDelivery) -> str | None:
        """Return why a waiting mail or message is not to be sent; None if it is."""
        if waiting.channel == "file" or waiting.purpose == "answer":
            return None
        is_mail = waiting.channel not in ("notify", "webhook")
        return self._lost_mail(waiting) if is_mail else self._lost_channel(waiting)

    def _lost_mail(self, waiting: WaitingDelivery) -> str | None:
        request = self._subscriptions.get(waiting.profile, waiting.target)
        if _is_unsubscribed(request):
            return f"{waiting.target} has unsubscribed"
        if waiting.purpose == "copy":
            return None
        profile = self._profiles.get(waiting.profile)
        if profile is None or profile.email is None:
            return f"the config has no `email` for the profile {waiting.profile!r} any more"
        if request is not None and _subscribed(profile, {request.address: request}):
            return None
        if waiting.target.casefold() not in self._addresses(profile):
            return f"{waiting.target} is no longer in `to`"
        return None

    def _addresses(self, profile: Profile) -> frozenset[str]:
        """Return the addresses in `to`, looked up once for all deliveries of a profile."""
        named = self._named.get(profile.name)
        if named is None:
            to = profile.email.to if profile.email else ()
            named = frozenset(mailbox.address.casefold() for mailbox in to)
            self._named[profile.name] = named
        return named

    def _lost_channel(self, waiting: WaitingDelivery) -> str | None:
        """Return the reason if the config no longer has the delivery's channel; None if it has."""
        profile = self._profiles.get(waiting.profile)
        if profile is None:
            return f"the config has no profile {waiting.profile!r} any more"
        channels = profile.webhooks if waiting.channel == "webhook" else profile.notify
        if any(channel.name == waiting.target for channel in channels):
            return None
        return (
            f"the profile {profile.name!r} has no `{waiting.channel}` named "
            f"{waiting.target!r} any more"
        )


def personal_links(library: Library, config: Config) -> PersonalLinks | None:
    """Return how recipients can act from their mails; None if they cannot."""
    by_mail = takes_requests(config)
    if not (config.served or by_mail):
        return None
    from digest.mail.personal import PersonalLinks
    from digest.mail.signed_links import Signer

    subscribed = {
        profile.name: frozenset(_subscribed(profile, library.subscriptions.of(profile.name)))
        for profile in config.profiles
    }
    signer = Signer(library.accounts.secret(LINK_KEY))
    return PersonalLinks(signer, config.site_url if config.served else None, by_mail, subscribed)


def _all_recipients(profile: Profile, requests: Iterable[Subscription]) -> tuple[Mailbox, ...]:
    """Return everybody in `to`, and the others who have subscribed."""
    if profile.email is None:
        return ()
    named = {to.address.casefold(): to for to in profile.email.to}
    by_address = {request.address: request for request in requests}
    by_mail = sorted(_subscribed(profile, by_address) - named.keys())
    return (*named.values(), *map(Mailbox, by_mail))


def _subscribed(profile: Profile, requests: dict[str, Subscription]) -> set[str]:
    """Return the addresses that subscribed by mail, if the profile is open."""
    if profile.email is None or not profile.email.open:
        return set()
    return {address for address, request in requests.items() if request.state == "subscribed"}


def _is_unsubscribed(request: Subscription | None) -> bool:
    return request is not None and request.state == "unsubscribed"
