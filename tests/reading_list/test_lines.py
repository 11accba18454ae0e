"""Write one line of a list, and read it back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from digest.model import Paper, PartialDate, Reason
from digest.reading_list import lines
from tests.people import people

PLAIN = "- [ ] [Title](https://example.org/a) — Author <!-- digest: 2601.00001 -->"
WHY = Reason("Pruning", 3.0, ("prun*", "=MoE"))


@pytest.mark.parametrize(
    ("paper", "reason", "line"),
    [
        (
            Paper(
                "2601.00001", "A Title", authors=people("A. Author", "B. Lind"),
                published=PartialDate(2026, 1, 2), url="https://example.org/a",
            ),
            WHY,
            ("- [ ] [A Title](https://example.org/a) — A. Author and B. Lind, "
             "2 January 2026 · Pruning: "
            r"prun\*, =MoE <!-- digest: 2601.00001 -->"),
        ),
        (Paper("t-01", "A Title"), None, "- [ ] A Title <!-- digest: t-01 -->"),
        (Paper("t-01", "★ A Title"), None, "- [ ] &#9733; A Title <!-- digest: t-01 -->"),
        (
            Paper("10.1000/a-->b", "A #tag", url="javascript:alert(1)"),
            Reason("Popular", 1.0, ()),
            r"- [ ] A \#tag · Popular <!-- digest: 10.1000/a%2D%2D%3Eb -->",
        ),
    ],
)  # fmt: skip
def test_a_line_says_what_the_paper_is_and_why_it_is_there(
    paper: Paper, reason: Reason | None, line: str
) -> None:
    assert lines.entry_line(paper, reason) == line


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
@settings(max_examples=60)
def test_whatever_a_dump_says_stays_on_its_line_and_says_nothing_else(
    identifier: str, title: str, keyword: str
) -> None:
    paper = Paper(identifier.replace("\ud800", "?"), title, url="https://example.org/a")
    try:
        identifier.encode()
    except UnicodeEncodeError:
        return  # no id of the library holds half a character
    line = lines.entry_line(paper, Reason(title, 1.0, (keyword,)))
    assert lines.ids_of(line) == (identifier,)
    assert lines.parts_of(line) == (" ", False, ())
    assert "\n" not in line
    assert "\r" not in line
    assert len(MarkdownIt().parse(f"{line}\n\nend")) == len(MarkdownIt().parse("- [ ] a\n\nend"))


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("- [ ] a", (" ", False, ())),
        ("* [x] a", ("x", False, ())),
        ("+ [X]\ta", ("X", False, ())),
        ("12. [/] a", ("/", False, ())),
        ("3) [-] a", ("-", False, ())),
        ("   - [x] a", ("x", False, ())),
        ("\t- [x] a", ("x", False, ())),
        ("> - [x] a", ("x", False, ())),
        ("\ufeff- [x] a", ("x", False, ())),
        ("- [x]", ("x", False, ())),
        ("- [x]\r\n", ("x", False, ())),
        ("- [?] a", ("?", False, ())),
        ("- [] a", (None, False, ())),
        ("- [xx] a", (None, False, ())),
        ("- [x](a) b", (None, False, ())),
        ("[x] a", (None, False, ())),
        ("- a", (None, False, ())),
        ("- [ ] ★ a", (" ", True, ())),
        ("- [ ] ⭐️ a", (" ", True, ())),
        ("- [ ]★a", (" ", True, ())),
        ("- [ ] a ★", (" ", False, ())),
        ("- [ ] a #b/c-d #ß #1 #e1", (" ", False, ("b/c-d", "e1", "ß"))),
        (r"- [ ] a \#b c#d #e, # f <!-- #g -->", (" ", False, ("e",))),
    ],
)
def test_what_a_person_made_of_a_line_is_read(line: str, parts: lines.Parts) -> None:
    assert lines.parts_of(line) == parts


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        (PLAIN, ("2601.00001",)),
        ("| a table | <!--digest:10.1000/a%2D%2Db--> |", ("10.1000/a--b",)),
        ("<!-- digest: a --> and <!-- digest: b -->", ("a", "b")),
        ("<!-- digest day: 2026-01-05 -->", ()),
        ("<!-- digest: -->", ()),
        ("digest: 2601.00001", ()),
    ],
)
def test_a_paper_is_known_by_its_mark(line: str, ids: tuple[str, ...]) -> None:
    assert lines.ids_of(line) == ids


@pytest.mark.parametrize(
    ("line", "day"),
    [
        (lines.day_heading(date(2026, 1, 5)), "2026-01-05"),
        ("### My week <!-- digest day: 2026-01-05 -->", "2026-01-05"),
        ("My week <!-- digest day: 2026-01-05 -->", None),
        ("## 2026-01-05", None),
    ],
)
def test_a_day_is_known_by_its_mark(line: str, day: str | None) -> None:
    assert lines.day_of(line) == day


@pytest.mark.parametrize(
    ("before", "on", "after"),
    [
        ("- [ ] a", True, "- [ ] ★ a"),
        ("- [ ] ★ a", False, "- [ ] a"),
        ("- [ ] ⭐️ a", False, "- [ ] a"),
        ("- [ ]⭐a", False, "- [ ] a"),
        ("- [ ] ★ a", True, "- [ ] ★ a"),
        ("- a", True, "- a"),
    ],
)
def test_a_star_stands_behind_the_box(before: str, on: bool, after: str) -> None:
    assert lines.with_star(before, on=on) == after


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ("- [ ] a <!-- digest: b -->\n", ["x", "y"], "- [ ] a #x #y <!-- digest: b -->\n"),
        ("- [ ] a #x <!-- digest: b -->\n", [], "- [ ] a <!-- digest: b -->\n"),
        ("- [ ] a #x #xy", ["xy"], "- [ ] a #xy"),
        ("- [ ] a\r\n", ["x"], "- [ ] a #x\r\n"),
        ("- [ ] a", ["noted"], "- [ ] a"),
    ],
)
def test_tags_stand_before_the_mark(before: str, wanted: list[str], after: str) -> None:
    assert lines.with_tags(before, wanted, ["noted"]) == after


def test_a_line_is_ours_but_for_its_box_and_star() -> None:
    for line in ("- [ ] a", "- [x] a\n", "- [x] ★ a\r\n", "- [ ] ⭐ a"):
        assert lines.bare(line) == lines.bare("- [ ] a")
    for line in ("* [ ] a", "  - [ ] a", "- [ ] a b", "- a"):
        assert lines.bare(line) != lines.bare("- [ ] a")
