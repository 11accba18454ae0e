"""An e-mail address with its display name: one grammar for config and arguments."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

_LONGEST: Final = 254
"""Maximum length of an address (RFC 5321 section 4.5.3.1.3, without the angle brackets)."""
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
"""One part of a domain (RFC 1035 section 2.3.1)."""
_DOMAIN: Final = rf"{_LABEL}(?:\.{_LABEL})*"
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = rf"(?=.{{1,64}}\Z){_ATOM}(?:\.{_ATOM})*"
"""RFC 5322's dot-atom (section 3.2.3), without quoted local parts and comments."""
_NAMED: Final = r'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^<>@"]*))\s*<(?P<spec>.*)>'
_SPECIALS: Final = frozenset('()<>[]:;@\\,."')
"""Characters that a name may have only in quotation marks (RFC 5322 section 3.2.3)."""
_AMBIGUOUS: Final = frozenset("ßς\u200c\u200d")
"""Characters that the two standards for international domains encode differently (RFC 5894
section 7.2): a mail could go to another domain."""


class Mailbox(Struct, frozen=True):
    """An address and its display name: `Mailbox("ada@example.org", "Ada Berg")`.

    `email.headerregistry` has such a class, but loads a parser of three thousand lines for it.
    """

    address: str
    """ASCII; an international domain is in its `xn--` form."""
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """Parse `ada@example.org` or `Ada Berg <ada@example.org>`.

        Raise `ValueError`, with a reason that follows the quoted text, for anything else.
        """
        if not text.isprintable():
            raise ValueError("must be one line without control characters")
        named = re.fullmatch(_NAMED, text.strip())
        spec, name = text.strip(), ""
        if named:
            spec = named["spec"]
            quoted = named["quoted"]
            name = named["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        local, _, domain = spec.rpartition("@")
        if not re.fullmatch(_LOCAL, local):
            raise ValueError(
                "must be an address such as ada@example.org or Ada Berg <ada@example.org>"
            )
        address = f"{local}@{_ascii_domain(domain)}"
        if len(address) > _LONGEST:
            raise ValueError(f"must be an address of at most {_LONGEST} characters")
        return cls(address, " ".join(name.split()))

    @property
    def domain(self) -> str:
        """The part of the address after the @."""
        return self.address.rpartition("@")[2]

    def __str__(self) -> str:
        """Return both as in RFC 5322 (section 3.4), the name quoted if necessary."""
        if not self.name:
            return self.address
        name = self.name
        if not _SPECIALS.isdisjoint(name):
            name = '"' + name.replace("\\", r"\\").replace('"', r"\"") + '"'
        return f"{name} <{self.address}>"


def _ascii_domain(domain: str) -> str:
    """Return the domain as mail servers use it: `bücher.example` → `xn--bcher-kva.example`."""
    encoded = domain
    if not domain.isascii():
        if not _AMBIGUOUS.isdisjoint(domain):
            raise ValueError("has a domain that could mean two; write it in its xn-- form")
        try:
            encoded = domain.encode("idna").decode("ascii")
        except UnicodeError:
            encoded = ""
    if not re.fullmatch(_DOMAIN, encoded):
        raise ValueError("must be an address with a domain that can exist, such as ada@example.org")
    return encoded
