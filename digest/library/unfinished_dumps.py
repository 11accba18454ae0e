"""How far a long dump was read that is stored a part at a time.

A killed run loses at most one part, and the next run continues after the last stored part. The
number of a dump decides whether a profile has considered it: if other dumps were read since, the
rest gets a number of its own, because otherwise no profile would see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import astuple, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.library.connection import Connection
    from digest.library.prepare import PreparedRecord
    from digest.model import Record, Refusal


class Progress(Struct, frozen=True):
    """What was stored of a dump that is not read to its end."""

    dump: int
    items: int = 0
    """Records and refusals that were stored."""
    line: int = 0
    """The last line that was read."""
    records: int = 0
    refused: int = 0
    new_papers: int = 0


class Parts:
    """Cuts the items of a dump into parts, never between two items of one line."""

    def __init__(
        self, items: Iterator[Record | PreparedRecord | Refusal], start: Progress, size: int
    ) -> None:
        self._items = items
        self._size = size
        self._progress = start
        self._before = start.new_papers
        self._next = next(items, None)

    def more(self) -> bool:
        """Return whether items are left."""
        return self._next is not None

    def items(self) -> Iterator[Record | PreparedRecord | Refusal]:
        """Yield the items of the next part."""
        count, line = 0, self._progress.line
        while self._next is not None and (count < self._size or self._next.line == line):
            item = self._next
            line = item.line or line
            count += 1
            yield item
            self._next = next(self._items, None)
        self._progress = replace(self._progress, items=self._progress.items + count, line=line)

    def progress(self, records: int, refused: Sequence[Refusal], new_papers: int) -> Progress:
        """Return the progress after this part; `new_papers` are those of all parts."""
        faults = sum(refusal.kind == "refused" for refusal in refused)
        self._progress = replace(
            self._progress,
            records=self._progress.records + records,
            refused=self._progress.refused + faults,
            new_papers=self._before + new_papers,
        )
        return self._progress


class Unfinished:
    """The dumps that were started and not finished."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, sha256: str) -> Progress | None:
        """Return how far the dump with this content was read; None if it was not started."""
        row = self._connection.execute(
            "SELECT unfinished.dump, items, line, taken, refused, unfinished.new_papers"
            " FROM unfinished JOIN dump ON dump.id = unfinished.dump WHERE sha256 = ?",
            (sha256,),
        ).fetchone()
        return None if row is None else Progress(*row)

    def store(self, progress: Progress) -> None:
        """Store how far a dump was read."""
        self._connection.execute(
            "INSERT OR REPLACE INTO unfinished (dump, items, line, taken, refused, new_papers)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            astuple(progress),
        )
        self._connection.execute(
            "UPDATE dump SET records = ?, new_papers = ? WHERE id = ?",
            (progress.records, progress.new_papers, progress.dump),
        )

    def finish(self, dump: int) -> None:
        """Store that a dump was read to its end, and that earlier contents of its file are gone."""
        self._connection.execute(
            "DELETE FROM unfinished WHERE dump = ?1 OR dump IN ("
            " SELECT other.dump FROM dump_name JOIN dump_name AS other USING (source, name)"
            " WHERE dump_name.dump = ?1)",
            (dump,),
        )

    def close(self, progress: Progress) -> None:
        """Make a separate dump of what was read, so that the rest can be another."""
        self._connection.execute(
            "UPDATE dump SET sha256 = sha256 || '-' || ? WHERE id = ?",
            (progress.items, progress.dump),
        )
        self._connection.execute("DELETE FROM unfinished WHERE dump = ?", (progress.dump,))
