"""New versions of papers that a profile was sent (table `update_sent`)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.library.records import decode
from digest.library.snapshots import PICK, load_pick

if TYPE_CHECKING:
    from digest.library.connection import Connection
    from digest.model import Pick, Record


class ReportedVersion(Struct, frozen=True):
    """A version that was reported to a profile."""

    version: int | None
    """None if the source did not give it."""
    moment: date
    pick: Pick


class SentPaper(Struct, frozen=True):
    """A paper that a profile was sent, and a later record with another version."""

    paper: str
    """The paper's current id."""
    day: date
    """Day of the digest that delivered it."""
    pick: Pick
    """As it was delivered."""
    record: Record
    """The record of the version."""
    moment: date
    """Day of the version, else the day on which the record was shown."""
    reported: tuple[ReportedVersion, ...] = ()
    """Later versions that were reported to the profile, oldest first."""


_SHOWN = f"""
    SELECT entry.paper, paper.id, digest.day, {PICK},
        coalesce(record.listed, dump.day, dump.read_on), record.body
    FROM sighting JOIN dump ON dump.id = sighting.dump JOIN record ON record.id = sighting.record
    JOIN identifier ON identifier.identifier = record.identifier
    JOIN entry ON entry.paper = identifier.paper AND entry.profile = ?
    JOIN digest ON digest.id = entry.digest JOIN paper ON paper.key = entry.paper
    WHERE sighting.dump > ? AND record.news <> 'first'
    ORDER BY paper.key, digest.id, dump.id, sighting.line
"""  # noqa: S608 - a constant
_TOLD = f"""
    SELECT version, moment, {PICK} FROM update_sent WHERE profile = ? AND paper = ?
    ORDER BY digest, position
"""  # noqa: S608 - as above


def versions_after(connection: Connection, profile: str, dump: int) -> tuple[SentPaper, ...]:
    """Return the papers sent to the profile of which dumps after `dump` show a later version.

    One for each paper, with the record of the highest version, else of the newest day.
    """
    newest: dict[int, SentPaper] = {}
    for key, paper, day, snapshot, stored, shown, body in connection.execute(
        _SHOWN, (profile, dump)
    ):
        record = decode(body)
        moment = record.updated or date.fromisoformat(shown)
        known = newest.get(key)
        if known is None:
            sent = date.fromisoformat(day)
            newest[key] = SentPaper(paper, sent, load_pick(snapshot, stored), record, moment)
        elif (known.record.version or 0, known.moment) < (record.version or 0, moment):
            newest[key] = replace(known, record=record, moment=moment)
    return tuple(
        replace(sent, reported=_reported(connection, profile, key)) for key, sent in newest.items()
    )


def _reported(connection: Connection, profile: str, key: int) -> tuple[ReportedVersion, ...]:
    return tuple(
        ReportedVersion(version, date.fromisoformat(moment), load_pick(snapshot, body))
        for version, moment, snapshot, body in connection.execute(_TOLD, (profile, key))
    )
