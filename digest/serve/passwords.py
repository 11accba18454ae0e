"""Hash passwords with scrypt, and check them.

The cost is one of those that OWASP's "Password Storage Cheat Sheet" recommends for scrypt: 32 MiB
and a quarter of a second. It is part of each hash, so that it can be raised.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from typing import Final, NamedTuple


class Cost(NamedTuple):
    """The cost of one hash; RFC 7914, section 2."""

    log_n: int = 15
    r: int = 8
    p: int = 3


LEAST: Final = 10
"""Minimum length of a password in characters."""
_MOST: Final = 1_024
_SALT: Final = 16
_MEMORY: Final = 256 * 1024 * 1024


def hash_password(password: str, cost: Cost | None = None) -> str:
    """Return the stored form of a password: `scrypt$15$8$3$salt$hash`."""
    cost = cost or Cost()
    salt = os.urandom(_SALT)
    parts = ("scrypt", *map(str, cost), _text(salt), _text(_derive(password, salt, cost)))
    return "$".join(parts)


def is_password(password: str, stored: str | None) -> bool:
    """Return whether a password is the stored one; takes as long if none is stored."""
    if stored is None:
        _derive(password, bytes(_SALT), Cost())
        return False
    _, log_n, r, p, salt, expected = stored.split("$")
    derived = _derive(password, b64decode(salt), Cost(int(log_n), int(r), int(p)))
    return hmac.compare_digest(derived, b64decode(expected))


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    raw = password[:_MOST].encode("utf-8", "surrogatepass")
    return hashlib.scrypt(
        raw, salt=salt, n=1 << cost.log_n, r=cost.r, p=cost.p, maxmem=_MEMORY, dklen=32
    )


def _text(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")
