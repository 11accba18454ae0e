"""The phrases that every format shares, and those of the plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import wording
from digest.model import CountCondition, PartialDate, Reason, Section
from digest.model.links import lookup_links
from digest.rendering.markdown_to_text import markdown_to_plain
from digest.rendering.wrap import wrap
from digest.text.one_line import one_line
from digest.wording import head, papers
from digest.wording.languages import ENGLISH
from digest.wording.people import people as who_wrote
from tests.people import people as names
from tests.rendering.builders import DAY, digest, entry, paper

if TYPE_CHECKING:
    from digest.model.digest import Strength


LIE, EK, MOE, SOLHEIM, PARK = "Ada Lie", "Bo Ek", "Cy Moe", "Ingrid Solheim", "Zoe Park"


@pytest.mark.parametrize(
    ("people", "count", "followed", "expected"),
    [
        ([LIE], None, (), "Ada Lie"),
        ([LIE, EK], None, (), "Ada Lie and Bo Ek"),
        ([LIE, EK, MOE], None, (), "Ada Lie, Bo Ek, Cy Moe"),
        ([LIE, EK, MOE], None, (1,), "Ada Lie, [Bo Ek], Cy Moe"),
        ([LIE, EK, MOE, PARK], None, (), "Ada Lie … Zoe Park · 4 authors"),
        ([LIE, EK, SOLHEIM, PARK], None, (2,), "Ada Lie, [Ingrid Solheim] … Zoe Park · 4 authors"),
        ([LIE, EK, MOE, PARK], None, (0, 3), "[Ada Lie] … [Zoe Park] · 4 authors"),
        ([LIE, EK], 9, (), "Ada Lie … · 9 authors"),
        ([LIE, SOLHEIM], 9, (1,), "Ada Lie, [Ingrid Solheim] … · 9 authors"),
        (
            [LIE, *[SOLHEIM] * 5, PARK], None, (1, 2, 3, 4, 5),
            (
                "Ada Lie, [Ingrid Solheim], [Ingrid Solheim], [Ingrid Solheim] and 2 more you "
                "follow … Zoe Park · 7 authors"
            ),
        ),
        (
            ["Toast Collaboration", LIE, *[EK] * 400, PARK], None, (),
            "Toast Collaboration: Ada Lie … Zoe Park · 403 authors",
        ),
        (["Toast Collaboration"], None, (), "Toast Collaboration"),
        ([], 9, (), "9 authors"),
        ([], 1, (), "1 author"),
        ([], None, (), ""),
    ],
)  # fmt: skip
def test_people(
    people: list[str], count: int | None, followed: tuple[int, ...], expected: str
) -> None:
    one = paper(authors=names(*people) or None, author_count=count)
    marked = who_wrote(one, ENGLISH, followed)
    shown = "".join(f"[{segment.text}]" if segment.marked else segment.text for segment in marked)
    assert one_line(shown) == expected


def test_the_organisation_follows_the_people() -> None:
    one = paper(authors=names(LIE), organization="Example Lab")
    assert wording.authors(one) == "Ada Lie · Example Lab"


def test_the_facts_leave_out_what_is_unknown() -> None:
    known = paper(2, comments=2, published=PartialDate(2025, 12, 1), journal="J. of Toast")
    shown = papers.facts(known, ENGLISH, DAY)
    assert [(one_line(fact.text), fact.url) for fact in shown] == [
        ("1 December 2025", None),
        ("▲ 14, 2 comments", "https://huggingface.co/papers/2601.00002"),
        ("J. of Toast", None),
        ("cs.LG", None),
    ]
    unknown = paper(published=None, upvotes=0, comments=None, categories=())
    assert papers.facts(unknown, ENGLISH, DAY) == ()


@pytest.mark.parametrize(
    ("published", "inferred", "shown"),
    [
        (PartialDate(2026, 1, 3), False, []),
        (PartialDate(2026, 1, 1), False, ["1 January 2026"]),
        (PartialDate(2025, 11), False, ["November 2025"]),
        (PartialDate(2026, 1), False, []),
        (PartialDate(2026), False, []),
        (PartialDate(2025, 5, 7), True, []),
        (PartialDate(2024), False, ["2024"]),
    ],
)
def test_a_day_of_publication_is_shown_if_it_is_older_and_sure(
    published: PartialDate, inferred: bool, shown: list[str]
) -> None:
    one = paper(published=published, published_inferred=inferred, upvotes=0, comments=0,
                categories=())  # fmt: skip
    assert [one_line(fact.text) for fact in papers.facts(one, ENGLISH, DAY)] == shown


def test_names_from_right_to_left_do_not_draw_what_follows_among_them() -> None:
    one = paper(authors=names("א. ב"), organization=None)
    assert wording.authors(one).endswith("ב\u200e"), "the mark ends the name's direction"


def test_an_inferred_year_is_not_passed_off_as_a_fact() -> None:
    one = paper(published=PartialDate(2025, 5, 7), published_inferred=True)
    assert wording.published(one) == "7 May 2025 (year inferred)"


# --- why -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason("R", 2.0, ("a",), 2, ("MoE",), ()), "MoE, in the title"),
        (Reason("R", 2.0, ("a",), 2, (), ("MoE", "router")), "MoE, router"),
        (Reason("R", 3.0, ("a",), 3, ("MoE",), ("router",)), "MoE, in the title; router"),
        (Reason("R", 1.0, (), people=(SOLHEIM,)), "You follow Ingrid Solheim"),
        (
            Reason("R", 1.0, (), asked=(CountCondition("upvotes", 126, 80, None),)),
            "▲ 126; you asked for 80 or more",
        ),
        (
            Reason("R", 1.0, (), asked=(CountCondition("authors", 3, None, 5),)),
            "3 authors; you asked for 5 or fewer",
        ),
        (
            Reason("R", 1.0, (), asked=(CountCondition("comments", 1, 1, 5),)),
            "1 comment; you asked for 1 to 5",
        ),
        (Reason("R", 1.0, ()), "Your rule asks for it"),
    ],
)
def test_why(reason: Reason, expected: str) -> None:
    assert one_line(papers.why(entry(reasons=(reason,)), ENGLISH)) == expected


def test_a_rule_with_many_words_names_eight() -> None:
    many = Reason("R", 10.0, tuple("abcdefghij"), 3, (), tuple("abcdefghij"))
    assert papers.why(entry(reasons=(many,)), ENGLISH) == "a, b, c, d, e, f, g, h, +2"


@pytest.mark.parametrize(
    ("strength", "dots", "name"),
    [(3, "●●●", "strong match"), (2, "●●○", "good match"), (1, "●○○", "brief mention"),
     (0, "", "")],
)  # fmt: skip
def test_strength(strength: Strength, dots: str, name: str) -> None:
    reason = Reason("R", 1.0, (), strength)
    assert papers.dots(reason) == dots
    assert papers.strength_name(reason, ENGLISH) == name


def test_other_rules_are_named() -> None:
    reasons = tuple(Reason(name, 1.0, ()) for name in "ABCDEFGH")
    assert papers.also(entry(reasons=reasons), ENGLISH) == "also B, C, D, E, F and 2 more"
    assert papers.also(entry(reasons=reasons[:1]), ENGLISH) == ""


def test_a_paper_without_a_page_can_be_looked_up_by_its_title() -> None:
    lost = paper(title='Toast "on" & off', url=None, pdf_url=None, arxiv_id=None)
    assert [link.name for link in papers.look_up(lost)] == ["arXiv", "Hugging Face", "Scholar"]
    assert papers.look_up(lost) == lookup_links(lost)
    assert papers.look_up(paper()) == ()


def test_a_paper_with_an_identifier_leads_to_hugging_face_or_the_publisher() -> None:
    def names(**changes: Any) -> list[str]:
        bare = paper(url=None, pdf_url=None, code_url=None, upvotes=None, comments=None, **changes)
        return [link.name for link in papers.links(bare, ENGLISH)]

    assert names() == ["Hugging Face"]
    assert names(arxiv_id=None, doi="10.1000/one") == ["Publisher"]
    voted = paper(upvotes=3)
    assert "Hugging Face" not in [link.name for link in papers.links(voted, ENGLISH)]
    assert papers.facts(voted, ENGLISH, DAY)[-2].url == f"https://huggingface.co/papers/{voted.id}"


# --- foot ----------------------------------------------------------------------------------------


def test_rules_without_a_section_are_named_in_one_line() -> None:
    filled = Section("Agents", (entry(),), 1)
    empty = (Section("Merging", (), 0), Section("Small", (), 2), Section("Robots", (), 0))
    assert head.unmatched(digest(sections=(filled, *empty))) == (
        "No match today: Merging, Robots. Matched only papers that are elsewhere: Small."
    )
    assert head.unmatched(digest(sections=empty[::2])) == ""
    many = (Section(f"Rule {n} " + "long " * 40, (), 0) for n in range(1000))
    assert 400 < len(head.unmatched(digest(sections=(filled, *many)))) < 800


def test_the_reader_is_told_why_the_digest_comes() -> None:
    assert head.why_you_get_it(digest()) == (
        "You receive this because you subscribe to “Papers for Monday’s reading group”."
    )


# --- counts and text -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, "1 point"), (6.0, "6 points"), (2.5, "2.5 points"), (0.333, "0.33 points"),
     (100.0, "100 points"), (0.0, "0 points"), (0.001, "0 points")],
)  # fmt: skip
def test_points(value: float, expected: str) -> None:
    assert wording.points(value) == expected


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
