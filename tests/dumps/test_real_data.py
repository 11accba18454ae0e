"""Real dumps: known counts, days and fields."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from digest.model import PartialDate
from digest.text.clean import clean_text
from tests.dumps.read_bytes import TODAY, Read, read
from tests.people import people

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

PAGES = (
    "000_293dd1cdc0ede8e0.txt",
    "001_15d9735c32f0ef6b.txt",
    "002_4f5bebd0be468a9f.txt",
    "003_8956502902cb5853.txt",
    "004_4572111f0557a271.txt",
)


def load(path: Path) -> Read:
    return read(path.read_bytes(), name=path.name, today=TODAY)


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    output: dict[str, Any] = json.loads((shared / "dumps/expected.json").read_text())
    return output


@pytest.mark.parametrize("name", PAGES)
def test_pages_hold_what_is_expected(shared: Path, expected: dict[str, Any], name: str) -> None:
    found, wanted = load(shared / "dumps" / name), expected[name]
    assert found.refusals == ()
    assert len(found.records) == wanted["records"]
    assert (found.titles[0], found.titles[-1]) == (wanted["first_title"], wanted["last_title"])
    day = f"{found.day:%b} {found.day.day}" if found.day else None
    assert day == wanted["page_day"]
    if "comments" not in wanted:
        return
    assert {r.title: r.comments for r in found.records if r.comments} == wanted["comments"]
    assert sum(r.author_count or 0 for r in found.records) == wanted["author_counts_sum"]
    organizations = [
        f"{r.organization_handle} {r.organization}" for r in found.records if r.organization
    ]
    assert organizations == wanted["organizations"]
    inferred = [r.published for r in found.records if r.published_inferred]
    assert [f"{d.first:%b} {d.day}" for d in inferred if d] == wanted["year_less_dates"]
    assert found.day is not None
    assert found.day.year == wanted["newest_printed_year"] + 1
    years = [r.published.year for r in found.records if r.published and not r.published_inferred]
    assert max(years) == wanted["newest_printed_year"]


def test_pages_hold_every_record(shared: Path, expected: dict[str, Any]) -> None:
    total = sum(len(load(shared / "dumps" / name).records) for name in PAGES)
    assert total == expected["_all"]["records"]


def test_every_answer_of_the_api_is_read(shared: Path) -> None:
    paths = sorted((shared / "data/hf-daily-api").glob("*.json"))
    assert len(paths) == 49
    known: Counter[str] = Counter()
    for path in paths:
        found, entries = load(path), json.loads(path.read_text())
        assert (found.format, found.refusals) == ("huggingface-api", ())
        assert found.day == date.fromisoformat(path.stem)
        assert len(found.records) == len(entries)
        lines = path.read_text().split("\n")
        for record, entry in zip(found.records, entries, strict=True):
            assert record.arxiv_id == entry["paper"]["id"]
            assert record.title == clean_text(entry["paper"]["title"])
            assert record.author_count == len(entry["paper"]["authors"])
            assert record.published
            assert record.published.isoformat() == entry["paper"]["publishedAt"][:10]
            assert lines[record.line - 1].strip() == "{"
            known.update(["organization"] * (record.organization is not None))
            known.update(["code"] * (record.code_url is not None))
            known.update(["listed"] * (record.listed is not None))
    assert known == {"organization": 537, "code": 546, "listed": 938}


def test_thirty_days_of_arxiv_are_read(shared: Path) -> None:
    records = 0
    for path in sorted((shared / "data/arxiv-daily-jsonl").glob("*.gz")):
        result = load(path)
        assert (result.format, result.refusals) == ("jsonl", ())
        assert result.day == date.fromisoformat(path.name[:10])
        for record in result.records:
            assert record.arxiv_id
            assert record.abstract
            assert record.authors
            assert record.categories
        records += len(result.records)
    assert records == 8397


def test_arxivs_snapshot_is_read(shared: Path) -> None:
    (path,) = (shared / "data/arxiv-kaggle-jsonl").glob("*.jsonl")
    result = load(path)
    assert (len(result.records), result.refusals) == (200, ())
    first = result.records[0]
    assert first.authors == people("C. Balázs", "E. L. Berger", "P. M. Nadolsky", "C. -P. Yuan")
    assert (first.arxiv_id, first.doi) == ("0704.0001", "10.1103/physrevd.76.013009")
    assert first.published == PartialDate(2007, 4, 2)
    assert all(record.published and record.comments is None for record in result.records)


@pytest.mark.slow
def test_the_corpus_is_read(shared: Path) -> None:
    result = load(shared / "data/corpus-20k.jsonl.gz")
    assert (len(result.records), result.refusals) == (20_000, ())
    assert all(record.listed and record.arxiv_id for record in result.records)


@pytest.mark.parametrize(
    ("name", "day", "ids", "upvotes", "comments"),
    [
        (
            "firecrawl_markdown_2026-10-02_q-source-citations.md",
            date(2026, 10, 2),
            ["2606.00683", "2502.20581", "2605.08583"],
            [101, None, 1],
            [6, None, 1],
        ),
        (
            "notebook_export_2026-03-25_q-intercode-bash.txt",
            date(2026, 3, 25),
            ["2410.05434", "1802.08979", "2510.21057"],
            [1, None, 5],
            [None, None, 1],
        ),
        (
            "textlinks_2026-06-29_q-long-context-asr.txt",
            date(2026, 6, 29),
            [None, None, None, None],
            [None, 65, 1, 24],
            [None, 6, None, 3],
        ),
    ],
)
def test_captures_with_links_are_read(
    *,
    shared: Path,
    name: str,
    day: date,
    ids: list[str | None],
    upvotes: list[int | None],
    comments: list[int | None],
) -> None:
    result = load(shared / "data/hf-page-captures" / name)
    assert result.refusals == ()
    assert (result.day, result.day_inferred) == (day, False)
    assert [record.arxiv_id for record in result.records] == ids
    assert [record.upvotes for record in result.records] == upvotes
    assert [record.comments for record in result.records] == comments
    assert all(record.published and len(record.abstract or "") > 400 for record in result.records)


def test_hostile_values_stay_text_in_every_reader(shared: Path) -> None:
    cases = json.loads((shared / "judges/nasty.json").read_text())
    for case in cases:
        value, field = case.get("value"), case["field"]
        if value is None or field not in ("title", "abstract", "author", "url"):
            continue
        entry: dict[str, Any] = {"title": "Salt", field: value}
        if field == "author":
            entry = {"title": "Salt", "authors": [value]}
        (record,) = read(json.dumps(entry)).records
        shown = str((record.authors or ("",))[0]) if field == "author" else getattr(record, field)
        if case["expect"] == "reject":
            assert shown is None, case["id"]
        elif field != "url" and case["expect"] == "text":
            assert shown == " ".join(value.split()), case["id"]
        elif case["expect"] in ("strip", "latex"):
            assert shown, case["id"]
            assert shown.isprintable(), case["id"]
