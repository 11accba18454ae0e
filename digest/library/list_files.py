"""What stands in the files of the reading lists, as last seen or written.

An entry that is here and no longer in the file was deleted by a person; one that is in the file
and not here was never known, and is adopted. What a line or what was seen looks like is the
callers' matter: both are stored as the text that they pass.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from digest.library.connection import Connection


class Listed(NamedTuple):
    """One entry of a list's file."""

    paper: str
    """The paper's id."""
    line: str
    """As the program wrote it."""
    seen: str
    """JSON of the caller: what the entry said when it was last seen or written."""


class ListFile(NamedTuple):
    """A list's file as a whole."""

    sha256: str
    """Of its content as last seen or written."""
    stamp: str
    """Text of the caller: what of the library the file shows."""
    inbox_since: str | None = ""
    """Day from which the papers of an older file count their days in the inbox; empty: each from
    its own day; None: the file was written before there was an inbox."""


class Listings:
    """The files of all profiles' lists."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def file(self, profile: str) -> ListFile | None:
        """Return what the profile's file was; None where there has been none."""
        row = self._connection.execute(
            "SELECT sha256, stamp, inbox_since FROM list_file WHERE profile = ?", (profile,)
        ).fetchone()
        return None if row is None else ListFile(*row)

    def set_file(self, profile: str, file: ListFile) -> None:
        """Note what the profile's file is."""
        self._connection.execute(
            "INSERT INTO list_file VALUES (?, ?, ?, ?) ON CONFLICT (profile) DO UPDATE"
            " SET sha256 = excluded.sha256, stamp = excluded.stamp",
            (profile, *file),
        )

    def start_inbox(self, profile: str, day: date) -> None:
        """Let the papers of a file from before there was an inbox count their days from `day`."""
        self._connection.execute(
            "UPDATE list_file SET inbox_since = ? WHERE profile = ? AND inbox_since IS NULL",
            (day.isoformat(), profile),
        )

    def entries(self, profile: str, papers: Iterable[str] | None = None) -> dict[str, Listed]:
        """Return what stands in the profile's file, by the paper's id: all, or of `papers`."""
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
        return {row[0]: Listed(*row) for row in rows}

    def keep(self, profile: str, entries: Iterable[Listed]) -> None:
        """Note entries that stand in the file, or what they say now."""
        with self._connection.transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO listed SELECT ?, paper, ?, ? FROM identifier"
                " WHERE identifier = ?",
                ((profile, each.line, each.seen, each.paper) for each in entries),
            )

    def forget(self, profile: str, papers: Iterable[str]) -> None:
        """Note that these papers stand in the file no longer."""
        self._connection.execute(
            "DELETE FROM listed WHERE profile = ? AND paper IN (SELECT paper FROM identifier"
            " WHERE identifier IN (SELECT value FROM json_each(?)))",
            (profile, json.dumps(list(papers))),
        )

    def identifiers(self, papers: Iterable[str]) -> dict[str, str]:
        """Return the papers' present ids by all of their identifiers."""
        rows = self._connection.execute(
            "SELECT identifier, id FROM paper JOIN identifier ON paper = key"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(papers)),),
        )
        return dict(rows)

    def names(self, identifiers: Iterable[str]) -> dict[str, str]:
        """Return the ids by which papers go now, by identifier; unknown ones are left out."""
        rows = self._connection.execute(
            "SELECT identifier, id FROM identifier JOIN paper ON key = paper"
            " WHERE identifier IN (SELECT value FROM json_each(?))",
            (json.dumps(list(identifiers)),),
        )
        return dict(rows)
