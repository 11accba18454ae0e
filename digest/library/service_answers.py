"""The answers of services, and the coverage of each source and day.

An answer is stored before it is read: its body is a file beside the library, its origin is stored
here. So a stored answer is never requested again, whenever the process ends.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from digest.library.paper_rows import SELECTED, to_paper
from digest.library.timestamps import to_moment_or_none, to_text
from digest.model.coverage import DayCoverage

if TYPE_CHECKING:
    from digest.library.connection import Connection
    from digest.model import Paper
    from digest.model.coverage import CoverageState

_WEEKS: Final = 8
"""Number of same weekdays whose median is the usual count."""
_SAME_WEEKDAY, _ANY_DAY = 2, 4
"""Days that must be known for a usual count: of that weekday, or of any."""

_ANSWER = "id, source, day, url, fetched, headers, sha256, file, is_dump, dump"
_COVERAGE = "source, title, day, state, papers, reason, final, checked, retry_at"


class StoredAnswer(Struct, frozen=True):
    """One answer of a service; its body is in `file`, below the folder of answers.

    `file` is empty if the body is no longer stored.
    """

    id: int
    source: str
    day: date
    url: str
    fetched: datetime
    headers: tuple[tuple[str, str], ...]
    sha256: str
    """Of the uncompressed body."""
    file: str
    is_dump: bool
    """False for an answer without papers."""
    dump: int | None
    """Number of the dump that it was read as; None if it is unread."""

    def header(self, name: str) -> str:
        """Return the value of a header, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Counts(NamedTuple):
    """The number of papers that the answers for one day list."""

    papers: int
    fresh: int
    """Papers that no earlier answer of the source had listed for another day."""


