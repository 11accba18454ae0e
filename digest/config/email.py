"""A profile's `email` → `EmailSettings`.

Addresses, the list's identifier and the links become headers of a message: all are checked here,
once, so that nothing of the config can end a header line early.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.config.values import (
    Section,
    fault,
    line,
    path_in,
    quoted,
    text,
    whole_number,
    yes_or_no,
)
from digest.config.yaml_tree import Table, Text
from digest.errors import ConfigError
from digest.model import EmailSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.config.yaml_tree import Node

KEYS: Final = (
    "to", "from", "subject", "when_empty", "max_bytes", "unsubscribe", "list_id", "maildir",
    "archive",
)  # fmt: skip
LEAST_BYTES: Final = 10_000
"""Less does not hold the head, the foot and the styles of a mail."""
MOST_BYTES: Final = 10_000_000

# RFC 5321 §4.1.2 without quoted local parts and address literals, which no reader has.
_BARE: Final = (
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_ADDRESS: Final = re.compile(_BARE)
_NAMED_ADDRESS: Final = re.compile(rf"{_BARE}|[^<>@,;:\"\\]+ <{_BARE}>")
# RFC 2919 section 2: a dot-atom of at least two parts, at most 255 octets.
_LIST_ID: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
# RFC 3986's characters, without the brackets and quotation marks that would end a header's <...>.
_URI_CHARACTERS: Final = re.compile(r"[A-Za-z0-9._~:/?#@!$&()*+,;=%{}-]+")
_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")
_MOST_URI: Final = 700
"""A header's line ends at 998 octets (RFC 5322 section 2.1.1), its placeholders filled in."""


def read_email(profile: Section, folder: Path) -> EmailSettings:
    """Return where the profile's digests are mailed; paths are those in `folder`."""
    node = profile.node_of("email")
    section = Section(node, KEYS, profile.faults, within=f"{profile.within}: email")
    recipients: tuple[str, ...]
    if isinstance(section.node_of("to"), Text):
        one = section.read("to", _recipient, None)
        recipients = () if one is None else (one,)
    else:
        recipients = section.read_names("to", _recipient, ())
    if "to" not in section and isinstance(node, Table):
        section.add(fault(node, "an `email` needs an address in `to`"))
    default = EmailSettings(())
    return EmailSettings(
        to=recipients,
        sender=section.read("from", _sender, default.sender),
        subject=section.read("subject", _subject, default.subject),
        when_empty=section.read("when_empty", yes_or_no, default=True),
        max_bytes=section.read("max_bytes", _size, default.max_bytes),
        unsubscribe=section.read("unsubscribe", _uri(("https", "mailto"), ("profile", "to")), None),
        list_id=section.read("list_id", _list_id, None),
        maildir=section.read("maildir", path_in(folder), None),
        archive=section.read("archive", _uri(("https", "http"), ("profile", "digest")), None),
    )


def _recipient(node: Node) -> str:
    """Return a bare address; whatever else could end a header line, or a command, early."""
    value = line(node)
    if not _ADDRESS.fullmatch(value) or ".." in value or len(value) > 254:
        raise fault(node, f"{quoted(value)} must be an address such as you@example.org")
    return value


def _sender(node: Node) -> str:
    value = line(node)
    if not _NAMED_ADDRESS.fullmatch(value) or ".." in value or len(value) > 254:
        raise fault(
            node,
            f"{quoted(value)} must be an address such as digest@example.org, "
            "or Reading list <digest@example.org>",
        )
    return value


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
    """Return a converter for URIs of these schemes, with these placeholders in braces."""

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
            wanted = " or ".join(f"{each}:" for each in schemes)
            raise fault(node, f"{quoted(text(node))} must be a link that begins with {wanted}")
        unknown = [name for name in _PLACEHOLDER.findall(value) if name not in placeholders]
        if unknown or re.search(r"[{}]", _PLACEHOLDER.sub("", value)):
            known = " and ".join(f"{{{each}}}" for each in placeholders)
            raise fault(node, f"{quoted(value)} may hold {known} and no other braces")
        return value

    return convert
