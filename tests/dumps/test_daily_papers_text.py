"""Text copies of the Daily Papers page in three layouts: exactly what is printed is read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import DumpError
from digest.model import PartialDate
from tests.dumps.daily_papers_writer import Layout, Printed, write_page
from tests.dumps.read_bytes import read
from tests.strategies import built

RENDERED = date(2026, 1, 7)
ABSTRACT = (
    "Bread rises when it is left alone, and papers on bread rise with it. We count both for a year "
    "in one kitchen. The counts agree, which nobody expected."
)
PAPERS = (
    Printed("Rising Early", ABSTRACT, date(2026, 1, 5), authors=3, comments=2),
    Printed("Crumb Structure Without Tears", ABSTRACT + " More.", date(2025, 11, 30)),
    Printed("Salt", ABSTRACT + " Less.", date(2019, 2, 28), authors=1),
)

_letters = st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=0x24F)
_words = st.lists(st.text(_letters, min_size=1, max_size=8), min_size=1, max_size=6)
_titles = _words.map(lambda words: "On " + " ".join(words))
_abstracts = st.lists(_words, min_size=12, max_size=20).map(
    lambda sentences: "".join(f"We show {' '.join(words)} at length. " for words in sentences)
)
_papers = built(
    Printed,
    title=_titles,
    abstract=_abstracts.map(str.strip),
    published=st.dates(date(1995, 1, 1), RENDERED),
    authors=st.none() | st.integers(1, 3000),
    comments=st.integers(0, 900),
)


@pytest.mark.parametrize("layout", ["days", "blank lines", "glued"])
@given(papers=st.lists(_papers, min_size=1, max_size=6, unique_by=lambda paper: paper.title))
@settings(max_examples=25)
def test_what_is_printed_is_read(layout: Layout, papers: list[Printed]) -> None:
    result = read(write_page(papers, RENDERED, layout), name="2026-01-07.txt")
    assert result.refusals == ()
    assert [(r.title, r.abstract) for r in result.records] == [
        (p.title, p.abstract) for p in papers
    ]
    if layout == "days":
        assert result.day == RENDERED
        for record, paper in zip(result.records, papers, strict=True):
            assert record.published == PartialDate.of(paper.published)
            assert record.published_inferred == (paper.published.year == RENDERED.year)
            assert record.author_count == paper.authors
            assert record.comments == (paper.comments or None)


def test_organisation_is_a_handle_and_a_name() -> None:
    record = read(write_page(PAPERS, RENDERED, "days")).records[1]
    assert (record.organization_handle, record.organization) == ("a-lab", "A Lab")
    assert record.author_count is None


def test_records_know_their_line() -> None:
    text = write_page(PAPERS, RENDERED, "days")
    lines = text.split("\n")
    assert [lines[r.line - 1] for r in read(text).records] == [p.title for p in PAPERS]


@pytest.mark.parametrize("layout", ["days", "blank lines", "glued"])
def test_line_ends_and_encodings_do_not_matter(layout: Layout) -> None:
    text = write_page(PAPERS, RENDERED, layout).replace("Salt", "Salz für Brötchen")
    expected = read(text)
    assert len(expected.records) == 3
    assert read(text.rstrip("\n")) == expected
    assert read(text.replace("\n", "\r\n")) == expected
    assert read(b"\xef\xbb\xbf" + text.encode()) == expected
    assert read(text.encode("utf-16")) == expected


@pytest.mark.parametrize("layout", ["days", "blank lines", "glued"])
def test_a_page_cut_anywhere_invents_nothing(layout: Layout) -> None:
    whole = write_page(PAPERS, RENDERED, layout)
    pairs = {(p.title, p.abstract) for p in PAPERS}
    data = whole.encode()
    for length in range(len(data)):
        try:
            result = read(data[:length])
        except DumpError:
            continue
        for record in result.records[:-1]:
            assert (record.title, record.abstract) in pairs
        for record in result.records[-1:]:
            assert any(
                record.title == title and abstract.startswith(record.abstract or "-")
                for title, abstract in pairs
            )


def test_a_cut_paper_is_refused_with_its_line() -> None:
    text = write_page(PAPERS, RENDERED, "days")
    result = read(text[: text.index("Less.")])
    assert result.titles == ("Rising Early", "Crumb Structure Without Tears")
    (refusal,) = result.refusals
    assert "cut off" in refusal.reason
    assert "Salt" in refusal.reason
    assert text.split("\n")[(refusal.line or 0) - 1] == "Salt"


def test_titles_and_abstracts_are_not_shifted_by_a_missing_abstract() -> None:
    lines = ["Get trending papers in your email inbox!"]
    for paper in PAPERS:
        lines += [paper.title, paper.abstract]
    lines.remove(PAPERS[1].abstract)
    result = read("\n".join(lines))
    assert result.titles == ("Rising Early", "Salt")
    assert result.records[1].abstract == PAPERS[2].abstract
    assert [r.reason.split(":")[0] for r in result.refusals] == [
        "a title without an abstract below it"
    ]


def test_titles_and_abstracts_are_not_shifted_by_a_missing_title() -> None:
    lines = ["Get trending papers in your email inbox!"]
    for paper in PAPERS:
        lines += [paper.title, paper.abstract * 3]
    lines.remove(PAPERS[1].title)
    result = read("\n".join(lines))
    assert result.titles == ("Rising Early", "Salt")
    assert [r.reason.split(":")[0] for r in result.refusals] == [
        "an abstract without a title above it"
    ]


def test_a_paper_without_its_day_costs_that_paper() -> None:
    text = write_page(PAPERS, RENDERED, "days").replace("Nov 30, 2025", "yesterday")
    result = read(text)
    assert result.titles[0] == "Rising Early"
    assert "Crumb Structure Without Tears" not in result.titles
    assert any("day of this paper" in refusal.reason for refusal in result.refusals)


# --- years ---------------------------------------------------------------------------------------


def _year(
    papers: list[Printed], rendered: date, name: str, today: date
) -> tuple[date | None, bool]:
    result = read(write_page(papers, rendered, "days"), name=name, today=today)
    return result.day, result.day_inferred


def test_the_year_is_later_than_every_printed_one() -> None:
    assert _year(list(PAPERS), RENDERED, "copy.txt", date(2031, 5, 5)) == (RENDERED, True)


def test_a_date_in_the_name_bounds_the_year() -> None:
    old = [Printed("Rising Early", ABSTRACT, date(2019, 1, 1), authors=3)]
    assert _year(old, RENDERED, "2026-01-07.txt", date(2031, 5, 5)) == (RENDERED, False)
    assert _year(old, RENDERED, "2025-12-30 copy.txt", date(2031, 5, 5)) == (RENDERED, True)


@pytest.mark.parametrize(
    ("today", "year"),
    [(date(2026, 1, 7), 2026), (date(2026, 1, 6), 2025), (date(2030, 6, 1), 2030)],
)
def test_without_any_bound_the_latest_possible_year_is_taken(today: date, year: int) -> None:
    text = write_page(PAPERS, RENDERED, "blank lines")
    result = read(text, today=today)
    assert (result.day, result.day_inferred) == (date(year, 1, 7), True)


def test_a_leap_day_is_looked_for_in_a_leap_year() -> None:
    text = write_page(PAPERS, date(2024, 2, 29), "blank lines")
    assert read(text, today=date(2026, 5, 1)).day == date(2024, 2, 29)


def test_a_day_after_the_page_is_no_day() -> None:
    text = write_page(PAPERS, RENDERED, "days").replace("Jan 5 2", "Dec 5 2")
    record = read(text).records[0]
    assert (record.published, record.published_inferred) == (None, False)


def test_pages_of_any_day_are_dated() -> None:
    day = date(2023, 12, 20)
    while day < date(2024, 3, 5):
        papers = [Printed("Rising Early", ABSTRACT, day - timedelta(days=40), authors=2)]
        result = read(write_page(papers, day, "days"), today=day)
        assert result.day == day
        assert result.records[0].published == PartialDate.of(day - timedelta(days=40))
        day += timedelta(days=1)


def test_a_page_that_says_who_submitted_a_paper_is_not_taken_for_bare_titles() -> None:
    """Cut off before the first day, its lines looked like titles and abstracts that take turns."""
    whole = f"Jan 7\nSubmitted by\nada\n12\nRising Early\n{ABSTRACT}\nLab Lab\n\u00b7\nJan 5 2\n"
    furniture = "Get trending papers in your email inbox!\nSubscribe\nDaily Papers\n"
    for end in range(len(furniture) + 6, len(furniture + whole) - 8):
        try:
            result = read((furniture + whole)[:end])
        except DumpError:
            continue
        assert set(result.titles) <= {"Rising Early"}
