"""A record is stored as canonical JSON, and loaded unchanged."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.library.compression import unpack
from digest.library.records import UnstorableError, decode, encode, texts_of
from digest.model import Name, PartialDate, Record
from tests.strategies import built

TEXT = st.text(max_size=40) | st.sampled_from(
    ('a "quoted" word', "a\\b", "tab\there", "é\u2028", "\x7f")
)
NAMES = st.lists(built(Name, TEXT.filter(bool), TEXT, TEXT, TEXT), min_size=1, max_size=3)
RECORDS = built(
    Record,
    title=TEXT,
    line=st.just(0),
    abstract=st.none() | TEXT,
    authors=st.none() | NAMES.map(tuple),
    authors_open=st.booleans(),
    published=st.sampled_from((None, PartialDate(2026), PartialDate(2026, 3, 4))),
    listed=st.sampled_from((None, date(2026, 3, 5))),
    categories=st.none() | st.lists(TEXT, min_size=1, max_size=3).map(tuple),
    upvotes=st.none() | st.integers(0, 10**9),
)


@given(RECORDS)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    body, _ = encode(record)
    assert decode(body) == record
    assert texts_of(body) == (record.title, record.abstract or "")
    said = json.loads(unpack(body))
    assert unpack(body) == json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def test_what_no_file_can_hold_is_refused() -> None:
    with pytest.raises(UnstorableError, match="half a surrogate"):
        encode(Record(title="\ud800", line=1))
    with pytest.raises(UnstorableError, match="upvotes is too large"):
        encode(Record(title="A", line=1, upvotes=2**63))
