"""Names for tests, as they are displayed."""

from __future__ import annotations

from digest.model import Name


def people(*shown: str) -> tuple[Name, ...]:
    """Return authors by their names in reading order."""
    return tuple(map(Name.parse, shown))
