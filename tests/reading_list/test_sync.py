"""Keep file and library in step, in both directions."""

from __future__ import annotations

import os
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from digest.model.marks import ADDED_SOURCE, Mark
from digest.reading_list import new_document
from tests.library.samples import add, record
from tests.reading_list.shelf import Shelf, profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


ONE, TWO, THREE = "2601.00000", "2601.00001", "2601.00002"


# --- what is written -----------------------------------------------------------------------------


def test_a_new_list_says_how_it_works_and_what_waits(shelf: Shelf) -> None:
    assert shelf.lines[0] == r"# Reading list: My \*list\*"
    assert shelf.lines[6:8] == ["## Monday 5 January 2026 <!-- digest day: 2026-01-05 -->", ""]
    assert shelf.lines[8] == (
        "- [ ] [Paper 2601.00000](https://arxiv.org/abs/2601.00000) — A. Author, January 2026"
        r" · Pruning: prun\* <!-- digest: 2601.00000 -->"
    )
    assert shelf.shown() == [ONE, TWO, THREE]
    assert shelf.text.endswith("-->\n")


@pytest.mark.parametrize(
    ("title", "heading"), [("Papers", "Reading list: Papers"), ("My reading list", None)]
)
def test_the_title_is_not_said_twice(title: str, heading: str | None) -> None:
    assert new_document(title).startswith(f"# {heading or title}\n\n")


