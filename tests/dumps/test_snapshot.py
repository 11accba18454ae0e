"""The reader of arXiv's snapshot gives the same records as the common keys, only faster."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.dumps import json_reader, read_dump
from digest.dumps.common_keys import common
from digest.dumps.draft import to_record
from digest.dumps.fields import BadRecordError
from digest.dumps.json_objects import format_of, reader_of
from digest.dumps.reader_types import NO_FIELDS
from digest.dumps.snapshot import KEYS, draft_of
from digest.dumps.snapshot_line import read_line
from digest.model import Record, Refusal

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
LINE = json.dumps(ENTRY)
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


# --- lines in the usual form ----------------------------------------------------------------------


def general(content: bytes) -> list[Record | Refusal]:
    """Return what the common way reads of a line."""
    return json_reader._read_line(content, "dump", 7, NO_FIELDS)


def test_a_usual_line_is_read_at_once() -> None:
    content = json.dumps(ENTRY).encode()
    assert [read_line(content, 7)] == general(content)


TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from((
        "  They sleep.\n", "K\\\"ahler \"quoted\"", "\\\\", "\\u0022", "<i>x</i> & **b**", "12",
        "1,024", "12k", "none", "2601.00017v2", "arXiv:2601.00017", "hep-th/9901001", "",
        "10.1234/A(1)", "Mon, 2 Apr 2007 19:18:42 GMT", "2007-04-02", "Mar, 2007 GMT", "Jr.",
        "math.GT cs.LG", "van der Berg", "O'Neil", "ATLAS Collaboration", "\ud800", "\x00",
        "\u2028",
    )),
)  # fmt: skip
NAMES = st.lists(st.lists(TEXTS, max_size=4), max_size=3)
VERSIONS = st.lists(st.fixed_dictionaries({"version": TEXTS, "created": TEXTS}), max_size=3)
USUAL = sorted(KEYS - {"authors_parsed", "versions"})


@given(
    st.dictionaries(st.sampled_from(USUAL), st.one_of(st.none(), TEXTS)),
    st.one_of(NAMES, st.just(ENTRY["authors_parsed"])),
    st.one_of(VERSIONS, st.just(ENTRY["versions"])),
    st.booleans(),
)
def test_what_is_read_at_once_is_what_the_common_way_reads(
    changed: dict[str, str | None], names: list[list[str]], versions: list[Any], is_ascii: bool
) -> None:
    entry = {**ENTRY, **changed, "authors_parsed": names, "versions": versions}
    content = json.dumps(entry, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    read = read_line(content, 7)
    assert read is None or [read] == general(content)


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace('"doi"', '"title": "Another", "doi"'),
        LINE.replace('"doi"', '"title"\t : "Another", "doi"'),
        LINE.replace('"doi"', '"tit\\u006ce": "Another", "doi"'),
        LINE.replace("They sleep", "They \\u0022sleep").replace('"doi"', '"doi": null, "doi"'),
        LINE.replace("They sleep", "They \\\"sleep").replace('"doi"', '"doi": null, "doi"'),
        LINE.replace('"v1"', '"v1", "version": "v1"'),
    ],
)  # fmt: skip
def test_a_key_that_is_there_twice_is_refused_in_any_writing(line: str) -> None:
    assert read_line(line.encode(), 7) is None
    assert [item.reason for item in general(line.encode()) if isinstance(item, Refusal)] == [
        "this record has one key twice"
    ]


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace('"2601.00017"', "2601.00017"),
        LINE.replace('"2601.00017"', '"2601.00017v3"'),
        LINE.replace('"report-no": null, ', ""),
        LINE.replace('"report-no": null', '"note": null'),
        LINE.replace('["Berg", "Ada", ""]', '"Ada Berg"'),
        LINE.replace('"v1"', "1"),
        LINE[:-1],
    ],
)
def test_other_lines_are_left_to_the_common_way(line: str) -> None:
    assert read_line(line.encode(), 7) is None


def test_a_dump_may_hold_usual_lines_and_others() -> None:
    other = LINE.replace('"report-no": null, ', "").replace("2601.00017", "2601.00018")
    content = f"{LINE}\n{other}\n{LINE}\n".encode()
    items = read_dump(io.BytesIO(content), name="dump", today=date(2026, 1, 8)).items
    assert [(item.line, isinstance(item, Record) and item.arxiv_id) for item in items] == [
        (1, "2601.00017"), (2, "2601.00018"), (3, "2601.00017"),
    ]  # fmt: skip
