"""Entries changed by formatters, editors and people: wrapped, in code, with unusual boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.model.marks import Mark
from digest.reading_list import parse
from digest.reading_list.items import scan
from digest.reading_list.lines import tags_in

if TYPE_CHECKING:
    from tests.reading_list.shelf import Shelf

ONE, TWO, THREE = "2601.00000", "2601.00001", "2601.00002"
MARK = "<!-- digest: a -->"

WRAPPED = {
    "indented": "- [x] ★ [A long\n  title](u) — Lee,\n  Roe · Rule: word {mark}\n",
    "own line": "- [x] ★ [A long title](u)\n      — Lee, Roe\n      {mark}\n",
    "own paragraph": "- [x] ★ [A long title](u) — Lee,\n  Roe\n\n  {mark}\n",
    "not indented": "- [x] ★ [A long title](u)\n— Lee, Roe\n{mark}\n",
    "broken comment": "- [x] ★ [A long title](u) — Lee <!-- digest:\n  a -->\n",
    "numbered": "12. [x] ★ [A long title](u)\n    — Lee {mark}\n",
    "quoted": "> - [x] ★ [A long title](u)\n>   — Lee {mark}\n",
    "nested": "- A topic\n  - [x] ★ [A long title](u)\n    — Lee {mark}\n",
    "after text": "Words of mine.\n\n- [x] ★ [A long title](u)\n  — Lee {mark}\n",
    "CRLF": "- [x] ★ [A long title](u)\r\n  — Lee\r\n  {mark}\r\n",
    "no space": "-[x]★ [A long title](u)\n  — Lee {mark}\n",
}


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED.keys())
def test_an_entry_is_its_whole_list_item(text: str) -> None:
    document = parse(text.format(mark=MARK), {})
    (entry,) = document.entries
    assert (entry.papers, entry.parts.box, entry.parts.starred) == (("a",), "x", True)
    assert entry.head.lstrip("> ").startswith(("- [x]", "-[x]", "12. [x]"))
    assert document.text == text.format(mark=MARK)


@pytest.mark.parametrize(
    "text",
    [
        f"- [x] a task of mine\n- {MARK}\n",
        f"- [x] a task of mine\n\nWords {MARK}\n",
        f"- [x] a task of mine\n  - a point\n  {MARK}\n",
        f"- a point\n  {MARK}\n",
        f"# [x] a heading\n{MARK}\n",
    ],
)
def test_a_mark_outside_an_item_with_a_box_has_no_box(text: str) -> None:
    (entry,) = parse(text, {}).entries
    assert entry.parts.box is None


def test_a_link_is_found_in_a_wrapped_item() -> None:
    text = "- [x] [A long\n  title](u) — Lee\n  and more\n"
    (entry,) = parse(text, {"u": "a"}).entries
    assert (entry.paper, entry.head) == ("a", "- [x] [A long\n  title](u) — Lee\n")


def test_a_note_that_was_refilled_into_the_entry_stays_the_note() -> None:
    head = f"- [ ] [A](u) — Lee {MARK} Compare section\n"
    (entry,) = parse(f"{head}  four #soon with it.\n", {}).entries
    assert entry.plain_note == "Compare section\nfour #soon with it."
    (entry,) = parse(f"- [ ] [A](u) {MARK} #one #two\n", {}).entries
    assert (entry.plain_note, entry.parts.tags) == ("", ("one", "two"))


# --- code ----------------------------------------------------------------------------------------

CODE = {
    "backticks": "```\n{}\n```\n",
    "tildes": "~~~ markdown\n{}\n~~~\n",
    "longer": "````\n```\n{}\n```\n{}\n````\n",
    "the other sign": "~~~\n```\n{}\n~~~\n",
    "indented": "Words:\n\n    {}\n",
    "in a list": "- words\n\n  ```\n  {}\n  ```\n",
    "indented in a list": "- words\n\n      {}\n",
    "in a numbered list": "1. ~~~\n   {}\n   ~~~\n",
}


@pytest.mark.parametrize("text", CODE.values(), ids=CODE.keys())
def test_code_holds_no_entry(text: str) -> None:
    example = f"- [x] [A](u) {MARK}"
    document = parse(text.replace("{}", example), {"u": "a"})
    assert list(document.entries) == []
    assert document.in_code == {"a"}


@pytest.mark.parametrize(
    "text",
    [
        "```\ncode\n```\n{}",
        "~~~\n```\n~~~\n{}",
        "- point\n\n  ```\n  code\n{}",
        "``` not a fence ```\n{}",
        "- point\n\n    {}",
        "words\n    {}",
    ],
)
def test_what_follows_code_is_an_entry(text: str) -> None:
    assert parse(text.format(f"- [x] [A](u) {MARK}\n"), {}).papers == {"a"}


def test_a_known_paper_in_code_is_neither_changed_nor_dropped(shelf: Shelf) -> None:
    line = shelf.line(ONE)
    shelf.edit(line + "\n", "")
    shelf.text += f"\n```\n{line.replace('[ ]', '[x]')}\n```\n"
    before = shelf.text
    assert shelf.sync().problems == ()
    assert (shelf.state(ONE), shelf.text) == ("queued", before)


def test_a_fence_that_swallows_entries_leaves_the_file_alone(shelf: Shelf) -> None:
    shelf.edit(shelf.line(TWO), "```\n" + shelf.line(TWO))
    before = shelf.text
    (problem,) = shelf.sync().problems
    assert ".md:10: a code block begins here and does not end" in problem.reason
    assert shelf.text == before
    assert shelf.state(TWO) == "queued"


def test_code_lines_are_found() -> None:
    assert scan("a\n\n    b\n\n    c\nd\n".splitlines(keepends=True)).code == [
        False, False, True, False, True, False,
    ]  # fmt: skip
    assert scan(["```\n", "a\n"]).open_fence == 0


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("`#no` #yes", ("yes",)),
        ("``a ` #no`` #yes", ("yes",)),
        (r"\`#no #yes`", ("yes",)),
        ("` #yes", ("yes",)),
        ("a `b` #yes `c`", ("yes",)),
        ("`a\n #no` #yes", ("yes",)),
    ],
)
def test_code_spans_hold_no_tags(text: str, tags: tuple[str, ...]) -> None:
    assert tags_in(text) == tags


# --- boxes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("box", ["[ x ]", "[x ]", "[X]", r"\[x\]", r"\[x]", "[✓]", "[\u00a0x]"])
def test_a_box_is_read_as_people_type_it(shelf: Shelf, box: str) -> None:
    shelf.edit(shelf.line(ONE), shelf.line(ONE).replace("[ ]", box))
    assert shelf.sync().problems == ()
    assert shelf.state(ONE) == "done"


@pytest.mark.parametrize("bullet", ["-[x]", "*[x]", "• [x]", "– [x]"])
def test_a_bullet_is_read_as_people_type_it(shelf: Shelf, bullet: str) -> None:
    shelf.edit(shelf.line(ONE), shelf.line(ONE).replace("- [ ]", bullet))
    shelf.sync()
    assert shelf.state(ONE) == "done"


def wrap(shelf: Shelf) -> None:
    """Wrap every entry, as Prettier does with `proseWrap: always`."""
    shelf.text = shelf.text.replace(" — ", "\n      — ").replace(
        " <!-- digest: ", "\n      <!-- digest: "
    )


def test_a_wrapped_file_is_read_and_written(shelf: Shelf) -> None:
    wrap(shelf)
    shelf.edit(f"[ ] [Paper {ONE}]", f"[/] [Paper {ONE}]")
    assert shelf.sync().problems == ()
    assert shelf.state(ONE) == "reading"
    mark = Mark(TWO, "reading", shelf.now, starred=True, star_at=shelf.now, tags=("soon",))
    shelf.library.marks.put("daily", [mark])
    shelf.sync()
    assert f"- [/] ★ [Paper {TWO}]" in shelf.text
    assert f"#soon <!-- digest: {TWO} -->" in shelf.text
    shelf.library.marks.put("daily", [replace(mark, tags=())])
    shelf.sync()
    assert "#soon" not in shelf.text


def test_a_wrapped_entry_that_is_done_is_taken_out(shelf: Shelf) -> None:
    wrap(shelf)
    shelf.sync()
    shelf.library.marks.put("daily", [Mark(TWO, "done", shelf.now)])
    shelf.sync()
    assert shelf.shown() == [ONE, THREE]
    assert shelf.text.count("— A. Author") == 2
