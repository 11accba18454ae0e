"""The four export formats, checked with independent parsers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import rispy

from digest.bibliography import FORMATS, Reference, write
from digest.bibliography.bibtex_names import split_names
from digest.bibliography.csv import COLUMNS
from digest.model import PartialDate
from digest.model.marks import Mark
from tests.bibliography.bibtex import entries_of
from tests.bibliography.builders import HOSTILE, MARK, PAPERS, arxiv, paper, references
from tests.people import people

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.bibliography import ExportFormat

SCHEMA = json.loads((Path(__file__).parent / "csl-schema/csl-data.json").read_text("utf-8"))
ODD = [
    paper(
        title or "-",
        id=f"t-{number}",
        authors=people(title or "-", f"Anna {title}"),
        abstract=title,
    )
    for number, title in enumerate(HOSTILE)
]
LISTS = {
    "ordinary": references(*PAPERS),
    "marked": references(*PAPERS, mark=MARK),
    "odd": references(*ODD),
    "odd notes": [
        Reference(f"key{number}", PAPERS[0], Mark("x", note=f"{text}\n\n{text}", tags=(text,)))
        for number, text in enumerate(HOSTILE)
    ],
    "none": [],
}
every_list = pytest.mark.parametrize("name", LISTS)


def ris_entries(text: str) -> list[dict[str, Any]]:
    return list(rispy.loads(text))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("form", FORMATS)
def test_golden(form: ExportFormat, golden: Callable[[str, str], None]) -> None:
    suffix = {"bibtex": "bib", "csl-json": "json"}.get(form, form)
    marked = [
        Reference(reference.key, reference.paper, MARK) for reference in references(*PAPERS)[:1]
    ]
    golden(f"papers.{suffix}", write(form, references(*PAPERS)))
    golden(f"list.{suffix}", write(form, marked))


@every_list
def test_bibtex_has_every_entry(name: str) -> None:
    result = entries_of(write("bibtex", LISTS[name]))
    assert [entry.key for entry in result] == [item.key for item in LISTS[name]]
    assert {entry.type for entry in result} <= {"misc"}


@every_list
def test_ris_has_every_entry(name: str) -> None:
    text = write("ris", LISTS[name])
    assert text.count("\n") == text.count("\r\n")
    result = ris_entries(text)
    assert [entry["id"] for entry in result] == [item.key for item in LISTS[name]]
    assert [len(entry.get("authors", ())) for entry in result] == _authors(LISTS[name])


@every_list
def test_csl_json_is_valid(name: str) -> None:
    items = json.loads(write("csl-json", LISTS[name]))
    jsonschema.Draft7Validator(SCHEMA).validate(items)
    assert [item["id"] for item in items] == [item.key for item in LISTS[name]]
    assert [len(item.get("author", ())) for item in items] == _authors(LISTS[name])


def _authors(references: Sequence[Reference]) -> list[int]:
    return [len(item.work.authors) for item in references]


@every_list
def test_csv_has_every_row_and_no_formula(name: str) -> None:
    text = write("csv", LISTS[name])
    assert text.startswith("\ufeffkey,id,title,")
    result = rows(text)
    assert [row["key"] for row in result] == [item.key for item in LISTS[name]]
    for row in result:
        assert tuple(row) == COLUMNS
        assert not any(
            cell.lstrip().startswith(("=", "+", "-", "@", "＝")) for cell in row.values()
        )


def test_arxiv_is_written_as_arxiv_recommends() -> None:
    (entry,) = entries_of(write("bibtex", references(PAPERS[0])))
    fields = entry.fields
    assert fields["eprint"] == "2401.12345"
    assert fields["archiveprefix"] == "arXiv"
    assert fields["primaryclass"] == "cs.CL"
    assert (fields["year"], fields["month"]) == ("2024", "January")
    assert "doi" not in fields


@pytest.mark.parametrize(
    ("said", "year", "month", "circa"),
    [
        ({"published": PartialDate(2024, 3, 5)}, "2024", "March", False),
        ({"arxiv_id": "2403.00001"}, "2024", "March", False),
        ({"arxiv_id": "math/9903001"}, "1999", "March", False),
        ({"arxiv_id": "math/0703001"}, "2007", "March", False),
        ({"published": PartialDate(2023, 3, 5), "published_inferred": True}, "2023", "March", True),
        (
            {"published": PartialDate(2025, 3, 5), "published_inferred": True,
             "arxiv_id": "2403.00001"},
            "2024", "March", False,
        ),
        ({}, None, None, False),
    ],
)  # fmt: skip
def test_what_is_known_of_the_date_is_said(
    said: dict[str, Any], year: str | None, month: str | None, circa: bool
) -> None:
    result = references(paper(id="x", **said))
    (entry,) = entries_of(write("bibtex", result))
    fields = entry.fields
    assert (fields.get("year"), fields.get("month")) == (year, month)
    (item,) = json.loads(write("csl-json", result))
    assert item.get("issued", {}).get("circa", False) == circa


def test_authors_that_are_not_all_known_end_with_others() -> None:
    text = write("bibtex", references(paper(authors=people("Anna He"), author_count=3)))
    assert "author        = {He, Anna and others}," in text
    assert "author " not in write("bibtex", references(paper(author_count=3)))


@pytest.mark.parametrize(
    "author", ["A and B", "others", "Last, First, Jr, More", "} and {", "A\\", "- A"]
)
def test_one_name_stays_one_name(author: str) -> None:
    (entry,) = entries_of(write("bibtex", references(paper(authors=people(author, "Anna He")))))
    names = entry.fields["author"]
    assert names.endswith(" and He, Anna")
    assert len(list(split_names(names))) == 2


def test_a_name_with_a_part_that_bibtex_takes_for_a_space_stays_whole() -> None:
    text = write("bibtex", references(paper(authors=people("- Berg", "Berg -", "A. - Berg"))))
    assert "author        = {{- Berg} and {Berg -} and Berg, A. -}," in text


def test_labels_of_a_dump_are_no_arxiv_category() -> None:
    text = write("bibtex", references(arxiv(categories=("NLP", "agents", "cs.CL"))))
    assert "primaryClass  = {cs.CL}" in text
    assert "primaryClass" not in write("bibtex", references(arxiv(categories=("agents",))))


def test_an_address_is_written_as_it_is() -> None:
    fields = {"url": "https://example.org/a_b%20c#d{e}", "doi": "10.1000/a_b<c>%"}
    text = write("bibtex", references(paper(**fields)))
    assert "url           = {https://example.org/a_b%20c#d%7Be%7D}" in text
    assert "doi           = {10.1000/a_b%3Cc%3E%}" in text


def test_what_the_reader_said_travels_with_the_list_alone() -> None:
    for form in FORMATS:
        assert "queued" not in write(form, references(PAPERS[0]))
    (ris,) = ris_entries(write("ris", references(PAPERS[0], mark=MARK)))
    assert ris["keywords"] == ["merging", "thesis", "reading", "starred"]
    assert ris["notes"] == ["Compare with §2: - *cheap* & 50% faster", "Ask O_2."]
    (item,) = json.loads(write("csl-json", references(PAPERS[0], mark=MARK)))
    assert item["keyword"] == "merging, thesis, reading, starred"
    assert item["annote"] == MARK.note
    (row,) = rows(write("csv", references(PAPERS[0], mark=MARK)))
    assert (row["state"], row["starred"], row["tags"]) == ("reading", "yes", "merging, thesis")
    assert row["note"] == MARK.note
    (entry,) = entries_of(write("bibtex", references(PAPERS[0], mark=MARK)))
    assert entry.fields["annote"] == (
        "Compare with {\\S}2:\n- *cheap* \\& 50\\% faster\n\nAsk O\\_2."
    )
