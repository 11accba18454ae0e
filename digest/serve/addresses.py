"""Which addresses are ours: hosts, paths of files, and pages to return to. Pure."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::\d{1,5})?")
_SEGMENT: Final = r"[A-Za-z0-9_][A-Za-z0-9._~-]*"
_FILE: Final = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_BACK: Final = re.compile(
    rf"(?:{_SEGMENT}(?:/{_SEGMENT})*)?(?:\?[A-Za-z0-9=&%+._~-]*)?(?:#[A-Za-z0-9._-]*)?"
)
_LONGEST: Final = 500


def host_name(header: str) -> str | None:
    """Return the name in a `Host` header, in lower case: `Example.org:80` → `example.org`.

    None if it is not a host name.
    """
    match = _HOST.fullmatch(header)
    if match is None:
        return None
    return (match["six"] or match["name"]).lower().rstrip(".")


def is_allowed(name: str, allowed: Collection[str], *, wide: bool) -> bool:
    """Return whether a request for this host name is meant for this server.

    A page elsewhere can give its own name the address of this machine (DNS rebinding), so a name
    must be known. It cannot do so with a numeric address, under which a server that listens `wide`
    is often reached.
    """
    return name in allowed or (wide and is_address(name))


def is_address(name: str) -> bool:
    """Return whether a name of a host is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Return whether a server that listens there can be reached only from this machine."""
    if host == "localhost":
        return True
    return is_address(host) and ip_address(host).is_loopback


def file_path(path: str) -> str | None:
    """Return the path of a site's file for the path of an address; None if there is none.

    Names of the site's files begin with a letter, a digit or `_`, so that neither `..` nor a hidden
    file is one: `/` → `index.html`, `/../x` → None.
    """
    if path == "/":
        return "index.html"
    name = path.removeprefix("/")
    return name if len(name) <= _LONGEST and _FILE.fullmatch(name) else None


def safe_back(target: str, default: str = "") -> str:
    """Return a page of this site to continue with, relative to its root, or `default`.

    Never another site's: no scheme, no host, no `..`: `list?place=done` stays, `//x.org` does not.
    """
    return target if len(target) <= _LONGEST and _BACK.fullmatch(target) else default


def is_same_origin(origin: str, host: str) -> bool:
    """Return whether an `Origin` header names the requested host.

    The scheme is not compared: behind a proxy the server is reached over http.
    """
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def root_of(path: str) -> str:
    """Return the relative path from a page to the root: `/papers/x.html` → `../`."""
    return "../" * (path.count("/") - 1)
