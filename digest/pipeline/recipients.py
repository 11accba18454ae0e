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
    from digest.library import Library, Subscription, Waiting
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
        for to in _possible(profile, requests.values())
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
        for to in _possible(profile, requests.values()):
            yield Recipient(profile.name, to.address)


def withheld(library: Library, config: Config, waiting: Waiting) -> str | None:
    """Return why a waiting mail or message is not to be sent; None if it is."""
    if waiting.channel == "file" or waiting.purpose == "answer":
        return None
    is_mail = waiting.channel not in ("notify", "webhook")
    return _lost_mail(library, config, waiting) if is_mail else _lost_channel(config, waiting)


def _lost_mail(library: Library, config: Config, waiting: Waiting) -> str | None:
    request = library.subscriptions.get(waiting.profile, waiting.target)
    if _is_unsubscribed(request):
        return f"{waiting.target} has unsubscribed"
    if waiting.purpose == "copy":
        return None
    profile = next((known for known in config.profiles if known.name == waiting.profile), None)
    if profile is None or profile.email is None:
        return f"the config has no `email` for the profile {waiting.profile!r} any more"
    known = {to.address.casefold() for to in _possible(profile, [request] if request else [])}
    if waiting.target.casefold() not in known:
        return f"{waiting.target} is no longer in `to`"
    return None


def _lost_channel(config: Config, waiting: Waiting) -> str | None:
    """Return the reason if the config no longer has the delivery's channel; None if it has."""
    for profile in config.profiles:
        channels = profile.webhooks if waiting.channel == "webhook" else profile.notify
        if profile.name == waiting.profile:
            if any(channel.name == waiting.target for channel in channels):
                return None
            return (
                f"the profile {profile.name!r} has no `{waiting.channel}` named "
                f"{waiting.target!r} any more"
            )
    return f"the config has no profile {waiting.profile!r} any more"


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


def _possible(profile: Profile, requests: Iterable[Subscription]) -> tuple[Mailbox, ...]:
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
