"""The last dump that each profile has considered, and the papers carried over for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.library.snapshots import IS_UNUSED, PICK, load_pick, pack_pick, store_pick

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.library.connection import Connection
    from digest.model import Pick


class CarriedOver(Struct, frozen=True):
    """A paper that was selected but did not fit a limit; still to be delivered."""

    paper: str
    """The paper's current id."""
    since: date
    """Day of the digest whose limit it first did not fit."""
    pick: Pick
    """As it was selected."""


class Profiles:
    """The cursors of the profiles, and the papers carried over for them (table `candidate`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cursor(self, profile: str) -> int | None:
        """Return the number of the last dump that the profile has considered; None if unknown."""
        row = self._connection.execute(
            "SELECT cursor FROM profile WHERE name = ?", (profile,)
        ).fetchone()
        return None if row is None else int(row[0])

    def start(self, profile: str) -> int:
        """Return the profile's cursor; a new one starts after the dumps read so far.

        Call it before the run reads its dumps: a profile starts with the dumps of its first run.
        """
        with self._connection.transaction():
            self._connection.execute(
                "INSERT OR IGNORE INTO profile (name, cursor, started)"
                " SELECT ?, coalesce(max(id), 0), coalesce(max(id), 0) FROM dump",
                (profile,),
            )
            cursor = self.cursor(profile)
        return cursor or 0

    def started(self, profile: str) -> int:
        """Return the number of the last dump before the profile's first run; 0 if unknown."""
        row = self._connection.execute(
            "SELECT started FROM profile WHERE name = ?", (profile,)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def extend_back(self, profile: str, dump: int) -> None:
        """Store that the profile has considered this dump and all later ones."""
        self._connection.execute(
            "UPDATE profile SET started = min(started, ?) WHERE name = ?", (dump - 1, profile)
        )

    def advance(self, profile: str, dump: int) -> None:
        """Store that the profile has considered all dumps up to this one; it never goes back."""
        self._connection.execute(
            "INSERT INTO profile (name, cursor) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET cursor = max(cursor, excluded.cursor)",
            (profile, dump),
        )

    def carried_over(self, profile: str) -> tuple[CarriedOver, ...]:
        """Return the papers carried over for the profile, longest first."""
        rows = self._connection.execute(
            f"SELECT id, since, {PICK} FROM candidate JOIN paper ON paper = key"  # noqa: S608 - a constant
            " WHERE profile = ? ORDER BY since, paper.key",
            (profile,),
        )
        return tuple(
            CarriedOver(paper, date.fromisoformat(since), load_pick(snapshot, body))
            for paper, since, snapshot, body in rows
        )

    def carry_over(self, profile: str, papers: Iterable[CarriedOver], *, digest: int) -> None:
        """Store papers for the profile's next digests, and make their ids final.

        `digest` is the number of the digest that names them. A paper that is carried over already
        keeps its first day and takes the new pick. Raise `KeyError` for a paper that the library
        does not have.
        """
        with self._connection.transaction():
            before = self._connection.execute(
                "SELECT shown FROM candidate WHERE profile = ? AND shown IS NOT NULL", (profile,)
            ).fetchall()
            for carried in papers:
                key = use(self._connection, carried.paper, digest)
                packed = pack_pick(carried.pick)
                shown = store_pick(self._connection, packed, key)
                self._connection.execute(
                    "INSERT INTO candidate VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (profile, paper) DO UPDATE SET"
                    " since = min(since, excluded.since), snapshot = excluded.snapshot,"
                    " shown = excluded.shown",
                    (profile, key, carried.since.isoformat(), packed.text, shown),
                )
            self._connection.executemany(
                f"DELETE FROM shown_paper WHERE number = ? AND {IS_UNUSED}",  # noqa: S608 - a constant
                before,
            )

    def drop_carried_over(self, profile: str, papers: Iterable[str]) -> None:
        """Stop carrying over these papers, by id; ignore unknown ids."""
        self._connection.executemany(
            "DELETE FROM candidate WHERE profile = ? AND paper ="
            " (SELECT paper FROM identifier WHERE identifier = ?)",
            ((profile, paper) for paper in papers),
        )


def use(connection: Connection, paper: str, digest: int) -> int:
    """Make the paper's id final because a digest has shown it; return the paper's key.

    Raise `KeyError` for an unknown identifier.
    """
    row = connection.execute(
        "SELECT paper FROM identifier WHERE identifier = ?", (paper,)
    ).fetchone()
    if row is None:
        raise KeyError(paper)
    connection.execute("UPDATE paper SET used = ? WHERE key = ? AND used IS NULL", (digest, *row))
    return int(row[0])
