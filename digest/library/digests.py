"""The digests: their papers and texts, and what was delivered to each profile."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct

from digest.library.compression import unpack_bytes
from digest.library.profiles import use
from digest.library.snapshots import (
    PICK,
    decode_text,
    encode_text,
    load_pick,
    pack_pick,
    store_pick,
)
from digest.library.timestamps import to_text
from digest.library.updates import versions_after
from digest.model.digest import digest_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.library.connection import Connection
    from digest.library.snapshots import DigestText, PackedPick
    from digest.library.updates import SentPaper
    from digest.model import Pick

_WHOLE = " AND json_extract(payload, '$.only') IS NULL"
"""Excludes digests for which a run looked back for some rules only."""
EntryKind: TypeAlias = Literal["shown", "one-liner", "news"]


class NewEntry(Struct, frozen=True):
    """One paper of a digest that is being stored."""

    pick: Pick
    """As it was rendered; its paper must be in the library."""
    section: str
    kind: EntryKind
    selected_at: datetime
    """Aware."""
    packed: PackedPick | None = None
    """The pick as it is stored, if that is known already."""


class NewDigest(Struct, frozen=True):
    """A digest that is being stored; each entry delivers its paper to the profile."""

    profile: str
    day: date
    number: int
    created: datetime
    """Aware."""
    text: DigestText
    entries: tuple[NewEntry, ...] = ()


class StoredDigest(Struct, frozen=True):
    """A stored digest."""

    id: int
    profile: str
    day: date
    number: int
    created: datetime
    text: DigestText

    @property
    def name(self) -> str:
        """The digest's name, such as `2026-01-05-2`."""
        return digest_name(self.day, self.number)


class StoredEntry(Struct, frozen=True):
    """One paper of a stored digest."""

    paper: str
    """The paper's current id; the id that was shown is `pick.paper.id`."""
    section: str
    kind: EntryKind
    pick: Pick
    """As it was rendered."""
    selected_at: datetime
    """Aware, in UTC."""
    day: date
    number: int
    """Day and number of the digest."""
    position: int
    """In the digest, from 0."""

    @property
    def digest(self) -> str:
        """The digest's name, such as `2026-01-05-2`."""
        return digest_name(self.day, self.number)


class FeedEntry(Struct, frozen=True):
    """One paper of a digest of the library, for a feed: most are in its last feed already."""

    paper: str
    section: str
    kind: EntryKind
    snapshot: str
    body: bytes | None
    """These two are the pick; see `load_pick`."""
    selected_at: datetime
    """Aware, in UTC."""
    day: date
    number: int
    position: int

    @property
    def pick(self) -> Pick:
        """As it was rendered."""
        return load_pick(self.snapshot, self.body)

    @property
    def text(self) -> bytes:
        """The paper's JSON, which `PackedPick.hash` is of; empty for one of early versions."""
        return b"" if self.body is None else unpack_bytes(self.body)


class ProfileStatus(Struct, frozen=True):
    """What one profile has received."""

    profile: str
    digests: int
    papers: int
    """Number of delivered papers."""
    carried_over: int
    last_day: date | None
    last_papers: int
    """Number of papers in the last digest."""


class MoreDecisions(Struct, frozen=True):
    """A reader's decisions on papers that a digest showed although no rule selected them."""

    papers: int
    starred: int
    read: int
    """Read, but not starred."""
    dropped: int
    """Dropped, but not starred."""

    @property
    def precision(self) -> float | None:
        """Share of starred or read papers among all decided ones; None if none was decided."""
        liked = self.starred + self.read
        decided = liked + self.dropped
        return liked / decided if decided else None


