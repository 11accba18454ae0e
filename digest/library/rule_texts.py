"""What decides which papers the rules of the last run selected, as text, with its first day.

The callers define what the text means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from digest.library.connection import Connection

_ALIASES: Final = ""
"""The name of the row with the aliases: no rule has an empty name."""


class RuleTexts:
    """The rules and aliases of the last run."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[dict[str, str], str]:
        """Return the texts of the rules by name, and of the aliases; empty before the first run."""
        texts = self._stored()
        aliases = texts.pop(_ALIASES, "")
        return texts, aliases

    def replace(self, rules: Mapping[str, str], aliases: str, *, day: date) -> None:
        """Store the texts of a run's rules and aliases, and delete all others.

        Unchanged texts keep their day.
        """
        texts = {**rules, _ALIASES: aliases}
        known = self._stored()
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

    def _stored(self) -> dict[str, str]:
        return dict(self._connection.execute("SELECT name, text FROM rule_text").fetchall())
