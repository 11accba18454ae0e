"""arXiv's snapshot has a reader of its own, which says what the common keys say, only faster."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.dumps.common_keys import common
from digest.dumps.draft import to_record
from digest.dumps.entries import format_of, reader_of
from digest.dumps.fields import BadRecordError
from digest.dumps.snapshot import KEYS, draft_of
from digest.model import Record

ENTRY: dict[str, Any] = {
    "id": "2601.00017",
    "submitter": "Ada Berg",
    "authors": "Ada Berg and Bo Day",
    "title": "On sleeping\n  volcanoes",
    "comments": "12 pages, 3 figures",
    "journal-ref": "J. Volc. 3 (2026)",
    "doi": "10.1234/Volc.17",
    "report-no": None,
    "categories": "physics.geo-ph cs.LG",
    "license": "http://creativecommons.org/licenses/by/4.0/",
    "abstract": "  They sleep.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 5 Jan 2026 10:00:00 GMT"},
        {"version": "v2", "created": "Tue, 6 Jan 2026 10:00:00 GMT"},
    ],
    "update_date": "2026-01-07",
    "authors_parsed": [["Berg", "Ada", ""], ["Day", "Bo", "Jr."]],
}
ODD = st.one_of(
    st.none(),
    st.sampled_from(("", [], {}, 0, 12, "12", "1,024", "n/a", "https://arxiv.org/abs/2601.00018",
                     "Berg, Ada; Day, Bo", ["cs.LG", "cs.CL"], [["Berg", "Ada"]], [{}],
                     [{"created": "2026-01-02"}], "2026", "10.48550/arXiv.2601.00017", True)),
)  # fmt: skip


def record(entry: dict[str, Any], *, snapshot: bool) -> Record | str:
    try:
        return to_record(draft_of(entry) if snapshot else common(entry), 1)
    except BadRecordError as error:
        return str(error)


def test_it_is_told_by_its_keys_alone() -> None:
    assert reader_of(ENTRY) is draft_of
    assert reader_of({**ENTRY, "upvotes": 3}) is None, "a key of one's own: the common keys decide"
    assert format_of(ENTRY) == "jsonl"
    assert set(ENTRY) == KEYS


def test_every_field_is_read() -> None:
    read = record(ENTRY, snapshot=True)
    assert isinstance(read, Record)
    assert (read.title, read.arxiv_id, read.doi) == (
        "On sleeping volcanoes", "2601.00017", "10.1234/volc.17",
    )  # fmt: skip
    assert [str(name) for name in read.authors or ()] == ["Ada Berg", "Bo Day Jr."]
    assert (str(read.published and read.published.isoformat()), read.version) == ("2026-01-05", 2)
    assert read.categories == ("physics.geo-ph", "cs.LG")


@given(st.dictionaries(st.sampled_from(sorted(KEYS - {"title", "authors_parsed"})), ODD))
def test_it_reads_what_the_common_keys_read(changed: dict[str, object]) -> None:
    entry = {**ENTRY, **changed}
    assert record(entry, snapshot=True) == record(entry, snapshot=False)


@pytest.mark.parametrize("missing", sorted(KEYS))
def test_any_field_may_be_missing(missing: str) -> None:
    entry = {key: value for key, value in ENTRY.items() if key != missing}
    assert record(entry, snapshot=True) == record(entry, snapshot=False)
