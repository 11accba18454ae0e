"""Escaping: every character of data is shown, and none is interpreted."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.model import Segment
from digest.rendering.escape import (
    legal,
    mail_url,
    markdown_marked,
    markdown_target,
    markdown_text,
    markdown_url,
    web_url,
)
from digest.text.one_line import one_line
from tests.rendering.builders import marked
from tests.rendering.readers import composed, read_markdown
from tests.strategies import built

FRAGMENTS = st.one_of(
    st.sampled_from(
        [
            *"\\`*_{}[]()#+-.!<>&|~^$@:=\"'%;,?/ ",
            *["a", "b", "1", "12", "é", "中", "°", "→", "😀", "…", "“", "²", "\u0301", "\u200b"],
            *[
                "http://evil.example",
                "www.evil.example",
                "a@b.example",
                ":smile:",
                "&amp;",
                "&#42;",
            ],
            *[
                "<b>",
                "</p>",
                "<!--",
                "-->",
                "<?",
                "<![CDATA[",
                "1. ",
                "10) ",
                "- ",
                "***",
                "**",
                "__",
            ],
            *["~~", "~~~", "```", "[x](y)", "![x](y)", "[^1]: x", "[x]: y", "| a | b |", "|---|"],
            *[
                "{.c}",
                "{: #i}",
                "\\(",
                "$x$",
                "C++",
                "C#",
                "##",
                "\\*",
                "\\\\",
                "===",
                "---",
                "* *",
            ],
        ]
    ),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
TEXT = st.lists(FRAGMENTS, min_size=1, max_size=8).map("".join)
SEGMENTS = st.lists(built(Segment, FRAGMENTS, st.booleans()), min_size=1, max_size=8)


@given(TEXT)
@example("1234567890. is no list")
@example("trailing backslash \\")
@example("C#")
@example("a | b\n--|--")
@example("klzzwxh:0001 \x020\x03")
def test_any_title_is_shown_unchanged_as_a_heading_a_link_and_a_quote(text: str) -> None:
    shown = composed(one_line(text))
    escaped = markdown_text(text)
    source = (
        f"### {escaped}\n\n### [{escaped}](https://arxiv.org/abs/1)\n\n> {escaped}\n> {escaped}\n"
    )
    for name, seen in read_markdown(source).items():
        if not shown:
            continue
        assert [composed(heading) for heading in seen.headings] == [shown, shown], name
        assert composed(seen.text).endswith(composed(f"{shown} {shown}")), name
        assert set(seen.tags) <= {"h3", "a", "em", "blockquote", "p"}, name
        assert seen.links == ["https://arxiv.org/abs/1"], name


@given(SEGMENTS)
@example([Segment("C"), Segment("++", marked=True), Segment("11")])
@example([Segment("a", marked=True), Segment("b", marked=True)])
@example([Segment("A", marked=True), Segment("\u0301")])
@example([Segment("x"), Segment(" *y* ", marked=True), Segment("z")])
def test_marked_text_is_shown_unchanged_and_what_is_bold_was_marked(
    segments: list[Segment],
) -> None:
    text = "".join(segment.text for segment in segments)
    source = f"### {markdown_marked(segments)}\n"
    readings = read_markdown(source)
    flat = composed(one_line(text))
    for name, seen in readings.items():
        if flat:
            assert [composed(heading) for heading in seen.headings] == [flat], name
        assert set(seen.tags) <= {"h3", "em", "strong"}, name
        if not any(segment.marked for segment in segments):
            assert not seen.bold
        # Taken apart: a mark that is not bold may follow a letter that is.
        whole = normalize("NFD", one_line(text))
        assert all(normalize("NFD", bold) in whole for bold in seen.bold), name
    assert len({tuple(seen.bold) for seen in readings.values()}) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the [[scaling laws]] of", "the **scaling laws** of"),
        ("over[[parameter]]ised", "over**parameter**ised"),
        ("[[C++]] code", "**C++** code"),
        ("[[C++]]11", "**C**++11"),
        ("([[RAG]])", "(**RAG**)"),
        ("x[[(RAG)]]y", "x(**RAG**)y"),
        ("[[one]][[two]]", "**onetwo**"),
        ("a [[→]] b", "a → b"),
        ("[[ spaced ]]out", "**spaced** out"),
        ("中[[文]]字", "中**文**字"),
        ("[[*]]", "**\\***"),
        ("[[me@example.org]] [[x]]", "me@*e*xample.org **x**"),
    ],
)
def test_bold_keeps_to_edges_that_all_parsers_agree_on(text: str, expected: str) -> None:
    assert markdown_marked(marked(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Scaling laws: what (almost) nobody told you, part 2.5 - a review!?",
        "Q & A at 4% + 1, in “quotes” and 'quotes'; x > y; e.g. and/or",
        "N:M sparsity",
        "pass@k and recall@10",
    ],
)
def test_ordinary_text_stays_readable_raw(text: str) -> None:
    assert markdown_text(text) == text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://arxiv.org/abs/2601.00001", "https://arxiv.org/abs/2601.00001"),
        ("http://example.org/a_(b)?x=1&y=%20#z", "http://example.org/a_%28b%29?x=1&y=%20#z"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ('https://arxiv.org/abs/1"onmouseover=x', "https://arxiv.org/abs/1%22onmouseover=x"),
        (
            "https://arxiv.org/abs/1)[x](javascript:y",
            "https://arxiv.org/abs/1%29%5Bx%5D%28javascript:y",
        ),
        ("https://example.org/ü", "https://example.org/%C3%BC"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("\x01javascript:alert(1)", None),
        (" https://example.org/", None),
        ("https://example.org/\u202egpj.exe", None),
        ("https://example.org/a b", None),
        ("https://example.org/\nSet-Cookie: x", None),
        ("file:///etc/passwd", None),
        ("data:text/html,x", None),
        ("//example.org/", None),
        ("https://", None),
        ("https://[::1", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_links_and_nothing_in_them_ends_the_link(
    url: str | None, expected: str | None
) -> None:
    assert web_url(url) == expected


@given(st.text(st.characters(codec="utf-8"), max_size=30))
@example("&copy;x")
@example("*a*_b_`c`")
def test_a_markdown_link_leads_where_the_url_says(tail: str) -> None:
    url = f"https://example.org/{tail}"
    target = markdown_url(url)
    if target is None:
        return
    for name, seen in read_markdown(f"[x]({target})").items():
        assert seen.links == [web_url(url)], name
        assert seen.tags == ["p", "a"], name


def test_links_of_the_foot_may_be_paths_but_never_other_schemes() -> None:
    assert markdown_target("feed.xml") == "feed.xml"
    assert markdown_target("https://example.org/feed.xml") == "https://example.org/feed.xml"
    assert markdown_target("javascript:x") == "javascript%3Ax"
    assert mail_url("feed.xml") is None
    assert (
        mail_url("mailto:a@example.org?subject=stop%20it")
        == "mailto:a@example.org?subject=stop%20it"
    )


@pytest.mark.parametrize(
    "char", ["\x00", "\x1b", "\x7f", "\x80", "\ufffe", "\U0001ffff", "\ud800", "\ufdd0"]
)
def test_characters_that_xml_forbids_are_dropped(char: str) -> None:
    assert legal(f"a{char}b") == "ab"
    assert one_line(f" a{char} \r\n b ") == "a b"


@pytest.mark.parametrize("text", ["a\tb\n", "é 中 😀 \ufffd \u200d"])
def test_legal_text_is_left_alone(text: str) -> None:
    assert legal(text) is text


@pytest.mark.parametrize("title", ["Attention!", "Attention![x](y)", "Ha![x][y]", "Stop![^1]"])
def test_an_exclamation_mark_makes_no_image(title: str) -> None:
    """Neither of brackets in the title, nor of a link that follows it."""
    for source in (markdown_text(title), f"{markdown_text(title)}[more](https://example.org/)"):
        for seen in read_markdown(source).values():
            assert "img" not in seen.tags
            assert seen.text.startswith(title)