def test_no_file_is_made_for_an_empty_list(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.sync()
    shelf.sync()
    assert not shelf.path.exists()


def test_the_newest_digest_stands_first(shelf: Shelf) -> None:
    shelf.now = shelf.now.replace(day=7)
    wednesday = shelf.select(2)
    shelf.sync()
    shelf.now = shelf.now.replace(day=6)
    tuesday = shelf.select(1)
    shelf.sync()
    assert shelf.shown() == [*wednesday, *tuesday, ONE, TWO, THREE]
    headings = [line[3:12].strip() for line in shelf.lines if line.startswith("## ")]
    assert headings == ["Wednesday", "Tuesday 6", "Monday 5"]
    blanks = [at for at, line in enumerate(shelf.lines) if not line]
    assert all(later - earlier > 1 for earlier, later in pairwise(blanks))


def test_a_second_digest_of_a_day_goes_under_its_heading(shelf: Shelf) -> None:
    more = shelf.select(2)
    shelf.sync()
    assert shelf.shown() == [*more, ONE, TWO, THREE]
    assert shelf.text.count("## ") == 1


def test_new_entries_take_no_words_of_a_person_for_their_notes(shelf: Shelf) -> None:
    heading = "## Monday 5 January 2026 <!-- digest day: 2026-01-05 -->\n\n"
    shelf.edit(heading, heading + "  mine, indented\n\n")
    new = shelf.select(1)
    shelf.sync()
    assert shelf.shown() == [*new, ONE, TWO, THREE]
    assert f"{heading}  mine, indented\n\n- [ ] [Paper {new[0]}]" in shelf.text
    assert shelf.library.marks.of("daily") == {}


def test_a_day_goes_where_no_persons_heading_loses_its_entries(shelf: Shelf) -> None:
    heading = "## Monday 5 January 2026 <!-- digest day: 2026-01-05 -->\n"
    shelf.edit(heading, "## For Friday\n")
    shelf.text += "\n## Later\n\n```\n# no heading\n```\n"
    shelf.now = shelf.now.replace(day=6)
    (new,) = shelf.select(1)
    shelf.sync()
    assert shelf.shown() == [new, ONE, TWO, THREE]
    assert shelf.text.index(new) < shelf.text.index("## For Friday\n\n- [ ] [Paper")
    shelf.now = shelf.now.replace(day=5)
    (old,) = shelf.select(1)
    shelf.sync()
    assert shelf.text.index(new) < shelf.text.index(old) < shelf.text.index("## For Friday")


def test_what_is_ticked_is_taken_out_and_an_empty_day_with_it(shelf: Shelf) -> None:
    shelf.select(1)
    shelf.now = shelf.now.replace(day=6)
    (new,) = shelf.select(1)
    shelf.sync()
    for paper in (*shelf.shown()[1:],):
        shelf.tick(paper, "x")
    shelf.sync()
    assert shelf.shown() == [new]
    assert shelf.text.count("## ") == 1
    shelf.tick(new, "-")
    shelf.sync()
    assert shelf.lines[-1] == ""
    assert shelf.text.count("## ") == 0
    assert shelf.state(new) == "dropped"


@pytest.mark.parametrize(
    "change",
    [
        lambda line: f"{line}\n  a note",
        lambda line: line.replace("Paper", "My paper"),
        lambda line: line.replace("- [", "* [", 1),
        lambda line: f"{line}\ngoes on",
        lambda line: line.replace(" <!--", " #tag <!--"),
        lambda line: f"{line} and <!-- digest: {TWO} -->",
    ],
    ids=["note", "wording", "bullet", "lazy", "tag", "joined"],
)
def test_what_a_person_wrote_into_stays_ticked(shelf: Shelf, change: Callable[[str], str]) -> None:
    line = shelf.line(ONE)
    shelf.edit(line, change(line).replace("[ ]", "[x]", 1))
    before = shelf.text
    shelf.sync()
    assert shelf.text == before
    assert shelf.state(ONE) == "done"


def test_a_command_changes_the_box_the_star_the_note_and_nothing_else(shelf: Shelf) -> None:
    shelf.edit(shelf.line(TWO), shelf.line(TWO) + "\n\tmine\n\n    code")
    shelf.sync()
    before = shelf.text
    own = shelf.library.marks.get("daily", TWO)
    changed = Mark(
        TWO, "reading", shelf.now, starred=True, note=f"{own.note}\n\nmore", tags=("later",)
    )
    shelf.library.marks.put("daily", [changed])
    shelf.sync()
    expected = before.replace(f"- [ ] [Paper {TWO}]", f"- [/] ★ [Paper {TWO}]").replace(
        f"<!-- digest: {TWO} -->", f"#later <!-- digest: {TWO} -->"
    )
    assert shelf.text == expected.replace("    code\n", "    code\n\n\tmore\n")
    assert shelf.library.marks.get("daily", TWO) == changed


@pytest.mark.parametrize("note", ["more\n \n ", f"<!-- digest: {ONE} -->", "    margin"])
def test_a_note_that_cannot_be_read_from_the_file_does_not_swell_it(
    shelf: Shelf, note: str
) -> None:
    shelf.library.marks.put("daily", [Mark(TWO, note=note, note_at=shelf.now)])
    shelf.sync()
    before = shelf.lines
    for starred in (True, False):
        shelf.library.marks.put("daily", [Mark(THREE, starred=starred, star_at=shelf.now)])
        shelf.sync()
    assert sorted(shelf.lines) == sorted(before)
    assert shelf.library.marks.get("daily", TWO).note == note


def test_what_was_put_off_comes_back_on_its_day_as_if_new(shelf: Shelf) -> None:
    shelf.library.marks.put("daily", [Mark(TWO, "snoozed", shelf.now, date(2026, 1, 9))])
    shelf.sync(days=1)
    assert shelf.shown() == [ONE, THREE]
    shelf.sync(days=3)
    assert shelf.shown() == [TWO, ONE, THREE]
    assert "## Friday 9 January 2026" in shelf.text


def test_a_person_puts_off_for_a_week(shelf: Shelf) -> None:
    shelf.edit(shelf.line(ONE), shelf.line(ONE).replace("[ ]", "[>]") + "\n  a note")
    shelf.tick(TWO, ">")
    shelf.sync()
    assert shelf.library.marks.get("daily", TWO).until == date(2026, 1, 12)
    assert shelf.shown() == [ONE, THREE]
    assert shelf.line(ONE).startswith("- [>] ")
    shelf.sync(days=7)
    assert shelf.line(ONE).startswith("- [ ] ")
    assert shelf.shown() == [TWO, ONE], "what nobody decided on has left the inbox"


def test_what_was_put_off_and_is_deleted_does_not_come_back(shelf: Shelf) -> None:
    shelf.edit(shelf.line(ONE), shelf.line(ONE).replace("[ ]", "[>]") + "\n  a note")
    shelf.sync()
    shelf.edit(shelf.line(ONE) + "\n  a note\n", "")
    shelf.sync(days=1)
    assert shelf.state(ONE) == "dropped"


# --- what is taken over --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "state"),
    [("x", "done"), ("X", "done"), ("/", "reading"), ("-", "dropped"), ("?", "queued")],
)
def test_a_box_says_the_state(shelf: Shelf, box: str, state: str) -> None:
    shelf.tick(ONE, box)
    shelf.now = shelf.now.replace(day=6)
    shelf.sync()
    mark = shelf.library.marks.get("daily", ONE)
    assert mark.state == state
    assert mark.state_at == (None if state == "queued" else shelf.now)


