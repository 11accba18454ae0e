"""Make safe addresses from the content of dumps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from digest.text.clean import forbidden

if TYPE_CHECKING:
    from urllib.parse import SplitResult

MAX_URL = 2_048
"""In characters; what browsers, mail programs and feed readers all accept."""
_PLAIN_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".onion")
_DIRECTIONS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_PLAIN_URL = re.compile(
    r"https?://(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}(?:org|com|io|co|net|edu)(?:/[A-Za-z0-9._/-]*)?"
)
_SAFE_PATH = "/%:@!$&*+,;=~-._"


def safe_url(raw: str) -> str | None:
    """Return `raw` as an address that any output may link to; None if it cannot be one.

    Only http and https, only a public-looking host name (no number, no `localhost`, no user or
    password before it). Quotes, brackets and spaces are percent-encoded, so that the address can be
    in an attribute or in Markdown; direction characters are removed; any other white space or
    control character, or a length beyond `MAX_URL`, is refused, because no source writes such.
    """
    url = _DIRECTIONS.sub("", raw).strip(" \t\r\n")
    if "://" not in url or len(url) > MAX_URL:
        return None
    if _PLAIN_URL.fullmatch(url):
        return url
    if forbidden().search(url) or any(ch.isspace() and ch != " " for ch in url):
        return None
    try:
        parts = urlsplit(url)
        host = _public_host(parts)
    except ValueError:  # UnicodeError too: no such port, IPv6 address or international name
        return None
    if parts.scheme.lower() not in ("http", "https") or host is None:
        return None
    address = f"{parts.scheme.lower()}://{host}{quote(parts.path, safe=_SAFE_PATH)}"
    for sign, part in (("?", parts.query), ("#", parts.fragment)):
        if part:
            address += sign + quote(part, safe=_SAFE_PATH + "?")
    return address if len(address) <= MAX_URL else None


def _public_host(parts: SplitResult) -> str | None:
    """Return host and port; None for a host that no public name server would resolve."""
    host = parts.hostname or ""
    host = host if host.isascii() else host.encode("idna").decode("ascii")
    if "@" in parts.netloc or len(host) > 253 or not _PLAIN_HOST.fullmatch(host):
        return None
    # Below 1024, only the web's own ports: `http://host:25/` makes a browser talk to mail servers.
    usual = parts.port is None or parts.port in (80, 443) or parts.port >= 1024
    if host.endswith(_PRIVATE_SUFFIXES) or not usual:
        return None
    return host if parts.port is None else f"{host}:{parts.port}"
