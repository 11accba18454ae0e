"""Data derived from the papers' texts for matching: stored, dropped when texts change.

Papers are grouped by the thousand, in the order of their keys; the callers define the content of
this data. Triggers drop the data of each group in which a title or an abstract changes, so that
existing data is never out of date.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from digest.library.paper_rows import BODY, KNOWN, SELECTED, to_paper
from digest.library.records import texts_of
from digest.model import Paper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.library.connection import Connection

GROUP_BITS: Final = 10
"""A group has the 1,024 papers whose keys agree except for these bits; the schema's triggers know
this number. More would compress better, but one new paper would cost more to index."""
_NO_GROUP: Final = 1 << 62 - GROUP_BITS
"""Above the number of any group."""
# From the first paper of a group to the first one after it: a million papers are not read for this.
_GROUPS: Final = f"""
    WITH RECURSIVE found (number) AS (
        SELECT (SELECT min(key) >> {GROUP_BITS} FROM paper WHERE key >= :first << {GROUP_BITS})
        UNION ALL
        SELECT (SELECT min(key) >> {GROUP_BITS} FROM paper WHERE key >= number + 1 << {GROUP_BITS})
        FROM found WHERE number IS NOT NULL
    )
    SELECT number FROM found WHERE number < :last
"""  # noqa: S608 - a number


class Forms:
    """The groups of papers, and the derived data of each."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def groups(self, block: range | None = None) -> tuple[int, ...]:
        """Return the numbers of the groups that have papers, ascending; of a block, those in it."""
        first, last = (block.start, block.stop) if block else (0, _NO_GROUP)
        rows = self._connection.execute(_GROUPS, {"first": first, "last": last})
        return tuple(number for (number,) in rows)

    def missing(self, version: int) -> tuple[int, ...]:
        """Return the groups without data of this version."""
        rows = self._connection.execute("SELECT number FROM form WHERE version = ?", (version,))
        present = {number for (number,) in rows}
        return tuple(number for number in self.groups() if number not in present)

    def get(self, number: int, version: int) -> bytes | None:
        """Return the data of a group; None if there is none of this version."""
        row = self._connection.execute(
            "SELECT body FROM form WHERE number = ? AND version = ?", (number, version)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, number: int, version: int, body: bytes) -> None:
        """Store the data of a group."""
        self._connection.execute(
            "INSERT OR REPLACE INTO form (number, version, body) VALUES (?, ?, ?)",
            (number, version, body),
        )

    def texts(self, number: int) -> Iterator[tuple[str, str]]:
        """Yield title and abstract (empty if there is none) of each paper of a group."""
        rows = self._connection.execute(
            f"SELECT {BODY} FROM paper WHERE {_OF_GROUP} ORDER BY key",  # noqa: S608
            _bounds(number),
        )
        for (body,) in rows:
            yield texts_of(body)

    def papers(self, number: int) -> tuple[Paper, ...]:
        """Return the papers of a group."""
        rows = self._connection.execute(
            f"SELECT {SELECTED} FROM paper WHERE {_OF_GROUP} ORDER BY key",  # noqa: S608
            _bounds(number),
        )
        return tuple(map(to_paper, rows))

    def some(self, number: int, places: Sequence[int]) -> tuple[Paper, ...]:
        """Return the papers at some positions of a group, in order."""
        keys = self.keys(number)
        rows = self._connection.execute(
            f"SELECT {SELECTED} FROM paper WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608
            " ORDER BY key",
            (json.dumps([keys[place] for place in sorted(places)]),),
        )
        return tuple(map(to_paper, rows))

    def some_texts(self, number: int, places: Sequence[int]) -> tuple[Paper, ...]:
        """Like `some`, with only id, title and abstract: a third of the time."""
        keys = self.keys(number)
        rows = self._connection.execute(
            f"SELECT id, {BODY} FROM paper WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608
            " ORDER BY key",
            (json.dumps([keys[place] for place in sorted(places)]),),
        )
        return tuple(Paper(identifier, *texts_of(body)) for identifier, body in rows)

    def known(self, number: int) -> dict[str, int]:
        """Return how many papers of a group have a value in each field that rules use."""
        columns = ", ".join(
            f"coalesce(sum(known >> {KNOWN.index(name)} & 1), 0)" for name in _COLUMNS.values()
        )
        counts = self._connection.execute(
            f"SELECT {columns} FROM paper WHERE {_OF_GROUP}",  # noqa: S608
            _bounds(number),
        ).fetchone()
        return dict(zip(_COLUMNS, counts, strict=True))

    def keys(self, number: int) -> list[int]:
        """Return the keys of the papers of a group."""
        rows = self._connection.execute(
            f"SELECT key FROM paper WHERE {_OF_GROUP} ORDER BY key",  # noqa: S608
            _bounds(number),
        )
        return [key for (key,) in rows]

    def ranked(self, keys: Sequence[int]) -> list[tuple[int, str]]:
        """Return key and id of some papers in the order of papers with equal points.

        docs/rule-language.md, "Points": upvotes, day, title; missing values last.
        """
        return self._connection.execute(
            "SELECT key, id FROM paper WHERE key IN (SELECT value FROM json_each(?))"
            " ORDER BY upvotes IS NULL, upvotes DESC, published IS NULL, published DESC, title, id",
            (json.dumps(keys),),
        ).fetchall()


_COLUMNS: Final = {
    "abstract": "abstract", "author": "authors", "first_author": "authors",
    "last_author": "authors", "authors": "authors", "org": "organization", "journal": "journal",
    "comment": "comment", "category": "categories", "primary": "primary", "doi": "doi",
    "type": "announce", "published": "published", "updated": "updated", "upvotes": "upvotes",
    "comments": "comments",
}  # fmt: skip
"""What a paper may lack, by the field of a rule."""
_OF_GROUP: Final = "key BETWEEN ? AND ?"


def _bounds(number: int) -> tuple[int, int]:
    return number << GROUP_BITS, (number + 1 << GROUP_BITS) - 1
