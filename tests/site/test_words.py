"""A rule in words, rising terms, and Markdown that stays harmless."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from digest.rendering.markdown_to_html import safe_html
from digest.rules import Rule
from digest.rules.parse import parse_query
from digest.site.plots import steps, week_bars, weekly
from digest.site.rule_words import asks_for, rule_sentences
from digest.site.trends import terms, trends
from digest.wording import plain
from digest.wording.languages import ENGLISH, words_in


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("upcycl*", "Papers with upcycl…."),
        ("=MoE", "Papers with MoE (exactly so)."),
        ("title:pruning^3", "Papers with pruning (in the title, counts 3 times)."),
        ("a1 AND (b1 OR c1)", "Papers with a1 and (b1 or c1)."),
        ("a1 NOT survey", "Papers with a1 and not survey."),
        ("ANY 2 (a1, b1, c1)", "Papers with at least 2 of (a1, b1, c1)."),
        ("category:cs.LG", "Papers with category cs.LG."),
        ("upvotes:>=20 AND a1", "Papers with upvotes:>=20 and a1."),
    ],
)
def test_a_query_in_words(query: str, said: str) -> None:
    rule = Rule("R", query=parse_query(query), query_text=query)
    assert [plain(sentence) for sentence in rule_sentences(rule, ENGLISH)] == [said]


def test_keywords_exclusions_and_authors_in_words() -> None:
    rule = Rule(
        "R",
        keywords=(parse_query("pruning"), parse_query("=MoE")),
        exclude=(parse_query("survey"),),
        authors=(parse_query('author:"Ada Lie"'),),
    )
    assert [plain(sentence) for sentence in rule_sentences(rule, ENGLISH)] == [
        "Papers that mention pruning or MoE (exactly so).",
        "Also papers by Ada Lie.",
        "None of them may mention survey.",
    ]


def test_a_rule_in_words_of_another_language() -> None:
    rule = Rule(
        "R",
        keywords=(parse_query("pruning"), parse_query("=MoE"), parse_query("a1 AND b1")),
        require=(parse_query("token"), parse_query("NOT survey")),
    )
    assert [plain(sentence) for sentence in rule_sentences(rule, words_in("de"))] == [
        "Artikel, die pruning, MoE (genau so) oder (a1 und b1) erwähnen.",
        "Alle müssen token oder nicht survey erwähnen.",
    ]
    assert [plain(sentence) for sentence in rule_sentences(rule, words_in("ja"))] == [
        "pruning、MoE (完全一致)または(a1とb1)に触れている論文。",
        "いずれもtokenまたはsurvey以外に触れている必要があります。",
    ]


def test_of_many_keywords_the_first_are_named() -> None:
    rule = Rule("R", keywords=tuple(parse_query(f"word{number}") for number in range(70)))
    (sentence,) = rule_sentences(rule, ENGLISH)
    assert plain(sentence).startswith("Papers that mention word0, word1, ")
    assert plain(sentence).endswith(", word59 and 10 more.")


def test_a_term_that_rises_and_one_that_falls() -> None:
    last = date(2026, 6, 1)
    titles = []
    for week in range(17):
        day = last - timedelta(weeks=16 - week)
        titles += [(day, "On the graph of things")] * 5
        titles += [(day, "World model of rain")] * (1 if week < 13 else 6)
        titles += [(day, "Token pruning again")] * (6 if week < 13 else 1)
    result = trends(titles, last, asks_for([Rule("R", query=parse_query("pruning"))]), ENGLISH)
    assert result is not None
    rising = {term.text: term for term in result.rising}
    falling = {term.text: term for term in result.falling}
    assert rising["rain"].rule == ""
    assert any("pruning" in text and term.rule == "R" for text, term in falling.items())
    assert "graph" not in rising.keys() | falling.keys()
    assert rising["rain"].weeks[-1] == 6


def test_few_papers_have_no_trend() -> None:
    day = date(2026, 6, 1)
    assert trends([(day, "A title")], day, asks_for([]), ENGLISH) is None


def test_terms_are_words_and_pairs_without_common_ones() -> None:
    assert list(terms("On-device Tokens for the 2 Experts")) == [
        "on-device",
        "on-device tokens",
        "tokens",
        "experts",
    ]


def test_plots_count_and_name_what_they_show() -> None:
    last = date(2026, 6, 3)
    counts = weekly([last, last - timedelta(days=7), last - timedelta(days=700)], last)
    assert counts[-2:] == [1, 1]
    assert sum(counts) == 2
    plot = week_bars(counts, last, ENGLISH)
    assert plot.bars[-1].name == "1 June 2026"
    assert "latest 1" in plot.label
    assert steps([(last, 3), (last + timedelta(days=1), 3)], ENGLISH) is None


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("a *word*", "<p>a <em>word</em></p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", "<p><a>x</a></p>"),
        ("[x](https://example.org/a)", '<p><a href="https://example.org/a">x</a></p>'),
        ("![x](https://example.org/a.png)", "<p><span>x</span></p>"),
    ],
)
def test_markdown_becomes_harmless_html(source: str, html: str) -> None:
    assert safe_html(source) == html
