"""Mails that ask to subscribe or unsubscribe, and the mails that answer them.

A request is the subject of a mail: `subscribe PROFILE`, `unsubscribe PROFILE`, either followed by a
code, or preceded by `confirm`. A sender's address can be forged, so a request without a code of
this program only leads to a mail that asks for confirmation. Automatic mails are not requests (RFC
3834 section 2). This module reads and sends nothing.
"""

from __future__ import annotations

import hashlib
import re
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from digest.mail.mime import folded, header_text, mailbox_field, text_part
from digest.model import Mailbox
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from email.message import EmailMessage

    from digest.mail.signed_links import Request
    from digest.model import Profile

_MOST_HEAD: Final = 65_536
"""Maximum size of a mail's header in bytes."""
_REPLY: Final = r"(?:[^\W\d_]{1,6}(?:\[\d+\])?\s*:\s*)*"
"""`Re:`, `AW:`, `Re[2]:`, `Fwd: Re:`, as mail programs begin a subject."""
_SUBJECT: Final = rf"{_REPLY}(?P<confirm>confirm\s+)?(?P<request>(?:un)?subscribe)\b(?P<rest>.*)"
_CODE: Final = r"[A-Za-z0-9_-]{30,}"
_MESSAGE_ID: Final = r"<[!-;=?-~]{1,250}>"


class Asked(Struct, frozen=True):
    """A mail's request."""

    request: Request
    profile: str
    sender: str
    """Address in its From, which may be forged."""
    code: str
    """Empty if it has none."""
    confirms: bool
    """Whether it confirms an earlier request."""
    message_id: str
    """Its Message-ID, for the answer; empty if it has none."""


def parse_request(content: bytes, profiles: Iterable[Profile]) -> Asked | None:
    """Return the request of a mail; None for any other mail, or an automatic one."""
    head, _, _ = content[:_MOST_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")
    try:
        mail: EmailMessage = BytesHeaderParser(policy=default).parsebytes(head + b"\n\n")
        subject = " ".join(str(mail["Subject"] or "").split())
        senders = getaddresses([str(value) for value in mail.get_all("From", [])])
        identifier = str(mail["Message-ID"] or "").strip()
        is_automatic = _is_automatic(mail)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return None  # the standard library's parser has faults of its own with damaged headers
    match = re.fullmatch(_SUBJECT, subject, re.IGNORECASE)
    if match is None or is_automatic or len(senders) != 1:
        return None
    try:
        sender = Mailbox.parse(senders[0][1])
    except ValueError:
        return None
    named = _named(match["rest"].strip(), [profile for profile in profiles if profile.email])
    if named is None:
        return None
    profile, code = named
    request: Request = "unsubscribe" if match["request"].lower() == "unsubscribe" else "subscribe"
    known_id = identifier if re.fullmatch(_MESSAGE_ID, identifier) else ""
    return Asked(request, profile, sender.address, code, bool(match["confirm"]), known_id)


def _is_automatic(mail: EmailMessage) -> bool:
    answered = str(mail["Auto-Submitted"] or "no").strip().lower()
    bulk = str(mail["Precedence"] or "").strip().lower() in ("bulk", "junk", "list")
    return not answered.startswith("no") or bulk or str(mail["Return-Path"] or "").strip() == "<>"


def _named(text: str, profiles: list[Profile]) -> tuple[str, str] | None:
    """Return the profile and the code: `daily CODE`; a single profile need not be named."""
    words = text.split()
    code = words.pop() if words and re.fullmatch(_CODE, words[-1]) else ""
    for name, known_code in ((" ".join(words), code), (text, "")):
        for profile in profiles:
            if profile.name.casefold() == name.casefold():
                return profile.name, known_code
    if not words and len(profiles) == 1:
        return profiles[0].name, code
    return None


# --- answers -------------------------------------------------------------------------------------

Answer = Literal["ask subscribe", "ask unsubscribe", "subscribed", "unsubscribed"]


def answer(  # noqa: PLR0913 - keywords, each a part of a message
    kind: Answer, profile: Profile, to: str, *, code: str, now: datetime, in_reply_to: str
) -> tuple[str, bytes]:
    """Return the Message-ID and the bytes of the mail that answers a request."""
    words = words_in(profile.language)
    title = profile.title
    match kind:
        case "ask subscribe":
            subject = f"confirm subscribe {profile.name} {code}"
            text = words.text(
                "Somebody, probably you, asked to subscribe this address to “{title}”. Reply to "
                "this mail to confirm. If it was not you, do nothing.",
                title=title,
            )
        case "ask unsubscribe":
            subject = f"confirm unsubscribe {profile.name} {code}"
            text = words.text(
                "Somebody, probably you, asked to unsubscribe this address from “{title}”. Reply "
                "to this mail to confirm. If it was not you, do nothing.",
                title=title,
            )
        case "subscribed":
            subject = words.text("You are subscribed to “{title}”", title=title)
            text = words.text(
                "This address is subscribed to “{title}”. To stop, send a mail with the subject "
                "“{subject}”.",
                title=title,
                subject=f"unsubscribe {profile.name}",
            )
        case _:
            subject = words.text("You are unsubscribed from “{title}”", title=title)
            text = words.text(
                "This address gets no more mails of “{title}”. To get them again, send a mail with "
                "the subject “{subject}”.",
                title=title,
                subject=f"subscribe {profile.name}",
            )
    return _message(profile, to, subject, text, now=now, in_reply_to=in_reply_to)


def _message(  # noqa: PLR0913 - keywords, each a part of a message
    profile: Profile, to: str, subject: str, text: str, *, now: datetime, in_reply_to: str
) -> tuple[str, bytes]:
    from digest.model import EmailSettings

    sender = (profile.email or EmailSettings(())).sender
    parts = "\0".join((profile.name, to, subject, in_reply_to, now.isoformat()))
    message_id = f"<{hashlib.sha256(parts.encode()).hexdigest()[:40]}@{sender.domain}>"
    body = text_part(f"{text}\n")
    fields = [
        ("From", mailbox_field("From", sender.name or profile.title, sender.address)),
        ("To", to),
        ("Subject", folded("Subject", header_text(subject))),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id),
        *((("In-Reply-To", in_reply_to), ("References", in_reply_to)) if in_reply_to else ()),
        ("Auto-Submitted", "auto-replied"),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", body.encoding),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii")
    return message_id, head + b"\r\n" + body.content
