"""What the feed of each profile held when it was written last.

The next feed takes the items that have not changed from that file, if it is still the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from digest.library.connection import Connection

KEY_BYTES: Final = 16
"""Of the key of an item."""


class FeedFile(Struct, frozen=True):
    """A feed as it was written."""

    sha256: bytes
    keys: tuple[bytes, ...]
    """What each item was made from, in the feed's order."""


class FeedFiles:
    """The feeds of all profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, profile: str) -> FeedFile | None:
        """Return what is known of the profile's feed; None if there has been none."""
        row = self._connection.execute(
            "SELECT sha256, keys FROM feed_file WHERE profile = ?", (profile,)
        ).fetchone()
        if row is None:
            return None
        sha256, keys = row
        starts = range(0, len(keys), KEY_BYTES)
        return FeedFile(sha256, tuple(keys[start : start + KEY_BYTES] for start in starts))

    def put(self, profile: str, feed: FeedFile) -> None:
        """Store what the profile's feed holds now."""
        self._connection.execute(
            "INSERT INTO feed_file VALUES (?, ?, ?) ON CONFLICT (profile) DO UPDATE"
            " SET sha256 = excluded.sha256, keys = excluded.keys",
            (profile, feed.sha256, b"".join(feed.keys)),
        )
