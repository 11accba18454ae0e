"""The papers: by identifier, by title, all of them, and those that are new to a profile.

Only reads. `digest.library.merge` computes papers when a dump is stored.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.identity import title_id, title_key
from digest.library.paper_history import Counts, History, counts_between, history
from digest.library.paper_rows import BODY, SELECTED, to_paper
from digest.library.records import texts_of
from digest.model import Paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from digest.library.connection import Connection

_NOT_DELIVERED = (
    " AND NOT EXISTS (SELECT 1 FROM entry"
    " WHERE entry.profile = ? AND entry.paper = identifier.paper)"
)
_SHOWN = (
    "SELECT identifier.paper FROM sighting"
    " JOIN record ON record.id = sighting.record"
    " JOIN identifier ON identifier.identifier = record.identifier"
)
_IS_NEWS = """
    (
        (SELECT news FROM record WHERE record.id = paper.record) = 'first' OR EXISTS (
            SELECT 1 FROM identifier JOIN record USING (identifier)
            JOIN sighting ON sighting.record = record.id
            JOIN dump ON dump.id = sighting.dump
            WHERE identifier.paper = paper.key AND (
                news = 'first'
                OR (news = 'version' AND format <> 'biorxiv')
                OR (
                    news <> 'replace'
                    AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.dump = sighting.dump)
                )
            )
        )
    )
