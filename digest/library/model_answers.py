"""What language models wrote, and what it cost: each answer is paid once.

A row is a request. It is added, with the maximum that it can cost, before the request is made, and
settled with the answer; so the rows of a day show what that day can have cost at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.library.timestamps import to_text

if TYPE_CHECKING:
    from datetime import datetime

    from digest.library.connection import Connection


class AnswerKey(NamedTuple):
    """The key of a stored answer."""

    paper: str
    version: int
    """Version of the paper; 0 if it is unknown."""
    model: str
    prompt: str
    """Hash of the instructions."""


class ModelAnswers:
    """Requests to models and their answers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: AnswerKey) -> str | None:
        """Return the stored answer, possibly empty; None if there is none."""
        row = self._connection.execute(
            "SELECT answer FROM model_request WHERE paper = ? AND version = ? AND model = ?"
            " AND prompt = ? AND answer IS NOT NULL ORDER BY id LIMIT 1",
            key,
        ).fetchone()
        return None if row is None else str(row[0])

    def reserve(self, key: AnswerKey, *, tokens: int, cost: int, now: datetime) -> int:
        """Store a request that is about to be made, and the maximum that it can cost; durable."""
        with self._connection.transaction():
            inserted = self._connection.execute(
                "INSERT INTO model_request (day, paper, version, model, prompt, asked, tokens,"
                " cost) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (to_text(now)[:10], *key, to_text(now), tokens, cost),
            )
        return int(inserted.lastrowid or 0)

    def settle(self, request: int, answer: str, *, tokens: int, cost: int) -> None:
        """Store an answer with its tokens and cost."""
        with self._connection.transaction():
            self._connection.execute(
                "UPDATE model_request SET answer = ?, tokens = ?, cost = ? WHERE id = ?",
                (answer, tokens, cost, request),
            )

    def release(self, request: int) -> None:
        """Delete a request that the server refused before it did anything."""
        self._connection.execute("DELETE FROM model_request WHERE id = ?", (request,))

    def spent(self, now: datetime) -> tuple[int, int, int]:
        """Return how many papers, tokens and millionths of money were used on the day (UTC)."""
        papers, tokens, cost = self._connection.execute(
            "SELECT count(DISTINCT paper), coalesce(sum(tokens), 0), coalesce(sum(cost), 0)"
            " FROM model_request WHERE day = ?",
            (to_text(now)[:10],),
        ).fetchone()
        return int(papers), int(tokens), int(cost)

    def was_asked(self, paper: str, now: datetime) -> bool:
        """Return whether a request about the paper was made on the day (UTC)."""
        row = self._connection.execute(
            "SELECT 1 FROM model_request WHERE day = ? AND paper = ? LIMIT 1",
            (to_text(now)[:10], paper),
        ).fetchone()
        return row is not None
