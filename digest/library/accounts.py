"""Who may sign in at `digest serve`: hashes of passwords and tokens, sessions, and a secret.

Nothing stored here can be used to sign in: passwords are hashed by `digest.serve.passwords`, tokens
and sessions are stored as SHA-256 of random values.
"""

from __future__ import annotations

import hashlib
import hmac
from os import urandom
from typing import TYPE_CHECKING, Final

from digest.library.timestamps import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from digest.library.connection import Connection

MOST_SESSIONS: Final = 50
"""Maximum number of sessions of one reader; the oldest end first."""


class Accounts:
    """The accounts of all readers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def secret(self, purpose: str) -> bytes:
        """Return a permanent key of this library for one purpose."""
        select = "SELECT value FROM meta WHERE name = 'serve_secret'"
        row = self._connection.execute(select).fetchone()
        if row is None:
            self._connection.execute(
                "INSERT OR IGNORE INTO meta VALUES ('serve_secret', ?)", (urandom(32).hex(),)
            )
            row = self._connection.execute(select).fetchone()
        return hmac.digest(bytes.fromhex(row[0]), purpose.encode(), "sha256")

    def readers(self) -> frozenset[str]:
        """Return the readers who have a password or a token."""
        rows = self._connection.execute("SELECT reader FROM account UNION SELECT reader FROM token")
        return frozenset(reader for (reader,) in rows)

    # --- passwords and tokens ---------------------------------------------------------------------

    def password(self, reader: str) -> str | None:
        """Return the hash of a reader's password, or None."""
        row = self._connection.execute(
            "SELECT password FROM account WHERE reader = ?", (reader,)
        ).fetchone()
        return None if row is None else str(row[0])

    def set_password(self, reader: str, hashed: str, now: datetime) -> None:
        """Set a reader's password, and end the reader's sessions."""
        with self._connection.transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO account VALUES (?, ?, ?)", (reader, hashed, to_text(now))
            )
            self._connection.execute("DELETE FROM session WHERE reader = ?", (reader,))

    def add_token(self, reader: str, token: str, now: datetime) -> None:
        """Store a random token that lets a reader sign in."""
        self._connection.execute(
            "INSERT INTO token VALUES (?, ?, ?)", (_hashed(token), reader, to_text(now))
        )

    def reader_of_token(self, token: str) -> str | None:
        """Return the reader of a token, or None."""
        row = self._connection.execute(
            "SELECT reader FROM token WHERE hash = ?", (_hashed(token),)
        ).fetchone()
        return None if row is None else str(row[0])

    def revoke(self, reader: str) -> None:
        """Delete a reader's password, tokens and sessions."""
        with self._connection.transaction():
            for table in ("account", "token", "session"):
                self._connection.execute(
                    f"DELETE FROM {table} WHERE reader = ?",  # noqa: S608 - names from this module
                    (reader,),
                )

    # --- sessions ---------------------------------------------------------------------------------

    def begin(self, reader: str, session: str, *, now: datetime, ends: datetime) -> None:
        """Store a session, a random value, and delete those that have ended."""
        with self._connection.transaction():
            self._connection.execute("DELETE FROM session WHERE ends <= ?", (to_text(now),))
            self._connection.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?)",
                (_hashed(session), reader, to_text(now), to_text(ends)),
            )
            self._connection.execute(
                "DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE reader = ?"
                " ORDER BY made DESC LIMIT -1 OFFSET ?)",
                (reader, MOST_SESSIONS),
            )

    def reader_of_session(self, session: str, now: datetime) -> str | None:
        """Return the reader of a session; None if it has ended."""
        row = self._connection.execute(
            "SELECT reader FROM session WHERE hash = ? AND ends > ?",
            (_hashed(session), to_text(now)),
        ).fetchone()
        return None if row is None else str(row[0])

    def end(self, sessions: Iterable[str]) -> None:
        """End sessions."""
        self._connection.executemany(
            "DELETE FROM session WHERE hash = ?", ((_hashed(session),) for session in sessions)
        )


def _hashed(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
