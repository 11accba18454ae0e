"""Links in mails that act for one recipient: star or drop a paper, unsubscribe.

A link has its recipient, paper and expiry, with a signature (HMAC-SHA-256, RFC 2104) under a key of
the library: nobody can make one, or turn it into one for another recipient, paper or action. It
does not contain the recipient's address, because servers on its way log links. Whoever has the mail
has its links: they can change only the recipient's own list and subscription.

This module depends neither on a server, the clock nor the library: the key and the day are
arguments.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

Action: TypeAlias = Literal["star", "drop", "unsubscribe"]
Request: TypeAlias = Literal["subscribe", "unsubscribe"]
"""What a mail may ask for."""
DAYS: Final = 30
"""Days that a link to star or drop a paper works. A link to unsubscribe always works."""
REQUEST_DAYS: Final = 7
"""Days that the code of a mail that asks for confirmation works."""
FOLDER: Final = "mail"
"""Folder of the site under which the links are answered."""
_EPOCH: Final = date(2020, 1, 1)
_WHO, _EXPIRES, _SIGNATURE = 8, 2, 16
"""Lengths of a link's parts in bytes."""
_NEVER: Final = (1 << 8 * _EXPIRES) - 1


class Recipient(NamedTuple):
    """Who gets the mails of a profile."""

    profile: str
    address: str


class Signed(Struct, frozen=True):
    """The content of a valid link."""

    recipient: Recipient
    paper: str
    """Empty for a link to unsubscribe."""
    expires: date | None
    """Last day on which it works; None: it always works."""
    signature: str
    """Identifies the link."""


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Makes and reads links with one key."""

    key: bytes

    def act(self, action: Action, recipient: Recipient, paper: str, expires: date) -> str:
        """Return the last path segment of a link that stars or drops a paper."""
        days = _to_number(expires)
        return _encoded(
            self._who(recipient) + days + self._sign(action, recipient, paper, days), paper
        )

    def unsubscribe(self, recipient: Recipient) -> str:
        """Return the last path segment of an unsubscribe link, also the code of a mail."""
        days = _NEVER.to_bytes(_EXPIRES)
        return _encoded(
            self._who(recipient) + days + self._sign("unsubscribe", recipient, "", days)
        )

    def read(
        self, action: Action, token: str, recipients: Iterable[Recipient], today: date
    ) -> Signed | None:
        """Return the content of a link; None if it is invalid or expired.

        `recipients` are those who may use one.
        """
        content = _decoded(token)
        if content is None or len(content) < _WHO + _EXPIRES + _SIGNATURE:
            return None
        recipient_hash, content = content[:_WHO], content[_WHO:]
        days, signed = content[:_EXPIRES], content[_EXPIRES:]
        signature, name = signed[:_SIGNATURE], signed[_SIGNATURE:]
        try:
            paper = name.decode()
        except UnicodeDecodeError:
            return None
        for recipient in recipients:
            if not hmac.compare_digest(recipient_hash, self._who(recipient)):
                continue
            if not hmac.compare_digest(signature, self._sign(action, recipient, paper, days)):
                continue
            expires = _to_day(days)
            if expires is not None and today > expires:
                return None
            return Signed(recipient, paper, expires, signature.hex())
        return None

    def confirmation(self, request: Request, recipient: Recipient, today: date) -> str:
        """Return the code that confirms what a mail asked for, for `REQUEST_DAYS`."""
        days = _to_number(today + timedelta(days=REQUEST_DAYS))
        content = days + self._sign(f"confirm {request}", recipient, "", days)
        return _encoded(content, recipient.address)

    def confirmed(self, request: Request, profile: str, code: str, today: date) -> str | None:
        """Return the address whose request a code confirms; None if the code is invalid."""
        content = _decoded(code)
        if content is None or len(content) <= _EXPIRES + _SIGNATURE:
            return None
        days, signed = content[:_EXPIRES], content[_EXPIRES:]
        signature, name = signed[:_SIGNATURE], signed[_SIGNATURE:]
        try:
            recipient = Recipient(profile, name.decode())
        except UnicodeDecodeError:
            return None
        expires = _to_day(days)
        if not hmac.compare_digest(
            signature, self._sign(f"confirm {request}", recipient, "", days)
        ) or (expires is not None and today > expires):
            return None
        return recipient.address

    def marker(self, place: int, length: int) -> str:
        """Return a placeholder for a link in a mail that is not yet addressed.

        It is as long as the link, so that the mail's size does not change. No paper can contain it
        by chance or on purpose: it is made with the key.
        """
        return f"{self.marker_prefix}{place:05d}".ljust(length, "x")

    @property
    def marker_prefix(self) -> str:
        """The beginning of every marker."""
        return self._mac("marker")[:8].hex()

    def _who(self, recipient: Recipient) -> bytes:
        return self._mac("who", recipient.profile, recipient.address.casefold())[:_WHO]

    def _sign(self, action: str, recipient: Recipient, paper: str, days: bytes) -> bytes:
        address = recipient.address.casefold()
        return self._mac(action, recipient.profile, address, paper, days.hex())[:_SIGNATURE]

    def _mac(self, *parts: str) -> bytes:
        # As JSON: no two lists of parts give the same text.
        return hmac.digest(self.key, json.dumps(parts).encode(), "sha256")


def act_length(paper: str) -> int:
    """Return the length, in characters, of the last path segment of a link for a paper."""
    return -(-(_WHO + _EXPIRES + _SIGNATURE + len(paper.encode())) * 4 // 3)


UNSUBSCRIBE_LENGTH: Final = act_length("")


def _encoded(content: bytes, name: str = "") -> str:
    return base64.urlsafe_b64encode(content + name.encode()).decode("ascii").rstrip("=")


def _decoded(token: str) -> bytes | None:
    """Return the bytes of a token; None unless it is written as `_encoded` writes it.

    Otherwise one link could be written in several ways, and be used once in each.
    """
    try:
        content = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return content if _encoded(content) == token else None


def _to_number(day: date) -> bytes:
    return max(0, min((day - _EPOCH).days, _NEVER - 1)).to_bytes(_EXPIRES)


def _to_day(number: bytes) -> date | None:
    days = int.from_bytes(number)
    return None if days == _NEVER else _EPOCH + timedelta(days=days)