"""
"""Holds for a paper unless every record of it tells of a new version: arXiv announced it so,
bioRxiv lists a version after the first, or a service listed the paper for a version that came more
than 14 days after the first."""
_DAY_SHOWN = "coalesce(record.listed, dump.day, dump.read_on)"
"""Day of a sighting: that of the record, else of the dump, else of the reading."""

_CLOSE = 0.8
"""Minimum similarity of two title keys for one to be a misspelling of the other."""


class ShownCounts(Struct, frozen=True):
    """How much was shown since some dump or day."""

    dumps: int
    records: int


class Papers:
    """Queries for papers. Results are ordered by id, unless stated otherwise."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self) -> int:
        """Return the number of papers."""
        (count,) = self._connection.execute("SELECT count(*) FROM paper").fetchone()
        return int(count)

    def __iter__(self) -> Iterator[Paper]:
        """Yield every paper, loading a few hundred at a time; the library may change meanwhile."""
        last, batch = "", 500
        while papers := self._all("WHERE id > ? ORDER BY id LIMIT ?", (last, batch)):
            yield from papers
            last = papers[-1].id

    def batches(self, size: int) -> Iterator[tuple[Paper, ...]]:
        """Yield every paper, `size` at a time."""
        papers = iter(self)
        while batch := tuple(islice(papers, size)):
            yield batch

    def get(self, identifier: str) -> Paper | None:
        """Return the paper that has, or once had, this identifier."""
        return self._one("JOIN identifier ON paper = key WHERE identifier = ?", (identifier,))

    def history(self, identifier: str) -> History:
        """Return who showed a paper when, and where each of its fields comes from."""
        return history(self._connection, identifier)

    def get_many(self, identifiers: Iterable[str]) -> dict[str, Paper]:
        """Return the papers by identifier; unknown identifiers are left out."""
        rows = self._connection.execute(
            f"SELECT identifier, {SELECTED} FROM paper JOIN identifier ON paper = key"  # noqa: S608
            " WHERE identifier IN (SELECT value FROM json_each(?))",
            (json.dumps(list(identifiers)),),
        )
        return {identifier: to_paper(row) for identifier, *row in rows}

    def find(self, text: str, *, limit: int = 10) -> tuple[Paper, ...]:
        """Return the papers that a person may mean by `text`, most likely first.

        One paper for an identifier or a link in any usual spelling. Else the papers with exactly
        this title; else those whose title contains the text; else those with a similar title.
        """
        from digest.dumps.identifiers import parse_arxiv_id, parse_doi

        text = text.strip()
        for name in (text, parse_arxiv_id(text), parse_doi(text)):
            if name and (paper := self.get(name) or self._carrying(name)):
                return (paper,)
        same = self._all(
            "WHERE key IN (SELECT paper FROM identifier JOIN record"
            " USING (identifier) WHERE title_id = ?) ORDER BY id LIMIT ?",
            (title_id(text), limit),
        )
        return same or self._similar(text, limit)

    def _carrying(self, doi: str) -> Paper | None:
        """Return the first paper with a record that has the DOI beside a better id."""
        return self._one(
            "WHERE key IN (SELECT paper FROM identifier JOIN record"
            " USING (identifier) WHERE doi = ?) ORDER BY id LIMIT 1",
            (doi,),
        )

    def _similar(self, text: str, limit: int) -> tuple[Paper, ...]:
        from difflib import SequenceMatcher

        text_key = title_key(text)
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(text_key)
        ranked: list[tuple[bool, float, str]] = []
        for identifier, title in self._connection.execute("SELECT id, title FROM paper"):
            key = title_key(title)
            if text_key in key:
                ranked.append((False, len(key), identifier))
                continue
            matcher.set_seq1(key)
            # The three bounds in the order of their cost; see difflib.get_close_matches.
            if (
                matcher.real_quick_ratio() >= _CLOSE
                and matcher.quick_ratio() >= _CLOSE
                and (ratio := matcher.ratio()) >= _CLOSE
            ):
                ranked.append((True, -ratio, identifier))
        ranked.sort()
        # A title with these words is meant; a similar one is only a guess at a typing error.
        first = [candidate for candidate in ranked if candidate[0] == ranked[0][0]][:limit]
        papers = self.get_many(identifier for *_, identifier in first)
        return tuple(papers[identifier] for *_, identifier in first)

    def keys_first_seen(self, first: date, last: date) -> list[int]:
        """Return the keys of the papers first seen from `first` to `last`, ascending."""
        rows = self._connection.execute(
            "SELECT key FROM paper WHERE first_seen BETWEEN ? AND ? ORDER BY key",
            (first.isoformat(), last.isoformat()),
        )
        return [key for (key,) in rows]

    def titles(self, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Return id and title of papers, by key."""
        rows = self._connection.execute(
            "SELECT key, id, title FROM paper WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )
        return {key: (identifier, title) for key, identifier, title in rows}

    def spread(self, most: int) -> tuple[Paper, ...]:
        """Return at most `most` papers, spread evenly over the library: id, title and abstract."""
        (last,) = self._connection.execute("SELECT coalesce(max(key), 0) FROM paper").fetchone()
        step = max(last / most, 1.0)
        keys = [round(step * number) for number in range(1, most + 1)]
        rows = self._connection.execute(
            f"SELECT id, {BODY} FROM paper WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 - as above
            " ORDER BY key",
            (json.dumps(keys),),
        )
        return tuple(Paper(identifier, *texts_of(body)) for identifier, body in rows)

    # --- what is new ----------------------------------------------------------------------------

    def shown_after(self, dump: int) -> ShownCounts:
        """Return how many dumps were read after that one, and their number of records."""
        row = self._connection.execute(
            "SELECT count(*), coalesce(sum(records), 0) FROM dump WHERE id > ?", (dump,)
        ).fetchone()
        return ShownCounts(*row)

    def shown_since(self, day: date, *, or_after: int) -> ShownCounts:
        """Return how many dumps showed something on that day or later, and how many records.

        Dumps that were read after number `or_after` count completely, whatever their day.
        """
        row = self._connection.execute(
            "SELECT count(DISTINCT dump.id), coalesce(sum(times), 0) FROM sighting"  # noqa: S608
            " JOIN record ON record.id = sighting.record JOIN dump ON dump.id = sighting.dump"
            f" WHERE dump.id > ? OR {_DAY_SHOWN} >= ?",
            (or_after, day.isoformat()),
        ).fetchone()
        return ShownCounts(*row)

    def last_shown(self, identifier: str) -> int | None:
        """Return the number of the last dump that shows this paper, or None."""
        (dump,) = self._connection.execute(
            "SELECT max(sighting.dump) FROM identifier AS asked"
            " JOIN identifier USING (paper) JOIN record ON"
            " record.identifier = identifier.identifier"
            " JOIN sighting ON sighting.record = record.id WHERE asked.identifier = ?",
            (identifier,),
        ).fetchone()
        return None if dump is None else int(dump)

    def new_after(self, dump: int, profile: str) -> tuple[str, ...]:
        """Return the ids of papers that later dumps show and the profile was never sent.

        Only ids: for a first run the whole library is new, which is too much to hold at once.
        """
        return self._ids(f"{_SHOWN} WHERE dump > ?{_NOT_DELIVERED}", (dump, profile))

    def new_since(self, day: date, profile: str) -> tuple[str, ...]:
        """Return the ids of papers shown that day or later that the profile was never sent."""
        return self._ids(
            f"{_SHOWN} JOIN dump ON dump.id = sighting.dump"
            f" WHERE {_DAY_SHOWN} >= ?{_NOT_DELIVERED}",
            (day.isoformat(), profile),
        )

    def shown_between(self, identifiers: Sequence[str], after: int, until: int) -> frozenset[str]:
        """Return those of `identifiers` that any dump after `after`, up to `until`, shows."""
        if after >= until:
            return frozenset()
        rows = self._connection.execute(
            "SELECT value FROM json_each(?) JOIN identifier AS own ON own.identifier = value"
            " WHERE EXISTS (SELECT 1 FROM identifier CROSS JOIN record USING (identifier)"
            " CROSS JOIN sighting ON sighting.record = record.id"
            " WHERE identifier.paper = own.paper AND dump > ? AND dump <= ?)",
            (json.dumps(identifiers), after, until),
        )
        return frozenset(identifier for (identifier,) in rows)

    def counts_between(self, identifier: str, after: int, until: int) -> tuple[Counts, ...]:
        """Return a paper's counts in the dumps after `after`, up to `until`, oldest first."""
        return tuple(counts_between(self._connection, identifier, after, until))

    def first_shown_since(self, day: date) -> int | None:
        """Return the number of the first dump that shows something on that day or later."""
        (dump,) = self._connection.execute(
            "SELECT min(dump.id) FROM sighting"  # noqa: S608
            " JOIN record ON record.id = sighting.record JOIN dump ON dump.id = sighting.dump"
            f" WHERE {_DAY_SHOWN} >= ?",
            (day.isoformat(),),
        ).fetchone()
        return None if dump is None else int(dump)

    def _ids(self, keys: str, parameters: tuple[object, ...]) -> tuple[str, ...]:
        """Return the ids of the papers whose keys are selected by a query of this module."""
        rows = self._connection.execute(
            f"SELECT id FROM paper WHERE key IN ({keys}) AND {_IS_NEWS} ORDER BY key",  # noqa: S608 - as above
            parameters,
        )
        return tuple(identifier for (identifier,) in rows)

    def _one(self, clauses: str, parameters: tuple[object, ...]) -> Paper | None:
        papers = self._all(clauses, parameters)
        return papers[0] if papers else None

    def _all(self, clauses: str, parameters: tuple[object, ...]) -> tuple[Paper, ...]:
        """Return the papers of a JOIN, WHERE and ORDER BY of this module."""
        rows = self._connection.execute(
            f"SELECT {SELECTED} FROM paper {clauses}",  # noqa: S608 - no text of a user is in it
            parameters,
        )
        return tuple(map(to_paper, rows))
