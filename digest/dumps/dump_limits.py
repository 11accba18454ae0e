"""Refuse a dump that was mostly not understood, and limit how much is read.

A dump whose records are mostly refused is refused as a whole: it is not what it seemed to be, and
nothing of it should reach the library. Small compressed files with millions of short records are
refused, too. A repeated refusal is reported once, with a count.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, TypeVar

from digest.errors import DumpError
from digest.model import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_RECORDS: Final = 20_000_000
"""Maximum number of records in a dump; arXiv's whole snapshot has 2.7 million."""
MAX_TOLD: Final = 1_000
"""Maximum number of refusals of one dump that are reported separately."""
FREE_RECORDS: Final = 5_000
BYTES_A_RECORD: Final = 24
"""Minimum number of compressed bytes per record beyond `FREE_RECORDS`: a unique title of six words
takes some forty."""

_Item = TypeVar("_Item")


def mostly_understood(
    items: Iterable[_Item | Refusal],
    name: str,
    folded: Callable[[], int | None] = lambda: None,
    before: tuple[int, int] = (0, 0),
) -> Iterator[_Item | Refusal]:
    """Yield the items; raise `DumpError` if most are refused, or there are too many.

    `folded` returns how many bytes of a compressed dump were read so far. `before` has the numbers
    of records and refusals before `items`, if these are the rest of a dump.
    """
    counts = _Counts(name, *before)
    for item in items:
        if not isinstance(item, Refusal):
            counts.records += 1
            if counts.records > FREE_RECORDS and not counts.records % 1_000:
                _refuse_too_many(counts.records, folded())
            yield item
        elif counts.is_reported(item):
            yield item
    yield from counts.end()


class _Counts:
    """Counts the records and refusals of a dump."""

    def __init__(self, name: str, records: int, refused: int) -> None:
        self._name = name
        self.records = records
        self._refused = refused
        self._first: Refusal | None = None
        self._notes: Counter[str] = Counter()

    def is_reported(self, item: Refusal) -> bool:
        """Count a refusal; return whether to report it separately."""
        if item.kind != "refused":
            key = _key(item)
            self._notes[key] += 1
            return self._notes[key] == 1 and len(self._notes) <= MAX_TOLD
        self._refused += 1
        self._first = self._first or item
        if self._refused > MAX_TOLD and self._refused > self.records:
            raise _mostly_refused(self._first, self.records, self._refused, more=True)
        return self._refused <= MAX_TOLD

    def end(self) -> Iterator[Refusal]:
        """Yield the number of further refusals; raise `DumpError` if most records were refused."""
        if self._first is not None and self._refused > self.records:
            raise _mostly_refused(self._first, self.records, self._refused, more=False)
        if self._refused > MAX_TOLD:
            more = self._refused - MAX_TOLD
            yield Refusal(self._name, None, f"{more:,} more records were refused")
        for key, count in self._notes.items():
            if count > 1:
                yield Refusal(self._name, None, f"{count - 1:,} more like this: {key}", "note")


def _key(item: Refusal) -> str:
    """Return the common part of similar notes: the text before the quoted value."""
    return item.reason.partition(" holds ")[0] if item.kind == "note" else item.reason


def _refuse_too_many(records: int, folded: int | None) -> None:
    if records > MAX_RECORDS:
        raise DumpError(f"holds more than {MAX_RECORDS:,} records; split it into parts")
    if folded is not None and records - FREE_RECORDS > folded // BYTES_A_RECORD:
        raise DumpError(
            f"holds {records:,} records in the first {folded:,} bytes of its compressed content; "
            "no papers are so short"
        )


def _mostly_refused(first: Refusal, records: int, refused: int, *, more: bool) -> DumpError:
    if records == 0 and refused == 1 and not more:
        return DumpError(f"was refused: {first.reason}", line=first.line)
    total = records + refused
    which_records = "the first " if more else "its "
    return DumpError(
        f"was refused as a whole: {refused:,} of {which_records}{total:,} records could not be "
        f"read, the first because {first.reason}",
        line=first.line,
    )
