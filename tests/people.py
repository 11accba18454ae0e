"""Names for the tests, written as they are shown."""

from __future__ import annotations

from digest.model import Name


def people(*shown: str) -> tuple[Name, ...]:
    """Return authors by their names in reading order."""
    return tuple(map(Name.parse, shown))
