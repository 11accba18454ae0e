"""Make clean text and safe addresses of what a dump holds.

Clean text is what the library stores and every output shows: LaTeX as Unicode, one space for each
run of white space, nothing that steers a terminal, a bidirectional layout or an XML parser. It
is text still: `<b>` and `&amp;` in it are characters. Escaping for a format is the renderer's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are no white space (Unicode Cc)
    "\u202a-\u202e\u2066-\u2069"  # direction embeddings, overrides and isolates (UAX #9)
    "\ud800-\udfff"  # surrogates, which only come alone in a Python string
    "\ufdd0-\ufdef"  # non-characters, as are the last two of each plane
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)

_PRINTABLE_ASCII = bytes(range(0x20, 0x7F))

MAX_URL = 2_048
"""Characters; what browsers, mail programs and feed readers agree to carry."""
_PLAIN_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".onion")
_DIRECTIONS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_PLAIN_URL = re.compile(
    r"https?://(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}(?:org|com|io|co|net|edu)(?:/[A-Za-z0-9._/-]*)?"
)
_SAFE_PATH = "/%:@!$&*+,;=~-._"


def clean_text(raw: str, *, latex: bool = True) -> str:
    """Return `raw` as clean text: one line, no control or direction characters.

    `latex=False` is for fields that hold no LaTeX (names of organisations, labels).
    """
    # Whether all is printable is told ten times faster than a search, and is nearly always enough.
    printable = _is_printable(raw)
    text = raw if printable and _is_single_spaced(raw) else " ".join(raw.split())
    if not printable and not _is_printable(text):
        text = " ".join(_FORBIDDEN.sub("", text).split())
    if latex and _may_hold_latex(text):
        from digest.text.latex import latex_to_unicode

        text = single_spaced(latex_to_unicode(text))
    return text


def single_spaced(text: str) -> str:
    """Return `text` with one space for each run of white space, and none at the ends."""
    # Most text is so already, which is told in a quarter of the time that cutting and joining take.
    if _is_printable(text) and _is_single_spaced(text):
        return text
    return " ".join(text.split())


def _is_printable(text: str) -> bool:
    # `str.isprintable` looks every character up; of ASCII, bytes are left over four times as fast.
    if text.isascii():
        return not text.encode().translate(None, _PRINTABLE_ASCII)
    return text.isprintable()


def _is_single_spaced(text: str) -> bool:
    """Tell it of text that is printable: of all white space the space alone is."""
    return "  " not in text and text[:1] != " " != text[-1:]


def _may_hold_latex(text: str) -> bool:
    # Eight searches for one sign each take a microsecond; a regex for all takes ten.
    return (
        "\\" in text or "$" in text or "{" in text or "^" in text
        or "_" in text or "~" in text or "`" in text or "''" in text
    )  # fmt: skip


def safe_url(raw: str) -> str | None:
    """Return `raw` as an address that any output may link to; None where there is no such.

    Only http and https, only a public-looking host name (no number, no `localhost`, no user or
    password before it). Quotes, brackets and spaces are percent-encoded, so that the address can
    stand in an attribute or in Markdown; direction characters go; any other white space or
    control character, or a length beyond `MAX_URL`, is a refusal, because no source writes such.
    """
    url = _DIRECTIONS.sub("", raw).strip(" \t\r\n")
    if (
        len(url) > MAX_URL
        or _FORBIDDEN.search(url)
        or any(ch.isspace() and ch != " " for ch in url)
    ):
        return None
    if _PLAIN_URL.fullmatch(url):
        return url
    try:
        parts = urlsplit(url)
        host = _public_host(parts)
    except ValueError:  # UnicodeError too: no such port, IPv6 address or international name
        return None
    if parts.scheme.lower() not in ("http", "https") or host is None:
        return None
    address = f"{parts.scheme.lower()}://{host}{quote(parts.path, safe=_SAFE_PATH)}"
    for sign, rest in (("?", parts.query), ("#", parts.fragment)):
        if rest:
            address += sign + quote(rest, safe=_SAFE_PATH + "?")
    return address if len(address) <= MAX_URL else None


def _public_host(parts: SplitResult) -> str | None:
    """Return host and port; None for a host that no public name server would know."""
    host = parts.hostname or ""
    host = host if host.isascii() else host.encode("idna").decode("ascii")
    if "@" in parts.netloc or len(host) > 253 or not _PLAIN_HOST.fullmatch(host):
        return None
    # Below 1024, only the web's own ports: `http://host:25/` makes a browser talk to mail servers.
    usual = parts.port is None or parts.port in (80, 443) or parts.port >= 1024
    if host.endswith(_PRIVATE_SUFFIXES) or not usual:
        return None
    return host if parts.port is None else f"{host}:{parts.port}"
