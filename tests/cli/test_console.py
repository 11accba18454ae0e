"""Output on a terminal: widths, colours, verbosity."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.cli.console import Console, columns, fitted, table
from digest.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def console(environment: Mapping[str, str] | None = None, *, verbosity: int = 0) -> Console:
    return Console(Terminal(), Terminal(), environment or {}, verbosity)


@pytest.mark.parametrize(
    ("environment", "width"),
    [
        ({}, 100),
        ({"COLUMNS": "80"}, 80),
        ({"COLUMNS": "300"}, 100),
        ({"COLUMNS": "20"}, 60),
        ({"COLUMNS": "0"}, 100),
        ({"COLUMNS": "wide"}, 100),
        ({"COLUMNS": "-5"}, 100),
        ({"COLUMNS": "9" * 50}, 100),
    ],
)
def test_width(environment: dict[str, str], width: int) -> None:
    assert console(environment).width == width


@pytest.mark.parametrize(
    ("stream", "environment", "shown"),
    [
        (Terminal, {}, "\x1b[1mrobots\x1b[0m"),
        (Terminal, {"NO_COLOR": "1"}, "robots"),
        (Terminal, {"NO_COLOR": ""}, "\x1b[1mrobots\x1b[0m"),
        (Terminal, {"TERM": "dumb"}, "robots"),
        (io.StringIO, {}, "robots"),
    ],
)
def test_colour_is_for_terminals(
    stream: type[io.StringIO], environment: dict[str, str], shown: str
) -> None:
    assert Console(stream(), stream(), environment).styled("robots", "bold") == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("clear\x1b[2Jed", "clear�[2Jed"),
        ("title\x1b]0;mine\x07", "title�]0;mine�"),
        ("con\x1b[8mcealed", "con�[8mcealed"),
        ("c1 \x9b2J", "c1 �2J"),
        ("over\rwritten", "over�written"),
        ("\x1b[1mbold\x1b[0m", "\x1b[1mbold\x1b[0m"),
        ("two\nlines\tand more", "two\nlines\tand more"),
    ],
)
def test_nothing_that_is_shown_steers_the_terminal(text: str, shown: str) -> None:
    here = console()
    here.result(text)
    here.problem(text)
    assert here.out.getvalue() == here.err.getvalue() == shown + "\n"  # type: ignore[attr-defined] # StringIO


@pytest.mark.parametrize(
    ("verbosity", "said"), [(-1, "problem\n"), (0, "note\nproblem\n"), (1, "note\nmore\nproblem\n")]
)
def test_how_much_is_said(verbosity: int, said: str) -> None:
    here = console(verbosity=verbosity)
    here.note("note")
    here.detail("more")
    here.problem("problem")
    assert here.err.getvalue() == said  # type: ignore[attr-defined] # StringIO


@pytest.mark.parametrize("encoding", ["utf-8", "utf8", "ascii", "latin-1"])
def test_json_is_json_in_every_encoding(encoding: str) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace")
    value = {"title": "Naïve μP – 論文 \x9b \x85 \u2028 \udcff"}
    Console(out, io.StringIO(), {}).json(value)
    out.flush()
    written = raw.getvalue().decode(encoding)
    assert json.loads(written) == value
    assert len(written.splitlines()) == 1
    assert ("ï".encode(encoding, "replace") in raw.getvalue()) == encoding.startswith("utf")


def test_a_full_disk_is_an_error_that_can_be_told() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="cannot write the output: No space left on device"):
        Console(Full(), io.StringIO(), {}).result("much")
    Console(io.StringIO(), Full(), {}).problem("nowhere to say it")


@pytest.mark.parametrize(
    ("items", "bar"), [([1, 2, 3], True), ([1, 2], False), (iter([1, 2, 3]), True)]
)
def test_a_bar_is_shown_where_it_can_be_read(items: list[int], bar: bool) -> None:
    here = console()
    assert list(here.progress(items, "reading")) == [1, 2, 3][: 3 if bar else 2]
    assert ("reading" in here.err.getvalue()) == bar  # type: ignore[attr-defined] # StringIO


def test_no_bar_where_it_cannot() -> None:
    items = [1, 2, 3]
    assert Console(io.StringIO(), io.StringIO(), {}).progress(items, "reading") is items
    assert console(verbosity=-1).progress(items, "reading") is items


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("short", 5, "short"),
        ("shorter", 5, "shor…"),
        ("a word cut", 7, "a word…"),
        ("漢字漢字", 8, "漢字漢字"),
        ("漢字漢字", 7, "漢字漢…"),
        ("漢字漢字", 6, "漢字…"),
        ("e\u0301" * 3, 3, "e\u0301" * 3),
        ("", 1, ""),
    ],
)
def test_shortened(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown


@given(st.text(max_size=40), st.integers(2, 30))
def test_what_is_shortened_fits(text: str, width: int) -> None:
    short = fitted(text, width)
    assert columns(short) <= width
    assert short == text or short.endswith("…")


def test_a_table_is_aligned() -> None:
    rows = [("day", "new"), ("漢字", "5"), ("Monday", "1,000")]
    assert table(rows, right=(1,)) == "day       new\n漢字        5\nMonday  1,000"
    assert table([]) == ""
