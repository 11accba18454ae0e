"""The entries of imported files of references, stored completely for later export."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from digest.model.references import ReferenceEntry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.library.connection import Connection


class References:
    """Entries by the papers that they describe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, entries: Iterable[tuple[str, ReferenceEntry]]) -> None:
        """Store entries, each with an identifier of its paper.

        An entry replaces an earlier one with the same paper, format and key. Entries without a key
        complete each other: one file may have two records of a paper.
        """
        for identifier, entry in entries:
            fields = entry.fields if entry.key else self._completed(identifier, entry)
            self._connection.execute(
                "INSERT INTO reference (identifier, format, key, type, fields)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (identifier, format, key) DO UPDATE"
                " SET type = excluded.type, fields = excluded.fields",
                (
                    identifier,
                    entry.format,
                    entry.key,
                    entry.type,
                    json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
                ),
            )

    def _completed(self, identifier: str, entry: ReferenceEntry) -> tuple[tuple[str, str], ...]:
        """Return the fields of an entry without key, with those that only the stored one has."""
        stored = self._connection.execute(
            "SELECT fields FROM reference WHERE identifier = ? AND format = ? AND key = ?",
            (identifier, entry.format, entry.key),
        ).fetchone()
        if stored is None:
            return entry.fields
        names = {name for name, _ in entry.fields}
        earlier = ((name, value) for name, value in json.loads(stored[0]) if name not in names)
        return (*entry.fields, *earlier)

    def of(self, papers: Iterable[str]) -> dict[str, tuple[ReferenceEntry, ...]]:
        """Return the entries of each paper, by the paper's id, in the order of their import."""
        rows = self._connection.execute(
            "SELECT paper.id, format, reference.key, type, fields FROM reference"
            " JOIN identifier USING (identifier) JOIN paper ON paper.key = identifier.paper"
            " WHERE paper.id IN (SELECT value FROM json_each(?)) ORDER BY number",
            (json.dumps(list(papers)),),
        )
        entries: dict[str, list[ReferenceEntry]] = defaultdict(list)
        for paper, form, key, kind, fields in rows:
            pairs = tuple((name, value) for name, value in json.loads(fields))
            entries[paper].append(ReferenceEntry(form, key, kind, pairs))
        return {paper: tuple(references) for paper, references in entries.items()}
