"""The citation keys that papers have been given: once given, a paper keeps its key.

What a key looks like is the business of `digest.bibliography.keys`.
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
        """Return the keys of those of the papers that have one, by the papers' ids.

        Where two papers turned out to be one, that is the key which was given first.
        """
        rows = self._connection.execute(
            "SELECT paper.id, citation.key FROM citation JOIN identifier USING (identifier)"
            " JOIN paper ON paper.key = identifier.paper"
            " WHERE paper.id IN (SELECT value FROM json_each(?)) ORDER BY number DESC",
            (json.dumps(list(papers)),),
        )
        return dict(rows.fetchall())

    def taken(self) -> frozenset[str]:
        """Return every key that was ever given, in small letters."""
        rows = self._connection.execute("SELECT lower(key) FROM citation")
        return frozenset(key for (key,) in rows)

    def keep(self, keys: Mapping[str, str]) -> None:
        """Note the keys of papers, by an identifier; what has a key already, or is taken, stays."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO citation (identifier, key)"
            " SELECT identifier, ? FROM identifier WHERE identifier = ?",
            ((key, paper) for paper, key in keys.items()),
        )