class Answers:
    """The answers of services, and their coverage."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- asking ---------------------------------------------------------------------------------

    def begin(self, source: str, day: date, now: datetime, *, stale: datetime) -> datetime:
        """Return the time from which answers for this day count.

        That is `now`, or the start of an interrupted fetch, unless it is before `stale`.
        """
        row = self._connection.execute(
            "SELECT begun FROM asking WHERE source = ? AND day = ?", (source, day.isoformat())
        ).fetchone()
        if row is not None and (start := datetime.fromisoformat(row[0])) >= stale:
            return start
        self._connection.execute(
            "INSERT OR REPLACE INTO asking (source, day, begun) VALUES (?, ?, ?)",
            (source, day.isoformat(), to_text(now)),
        )
        return now

    def end(self, source: str, day: date) -> None:
        """Store that all pages for this day have come."""
        self._connection.execute(
            "DELETE FROM asking WHERE source = ? AND day = ?", (source, day.isoformat())
        )

    def add(self, answer: StoredAnswer) -> int:
        """Store an answer; return its number. `id` and `dump` of `answer` are ignored."""
        inserted = self._connection.execute(
            "INSERT INTO answer (source, day, url, fetched, headers, sha256, file, is_dump)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                answer.source,
                answer.day.isoformat(),
                answer.url,
                to_text(answer.fetched),
                json.dumps(answer.headers),
                answer.sha256,
                answer.file,
                answer.is_dump,
            ),
        )
        return int(inserted.lastrowid or 0)

    def page(self, source: str, url: str, *, since: datetime) -> StoredAnswer | None:
        """Return the newest answer to `url` that came at `since` or later."""
        answer = self.last(source, url)
        return answer if answer is not None and answer.fetched >= since else None

    def last(self, source: str, url: str) -> StoredAnswer | None:
        """Return the newest answer to `url`."""
        return self._one("WHERE source = ? AND url = ? ORDER BY id DESC LIMIT 1", (source, url))

    def urls(self, source: str, *, since: date) -> dict[str, StoredAnswer]:
        """Return the newest answer to each URL of a source, for that day or later."""
        answers = self._all(
            "WHERE source = ? AND day >= ? ORDER BY id", (source, since.isoformat())
        )
        return {answer.url: answer for answer in answers}

    def next_number(self) -> int:
        """Return a number that no stored answer has."""
        (newest,) = self._connection.execute("SELECT max(id) FROM answer").fetchone()
        return int(newest or 0) + 1

    # --- reading --------------------------------------------------------------------------------

    def unread(self, source: str) -> tuple[StoredAnswer, ...]:
        """Return the source's unread answers, oldest first."""
        return self._all("WHERE source = ? AND is_dump AND dump IS NULL ORDER BY id", (source,))

    def all_of(self, source: str | None, *, since: date | None) -> tuple[StoredAnswer, ...]:
        """Return the answers with papers, of one source or all, from one day on or all."""
        return self._all(
            "WHERE is_dump AND file <> '' AND (?1 IS NULL OR source = ?1)"
            " AND (?2 IS NULL OR day >= ?2) ORDER BY id",
            (source, since.isoformat() if since else None),
        )

    def mark_read(self, answer: int, dump: int) -> None:
        """Store as which dump an answer was read."""
        self._connection.execute("UPDATE answer SET dump = ? WHERE id = ?", (dump, answer))

    # --- looking up -----------------------------------------------------------------------------

    def without_identifier(self, since: date, *, limit: int) -> tuple[Paper, ...]:
        """Return papers first seen on `since` or later that have only a title, newest first.

        Those that were looked up before are left out.
        """
        rows = self._connection.execute(
            f"SELECT {SELECTED} FROM paper"  # noqa: S608 - names from our own class
            " WHERE id GLOB 't-*' AND first_seen >= ?"
            " AND NOT EXISTS (SELECT 1 FROM lookup WHERE lookup.paper = paper.id)"
            " ORDER BY key DESC LIMIT ?",
            (since.isoformat(), limit),
        )
        return tuple(map(to_paper, rows))

    def looked_up(self, paper: str, identifier: str, now: datetime) -> None:
        """Store that a paper's identifier was looked up, and the result."""
        self._connection.execute(
            "INSERT OR REPLACE INTO lookup VALUES (?, ?, ?)", (paper, identifier, to_text(now))
        )

    # --- coverage -------------------------------------------------------------------------------

    def counts(self, source: str, day: date) -> Counts:
        """Count the papers that the answers for a day list, and the new ones among them."""
        papers, new = self._connection.execute(
            # The papers' own sightings are looked up: the answers of all earlier days are many.
            "WITH shown AS (SELECT DISTINCT identifier FROM answer"
            " JOIN sighting USING (dump) JOIN record ON record.id = sighting.record"
            " WHERE answer.source = ?1 AND answer.day = ?2)"
            " SELECT count(*), coalesce(sum(NOT EXISTS (SELECT 1 FROM record"
            " JOIN sighting ON sighting.record = record.id JOIN answer USING (dump)"
            " WHERE record.identifier = shown.identifier"
            " AND answer.source = ?1 AND answer.day < ?2)), 0) FROM shown",
            (source, day.isoformat()),
        ).fetchone()
        return Counts(papers, new)

    def new_papers(self, source: str, *, since: date, read_on: date) -> int:
        """Count the new papers in a source's answers for `since` and later that were read on a day.

        It includes all runs of that day: one may have been killed before its digest reported them.
        """
        (papers,) = self._connection.execute(
            "SELECT coalesce(sum(new_papers), 0) FROM dump WHERE read_on = ?3"
            " AND id IN (SELECT dump FROM answer WHERE source = ?1 AND day >= ?2)",
            (source, since.isoformat(), read_on.isoformat()),
        ).fetchone()
        return int(papers)

    def last_repeated(self, source: str) -> date | None:
        """Return the last day on which complete lists of a source were requested again."""
        row = self._connection.execute(
            "SELECT value FROM meta WHERE name = ?", (f"again {source}",)
        ).fetchone()
        return None if row is None else date.fromisoformat(row[0])

    def store_repeat(self, source: str, day: date) -> None:
        """Store that complete lists of a source are requested again on a day."""
        self._connection.execute(
            "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
            (f"again {source}", day.isoformat()),
        )

    def record(self, coverage: DayCoverage) -> None:
        """Store the coverage of one source and day, replacing an earlier one."""
        self._connection.execute(
            f"INSERT OR REPLACE INTO coverage ({_COVERAGE})"  # noqa: S608 - names from this module
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                coverage.source,
                coverage.title,
                coverage.day.isoformat(),
                coverage.state,
                coverage.papers,
                coverage.reason,
                coverage.final,
                to_text(coverage.checked) if coverage.checked else None,
                to_text(coverage.retry_at) if coverage.retry_at else None,
            ),
        )

    def coverage(self, source: str, *, since: date | None = None) -> dict[date, DayCoverage]:
        """Return the coverage of a source, by day, newest first; without usual counts."""
        rows = self._connection.execute(
            f"SELECT {_COVERAGE} FROM coverage WHERE source = ?1 AND (?2 IS NULL OR day >= ?2)"  # noqa: S608
            " ORDER BY day DESC",
            (source, since.isoformat() if since else None),
        ).fetchall()
        coverages = (_to_coverage(row) for row in rows)
        return {coverage.day: coverage for coverage in coverages}

    def recent_coverage(self, source: str, since: date) -> dict[date, DayCoverage]:
        """Like `coverage`, from the last day that is not after `since`: history only grows."""
        row = self._connection.execute(
            "SELECT max(day) FROM coverage WHERE source = ? AND day <= ?",
            (source, since.isoformat()),
        ).fetchone()
        return self.coverage(source, since=date.fromisoformat(row[0]) if row[0] else None)

    def checked_after(self, source: str, moment: datetime) -> tuple[DayCoverage, ...]:
        """Return the newest day's coverage of a source, then what was checked after a moment."""
        rows = self._connection.execute(
            f"SELECT {_COVERAGE} FROM coverage WHERE source = ?1 AND (checked > ?2"  # noqa: S608 - as above
            " OR day = (SELECT max(day) FROM coverage WHERE source = ?1)) ORDER BY day DESC",
            (source, to_text(moment)),
        ).fetchall()
        return tuple(_to_coverage(row) for row in rows)

    def newest_days(self, number: int) -> tuple[DayCoverage, ...]:
        """Return the coverage of all sources on the newest days, newest first; 0: all days."""
        rows = self._connection.execute(
            f"SELECT {_COVERAGE} FROM coverage WHERE ?1 = 0 OR day IN"  # noqa: S608 - as above
            " (SELECT DISTINCT day FROM coverage ORDER BY day DESC LIMIT ?1)"
            " ORDER BY day DESC, source",
            (number,),
        ).fetchall()
        return tuple(self.with_usual(_to_coverage(row)) for row in rows)

    def with_usual(self, coverage: DayCoverage) -> DayCoverage:
        """Return the coverage with the usual count of such a day."""
        return replace(coverage, usual=self.usual(coverage.source, coverage.day))

    def usual(self, source: str, day: date) -> int | None:
        """Return the median count of that weekday in the last weeks.

        Of any weekday if too few are known; None if even those are too few.
        """
        rows = self._connection.execute(
            "SELECT papers, strftime('%w', day) = strftime('%w', ?2) FROM coverage"
            " WHERE source = ?1 AND day < ?2 AND state IN ('complete', 'partial') AND papers > 0"
            " ORDER BY day DESC LIMIT ?3",
            (source, day.isoformat(), 7 * _WEEKS),
        ).fetchall()
        counts = [int(papers) for papers, _ in rows]
        same = [int(papers) for papers, is_same in rows if is_same][:_WEEKS]
        if len(same) >= _SAME_WEEKDAY:
            return _median(same)
        if len(counts) >= _ANY_DAY:
            return _median(counts[: 2 * _WEEKS])
        return None

    def _one(self, clauses: str, parameters: tuple[object, ...]) -> StoredAnswer | None:
        answers = self._all(clauses, parameters)
        return answers[0] if answers else None

    def _all(self, clauses: str, parameters: tuple[object, ...]) -> tuple[StoredAnswer, ...]:
        rows = self._connection.execute(
            f"SELECT {_ANSWER} FROM answer {clauses}",  # noqa: S608 - no text of a user is in it
            parameters,
        )
        return tuple(
            StoredAnswer(
                number,
                source,
                date.fromisoformat(day),
                url,
                datetime.fromisoformat(fetched),
                tuple((name, value) for name, value in json.loads(headers)),
                sha256,
                file,
                bool(is_dump),
                dump,
            )
            for number, source, day, url, fetched, headers, sha256, file, is_dump, dump in rows
        )


def _median(counts: list[int]) -> int:
    """Return the median; `statistics` takes 20 ms to import."""
    ordered = sorted(counts)
    middle = len(ordered) // 2
    return round((ordered[middle] + ordered[~middle]) / 2)


def _to_coverage(row: tuple[str, ...]) -> DayCoverage:
    source, title, day, state, papers, reason, final, checked, retry_at = row
    known: CoverageState = state  # type: ignore[assignment]  # the table's CHECK
    return DayCoverage(
        source=source,
        title=title,
        day=date.fromisoformat(day),
        state=known,
        papers=int(papers),
        reason=reason,
        final=bool(final),
        checked=to_moment_or_none(checked),
        retry_at=to_moment_or_none(retry_at),
    )
