"""The results of the last runs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

from digest.library.timestamps import to_text
from digest.model.monitoring import RunSummary

if TYPE_CHECKING:
    from digest.library.connection import Connection

KEPT: Final = 100
"""Number of runs that are stored."""


class Runs:
    """The newest runs of a library."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, summary: RunSummary) -> None:
        """Store a run, and delete the oldest beyond `KEPT`."""
        with self._connection.transaction(durable=False):
            self._connection.execute(
                "INSERT OR REPLACE INTO run (began, body) VALUES (?, ?)",
                (to_text(summary.began), json.dumps(summary.to_json(), ensure_ascii=False)),
            )
            self._connection.execute(
                "DELETE FROM run WHERE began <="
                " (SELECT began FROM run ORDER BY began DESC LIMIT 1 OFFSET ?)",
                (KEPT,),
            )

    def newest(self, most: int) -> tuple[RunSummary, ...]:
        """Return the last runs, newest first."""
        rows = self._connection.execute(
            "SELECT body FROM run ORDER BY began DESC LIMIT ?", (most,)
        ).fetchall()
        return tuple(_to_summary(body) for (body,) in rows)


def _to_summary(body: str) -> RunSummary:
    form = json.loads(body)
    return RunSummary(**{**form, "began": datetime.fromisoformat(form["began"])})
