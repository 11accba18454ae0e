"""The triage screen in all states, at common terminal sizes."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from digest.cli.console import columns
from digest.cli.triage.frame import draw, in_ascii
from digest.cli.triage.styled_text import Span, text_of, wrap
from digest.explain.why_in_inbox import InboxExplanation
from digest.model import Segment
from tests.cli.triage.samples import card, session, typed, unknown

WHY = InboxExplanation((("Experts", "router, in the title · 4 points"), ("  not found", "=MoE")))
STATES = ["", "s", "sd", "sdu", "w", "a", "?", "nwords", "/find", "sldx", "sDDD", "lklll"]


def lines(keys: str = "", width: int = 80, height: int = 24, **changes: object) -> list[str]:
    after, _ = typed(session(4, **changes), keys)
    return [text_of(line) for line in draw(after, width, height, WHY, ("On your list: 3 papers.",))]


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (60, 16), (200, 60), (99, 28), (100, 27)])
@pytest.mark.parametrize("keys", STATES)
def test_every_state_fills_the_screen_and_no_more(keys: str, size: tuple[int, int]) -> None:
    shown = lines(keys, *size)
    assert len(shown) == size[1]
    assert max(map(columns, shown)) <= size[0]


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (60, 16)])
def test_long_and_wide_papers_fit(size: tuple[int, int]) -> None:
    long = replace(
        card(1),
        title=(Segment("専門家" * 60), Segment("x" * 300, marked=True)),
        facts=tuple("long fact " * 12 for _ in range(5)),
        sentence=(Segment("word " * 200),),
    )
    shown = [text_of(line) for line in draw(replace(session(), cards=(long, long)), *size)]
    assert len(shown) == size[1]
    assert max(map(columns, shown)) <= size[0]


def test_the_first_paper() -> None:
    shown = lines()
    assert shown[0].startswith(" Morning papers · Thursday 5 March ")
    assert shown[0].endswith(" 1 of 4 ")
    assert shown[1] == "━" * 20 + "─" * 60
    assert shown[3] == "  Quiet Routers: Sending Fewer Tokens to More Experts"
    assert shown[4] == "  Ada Lie … Bo Ek · 7 authors · North Lab · ▲ 84, 3 comments · cs.LG"
    assert "  “The router decides early.”" in shown
    assert "  ●●● strong · Experts: mixture of experts, router" in shown
    assert "      also Small models: laptop" in shown
    assert shown[18] == "  Next  ●●●  Nine Failures of Expert Routing"
    assert shown[22].rstrip() == " 4 papers, about a minute"
    assert shown[23].startswith(" s star  l later  d drop  x read   o open")


def test_news_on_an_earlier_paper_stand_above_its_title() -> None:
    newer = replace(card(1), kicker="New version: v2", since="in your digest of 3 March")
    drawn = draw(replace(session(), cards=(newer, card(2))), 80, 24)
    assert text_of(drawn[3]) == "  New version: v2 · in your digest of 3 March"
    assert {span.style for span in drawn[3] if span.text.strip()} == {"title", "dim"}
    assert text_of(drawn[4]).strip() == newer.name


def test_the_line_above_the_keys_says_what_was_done_and_how_to_take_it_back() -> None:
    assert lines("s")[22] == (
        " ★ Starred “Quiet Routers: Sending Fewer Tokens to More Experts”         u undo "
    )
    assert lines("d")[22].endswith("u undo   D fewer like this ")
    long = session(2)
    long = replace(long, cards=(card(0, "Word " * 40), card(1)))
    shown = text_of(draw(typed(long, "s")[0], 80, 24)[22])
    assert shown.endswith("…”  u undo ")


def test_what_is_unknown_is_left_out() -> None:
    made = replace(session(1), cards=(unknown(0),))
    shown = [text_of(line) for line in draw(made, 80, 24)]
    assert "  9 authors" in shown
    assert "  o finds it on   1 arXiv   2 Scholar" in shown
    assert "The source gave no abstract." in text_of(draw(typed(made, "a")[0], 80, 24)[5])


def test_why_and_the_whole_abstract() -> None:
    shown = lines("w")
    assert shown[6:8] == ["  Why it is here", "  ──────────────"]
    assert "  Experts                   router, in the title · 4 points" in shown
    assert "    not found               =MoE" in shown
    assert shown[22].endswith("w or Esc closes ")
    assert lines("a")[22].endswith("a or Esc closes ")
    assert "  14 pages" in lines("a", 100, 30)


def test_the_wide_screen_has_the_list() -> None:
    shown = lines("sd", 100, 30)
    assert shown[0].endswith("3 of 4   ★ 1   ✕ 1 ")
    assert shown[2] == "  ★  1 ●●●  Quiet Routers: Sending Fewer Tokens to More Experts"
    assert shown[4].startswith("  >  3 ●●●  Growing")
    assert "  o arXiv   p PDF" in shown
    many, _ = typed(session(12), "jjjjjjj")
    listed = [text_of(line) for line in draw(many, 100, 30)][2:9]
    assert listed[3].startswith("  >  8")


def test_the_end_counts() -> None:
    shown = lines("sldx")
    assert shown[3].startswith("  Done: 4 papers")
    assert "    →  1  later        Nine Failures of Expert Routing" in shown
    assert "  On your list: 3 papers." in shown
    earlier = replace(session(1), earlier=(card(5),))
    after, _ = typed(earlier, "s")
    assert text_of(draw(after, 80, 24)[23]).startswith(" b earlier days (1 undecided)   u undo")


def test_a_day_without_papers() -> None:
    made = replace(session(0), quiet_day="No rule matched.", earlier=(card(5), card(6)))
    shown = [text_of(line) for line in draw(made, 80, 24)]
    assert shown[3] == "  Nothing new today"
    assert "  No rule matched." in shown
    assert "  2 papers of earlier days are undecided. Enter shows them." in shown
    assert shown[23].startswith(" Enter earlier days")


def test_a_small_terminal_is_told() -> None:
    assert lines("", 59, 24) == ["Needs 60 columns and 16 lines."]


def test_a_locale_without_the_signs_gets_others() -> None:
    shown = [text_of(line) for line in in_ascii(draw(typed(session(3), "sd")[0], 100, 30))]
    assert all(line.isascii() for line in shown)


def test_matched_words_keep_their_style_over_line_ends() -> None:
    spans = [Span("", "a "), Span("mark", "b c"), Span("", ". d")]
    assert wrap(spans, 4) == [
        [Span("", "a "), Span("mark", "b")],
        [Span("mark", "c"), Span("", ". d")],
    ]
    assert wrap([Span("", "abcdefg h")], 3) == [[Span("", part)] for part in ("abc", "def", "g h")]


def test_nothing_steers_the_terminal() -> None:
    bad = card(0, "A \x1b[31mred\x07 title")
    text = "".join(text_of(line) for line in draw(replace(session(), cards=(bad,)), 80, 24))
    assert text.isprintable()