def test_a_deleted_line_drops_the_paper(shelf: Shelf) -> None:
    shelf.edit(shelf.line(ONE) + "\n", "")
    shelf.sync()
    assert shelf.state(ONE) == "dropped"
    assert shelf.shown() == [TWO, THREE]


def test_a_line_that_is_put_back_waits_again(shelf: Shelf) -> None:
    line = shelf.line(ONE)
    shelf.edit(line + "\n", "")
    shelf.sync()
    shelf.text += line + "\n"
    shelf.sync()
    assert shelf.state(ONE) == "queued"
    assert shelf.shown() == [ONE, TWO, THREE], "it is to read, and no longer in the inbox"


def test_an_entry_may_stand_anywhere(shelf: Shelf) -> None:
    line = shelf.line(TWO)
    shelf.edit(line + "\n", "")
    shelf.text += f"\n## Mine\n\n1. first\n   * {line[2:]}\n     a note\n"
    shelf.sync()
    assert shelf.state(TWO) == "queued"
    assert shelf.library.marks.get("daily", TWO).note == "a note"


def test_a_link_is_enough_where_the_mark_is_gone(shelf: Shelf) -> None:
    shelf.edit(f" <!-- digest: {ONE} -->", "")
    shelf.edit(f"[ ] [Paper {ONE}]", f"[x] [Paper {ONE}]")
    shelf.sync()
    assert shelf.state(ONE) == "done"
    assert f"[x] [Paper {ONE}]" in shelf.text


def test_a_copied_entry_is_one_paper(shelf: Shelf) -> None:
    shelf.text += "\n" + shelf.line(ONE).replace("[ ]", "[/]") + "\n"
    shelf.sync()
    assert shelf.state(ONE) == "reading"
    assert shelf.text.count(f"[/] [Paper {ONE}]") == 2


def test_a_paper_of_no_digest_may_be_pasted_in(shelf: Shelf) -> None:
    (other,) = shelf.select(1, "another")
    shelf.text += f"- [/] Seen elsewhere <!-- digest: {other} -->\n"
    shelf.sync()
    mark = shelf.library.marks.get("daily", other)
    assert (mark.state, mark.origin) == ("reading", "added")
    assert shelf.waiting() == {ONE, TWO, THREE, other}


def test_a_mark_of_no_paper_is_text(shelf: Shelf) -> None:
    shelf.text += "- [x] nothing <!-- digest: 2699.99999 -->\n"
    before = shelf.text
    shelf.sync()
    assert shelf.text == before


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
    ],
    ids=["CRLF", "BOM", "no last line end"],
)
def test_the_form_of_the_file_stays(shelf: Shelf, form: Callable[[str], str]) -> None:
    shelf.text = form(shelf.text)
    shelf.now = shelf.now.replace(day=6)
    (new,) = shelf.select(1)
    shelf.sync()
    assert shelf.shown() == [new, ONE, TWO, THREE]
    assert form(shelf.text.replace("\r\n", "\n").removeprefix("\ufeff")) == shelf.text


@pytest.mark.parametrize("own", [False, True], ids=["as written", "reworded"])
def test_a_paper_that_was_an_identifier_gets_its_title(shelf: Shelf, own: bool) -> None:
    paper = "2601.00042"
    add(shelf.library, "hand", [record(f"arXiv:{paper}", arxiv_id=paper)], source=ADDED_SOURCE)
    shelf.library.marks.put(
        "daily", [Mark(paper, origin="added")], profile="daily", day=date(2026, 1, 6)
    )
    shelf.sync()
    if own:
        shelf.edit(f"[arXiv:{paper}]", "[The one of A.]")
    shelf.edit(shelf.line(paper), shelf.line(paper).replace("[ ] ", "[/] ★ "))
    shelf.sync()
    add(shelf.library, "real", [record("Its Title", arxiv_id=paper)])
    shelf.sync()
    shown = "The one of A." if own else "Its Title"
    assert shelf.line(paper).startswith(f"- [/] ★ [{shown}](https://arxiv.org/abs/{paper})")
    assert shelf.state(paper) == "reading"
    before = shelf.text
    shelf.tick(paper, "x")
    shelf.sync()
    assert (paper in shelf.shown()) == own
    assert (shelf.text == before.replace("[/] ★", "[x] ★")) == own


