"""The phrases that every format shares, and plain text of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import wording
from digest.model import PartialDate, Reason, Section
from digest.rendering.markdown_to_text import markdown_to_plain
from digest.rendering.wrap import wrap
from digest.text.line import one_line
from tests.people import people
from tests.rendering.builders import digest, entry, paper


@pytest.mark.parametrize(
    ("names", "count", "expected"),
    [
        (("A. Rivera",), None, "Rivera"),
        (("A. Rivera", "B. Lind", "C. Sato"), None, "Rivera, Lind, Sato"),
        (("A. Rivera", "B. Lind", "C. Sato", "D. Novak"), None, "Rivera, Lind, … +2"),
        (("A. Rivera", "B. Lind"), 9, "Rivera, Lind, … +7"),
        (("A. Rivera",), 3, "Rivera, … +2"),
        (("A. Rivera Jr.",), None, "Rivera"),
        (("Rivera, A.",), None, "Rivera"),
        (("Example Collaboration",), None, "Example Collaboration"),
        (("Plato",), None, "Plato"),
        (("Jr.",), None, "Jr."),
        (None, 5, "Example Lab · 5 authors"),
        (None, 1, "Example Lab · 1 author"),
        ((), None, "Example Lab"),
    ],
)
def test_authors(names: tuple[str, ...] | None, count: int | None, expected: str) -> None:
    one = paper(authors=names and people(*names), author_count=count, organization="Example Lab")
    assert wording.authors(one) == expected


def test_the_meta_line_leaves_out_what_is_unknown() -> None:
    known = paper(2)
    assert one_line(wording.meta(known)) == (
        "Rivera, Lind, Okafor · 3 January 2026 · ▲ 14 · 2 comments · cs.LG"
    )
    unknown = paper(authors=None, published=None, upvotes=None, comments=None, categories=())
    assert wording.meta(unknown) == ""


def test_names_from_right_to_left_do_not_draw_the_day_among_them() -> None:
    one = paper(
        authors=people("א. ב"), published=PartialDate(2026, 1, 3), upvotes=None, comments=None
    )
    assert wording.meta(one).startswith("ב\u200e · 3 January"), "the mark ends the name's direction"


def test_an_inferred_year_is_not_passed_off_as_a_fact() -> None:
    one = paper(published=PartialDate(2025, 5, 7), published_inferred=True)
    assert wording.published(one) == "7 May, probably 2025"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, "1 point"), (6.0, "6 points"), (2.5, "2.5 points"), (0.333, "0.33 points"),
     (100.0, "100 points"), (0.0, "0 points"), (0.001, "0 points")],
)  # fmt: skip
def test_points(value: float, expected: str) -> None:
    assert wording.points(value) == expected


def test_a_rule_with_many_keywords_names_eight() -> None:
    reason = Reason("R", 10.0, tuple("abcdefghij"))
    assert wording.keywords(reason) == "a, b, c, d, e, f, g, h, +2; 10 points"
    assert wording.keywords(Reason("R", 1.0, ())) == "1 point"


def test_leftovers_are_counted_and_named() -> None:
    one = digest(leftovers=(entry(2),))
    assert wording.leftover_sentence(one) == (
        "1 more paper was selected but did not fit, and stays a candidate of the next digests: "
        "“A pruned model is not a smaller model”."
    )
    crowd = wording.leftover_sentence(digest(leftovers=tuple(entry(n) for n in range(12))))
    assert crowd.startswith("12 more papers were selected but did not fit, and stay candidates")
    assert crowd.endswith("; and 2 more.")
    assert wording.leftover_sentence(digest()) == ""


def test_the_reader_is_told_which_rules_asked() -> None:
    assert wording.why_sentence(digest()) == (
        "You get this because of the profile “daily”. "
        "Whoever keeps its configuration file can change or stop it. Made by digest."
    )
    one = digest(sections=(Section("Merging", (), 0),))
    assert "“daily” and its rule Merging. " in wording.why_sentence(one)


@given(st.text(st.characters(codec="utf-8")), st.integers(1, 80))
def test_wrapping_changes_white_space_alone(text: str, width: int) -> None:
    lines = wrap(text, width).split("\n")
    assert "".join("".join(lines).split()) == "".join(one_line(text).split())
    assert all(len(line) <= width or "://" in line for line in lines)


def test_wrapping_indents_and_never_breaks_a_link() -> None:
    text = "see https://example.org/a/very/long/path and tell"
    assert wrap(text, 20, "  ", "- ") == (
        "- see\n  https://example.org/a/very/long/path\n  and tell"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A *word* of **thanks**, `code` and all.", "A word of thanks, code and all."),
        ("# Head\n\ntext", "Head\n\ntext"),
        ("- one\n- two\n\nafter", "- one\n- two\n\nafter"),
        ("[here](https://example.org/)", "here (https://example.org/)"),
        ("<https://example.org/>", "https://example.org/"),
        ("<you@example.org>", "you@example.org"),
        ("![a plot](plot.png) of it", "a plot of it"),
        ("one  \ntwo", "one two"),
        ("> said\n\n---\n\ndone", "said\n\ndone"),
        ("Q&amp;A &lt;x&gt;", "Q&A <x>"),
    ],
)
def test_markdown_becomes_plain_text_without_marks(source: str, expected: str) -> None:
    assert markdown_to_plain(source) == expected
