"""Replace the records of a dump by what a fixed reader finds in the same bytes.

The dump keeps its number, so profiles do not consider it again unless `run --since` asks them to.
New records are added first and clustered beside the old ones, so that a paper whose identifier is
now read better is still the same paper. Then the records that the dump no longer shows are deleted.
A paper that a digest has used, that a reader marked or that is carried over keeps its last record.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from digest.library.snapshots import detach

if TYPE_CHECKING:
    from digest.library.connection import Connection

IS_FREE: Final = """
    (
        paper.used IS NULL
        AND NOT EXISTS (SELECT 1 FROM mark WHERE mark.paper = paper.key)
        AND NOT EXISTS (SELECT 1 FROM candidate WHERE candidate.paper = paper.key)
    )
"""
"""True for a paper that nothing refers to."""
# Records of the dump that the new reading does not show, unless they are the last of a paper that
# something refers to.
_GONE: Final = f"""
    SELECT sighting.record FROM sighting JOIN record ON record.id = sighting.record
    JOIN identifier USING (identifier) JOIN paper ON paper.key = identifier.paper
    WHERE sighting.dump = ?1 AND sighting.record NOT IN (SELECT value FROM json_each(?2))
    AND (
        {IS_FREE} OR EXISTS (
            SELECT 1 FROM identifier AS other JOIN record AS kept USING (identifier)
            JOIN sighting AS shown ON shown.record = kept.id
            WHERE other.paper = paper.key
            AND (shown.dump <> ?1 OR kept.id IN (SELECT value FROM json_each(?2)))
        )
    )
"""  # noqa: S608 - no text of a user is in it

# The remaining records of their papers, and works with the same title or DOI: they may join now
# what they contradicted before.
_TOUCHED: Final = """
    WITH lost AS (SELECT * FROM record WHERE id IN (SELECT value FROM json_each(?))),
    kept AS (
        SELECT record.id FROM lost JOIN identifier USING (identifier)
        JOIN identifier AS other USING (paper)
        JOIN record ON record.identifier = other.identifier
        UNION SELECT record.id FROM lost JOIN record ON record.title_id = lost.title_id
        UNION SELECT record.id FROM lost JOIN record ON record.doi = lost.doi
    )
    SELECT id FROM kept WHERE EXISTS (SELECT 1 FROM sighting WHERE record = kept.id)
"""


def records_of_dump(connection: Connection, dump: int) -> set[int]:
    """Return the records that a dump shows."""
    rows = connection.execute("SELECT record FROM sighting WHERE dump = ?", (dump,))
    return {record for (record,) in rows}


def delete_sightings(connection: Connection, dump: int, shown: set[int]) -> set[int]:
    """Delete what a dump showed except `shown`; return records whose papers that changes."""
    execute = connection.execute
    rows = execute(_GONE, (dump, json.dumps(sorted(shown)))).fetchall()
    forgotten = json.dumps([record for (record,) in rows])
    execute(
        "DELETE FROM sighting WHERE dump = ? AND record IN (SELECT value FROM json_each(?))",
        (dump, forgotten),
    )
    touched = execute(_TOUCHED, (forgotten,)).fetchall()
    papers = execute(
        "SELECT DISTINCT paper FROM record JOIN identifier USING (identifier)"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (forgotten,),
    ).fetchall()
    detach(connection, forgotten)
    execute(
        "DELETE FROM record WHERE id IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM sighting WHERE record = record.id)",
        (forgotten,),
    )
    _forget_papers(connection, json.dumps([paper for (paper,) in papers]))
    return {record for (record,) in touched}


def _forget_papers(connection: Connection, papers: str) -> None:
    """Delete papers that nothing refers to; merging rebuilds them from the remaining records."""
    rows = connection.execute(
        f"SELECT key FROM paper WHERE key IN (SELECT value FROM json_each(?)) AND {IS_FREE}",  # noqa: S608 - no text of a user is in it
        (papers,),
    )
    ended = json.dumps([key for (key,) in rows])
    for statement in (
        "DELETE FROM identifier WHERE paper IN (SELECT value FROM json_each(?))",
        "DELETE FROM listed WHERE paper IN (SELECT value FROM json_each(?))",
        "DELETE FROM paper WHERE key IN (SELECT value FROM json_each(?))",
    ):
        connection.execute(statement, (ended,))