# --- two profiles of one reader ------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path) -> Shelf:
    """Return two profiles of one reader, both of whose digests have the same two papers."""
    shelf = Shelf(tmp_path, profile("daily", "me"), profile("lab", "me"))
    shelf.offer(*shelf.select(2), name="lab")
    shelf.sync()
    return shelf


def test_what_is_done_on_one_list_leaves_the_other(two: Shelf) -> None:
    two.tick(ONE, "x")
    two.sync()
    assert ONE not in two.path_of("lab").read_text(encoding="utf-8")
    assert two.state(ONE, "me") == "done"


def test_notes_of_two_lists_are_both_kept(two: Shelf) -> None:
    other = two.path_of("lab")
    two.edit(two.line(ONE), two.line(ONE) + "\n  here")
    other.write_text(
        other.read_text(encoding="utf-8").replace(two.line(ONE), two.line(ONE) + "\n  there"),
        encoding="utf-8",
    )
    two.sync()
    two.sync()
    assert two.library.marks.get("me", ONE).note == "here\n\nthere"
    assert "  here\n\n  there\n" in two.text
    assert "  there\n" in other.read_text(encoding="utf-8")


def mkfifo(path: Path) -> bool:
    os.mkfifo(path)
    return True


# --- files that are left alone -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b""), "it is empty"),
        (lambda path: path.write_bytes(b"\r\n \n"), "it is empty"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\xff\n"), ".md:12: it is not UTF-8"),
        (
            lambda path: path.write_bytes(path.read_bytes()[:-150]),
            ".md:10: it ends in the middle of an entry",
        ),
        (
            lambda path: path.write_text("<<<<<<< mine\na\n=======\nb\n>>>>>>> theirs\n"),
            ".md:1: it has the marks of a merge",
        ),
        (lambda path: (path.unlink(), path.mkdir()), "Is a directory"),
        (lambda path: (path.unlink(), path.symlink_to("nowhere")), "a link that leads nowhere"),
        (lambda path: (path.unlink(), mkfifo(path)), "not a regular file"),
    ],
    ids=["empty", "blank", "not UTF-8", "cut off", "conflict", "folder", "link", "pipe"],
)  # fmt: skip
def test_a_file_that_nobody_meant_is_left_alone(
    shelf: Shelf, spoil: Callable[[Path], Any], words: str
) -> None:
    spoil(shelf.path)
    before = shelf.path.read_bytes() if shelf.path.is_file() else None
    shelf.select(1)
    (problem,) = shelf.sync().problems
    assert words in problem.reason
    assert (shelf.path.read_bytes() if shelf.path.is_file() else None) == before
    assert shelf.library.marks.of("daily") == {}


def test_a_file_without_any_entry_where_many_stood_is_left_alone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.select(5)
    shelf.sync()
    shelf.text = "# Another file\n"
    (problem,) = shelf.sync().problems
    assert "none of the 5 entries that stood in it can be found" in problem.reason
    assert shelf.library.marks.of("daily") == {}


def test_a_few_entries_may_all_be_deleted(shelf: Shelf) -> None:
    shelf.text = "# Nothing for me\n"
    assert shelf.sync().problems == ()
    assert {shelf.state(paper) for paper in (ONE, TWO, THREE)} == {"dropped"}
    assert shelf.text == "# Nothing for me\n"


def test_a_file_that_is_gone_is_written_anew_with_all_that_was_in_it(shelf: Shelf) -> None:
    shelf.edit(shelf.line(ONE), shelf.line(ONE).replace("[ ]", "[/] ★") + "\n  a note #tag")
    shelf.sync()
    before = shelf.shown(), shelf.library.marks.of("daily")
    shelf.path.unlink()
    shelf.sync()
    assert (shelf.shown(), shelf.library.marks.of("daily")) == before
    assert "- [/] ★ [Paper" in shelf.text
    assert "\n  a note #tag\n" in shelf.text


def test_a_mended_file_is_taken_over(shelf: Shelf) -> None:
    good = shelf.text
    shelf.text = ""
    assert shelf.sync().problems
    shelf.text = good
    shelf.tick(ONE, "x")
    assert shelf.sync().problems == ()
    assert shelf.state(ONE) == "done"
