"""Build the e-mail of a digest: the whole RFC 5322 message, the same bytes each time.

It uses neither the clock nor random ids, so that every attempt has the same Message-ID and
boundary. It sends nothing; its input is rendered already.

The header fields are written here, not by `EmailMessage`: its policy folds URIs and identifiers
like prose, by RFC 2047 encoding, after which no mail program finds them, it inserts spaces into
texts beyond ASCII (Python 3.11), and parsing each field again takes longer than everything else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import string
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from msgspec import Struct

from digest.errors import ConfigError, DeliveryError
from digest.model import Mailbox
from digest.model.settings import DEFAULT_SUBJECT
from digest.text.nearest import nearest
from digest.text.one_line import one_line, shortened
from digest.wording.head import top_titles
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from digest.model import Digest

# Every mail program cuts longer subjects; a title in one may have any length.
_SUBJECT_LIMIT = 200

# Overrides, embeddings and isolates: in a subject they reorder what follows them in the list.
_BIDI = "[\u200e\u200f\u202a-\u202e\u2066-\u2069]"


# --- subject -------------------------------------------------------------------------------------

_SUBJECT_NAMES = ("title", "count", "day", "profile", "top")


def check_subject(template: str) -> None:
    """Raise `ConfigError` unless `template` is text with `{title}` and the like."""
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ConfigError(
            f"the subject {template!r} has a brace too many or too few ({error}); "
            "write {{ or }} for a brace"
        ) from error
    for _, name, spec, conversion in pieces:
        if name is None:
            continue
        if name not in _SUBJECT_NAMES or spec or conversion:
            near = nearest(name, _SUBJECT_NAMES)
            hint = f"; did you mean {{{near}}}?" if near and near != name else ""
            known = ", ".join(f"{{{known}}}" for known in _SUBJECT_NAMES)
            raise ConfigError(
                f"the subject {template!r} asks for {{{name}}} in a way that is not known{hint} "
                f"(known: {known})"
            )


def subject(template: str, digest: Digest) -> str:
    """Fill a subject: `{title}`, `{count}`, `{day}`, `{profile}` and `{top}`, the first titles.

    The default is in the language of the digest; without papers it says so. For one paper, the s of
    "{count} papers" and "{count} new papers" is dropped.
    """
    check_subject(template)
    words = words_in(digest.language)
    count = len(digest.entries)
    if template == DEFAULT_SUBJECT:
        top = top_titles(digest)
        if not count:
            return header_text(top)
        return header_text(
            words.count("{number} paper: {titles}", "{number} papers: {titles}", count, titles=top)
        )
    if count == 1:
        template = re.sub(r"(\{count\}(?: \w+)? paper)s\b", r"\1", template)
    filled = template.format(
        title=digest.title,
        count=count,
        day=words.long_day(digest.day),
        profile=digest.profile,
        top=top_titles(digest),
    )
    return header_text(filled)


def header_text(text: str) -> str:
    """Make `text` safe as the value of a header: one line, no encoded words, not too long.

    Python 3.11 and 3.12 decode `=?utf-8?q?=0d=0aBcc:...?=` in a value and write the line break
    inside it to the wire; a zero-width space between `=` and `?` keeps the text and ends the word.
    """
    line = one_line(text)
    if not line.isprintable():
        line = re.sub(_BIDI, "", line)
    return shortened(line.replace("=?", "=\u200b?"), _SUBJECT_LIMIT)


# --- identifiers -------------------------------------------------------------------


def message_id(
    *, library_id: str, profile: str, digest: str, recipient: Mailbox, sender: Mailbox
) -> str:
    """Return the Message-ID of one digest to one recipient, the same on every attempt.

    `digest` is its name, such as 2026-01-05-2; `library_id` distinguishes two libraries with the
    same content. The right side is the sender's domain, as RFC 5322 section 3.6.4 advises.
    """
    parts = json.dumps([library_id, profile, digest, recipient.address])
    return f"<{hashlib.sha256(parts.encode()).hexdigest()[:40]}@{sender.domain}>"


# --- message -------------------------------------------------------------------------------------


class Message(Struct, frozen=True):
    """A whole message to one recipient; messages with equal bodies share their encoded parts."""

    recipient: Mailbox
    message_id: str
    head: bytes
    text: Part
    html: Part

    @property
    def content(self) -> bytes:
        """The bytes of the message, with CRLF line ends: the text, then the HTML."""
        boundary = _boundary(self.message_id)
        return b"".join(
            [
                self.head,
                *_with_head(self.text, "plain", boundary),
                *_with_head(self.html, "html", boundary),
                f"\r\n--{boundary}--\r\n".encode("ascii"),
            ]
        )


def build_message(  # noqa: PLR0913 - keywords, each of them a header field or a part
    *,
    digest_name: str,
    subject: str,
    sender: Mailbox,
    recipient: Mailbox,
    date: datetime,
    html: str,
    text: str,
    message_id: str,
    list_id: str | None = None,
    list_unsubscribe: str | None = None,
    unsubscribe_mail: str | None = None,
) -> Message:
    """Build the message.

    `digest_name` is the display name of the sender. `list_unsubscribe` is an https or mailto URI,
    by default a mail to the sender; an https one is offered for one click (RFC 8058).
    `unsubscribe_mail` is a mailto URI for programs that do not open links.
    """
    from email.utils import format_datetime

    unsubscribe = list_unsubscribe or unsubscribe_uri(sender, digest_name)
    fields = [
        ("From", mailbox_field("From", sender.name or digest_name, sender.address)),
        ("To", mailbox_field("To", recipient.name, recipient.address)),
        ("Subject", folded("Subject", header_text(subject))),
        ("Date", format_datetime(date)),
        ("Message-ID", message_id),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: nobody's absence note answers it
        ("List-Id", f"<{list_id or _list_id(sender, digest_name)}>"),
        ("List-Unsubscribe", _unsubscribe_field(unsubscribe, unsubscribe_mail)),
    ]
    if unsubscribe.startswith("https:"):
        fields.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    boundary = _boundary(message_id)
    fields += [
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii")
    return Message(recipient, message_id, head, text_part(text), text_part(html))


def _with_head(part: Part, subtype: str, boundary: str) -> tuple[bytes, bytes]:
    head = (
        f"\r\n--{boundary}\r\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {part.encoding}\r\n\r\n"
    )
    return head.encode("ascii"), part.content


def mailbox_field(field: str, name: str, address: str) -> str:
    """Return an address with its display name, if any."""
    shown = str(Mailbox(address, header_text(name)))
    if shown.isascii() and len(shown) <= 70:
        return shown
    return f"{folded(field, header_text(name), force=True)}\r\n <{address}>"


@lru_cache(maxsize=16)  # the messages of one digest have the same subject and sender
def folded(field: str, text: str, *, force: bool = False) -> str:
    """Fold `text` at spaces, or as encoded words (RFC 2047) if it has too few of them."""
    from email.header import Header

    folds = text.isascii() and max(map(len, text.split(" "))) < 60
    charset = "us-ascii" if folds and not force else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name=field).encode(linesep="\r\n")


_TREBLED = bytes([ord("="), *range(127, 256)])
"""Octets that take three in quoted-printable."""


class Part(Struct, frozen=True):
    """One body of a message."""

    encoding: str
    """Name of its transfer encoding."""
    content: bytes


@lru_cache(maxsize=4)  # the messages of one digest have the same bodies, measured before
def text_part(text: str) -> Part:
    """Return `text` in a transfer encoding, with CRLF line ends.

    The shorter of those that keep lines short and hide boundaries: quoted-printable trebles each
    octet beyond ASCII, base64 adds a third to all; mail programs cut a message by its encoded size.
    """
    octets = b"\r\n".join([*text.encode().splitlines(), b""]) or b"\r\n"
    encoded_octets = len(octets) - len(octets.translate(None, _TREBLED))
    if 2 * encoded_octets > len(octets) / 3:
        return Part("base64", base64.encodebytes(octets).replace(b"\n", b"\r\n"))
    return Part("quoted-printable", binascii.b2a_qp(octets, istext=True))


def encoded_size(text: str) -> int:
    """Return how many bytes `text` takes as a part of a message: encoded, with CRLF line ends."""
    return len(text_part(text).content)


class Size(NamedTuple):
    """The size of whole lines of text; sizes of pieces can be added up."""

    octets: int = 0
    """With CRLF line ends."""
    beyond: int = 0
    """Those that take three in quoted-printable."""
    quoted: int = 0
    """In quoted-printable."""

    @classmethod
    def of(cls, lines: str) -> Size:
        """Measure `lines`, which end with a line's end."""
        octets = b"\r\n".join([*lines.encode().splitlines(), b""])
        encoded_octets = len(octets) - len(octets.translate(None, _TREBLED))
        return cls(len(octets), encoded_octets, len(binascii.b2a_qp(octets, istext=True)))

    @classmethod
    def total(cls, sizes: Iterable[Size]) -> Size:
        """Return the size of all `sizes` together."""
        columns = list(zip(*sizes, strict=True)) or [(), (), ()]
        return cls(*map(sum, columns))

    @property
    def encoded(self) -> int:
        """How many bytes the text takes as a part of a message."""
        if 2 * self.beyond > self.octets / 3:
            return -(-self.octets // 57) * 78  # base64: lines of 76 characters for 57 octets
        return self.quoted


@lru_cache(maxsize=4_096)
def size_of_piece(page: str) -> Size:
    """Measure a part that many mails have, such as a paper."""
    return Size.of(page.rstrip() + "\n")


def _boundary(message_id: str) -> str:
    """Derive a boundary; `=_` cannot occur in either transfer encoding (RFC 2045 section 6.7)."""
    return "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]


def unsubscribe_uri(sender: Mailbox, name: str) -> str:
    """Return the default unsubscribe link: a mail to the sender."""
    line = quote(f"unsubscribe {one_line(name)}"[:200], safe="")
    return f"mailto:{quote(sender.address, safe='@')}?subject={line}"


def _list_id(sender: Mailbox, digest_name: str) -> str:
    """Derive a List-Id (RFC 2919) from the name: its letters and digits, under the domain."""
    label = re.sub(r"[^a-z0-9]+", "-", digest_name.lower()).strip("-")
    if not label:
        label = hashlib.sha256(digest_name.encode()).hexdigest()[:16]
    return f"{label[:60]}.{sender.domain}"


def _unsubscribe_field(uri: str, mail: str | None) -> str:
    """Return the links as in RFC 2369, on separate lines because they are long."""
    uris = [uri] if mail is None or mail == uri else [uri, mail]
    return ",\r\n ".join(f"<{_header_uri(link)}>" for link in uris)


def _header_uri(uri: str) -> str:
    if not re.fullmatch(r"(?:https|mailto):[!-;=?-~]+", uri) or len(uri) > 900:
        raise DeliveryError(f"{uri!r} cannot be in List-Unsubscribe; give an https or mailto URI")
    return uri
