"""The library's vocabulary: for each block of papers, the words that occur in them, as bytes.

A statistic: it may lag behind by some papers and is rebuilt when it lags too far. The callers
define the content of the bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from digest.library.connection import Connection

BLOCK_BITS: Final = 16
"""A block has the 65,536 papers whose keys agree except for these bits: 64 groups of `forms`."""


class Vocabularies:
    """The blocks of papers, and what is stored for each."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def blocks(self) -> dict[int, int]:
        """Return the numbers of the blocks, and how many papers each has."""
        rows = self._connection.execute(
            f"SELECT key >> {BLOCK_BITS}, count(*) FROM paper GROUP BY 1 ORDER BY 1"  # noqa: S608 - a number
        )
        return dict(rows.fetchall())

    def most(self) -> dict[int, int]:
        """Return the numbers of the blocks, and the most papers that each may have."""
        (last,) = self._connection.execute("SELECT max(key) FROM paper").fetchone()
        if last is None:
            return {}
        size = 1 << BLOCK_BITS
        return {
            block: min(last + 1 - block * size, size) for block in range((last >> BLOCK_BITS) + 1)
        }

    def covered(self, version: int) -> dict[int, int]:
        """Return, for each stored block of this version, the number of its papers."""
        rows = self._connection.execute(
            "SELECT block, papers FROM vocabulary WHERE version = ?", (version,)
        )
        return dict(rows.fetchall())

    def get(self, block: int, version: int) -> bytes | None:
        """Return what is stored for a block; None if there is nothing of this version."""
        row = self._connection.execute(
            "SELECT body FROM vocabulary WHERE block = ? AND version = ?", (block, version)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, block: int, version: int, papers: int, body: bytes) -> None:
        """Store the content for a block."""
        self._connection.execute(
            "INSERT OR REPLACE INTO vocabulary (block, version, papers, body) VALUES (?, ?, ?, ?)",
            (block, version, papers, body),
        )
