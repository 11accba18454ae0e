"""A profile's `email` → `EmailSettings`.

Addresses, the list's identifier and the links become headers of a message. All are parsed here,
once, so that no text of the config can end a header line early.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.config.values import (
    Section,
    fault,
    line,
    list_entries,
    path_in,
    quoted,
    text,
    whole_number,
    yes_or_no,
)
from digest.config.yaml_tree import Table, Text
from digest.errors import ConfigError
from digest.model import EmailSettings, Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.config.yaml_tree import Node

KEYS: Final = (
    "to", "from", "subject", "when_empty", "max_bytes", "unsubscribe", "list_id", "maildir",
    "archive", "open",
)  # fmt: skip
LEAST_BYTES: Final = 10_000
"""Minimum size of a mail in bytes: its head, foot and styles."""
MOST_BYTES: Final = 10_000_000

# RFC 2919 section 2: a dot-atom of at least two parts, at most 255 octets.
_LIST_ID: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
# RFC 3986's characters, without the brackets and quotation marks that would end a header's <...>.
_URI_CHARACTERS: Final = re.compile(r"[A-Za-z0-9._~:/?#@!$&()*+,;=%{}-]+")
_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")
_MOST_URI: Final = 700
"""Maximum length with placeholders filled in: a header's line ends at 998 octets (RFC 5322 section
2.1.1)."""


def read_email(profile: Section, folder: Path) -> EmailSettings:
    """Return where the profile's digests are mailed; paths are relative to `folder`."""
    node = profile.node_of("email")
    section = Section(node, KEYS, profile.faults, within=f"{profile.within}: email")
    if "to" not in section and isinstance(node, Table):
        section.add(fault(node, "an `email` needs an address in `to`"))
    default = EmailSettings(())
    return EmailSettings(
        to=_recipients(section),
        sender=section.read("from", mailbox, default.sender),
        subject=section.read("subject", _subject, default.subject),
        when_empty=section.read("when_empty", yes_or_no, default=True),
        max_bytes=section.read("max_bytes", _size, default.max_bytes),
        unsubscribe=section.read("unsubscribe", _uri(("https", "mailto"), ("profile", "to")), None),
        list_id=section.read("list_id", _list_id, None),
        maildir=section.read("maildir", path_in(folder), None),
        archive=section.read("archive", _uri(("https", "http"), ("profile", "digest")), None),
        open=section.read("open", yes_or_no, default=False),
    )


def _recipients(section: Section) -> tuple[Mailbox, ...]:
    """Return the recipients; a bad one is reported and left out, and the others get their mail."""
    node = section.node_of("to")
    if "to" not in section:
        return ()
    try:
        entries = (node,) if isinstance(node, Text) else list_entries(node)
    except ConfigError as error:
        error.reason = f"to: {error.reason}"
        section.add(error)
        return ()
    recipients: dict[str, Mailbox] = {}
    for entry in entries:
        try:
            recipient = mailbox(entry)
            if recipient.address in recipients:
                raise fault(entry, f"{quoted(text(entry))} is given twice")
        except ConfigError as error:
            error.reason = f"to: {error.reason}"
            section.skip(error)
        else:
            recipients[recipient.address] = recipient
    return tuple(recipients.values())


def mailbox(node: Node) -> Mailbox:
    """Return an address, with or without a name."""
    value = line(node)
    try:
        return Mailbox.parse(value)
    except ValueError as error:
        raise fault(node, f"{quoted(value)} {error}") from None


def _subject(node: Node) -> str:
    from digest.mail.mime import check_subject  # 40 ms, for configs that mail

    subject = line(node)
    try:
        check_subject(subject)
    except ConfigError as error:
        raise fault(node, error.reason) from None
    return subject


def _size(node: Node) -> int:
    return whole_number(node, least=LEAST_BYTES, most=MOST_BYTES)


def _list_id(node: Node) -> str:
    value = line(node)
    if not _LIST_ID.fullmatch(value) or len(value) > 200:
        raise fault(node, f"{quoted(value)} must be an identifier such as papers.example.org")
    return value


def _uri(schemes: tuple[str, ...], placeholders: tuple[str, ...]) -> Callable[[Node], str]:
    """Return a converter for URIs with these schemes and these placeholders in braces."""

    def convert(node: Node) -> str:
        value = line(node)
        scheme, _, rest = value.partition(":")
        host_or_address = rest.lstrip("/") if scheme != "mailto" else rest.partition("@")[2]
        if (
            scheme not in schemes
            or not host_or_address
            or not _URI_CHARACTERS.fullmatch(value)
            or len(value) > _MOST_URI
        ):
            expected = " or ".join(f"{scheme}:" for scheme in schemes)
            raise fault(node, f"{quoted(text(node))} must be a link that begins with {expected}")
        unknown = [name for name in _PLACEHOLDER.findall(value) if name not in placeholders]
        if unknown or re.search(r"[{}]", _PLACEHOLDER.sub("", value)):
            known = " and ".join(f"{{{placeholder}}}" for placeholder in placeholders)
            raise fault(node, f"{quoted(value)} may hold {known} and no other braces")
        return value

    return convert