class Digests:
    """The digests of all profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, digest: NewDigest) -> int:
        """Store a digest and return its number in the library.

        The ids of its papers become final, and the papers are no longer carried over for the
        profile. Raise `KeyError` for a paper that the library does not have, and `ValueError` for
        one that was delivered to the profile before, under any id: it must not come twice.
        """
        with self._connection.transaction():
            inserted = self._connection.execute(
                "INSERT INTO digest (profile, day, number, created, payload)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    digest.profile,
                    digest.day.isoformat(),
                    digest.number,
                    digest.created.isoformat(),
                    encode_text(digest.text),
                ),
            )
            number = int(inserted.lastrowid or 0)
            for position, entry in enumerate(digest.entries):
                add = self._add_news if entry.kind == "news" else self._add_entry
                add(number, digest.profile, position, entry)
        return number

    def _add_entry(self, number: int, profile: str, position: int, entry: NewEntry) -> None:
        paper = entry.pick.paper.id
        if self.delivered(profile, paper):
            raise ValueError(f"{paper} was delivered to {profile} before")
        key = use(self._connection, paper, number)
        packed = entry.packed or pack_pick(entry.pick)
        shown = store_pick(self._connection, packed, key)
        self._connection.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                position,
                profile,
                key,
                entry.section,
                entry.kind,
                packed.text,
                to_text(entry.selected_at),
                shown,
            ),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO entry_rule VALUES (?, ?, ?, ?)",
            (
                (rule.rule, to_text(entry.selected_at), number, position)
                for rule in entry.pick.rules
            ),
        )
        self._connection.execute(
            "DELETE FROM candidate WHERE profile = ? AND paper = ?", (profile, key)
        )

    def _add_news(self, number: int, profile: str, position: int, entry: NewEntry) -> None:
        update = entry.pick.update
        if update is None:
            raise ValueError(f"{entry.pick.paper.id} has no new version")
        key = use(self._connection, entry.pick.paper.id, number)
        packed = entry.packed or pack_pick(entry.pick)
        shown = store_pick(self._connection, packed, key)
        self._connection.execute(
            "INSERT INTO update_sent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                position,
                profile,
                key,
                update.version,
                update.moment.isoformat(),
                entry.section,
                packed.text,
                to_text(entry.selected_at),
                shown,
            ),
        )

    def versions_after(self, profile: str, dump: int) -> tuple[SentPaper, ...]:
        """Return the papers sent to the profile of which later dumps have another version."""
        return versions_after(self._connection, profile, dump)

    def delivered(self, profile: str, paper: str) -> bool:
        """Return whether this paper, under any identifier, was delivered to the profile."""
        row = self._connection.execute(
            "SELECT 1 FROM entry JOIN identifier USING (paper)"
            " WHERE profile = ? AND identifier = ? LIMIT 1",
            (profile, paper),
        ).fetchone()
        return row is not None

    def entry_of(self, profile: str, paper: str) -> StoredEntry | None:
        """Return the entry that delivered this paper, under any identifier, to the profile."""
        row = self._connection.execute(
            f"SELECT identifier, section, kind, {PICK}, selected_at, day, number, position"  # noqa: S608 - a constant
            " FROM entry"
            " JOIN identifier USING (paper) JOIN digest ON digest.id = entry.digest"
            " WHERE entry.profile = ? AND identifier = ? LIMIT 1",
            (profile, paper),
        ).fetchone()
        return None if row is None else to_entry(row)

    def count_on(self, profile: str, day: date, *, whole: bool = False) -> int:
        """Return how many digests the profile had on that day; with `whole`, only complete ones."""
        (count,) = self._connection.execute(
            f"SELECT count(*) FROM digest WHERE profile = ? AND day = ?{_WHOLE if whole else ''}",  # noqa: S608 - a constant
            (profile, day.isoformat()),
        ).fetchone()
        return int(count)

    def last_whole(self, profile: str) -> StoredDigest | None:
        """Return the last digest for which all rules of the profile were asked."""
        row = self._connection.execute(
            "SELECT id, profile, day, number, created, payload FROM digest"  # noqa: S608 - a constant
            f" WHERE profile = ?{_WHOLE} ORDER BY id DESC LIMIT 1",
            (profile,),
        ).fetchone()
        return None if row is None else to_digest(row)

    def last(self, profile: str) -> StoredDigest | None:
        """Return the profile's last digest."""
        row = self._connection.execute(
            "SELECT id, profile, day, number, created, payload FROM digest"
            " WHERE profile = ? ORDER BY id DESC LIMIT 1",
            (profile,),
        ).fetchone()
        return None if row is None else to_digest(row)

    def newest(self, profile: str, limit: int) -> tuple[StoredDigest, ...]:
        """Return the profile's last digests, newest first."""
        rows = self._connection.execute(
            "SELECT id, profile, day, number, created, payload FROM digest"
            " WHERE profile = ? ORDER BY id DESC LIMIT ?",
            (profile, limit),
        )
        return tuple(map(to_digest, rows))

    def of_day(self, profile: str, day: date) -> tuple[StoredDigest, ...]:
        """Return the profile's digests of that day, in order."""
        rows = self._connection.execute(
            "SELECT id, profile, day, number, created, payload FROM digest"
            " WHERE profile = ? AND day = ? ORDER BY number",
            (profile, day.isoformat()),
        )
        return tuple(map(to_digest, rows))

    def entries(self, digest: int) -> tuple[StoredEntry, ...]:
        """Return the entries of one digest, in order."""
        rows = self._connection.execute(
            f"SELECT paper.id, section, kind, {PICK}, selected_at, day, number, position"  # noqa: S608 - a constant
            " FROM entry JOIN digest ON digest.id = entry.digest"
            " JOIN paper ON paper.key = entry.paper WHERE entry.digest = ?"
            " UNION ALL"
            f" SELECT paper.id, section, 'news', {PICK}, selected_at, day, number, position"
            " FROM update_sent JOIN digest ON digest.id = update_sent.digest"
            " JOIN paper ON paper.key = update_sent.paper WHERE update_sent.digest = ?"
            " ORDER BY position",
            (digest, digest),
        )
        return tuple(map(to_entry, rows))

    def feed(self, profile: str, *, since: datetime, at_least: int) -> tuple[FeedEntry, ...]:
        """Return the entries selected at `since` or later, and at least the newest `at_least`.

        Newest first; those of one digest in its order.
        """
        # By the index on (profile, selected_at): ranking all entries would cost the whole history.
        (newest,) = self._connection.execute(
            "SELECT min(selected_at) FROM (SELECT selected_at FROM entry WHERE profile = ?"
            " ORDER BY selected_at DESC LIMIT ?)",
            (profile, at_least),
        ).fetchone()
        first = to_text(since)
        rows = self._connection.execute(
            f"SELECT paper.id, section, kind, {PICK}, selected_at, day, number, position"  # noqa: S608 - a constant
            " FROM entry INDEXED BY entry_selected"
            " CROSS JOIN digest ON digest.id = entry.digest"
            " CROSS JOIN paper ON paper.key = entry.paper"
            " WHERE entry.profile = ? AND selected_at >= ?"
            " ORDER BY selected_at DESC, digest.id DESC, position",
            (profile, first if newest is None else min(newest, first)),
        )
        entries = enumerate(map(_to_feed_entry, rows))
        papers = (
            entry for place, entry in entries if place < at_least or entry.selected_at >= since
        )
        return (*papers, *self._news_since(profile, first))

    def _news_since(self, profile: str, since: str) -> Iterator[FeedEntry]:
        rows = self._connection.execute(
            f"SELECT paper.id, section, 'news', {PICK}, selected_at, day, number, position"  # noqa: S608 - a constant
            " FROM update_sent JOIN digest ON digest.id = update_sent.digest"
            " JOIN paper ON paper.key = update_sent.paper"
            " WHERE update_sent.profile = ? AND selected_at >= ?",
            (profile, since),
        )
        return map(_to_feed_entry, rows)

    def decisions_on_more(self, profile: str, reader: str) -> MoreDecisions:
        """Count what the reader decided on a profile's papers that are similar to liked ones."""
        row = self._connection.execute(
            "SELECT count(*), coalesce(sum(starred), 0),"
            " coalesce(sum(state = 'done' AND NOT starred), 0),"
            " coalesce(sum(state = 'dropped' AND NOT starred), 0)"
            " FROM entry LEFT JOIN mark ON mark.paper = entry.paper AND mark.reader = ?"
            " WHERE entry.profile = ? AND json_extract(snapshot, '$.more') IS NOT NULL"
            " AND json_extract(snapshot, '$.missed') IS NULL",
            (reader, profile),
        ).fetchone()
        return MoreDecisions(*row)

    def by_profile(self) -> tuple[ProfileStatus, ...]:
        """Return what each profile has received, ordered by name."""
        rows = self._connection.execute(
            "SELECT name, (SELECT count(*) FROM digest WHERE profile = name),"
            " (SELECT count(DISTINCT paper) FROM entry WHERE profile = name),"
            " (SELECT count(*) FROM candidate WHERE profile = name),"
            " (SELECT day FROM digest WHERE id = last),"
            " (SELECT count(*) FROM entry WHERE digest = last)"
            " FROM (SELECT name, (SELECT max(id) FROM digest WHERE profile = name) AS last"
            "  FROM (SELECT name FROM profile UNION SELECT profile FROM digest)) ORDER BY name"
        )
        return tuple(
            ProfileStatus(
                profile=name,
                digests=digests,
                papers=papers,
                carried_over=carried_over,
                last_day=None if last_day is None else date.fromisoformat(last_day),
                last_papers=last_papers,
            )
            for name, digests, papers, carried_over, last_day, last_papers in rows
        )


def to_digest(row: Sequence[Any]) -> StoredDigest:
    """Return the digest of a row with the columns of `digest`."""
    identifier, profile, day, number, created, payload = row
    return StoredDigest(
        id=identifier,
        profile=profile,
        day=date.fromisoformat(day),
        number=number,
        created=datetime.fromisoformat(created),
        text=decode_text(payload),
    )


def to_entry(row: Sequence[Any]) -> StoredEntry:
    """Return the entry of a row: its paper's id, the columns of `entry`, then of its digest."""
    entry = _to_feed_entry(row)
    place = entry.selected_at, entry.day, entry.number, entry.position
    return StoredEntry(entry.paper, entry.section, entry.kind, entry.pick, *place)


def _to_feed_entry(row: Sequence[Any]) -> FeedEntry:
    paper, section, kind, snapshot, body, selected_at, day, number, position = row
    return FeedEntry(
        paper=paper,
        section=section,
        kind=kind,
        snapshot=snapshot,
        body=body,
        selected_at=datetime.fromisoformat(selected_at),
        day=date.fromisoformat(day),
        number=number,
        position=position,
    )
