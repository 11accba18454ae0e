"""A file is split into blocks that together are its full text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.reading_list import parse
from digest.reading_list.document import Entry, Heading, Text, as_note, note_tags

A, B = "<!-- digest: a -->", "<!-- digest: b -->"
_PIECES = (
    f"- [ ] one {A}", "## day <!-- digest day: 2026-01-05 -->", B, "text", "# ", "> ", "  ", "\t",
    "\n", "\r\n", "\ufeff",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=5)).map("".join))
@settings(max_examples=40)
def test_the_blocks_are_the_file(text: str) -> None:
    assert parse(text, {}).text == text


@pytest.mark.parametrize(
    ("below", "note", "rest"),
    [
        ("", "", ""),
        ("  a\n  b\n", "  a\n  b\n", ""),
        ("  a\nb\n", "  a\n", "b\n"),
        ("  a\n\n\n  b\n\nc\n", "  a\n\n\n  b\n", "\nc\n"),
        ("\n  a\n", "\n  a\n", ""),
        ("\n\nb\n", "", "\n\nb\n"),
        ("\ta\n    - b\n", "\ta\n    - b\n", ""),
        ("  a", "  a", ""),
        ("  a\n## h\n", "  a\n", "## h\n"),
        ("  ```\n  # code\n  ```\n", "  ```\n  # code\n  ```\n", ""),
    ],
)
def test_a_note_is_what_is_indented_deeper(below: str, note: str, rest: str) -> None:
    entry, *others = parse(f"- [ ] one {A}\n{below}", {}).blocks
    assert isinstance(entry, Entry)
    assert (entry.note, "".join(block.text for block in others)) == (note, rest)


@pytest.mark.parametrize(
    ("note", "plain"),
    [
        ("  a\n  b\n", "a\nb"),
        ("    a\n  b\n", "  a\nb"),
        ("\ta\n\n\t\tb\r\n", "a\n\n\tb"),
        ("\n  a\n  \n", "\na"),
        ("  a\n\tb\n", "  a\n\tb"),
    ],
)
def test_a_note_is_markdown_of_its_own(note: str, plain: str) -> None:
    (entry,) = parse(f"- [ ] one {A}\n{note}", {}).entries
    assert entry.plain_note == plain


def test_a_nested_entry_ends_the_note_of_the_one_above() -> None:
    text = f"- [ ] one {A}\n  a\n  - [x] two {B}\n    b\n"
    one, two = parse(text, {}).entries
    assert (one.plain_note, two.plain_note, two.parts.box) == ("a", "b", "x")


@pytest.mark.parametrize(
    ("below", "carried"),
    [("goes on", True), ("- a", False), ("# a", False), ("\nb", False), ("> a", True), ("", False)],
)
def test_text_that_markdown_takes_for_a_part_of_an_entry_is_known(
    below: str, carried: bool
) -> None:
    (entry,) = parse(f"- [ ] one {A}\n{below}\n", {}).entries
    assert entry.carried == carried


def test_a_heading_of_a_day_and_texts_are_told_apart() -> None:
    text = f"# mine\n## day <!-- digest day: 2026-01-05 -->\n- [ ] one {A}\nrest"
    kinds = [type(block) for block in parse(text, {}).blocks]
    assert kinds == [Text, Heading, Entry, Text]


def test_a_link_stands_for_a_mark_only_where_none_is() -> None:
    links = {"https://example.org/a": "a"}
    task = "- [ ] [one](https://example.org/a)\n"
    assert parse(task, links).papers == {"a"}
    assert [entry.head for entry in parse(task + f"- {A}\n", links).entries] == [f"- {A}\n"]
    assert parse("[one](https://example.org/a)\n", links).papers == frozenset()


@pytest.mark.parametrize(
    ("note", "tags"),
    [
        ("#a and #b/c", ("a", "b/c")),
        ("```\n#code\n```\n#a", ("a",)),
        ("~~~\n#code\n~~~", ()),
        ("# heading, C#, #1", ()),
    ],
)
def test_tags_of_a_note(note: str, tags: tuple[str, ...]) -> None:
    assert note_tags(note) == tags


_NOTED = (A, "<!--digest:b-->", "<!--", "-", "x", " ", "  ", "\t", "\n", "\u00a0", "```", "[ ]")


@given(st.lists(st.sampled_from(_NOTED) | st.text(max_size=3)).map("".join))
@settings(max_examples=40)
def test_what_is_made_a_note_is_read_as_that_note(text: str) -> None:
    note = as_note(text)
    below = "".join(f"  {line}\n" if line else "\n" for line in note.split("\n") if note)
    (entry,) = parse(f"- [ ] one <!-- digest: one -->\n{below}", {}).entries
    assert entry.plain_note == note == as_note(note)


def test_a_mark_in_a_note_is_shown() -> None:
    assert as_note(f"\n  see {A}\n \n") == "see &lt;!-- digest: a -->"


def test_lines_end_as_the_first_one_does() -> None:
    ends = [parse(text, {}).line_end for text in ("", "a", "a\nb\r\n", "a\r\nb\n")]
    assert ends == ["\n", "\n", "\n", "\r\n"]
