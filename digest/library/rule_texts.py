"""What decides which papers the rules of the last run selected, as text, with its first day.

The callers define what the text means.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.library.connection import Connection

_ALIASES: Final = ""
"""The name of the row with the aliases: no rule has an empty name."""


class RuleText(Struct, frozen=True):
    """One rule as a run used it."""

    text: str
    since: date
    """Day of the first run that used it so."""


class RuleTexts:
    """The rules and aliases of the last run."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> dict[str, RuleText]:
        """Return the rules by name; empty before the first run."""
        rows = self._connection.execute(
            "SELECT name, text, since FROM rule_text WHERE name <> ?", (_ALIASES,)
        )
        return {name: RuleText(text, date.fromisoformat(since)) for name, text, since in rows}

    def aliases(self) -> str:
        """Return the text of the aliases; empty before the first run."""
        row = self._connection.execute(
            "SELECT text FROM rule_text WHERE name = ?", (_ALIASES,)
        ).fetchone()
        return "" if row is None else str(row[0])

    def replace(self, rules: Mapping[str, str], aliases: str, *, day: date) -> None:
        """Store the texts of a run's rules and aliases, and delete all others.

        Unchanged texts keep their day.
        """
        texts = {**rules, _ALIASES: aliases}
        known = dict(self._connection.execute("SELECT name, text FROM rule_text").fetchall())
        if known == texts:
            return
        with self._connection.transaction():
            self._connection.executemany(
                "DELETE FROM rule_text WHERE name = ?",
                ((name,) for name in known if name not in texts),
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO rule_text VALUES (?, ?, ?)",
                (
                    (name, text, day.isoformat())
                    for name, text in texts.items()
                    if known.get(name) != text
                ),
            )
