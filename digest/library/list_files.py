"""The entries of the reading lists' files, as last seen or written.

An entry that is stored here but missing in the file was deleted by a person; one that is in the
file but not stored here is new and is adopted. Lines and the content of entries are stored as the
caller's text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from digest.library.connection import Connection


class FileEntry(Struct, frozen=True):
    """One entry of a list's file."""

    paper: str
    """The paper's id."""
    line: str
    """As the program wrote it."""
    seen: str
    """The content of the entry when it was last seen or written, as the caller's JSON."""


class ListFile(NamedTuple):
    """The state of a list's file."""

    sha256: str
    """Of its content as last seen or written."""
    stamp: str
    """Which state of the library the file shows, as the caller's text."""
    inbox_since: str | None = ""
    """Day from which the papers of an older file count their days in the inbox; empty: each from
    its own day; None: the file was written before there was an inbox."""


class ListFiles:
    """The files of all profiles' lists."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def file(self, profile: str) -> ListFile | None:
        """Return the stored state of the profile's file; None if there has been no file."""
        row = self._connection.execute(
            "SELECT sha256, stamp, inbox_since FROM list_file WHERE profile = ?", (profile,)
        ).fetchone()
        return None if row is None else ListFile(*row)

    def set_file(self, profile: str, file: ListFile) -> None:
        """Store the state of the profile's file."""
        self._connection.execute(
            "INSERT INTO list_file VALUES (?, ?, ?, ?) ON CONFLICT (profile) DO UPDATE"
            " SET sha256 = excluded.sha256, stamp = excluded.stamp",
            (profile, *file),
        )

    def start_inbox(self, profile: str, day: date) -> None:
        """Count the days of papers from before the inbox existed from `day`."""
        self._connection.execute(
            "UPDATE list_file SET inbox_since = ? WHERE profile = ? AND inbox_since IS NULL",
            (day.isoformat(), profile),
        )

    def entries(self, profile: str, papers: Iterable[str] | None = None) -> dict[str, FileEntry]:
        """Return the entries of the profile's file by paper id: all, or those of `papers`."""
        only, values = "", [profile]
        if papers is not None:
            only = (
                " AND paper IN (SELECT paper FROM identifier"
                " WHERE identifier IN (SELECT value FROM json_each(?)))"
            )
            values.append(json.dumps(list(papers)))
        rows = self._connection.execute(
            f"SELECT id, line, seen FROM listed JOIN paper ON key = paper WHERE profile = ?{only}",  # noqa: S608 - text from this module
            values,
        )
        return {row[0]: FileEntry(*row) for row in rows}

    def keep(self, profile: str, entries: Iterable[FileEntry]) -> None:
        """Store entries of the file, or their new content."""
        with self._connection.transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO listed SELECT ?, paper, ?, ? FROM identifier"
                " WHERE identifier = ?",
                ((profile, entry.line, entry.seen, entry.paper) for entry in entries),
            )

    def forget(self, profile: str, papers: Iterable[str]) -> None:
        """Delete papers that are no longer in the file."""
        self._connection.execute(
            "DELETE FROM listed WHERE profile = ? AND paper IN (SELECT paper FROM identifier"
            " WHERE identifier IN (SELECT value FROM json_each(?)))",
            (profile, json.dumps(list(papers))),
        )

    def identifiers(self, papers: Iterable[str]) -> dict[str, str]:
        """Return the papers' current ids by all of their identifiers."""
        rows = self._connection.execute(
            "SELECT identifier, id FROM paper JOIN identifier ON paper = key"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(papers)),),
        )
        return dict(rows)

    def names(self, identifiers: Iterable[str]) -> dict[str, str]:
        """Return the current ids of papers by identifier; unknown identifiers are left out."""
        rows = self._connection.execute(
            "SELECT identifier, id FROM identifier JOIN paper ON key = paper"
            " WHERE identifier IN (SELECT value FROM json_each(?))",
            (json.dumps(list(identifiers)),),
        )
        return dict(rows)
