"""The links of a mail that only its recipient may use, and their placeholders.

A digest is rendered once with a marker in place of each such link. Addressing it to a recipient
replaces the markers, which takes a thousandth of the time of rendering.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from digest.mail.mime import unsubscribe_uri
from digest.mail.signed_links import (
    DAYS,
    FOLDER,
    UNSUBSCRIBE_LENGTH,
    Action,
    Recipient,
    Signer,
    act_length,
)
from digest.model import EmailSettings
from digest.rendering.templates import Actions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.model import Digest, Mailbox, Profile

_STOP_PLACE: Final = 99_999
"""Number of the marker of the unsubscribe link."""
_ACTIONS: Final[tuple[Action, Action]] = ("star", "drop")


class PersonalLinks(Struct, frozen=True):
    """How recipients can act: on the site that `digest serve` serves, or by mail."""

    signer: Signer
    site_url: str | None = None
    """URL of a served site, with a slash at the end; None: it is not served."""
    by_mail: bool = False
    """Whether mails that ask to unsubscribe are read."""
    subscribers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Addresses that subscribed by mail, in lower case, by profile."""

    def of(self, profile: Profile, digest: Digest) -> DigestLinks:
        """Return the links of the mails of one digest."""
        return DigestLinks(self, profile, digest)


class DigestLinks:
    """The links of the mails of one digest."""

    def __init__(self, personal: PersonalLinks, profile: Profile, digest: Digest) -> None:
        self._personal = personal
        self._signer = personal.signer
        self._profile = profile
        self._settings = profile.email or EmailSettings(())
        self._expires = digest.day + timedelta(days=DAYS)
        self._papers = tuple(entry.paper.id for entry in (*digest.entries, *digest.news))
        self._readers = frozenset(to.address.casefold() for to in self._settings.to)
        self._pattern = re.compile(re.escape(self._signer.marker_prefix) + r"(\d{5})x*")

    def acts(self, recipient: Mailbox) -> bool:
        """Return whether a recipient's mail has links to star and drop papers.

        Only recipients in `to` have them: the links change the reading list of the profile's
        reader.
        """
        is_reader = recipient.address.casefold() in self._readers
        return self._personal.site_url is not None and is_reader

    def stops(self, recipient: Mailbox) -> bool:
        """Return whether a recipient unsubscribes by a link of this program."""
        address = recipient.address.casefold()
        known = self._personal.subscribers.get(self._profile.name, frozenset())
        return (
            self._settings.unsubscribe is None
            and (self._personal.site_url is not None or self._personal.by_mail)
            and (address in self._readers or address in known)
        )

    @cached_property
    def actions(self) -> Mapping[str, Actions]:
        """Links to star and drop each paper, with markers."""
        return {
            paper: Actions(*(self._act_marker(paper, 2 * place + action) for action in range(2)))
            for place, paper in enumerate(self._papers)
        }

    @cached_property
    def stop_marker(self) -> str:
        """The unsubscribe link, with a marker."""
        return self._stop_link(self._signer.marker(_STOP_PLACE, UNSUBSCRIBE_LENGTH))

    def stop_links(self, recipient: Mailbox) -> tuple[str, str | None]:
        """Return a recipient's unsubscribe link, and a mail that unsubscribes if mails are read."""
        token = self._signer.unsubscribe(self._recipient(recipient))
        mail = self._stop_mail(token) if self._personal.by_mail else None
        link = self._stop_link(token)
        if link.startswith("http:"):  # mail programs open only encrypted links
            return mail or unsubscribe_uri(self._settings.sender, self._profile.name), None
        return link, mail

    def addressed(self, bodies: Iterable[str], recipient: Mailbox) -> tuple[str, ...]:
        """Return bodies with the links of one recipient in place of the markers."""
        recipient_id = self._recipient(recipient)

        @cache
        def token(number: str) -> str:
            place = int(number)
            if place == _STOP_PLACE:
                return self._signer.unsubscribe(recipient_id)
            paper = self._papers[place // 2]
            return self._signer.act(_ACTIONS[place % 2], recipient_id, paper, self._expires)

        return tuple(self._pattern.sub(lambda match: token(match[1]), body) for body in bodies)

    def _recipient(self, recipient: Mailbox) -> Recipient:
        return Recipient(self._profile.name, recipient.address)

    def _act_marker(self, paper: str, place: int) -> str:
        marker = self._signer.marker(place, act_length(paper))
        return f"{self._personal.site_url}{FOLDER}/{_ACTIONS[place % 2]}/{marker}"

    def _stop_link(self, token: str) -> str:
        if self._personal.site_url is None:
            return self._stop_mail(token)
        return f"{self._personal.site_url}{FOLDER}/unsubscribe/{token}"

    def _stop_mail(self, token: str) -> str:
        return unsubscribe_uri(self._settings.sender, f"{self._profile.name} {token}")
