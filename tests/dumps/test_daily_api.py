"""Answers of the Daily Papers API, old and new, whole and broken."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from digest.errors import DumpError
from digest.model import PartialDate
from tests.dumps.read_bytes import read
from tests.people import people


def entry(**changes: Any) -> dict[str, Any]:
    """Return an entry as the API gives it today; `paper_…` changes fields of the paper."""
    paper: dict[str, Any] = {
        "id": "2601.99001",
        "authors": [{"name": "A. Rivera", "hidden": False}, {"name": "B. Okafor", "hidden": True}],
        "publishedAt": "2026-01-05T23:30:00.000Z",
        "submittedOnDailyAt": "2026-01-07T02:10:00.000Z",
        "title": "Rising\n  Early",
        "summary": "Bread rises\nby 4\\%.",
        "upvotes": 31,
        "githubRepo": "https://example.org/code",
        "ai_summary": "A starter makes\nbread rise.",
        "ai_keywords": ["unknown fields are passed over"],
        "organization": {"name": "a-lab", "fullname": "A Lab"},
    }
    outer: dict[str, Any] = {
        "paper": paper,
        "publishedAt": "2026-01-05T19:30:00.000Z",
        "title": "Rising\n  Early",
        "numComments": 2,
    }
    for key, value in changes.items():
        target, name = (paper, key[6:]) if key.startswith("paper_") else (outer, key)
        if value is None:
            target.pop(name, None)
        else:
            target[name] = value
    return outer


def dumped(*entries: Any) -> str:
    return json.dumps(entries, indent=1)


def test_every_field_is_read() -> None:
    result = read(dumped(entry()))
    assert (result.format, result.day, result.day_inferred) == (
        "huggingface-api",
        date(2026, 1, 7),
        False,
    )
    (record,) = result.records
    assert (record.title, record.abstract, record.line) == ("Rising Early", "Bread rises by 4%.", 2)
    assert (record.authors, record.author_count) == (people("A. Rivera"), 2)
    assert (record.summary, record.summary_by) == ("A starter makes bread rise.", "Hugging Face")
    assert (record.organization, record.organization_handle) == ("A Lab", "a-lab")
    assert (record.published, record.published_inferred) == (PartialDate(2026, 1, 5), False)
    assert record.listed == date(2026, 1, 7)
    assert (record.upvotes, record.comments) == (31, 2)
    assert record.arxiv_id == "2601.99001"
    assert record.url == "https://arxiv.org/abs/2601.99001"
    assert record.pdf_url == "https://arxiv.org/pdf/2601.99001"
    assert record.code_url == "https://example.org/code"


def test_missing_fields_are_unknown() -> None:
    bare = {"paper": {"id": "2601.99001", "title": "Salt"}}
    (record,) = read(dumped(bare)).records
    unknown = ("abstract", "authors", "author_count", "upvotes", "comments", "organization")
    assert [getattr(record, name) for name in unknown] == [None] * len(unknown)
    assert (record.published, record.listed, record.code_url) == (None, None, None)


def test_the_organisation_may_stand_outside_the_paper() -> None:
    outside = entry(paper_organization=None, organization={"name": "b-lab", "fullname": "B Lab"})
    assert read(dumped(outside)).records[0].organization == "B Lab"


@pytest.mark.parametrize(
    ("entries", "name", "day"),
    [
        ([entry(), entry(paper_submittedOnDailyAt="2026-01-08T01:00:00Z"), entry()], "x", 7),
        ([entry(paper_submittedOnDailyAt=None)], "2026-01-06.json", 6),
        ([entry(paper_submittedOnDailyAt=None)], "x.json", 5),
        ([entry(paper_submittedOnDailyAt=None)], "https://example.org/api?date=2026-01-04", 4),
    ],
    ids=["most entries", "name", "outer publishedAt", "address"],
)
def test_the_day_of_the_list(entries: list[Any], name: str, day: int) -> None:
    assert read(dumped(*entries), name=name).day == date(2026, 1, day)


def test_a_list_of_nothing_is_a_day_without_papers() -> None:
    result = read("[]\n", name="2026-01-10.json")
    assert (result.records, result.refusals, result.day) == ((), (), date(2026, 1, 10))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("null", "is null"),
        ("[1]", "not a JSON object"),
        ('{"paper": {"id": "2601.99001"}}', "has no title"),
        ('{"paper": {"title": " \\u0000 "}}', "empty title"),
        ('{"paper": {"title": "x", "upvotes": 1e400}}', None),
        ('{"paper": {"title": "x", "upvotes": NaN}}', "NaN"),
        ('{"paper": {"title": "x", "title": "y"}}', "one key twice"),
        ('{"paper": {"title": "x", "upvotes": 10000000000}}', "cannot be"),
        ('{"paper": {"title": "x", "upvotes": -1}}', "cannot be"),
        ('{"paper": {"title": "x", "upvotes": ' + "9" * 5000 + "}}", "too many digits"),
        ('{"paper": {"title": "' + "x" * 2001 + '"}}', "2,000"),
        ('{"paper": ' + "[" * 100_000 + "]" * 100_000 + "}", "too deeply"),
        ('{"paper": {"title": "x" "y"}}', "not JSON"),
    ],
)
def test_a_bad_entry_costs_that_entry(bad: str, reason: str | None) -> None:
    text = f"[\n {json.dumps(entry())},\n {bad},\n {json.dumps(entry(paper_title='Salt'))}\n]"
    result = read(text)
    if reason is None:  # a number beyond floats is no count: unknown, like any other odd value
        assert result.titles == ("Rising Early", "x", "Salt")
        return
    assert result.titles == ("Rising Early", "Salt")
    assert reason in result.refusals[0].reason
    assert result.refusals[0].line == 3


def test_a_list_cut_anywhere_keeps_its_whole_entries() -> None:
    text = dumped(entry(), entry(paper_title="Salt"), entry(paper_title="Crumb"))
    whole = read(text).records
    for length in range(1, len(text) - 1):
        try:
            result = read(text[:length])
        except DumpError:
            assert length < 3
            continue
        assert result.records == whole[: len(result.records)]
        assert len(result.refusals) == 1
        assert "cut off" in result.refusals[0].reason


def test_a_list_of_plain_records_is_read_like_json_lines() -> None:
    result = read('[{"title": "Salt", "id": "2601.99002"}, {"title": "Crumb"}]')
    assert result.format == "jsonl"
    assert result.titles == ("Salt", "Crumb")
    assert result.records[0].arxiv_id == "2601.99002"
