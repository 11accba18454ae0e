"""The citation keys of papers: once assigned, a paper keeps its key.

`digest.bibliography.keys` decides what a key looks like.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.library.connection import Connection


class Citations:
    """Citation keys, unique per paper ignoring case."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, papers: Iterable[str]) -> dict[str, str]:
        """Return the keys of the papers that have one, by the papers' ids.

        If two papers turned out to be one, the key that was assigned first counts.
        """
        rows = self._connection.execute(
            "SELECT paper.id, citation.key FROM citation JOIN identifier USING (identifier)"
            " JOIN paper ON paper.key = identifier.paper"
            " WHERE paper.id IN (SELECT value FROM json_each(?)) ORDER BY number DESC",
            (json.dumps(list(papers)),),
        )
        return dict(rows.fetchall())

    def taken(self) -> frozenset[str]:
        """Return every key that was ever assigned, in lower case."""
        rows = self._connection.execute("SELECT lower(key) FROM citation")
        return frozenset(key for (key,) in rows)

    def keep(self, keys: Mapping[str, str]) -> None:
        """Store the keys of papers, by an identifier; existing and used keys are unchanged."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO citation (identifier, key)"
            " SELECT identifier, ? FROM identifier WHERE identifier = ?",
            ((key, paper) for paper, key in keys.items()),
        )
