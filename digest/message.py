"""Build the e-mail of a digest: the whole RFC 5322 message, the same bytes each time.

Reads no clock and makes no random ids, so that a message tried twice has one Message-ID and one
boundary. Sends nothing; what goes in has been rendered already.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import string
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.errors import ConfigError, DeliveryError
from digest.markup import one_line
from digest.wording import long_day, shortened, top_titles

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model import Digest

# Longer subjects are cut by every mail program; a title in one may be as long as its dump likes.
_SUBJECT_LIMIT = 200

# Header fields whose values are URIs or identifiers. EmailPolicy folds them at 78 octets like
# prose, by RFC 2047 encoding, after which no mail program finds the URI.
_VERBATIM = frozenset({"list-id", "list-unsubscribe", "list-unsubscribe-post", "message-id"})

# RFC 5322's dot-atom before the @ (section 3.2.3); letters of any script behind it.
_ADDRESS = re.compile(
    r"""
    (?:(?P<name>[^<>]*)<)?
    (?P<local>[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)
    @(?P<domain>[\w-]+(?:\.[\w-]+)*)
    (?(name)>)
    """,
    re.VERBOSE,
)

# Overrides, embeddings and isolates: in a subject they reorder what follows them in the list.
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class _WirePolicy(EmailPolicy):
    """SMTP's policy, but for header fields that EmailPolicy would spoil.

    Besides those above it is texts beyond ASCII: refolding them, it inserts spaces (Python 3.11).
    The older `Header` encodes them whole, and they decode to what they were.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _VERBATIM:
            folded = value
        elif name == "Subject":
            folded = _encoded(name, value)
        elif name == "From":
            sender: Address = value.addresses[0]  # type: ignore[attr-defined]  # a header object
            short = sender.display_name.isascii() and len(str(sender)) <= 70
            shown = str(sender) if short else _encoded(name, sender.display_name, force=True)
            folded = shown if short else f"{shown}\r\n <{sender.addr_spec}>"
        else:
            return super().fold_binary(name, value)
        return f"{name}: {folded}\r\n".encode("ascii")


def _encoded(name: str, text: str, *, force: bool = False) -> str:
    """Fold `text` at spaces, or as encoded words (RFC 2047) where it has too few of them."""
    folds = text.isascii() and max(map(len, text.split(" "))) < 60
    charset = "us-ascii" if folds and not force else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")


_WIRE = _WirePolicy(linesep="\r\n", max_line_length=78)


# --- subject -------------------------------------------------------------------------------------

_SUBJECT_NAMES = ("title", "count", "day", "profile", "top")


def check_subject(template: str) -> None:
    """Raise `ConfigError` unless `template` is text with `{title}` and its like."""
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
            near = difflib.get_close_matches(name, _SUBJECT_NAMES, n=1)
            hint = f"; did you mean {{{near[0]}}}?" if near and near[0] != name else ""
            known = ", ".join(f"{{{known}}}" for known in _SUBJECT_NAMES)
            raise ConfigError(
                f"the subject {template!r} asks for {{{name}}} in a way that is not known{hint} "
                f"(known: {known})"
            )


def subject(template: str, digest: Digest) -> str:
    """Fill a subject: `{title}`, `{count}`, `{day}`, `{profile}` and `{top}`, the best titles.

    One paper is a paper: of "{count} papers" the s goes, also in "{count} new papers".
    """
    check_subject(template)
    count = len(digest.entries)
    if count == 1:
        template = re.sub(r"(\{count\}(?: \w+)? paper)s\b", r"\1", template)
    filled = template.format(
        title=digest.title,
        count=count,
        day=long_day(digest.day),
        profile=digest.profile,
        top="; ".join(top_titles(digest)) or digest.summary,
    )
    return header_text(filled)


def header_text(text: str) -> str:
    """Make `text` safe as the value of a header: one line, no encoded words, not too long.

    Python 3.11 and 3.12 decode `=?utf-8?q?=0d=0aBcc:...?=` in a value and write the line break
    inside it to the wire; a zero-width space between `=` and `?` keeps the text and ends the word.
    """
    line = _BIDI.sub("", one_line(text)).replace("=?", "=\u200b?")
    return shortened(line, _SUBJECT_LIMIT)


# --- addresses and identifiers -------------------------------------------------------------------


def address(text: str) -> Address:
    """Parse `you@example.org` or `You <you@example.org>`; raise `DeliveryError` otherwise.

    Stricter than RFC 5322: no quoted local parts, comments or groups, which nobody means to write.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None or not text.isprintable():
        raise DeliveryError(f"{text!r} is not an e-mail address such as you@example.org")
    try:
        domain = match["domain"].encode("idna").decode("ascii")
    except UnicodeError as error:
        raise DeliveryError(f"{text!r} has a domain that cannot exist: {error}") from error
    name = (match["name"] or "").strip().strip('"')
    return Address(header_text(name), username=match["local"], domain=domain)


def message_id(*, library_id: str, profile: str, digest: str, recipient: str, sender: str) -> str:
    """Return the Message-ID of one digest to one recipient, the same on every try.

    `digest` is its name, such as 2026-01-05-2; `library_id` tells two libraries apart that happen
    to hold the same. The right side is the sender's domain, as RFC 5322 section 3.6.4 advises.
    """
    parts = json.dumps([library_id, profile, digest, recipient])
    return f"<{hashlib.sha256(parts.encode()).hexdigest()[:40]}@{address(sender).domain}>"


# --- message -------------------------------------------------------------------------------------


def build_message(  # noqa: PLR0913 - keywords, each of them a header field or a part
    *,
    digest_name: str,
    subject: str,
    sender: str,
    recipient: str,
    date: datetime,
    html: str,
    text: str,
    message_id: str,
    list_id: str | None = None,
    list_unsubscribe: str | None = None,
) -> bytes:
    """Build the message with CRLF line ends: the text first, the HTML as its alternative.

    `digest_name` is what the sender is shown as. `list_unsubscribe` is an https or mailto URI,
    by default a mail to the sender; an https one is offered for one click (RFC 8058).
    """
    own = address(sender)
    unsubscribe = list_unsubscribe or unsubscribe_uri(sender, digest_name)
    message = EmailMessage(policy=_WIRE)
    message["From"] = Address(header_text(own.display_name or digest_name), addr_spec=own.addr_spec)
    message["To"] = address(recipient)
    message["Subject"] = header_text(subject)
    message["Date"] = date
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    message["List-Id"] = f"<{list_id or _list_id(own, digest_name)}>"
    message["List-Unsubscribe"] = f"<{_header_uri(unsubscribe)}>"
    if unsubscribe.startswith("https:"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text, cte=_transfer_encoding(text))
    message.add_alternative(html, subtype="html", cte=_transfer_encoding(html))
    message.set_boundary(_boundary(message_id))
    return message.as_bytes()


_ENCODED = bytes([ord("="), *range(127, 256)])
"""Octets that quoted-printable writes as three."""


def _transfer_encoding(text: str) -> str:
    """Choose the shorter of the encodings that keep lines short and hide boundaries.

    Quoted-printable trebles each octet beyond ASCII, base64 adds a third to all; mail programs cut
    a message by its size after encoding.
    """
    octets = text.encode()
    beyond = len(octets) - len(octets.translate(None, _ENCODED))
    return "base64" if 2 * beyond > len(octets) / 3 else "quoted-printable"


def encoded_size(text: str) -> int:
    """Return how many bytes `text` takes as a part of a message: encoded, with CRLF line ends."""
    part = EmailMessage(policy=_WIRE)
    part.set_content(text, cte=_transfer_encoding(text))
    payload = part.get_payload()
    return len(payload) + payload.count("\n") if isinstance(payload, str) else 0


def _boundary(message_id: str) -> str:
    """Derive a boundary; `=_` cannot occur in either transfer encoding (RFC 2045 section 6.7)."""
    return "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]


def unsubscribe_uri(sender: str, name: str) -> str:
    """Return the link that ends the mails where no other is known: a mail to the sender."""
    line = quote(f"unsubscribe {one_line(name)}"[:200], safe="")
    return f"mailto:{quote(address(sender).addr_spec, safe='@')}?subject={line}"


def _list_id(sender: Address, digest_name: str) -> str:
    """Derive a List-Id (RFC 2919) from the name: letters and digits of it, under the domain."""
    label = re.sub(r"[^a-z0-9]+", "-", digest_name.lower()).strip("-")
    if not label:
        label = hashlib.sha256(digest_name.encode()).hexdigest()[:16]
    return f"{label[:60]}.{sender.domain}"


def _header_uri(uri: str) -> str:
    if not re.fullmatch(r"(?:https|mailto):[!-;=?-~]+", uri) or len(uri) > 900:
        raise DeliveryError(
            f"{uri!r} cannot stand in List-Unsubscribe; give an https or mailto URI"
        )
    return uri
