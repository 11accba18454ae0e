"""Parse identifiers, days and months as in dumps."""

from __future__ import annotations

from datetime import date

import pytest

from digest.dumps import fields, identifiers
from digest.dumps.dates import parse_date, parse_day
from tests.growth import assert_linear


@pytest.mark.parametrize(
    ("value", "arxiv_id"),
    [
        ("0704.0001", "0704.0001"),
        ("2601.99001v12", "2601.99001"),
        ("arXiv:2601.99001", "2601.99001"),
        ("ARXIV: 2601.99001v1", "2601.99001"),
        ("https://arxiv.org/abs/2601.99001v2", "2601.99001"),
        ("http://export.arxiv.org/pdf/2601.99001v2.pdf", "2601.99001"),
        ("arxiv.org/html/2601.99001", "2601.99001"),
        ("https://arxiv.org/abs/2601.99001?context=cs#x", "2601.99001"),
        ("https://huggingface.co/papers/2601.99001", "2601.99001"),
        ("10.48550/arXiv.2601.99001", "2601.99001"),
        ("https://doi.org/10.48550/arxiv.hep-th/9901001", "hep-th/9901001"),
        ("oai:arXiv.org:math/0309136", "math/0309136"),
        ("math.GT/0309136v1", "math/0309136"),
        ("cond-mat/9912001", "cond-mat/9912001"),
        ("2613.00001", None),
        ("2600.00001", None),
        ("260.00001", None),
        ("2601.123", None),
        ("2601.123456", None),
        ("10.1000/2601.99001", None),
        ("https://example.org/2601.99001", None),
        ("x" * 500, None),
        ("", None),
        (None, None),
        (2601.99001, None),
    ],
)
def test_arxiv_identifiers(value: object, arxiv_id: str | None) -> None:
    assert identifiers.parse_arxiv_id(value) == arxiv_id


@pytest.mark.parametrize(
    ("value", "doi"),
    [
        ("10.1000/ABC.1", "10.1000/abc.1"),
        ("doi:10.1000/abc", "10.1000/abc"),
        ("https://dx.doi.org/10.1000/abc", "10.1000/abc"),
        ("10.1000/abc 10.1000/def", "10.1000/abc"),
        (
            "10.1002/(SICI)1097-0258(199808)17:15<16::AID>3.0.CO;2",
            "10.1002/(sici)1097-0258(199808)17:15<16::aid>3.0.co;2",
        ),
        ("10.48550/arXiv.2601.99001", None),
        ("10.1000/", None),
        ("abc", None),
        ("http://doi.acm.org/10.1145/1234567.1234568", "10.1145/1234567.1234568"),
        ("https://dl.acm.org/doi/pdf/10.1145/3.4?download=true", "10.1145/3.4"),
        ("https://www.example.org/doi/abs/10.1126/Science.abc#sec-1", "10.1126/science.abc"),
        ("https://www.example.org/doi/list", None),
        (7, None),
    ],
)
def test_dois(value: object, doi: str | None) -> None:
    assert identifiers.parse_doi(value) == doi


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026-01-05T23:59:59.000Z", date(2026, 1, 5)),
        ("2026/01/05 10:00", date(2026, 1, 5)),
        ("Mon, 2 Apr 2007 19:18:42 GMT", date(2007, 4, 2)),
        ("2 Apr 2007", date(2007, 4, 2)),
        ("2026-13-01", None),
        ("2026-02-29", None),
        ("20260105", date(2026, 1, 5)),
        ("3026-01-05", None),
        ("yesterday", None),
        (1767571200, date(2026, 1, 5)),
    ],
)
def test_days(value: object, day: date | None) -> None:
    assert parse_day(value) == day


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2026", "2026"),
        (2026, "2026"),
        ("2026-03", "2026-03"),
        ("2026-03-00", "2026-03"),
        ("March 2026", "2026-03"),
        ("2026 Mar-Apr", "2026-03"),
        ("2026 Spring", "2026"),
        ("11-12 July 2018", "2018-07"),
        ("Oct 14, 2025", "2025-10-14"),
        ("2018-12-17-08:00", "2018-12-17"),
        (1767571200000, "2026-01-05"),
        ([[2026, 3]], "2026-03"),
        ({"date-parts": [["2026", "3", "4"]]}, "2026-03-04"),
        ([[None]], None),
        ("0001-01-01T00:00:00Z", None),
        ("soon", None),
        (True, None),
    ],
)
def test_dates_as_far_as_they_are_known(value: object, iso: str | None) -> None:
    parsed = parse_date(value)
    assert (parsed.isoformat() if parsed else None) == iso


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2026-01-07.json", date(2026, 1, 7)),
        ("dumps/hf 2026-01-07 (2).txt", date(2026, 1, 7)),
        ("2025-01-01 to 2026-01-07.jsonl", date(2026, 1, 7)),
        ("https://example.org/api/daily_papers?date=2026-01-07", date(2026, 1, 7)),
        ("2026-01-07/papers.txt", None),
        ("papers-2026-13-40.txt", None),
        ("12026-01-07.txt", None),
        ("papers.txt", None),
    ],
)
def test_days_in_names(name: str, day: date | None) -> None:
    assert fields.day_in_name(name) == day


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("A **D**ual **N**et", "A Dual Net"),
        ("**Bold** start", "Bold start"),
        ("x**2 + y**2", "x**2 + y**2"),
        ("f(x)**2 and **", "f(x)**2 and **"),
    ],
)
def test_bold_of_markdown_is_no_part_of_an_abstract(raw: str, clean: str) -> None:
    assert fields.parse_abstract(raw) == clean


@pytest.mark.parametrize("unit", [", ", "& ", "et al ", "12 others, ", "Hartsin "])
def test_long_lists_of_authors_take_linear_time(unit: str) -> None:
    assert_linear(lambda size: fields.parse_authors(f"Berg {unit * size}x"), 1_000)
    assert_linear(lambda size: fields.parse_authors([f"Berg {unit * size}x"]), 1_000)


@pytest.mark.parametrize(
    ("text", "how", "names"),
    [
        ("A. Berg, and others", "open", 1),
        ("A. Berg , others", "open", 1),
        ("A. Berg, & more", "open", 1),
        ("A. Berg, 3 more authors", "open", 1),
        ("A. Berg, …", "open", 1),
        ("A. Berg, B. More", "closed", 2),
    ],
)
def test_an_open_list_is_told_by_its_end(text: str, how: str, names: int) -> None:
    authors = fields.parse_authors(text)
    assert (authors.open, len(authors.names)) == (how == "open", names)
