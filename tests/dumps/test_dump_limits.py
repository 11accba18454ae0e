"""A dump with mostly refused records is refused; a repeated message is printed once."""

from __future__ import annotations

import gzip

import pytest

from digest.dumps.dump_limits import FREE_RECORDS, MAX_TOLD, mostly_understood
from digest.errors import DumpError
from digest.model import Record, Refusal

GOOD = Record("Salt", 1)
BAD = Refusal("dump", 3, "this record has no title")
LEFT = Refusal("dump", 4, "this record was deleted at its source", "left out")


def test_mostly_refused_is_refused_whole() -> None:
    with pytest.raises(DumpError, match=r"as a whole: 2 of its 3 records.*has no title") as caught:
        list(mostly_understood([GOOD, BAD, BAD], "dump"))
    assert caught.value.line == 3


def test_half_refused_is_taken() -> None:
    assert list(mostly_understood([GOOD, BAD], "dump")) == [GOOD, BAD]


def test_what_is_left_out_is_no_fault_and_is_told_once() -> None:
    items = list(mostly_understood([LEFT, GOOD, LEFT, LEFT], "dump"))
    assert items[:2] == [LEFT, GOOD]
    assert [item.reason for item in items[2:] if isinstance(item, Refusal)] == [
        f"2 more like this: {LEFT.reason}"
    ]


def test_refusals_beyond_a_thousand_are_counted() -> None:
    items = list(mostly_understood([GOOD, BAD] * (MAX_TOLD + 5), "dump"))
    assert items[-1] == Refusal("dump", None, "5 more records were refused")


def test_refusing_stops_early_where_most_is_refused() -> None:
    given = 0

    def endless() -> object:
        nonlocal given
        while True:
            given += 1
            yield BAD

    with pytest.raises(DumpError, match="of the first"):
        list(mostly_understood(endless(), "dump"))  # type: ignore[arg-type,call-overload,unused-ignore]
    assert given <= MAX_TOLD + 1


def test_a_small_compressed_dump_holds_no_thousands_of_papers() -> None:
    packed = gzip.compress(b'{"title":"a"}\n' * 40_000)
    records = [GOOD] * (2 * FREE_RECORDS)
    with pytest.raises(DumpError, match="no papers are so short"):
        list(mostly_understood(records, "dump", lambda: len(packed)))
