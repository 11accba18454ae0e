"""JSON Lines with commonly used field names."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.dumps.fields import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE
from digest.dumps.lines import MAX_LINE
from digest.errors import DumpError
from digest.model import PartialDate
from digest.text.names import split_authors
from tests.dumps.read_bytes import read
from tests.people import people

if TYPE_CHECKING:
    from digest.model import Record


def one(**fields: Any) -> Record:
    """Return the record of a single line; a title is given where none is."""
    result = read(json.dumps({"title": "Salt", **fields}))
    assert result.refusals == ()
    return result.records[0]


def test_a_line_of_a_daily_list() -> None:
    record = one(
        id="2601.99001v2",
        title="Rising\n Early",
        summary="By 4\\%.",
        authors=["A. Rivera", "B. Okafor", 'C. M\\"uller'],
        categories=["cs.CL", "cs.LG"],
        comment="12 pages",
        pdf="https://arxiv.org/pdf/2601.99001",
        abs="https://arxiv.org/abs/2601.99001",
        first_seen="2026-01-07",
    )
    assert (record.title, record.abstract) == ("Rising Early", "By 4%.")
    assert record.authors == people("A. Rivera", "B. Okafor", "C. Müller")
    assert record.author_count == 3
    assert record.categories == ("cs.CL", "cs.LG")
    assert record.arxiv_id == "2601.99001"
    assert record.url == "https://arxiv.org/abs/2601.99001"
    assert record.listed == date(2026, 1, 7)
    assert record.comments is None


def test_a_line_of_arxivs_snapshot() -> None:
    record = one(
        id="hep-th/9901001",
        authors='A. Rivera, B. Okafor and C. M\\"uller',
        authors_parsed=[
            ["Rivera", "A.", ""],
            ["Okafor", "B.", "Jr."],
            ['M\\"uller', "C.", "", "Uni"],
        ],
        categories="hep-th gr-qc",
        doi="10.1000/XYZ.1",
        comments="12 pages",
        versions=[{"version": "v1", "created": "Mon, 4 Jan 1999 19:18:42 GMT"}, {"version": "v2"}],
        update_date="2008-11-26",
    )
    assert record.authors == people("A. Rivera", "B. Okafor Jr.", "C. Müller")
    assert record.categories == ("hep-th", "gr-qc")
    assert record.arxiv_id == "hep-th/9901001"
    assert record.url == "https://arxiv.org/abs/hep-th/9901001"
    assert record.doi == "10.1000/xyz.1"
    assert record.published == PartialDate(1999, 1, 4)
    assert record.comments is None


@pytest.mark.parametrize(
    ("fields", "attribute", "value"),
    [
        ({"abstract": "A", "summary": "B"}, "abstract", "A"),
        ({"abstract": "", "summary": "B"}, "abstract", "B"),
        ({"abstract": 7}, "abstract", None),
        ({"arxiv_id": "2601.99001"}, "arxiv_id", "2601.99001"),
        ({"paper_id": "arXiv:2601.99001v3"}, "arxiv_id", "2601.99001"),
        ({"entry_id": "http://arxiv.org/abs/2601.99001v1"}, "arxiv_id", "2601.99001"),
        ({"link": "https://huggingface.co/papers/2601.99001"}, "arxiv_id", "2601.99001"),
        ({"pdf_url": "https://arxiv.org/pdf/2601.99001v1.pdf"}, "arxiv_id", "2601.99001"),
        ({"doi": "10.48550/arXiv.2601.99001"}, "arxiv_id", "2601.99001"),
        ({"doi": "https://doi.org/10.48550/ARXIV.2601.99001"}, "doi", None),
        ({"doi": "https://doi.org/10.1000/AbC"}, "doi", "10.1000/abc"),
        ({"id": "W4285719527"}, "arxiv_id", None),
        ({"id": 2601.99001}, "arxiv_id", "2601.99001"),
        ({"id": "2613.99001"}, "arxiv_id", None),
        ({"id": "math.GT/0309136"}, "arxiv_id", "math/0309136"),
        ({"url": "https://example.org/p/1"}, "url", "https://example.org/p/1"),
        ({"url": "javascript:alert(1)"}, "url", None),
        ({"url": "javascript:alert(1)", "link": "https://example.org/"}, "url", "https://example.org/"),
        ({"id": "2601.99001"}, "pdf_url", "https://arxiv.org/pdf/2601.99001"),
        ({"code": "https://example.org/code"}, "code_url", "https://example.org/code"),
        ({"code": "yes"}, "code_url", None),
        (
            {"authors": [{"name": "A. Rivera"}, {"name": None}, 7, " "]},
            "authors", people("A. Rivera"),
        ),
        ({"authors": []}, "authors", None),
        ({"authors": "A. Rivera"}, "authors", people("A. Rivera")),
        ({"categories": "cs.CL, cs.LG"}, "categories", ("cs.CL", "cs.LG")),
        ({"primary_category": "cs.CL"}, "categories", ("cs.CL",)),
        ({"categories": ["cs.CL", "cs.CL", None]}, "categories", ("cs.CL",)),
        ({"published": "2026-01-05T10:00:00Z"}, "published", PartialDate(2026, 1, 5)),
        ({"date": "2026/01/05"}, "published", PartialDate(2026, 1, 5)),
        ({"published": "2026-02-30"}, "published", None),
        ({"published": "soon", "created": "2026-01-05"}, "published", PartialDate(2026, 1, 5)),
        ({"upvotes": 12}, "upvotes", 12),
        ({"upvotes": "12"}, "upvotes", 12),
        ({"upvotes": True}, "upvotes", None),
        ({"comments": 3}, "comments", 3),
        ({"organization": "A Lab"}, "organization", "A Lab"),
        ({"organization": {"name": "a-lab", "fullname": "A Lab"}}, "organization_handle", "a-lab"),
    ],
)  # fmt: skip
def test_names_and_values_of_fields(fields: dict[str, Any], attribute: str, value: object) -> None:
    assert getattr(one(**fields), attribute) == value


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A. Rivera, B. Okafor and C. Lee", ["A. Rivera", "B. Okafor", "C. Lee"]),
        ("A. Rivera (Uni, City), B. Okafor", ["A. Rivera", "B. Okafor"]),
        ("Rivera, Ana; Okafor, Ben", ["Ana Rivera", "Ben Okafor"]),
        ("A. Rivera; B. Okafor", ["A. Rivera", "B. Okafor"]),
        ("A. Anderson", ["A. Anderson"]),
        ("A. Rivera," + " " * 400_000 + "B. Okafor", ["A. Rivera", "B. Okafor"]),
        ("", []),
    ],
)
def test_authors_written_as_one_text(text: str, names: list[str]) -> None:
    assert [str(name) for name in split_authors(text).names] == names


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "has no title"),
        ('{"title": null}', "has no title"),
        ('{"title": 5}', "has no title"),
        ('{"title": " \\u202e "}', "empty title"),
        ('{"title": "Salt", "upvotes": NaN}', "NaN"),
        ('{"title": "Salt", "title": "Sugar"}', "one key twice"),
        ('{"title": "Salt", "x": ' + "[" * 50_000 + "]" * 50_000 + "}", "too deeply"),
        ('{"title": "Salt", "upvotes": ' + "9" * 5000 + "}", "too many digits"),
        ('{"title": "Salt", "upvotes": 99999999999999999999}', "cannot be"),
        ('{"title": "' + "x " * MAX_TITLE + '"}', f"{MAX_TITLE:,}"),
        ('{"title": "' + "x" * 100_000 + '"}', f"{MAX_TITLE:,}"),
        ('{"title": "Sal', "not JSON"),
    ],
)
def test_a_bad_line_costs_that_line(line: str, reason: str) -> None:
    result = read(f'{{"title": "Before"}}\n\n{line}\n{{"title": "After"}}')
    assert result.titles == ("Before", "After")
    assert [record.line for record in result.records] == [1, 4]
    (refusal,) = result.refusals
    assert (refusal.dump, refusal.line) == ("dump", 3)
    assert reason in refusal.reason


def test_bytes_that_are_no_utf8_cost_their_line() -> None:
    result = read(b'{"title": "Before"}\n{"title": "S\xe4lz"}\n{"title": "After"}\n')
    assert result.titles == ("Before", "After")
    assert "not UTF-8" in result.refusals[0].reason


def test_an_over_long_line_is_passed_over() -> None:
    long = b'{"title": "' + b"x" * (MAX_LINE + 10) + b'"}'
    result = read(b'{"title": "Before"}\n' + long + b'\n{"title": "After"}')
    assert result.titles == ("Before", "After")
    assert result.refusals[0].line == 2
    assert "longer than 4 MiB" in result.refusals[0].reason


def test_long_fields_are_bounded() -> None:
    record = one(
        abstract="word " * 50_000, authors=[f"A{n} Author" for n in range(MAX_AUTHORS + 7)]
    )
    assert len(record.abstract or "") == MAX_ABSTRACT
    assert (record.abstract or "").endswith("…")
    assert len(record.authors or ()) == MAX_AUTHORS
    assert record.author_count == MAX_AUTHORS + 7


def test_the_day_is_the_one_in_the_name() -> None:
    line = '{"title": "Salt"}'
    assert read(line, name="old/2025-01-01/2026-01-07.jsonl.gz").day == date(2026, 1, 7)
    assert read(line, name="2025-01-01/papers.jsonl").day is None
    assert read(line, name="20260107.jsonl").day is None


_KEYS = "title id authors versions categories abstract url upvotes authors_parsed organization"
_keys = st.text(max_size=8) | st.sampled_from(_KEYS.split())
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(_keys, _values))
@settings(max_examples=50)
def test_any_object_is_a_record_or_a_refusal(value: dict[str, Any]) -> None:
    result = read('{"title": "First"}\n' + json.dumps(value) + "\n")
    assert len(result.records) + len(result.refusals) == 2


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(DumpError):
        assert read(content).format
