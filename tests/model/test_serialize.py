"""The JSON of papers and picks: the contract's names, and no loss in a round trip."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from digest.model import Match, Name, Paper, PartialDate, Pick, RuleMatch
from digest.model.serialize import (
    match_to_json,
    paper_from_json,
    paper_to_json,
    pick_from_json,
    pick_to_json,
)
from tests.people import people
from tests.strategies import built

CONTRACT = (
    "id", "title", "abstract", "authors", "author_count", "organization", "published", "url",
    "pdf_url", "arxiv_id", "doi", "categories", "upvotes", "comments", "code_url", "sources",
    "first_seen", "published_inferred",
)  # fmt: skip

text = st.text(max_size=12)
labels = st.lists(text, max_size=3).map(tuple)
names = st.lists(built(Name, text, text, text, text, text), max_size=3).map(tuple)
partial_dates = st.dates().flatmap(
    lambda day: st.sampled_from(
        [PartialDate.of(day), PartialDate(day.year, day.month), PartialDate(day.year)]
    )
)
papers = built(
    Paper,
    id=text,
    title=text,
    abstract=st.none() | text,
    authors=st.none() | names,
    published=st.none() | partial_dates,
    published_inferred=st.booleans(),
    categories=labels,
    upvotes=st.none() | st.integers(0, 10**9),
    sources=labels,
    first_seen=st.none() | st.dates(),
    aliases=labels,
)
matches = built(
    Match,
    rule=text,
    keyword=text,
    field=st.sampled_from(["title", "abstract", "upvotes"]),
    start=st.none() | st.integers(0, 99),
    end=st.none() | st.integers(0, 99),
    points=st.floats(0, 99),
    index=st.integers(0, 9),
)
picks = built(
    Pick,
    papers,
    st.floats(0, 99),
    st.lists(
        built(
            RuleMatch,
            text,
            st.floats(0, 99),
            st.lists(matches, max_size=2).map(tuple),
            weight=st.floats(0, 99),
        ),
        max_size=2,
    ).map(tuple),
    st.none() | st.dates(),
)


def test_a_paper_has_every_name_of_the_contract_and_null_for_what_is_unknown() -> None:
    form = paper_to_json(Paper("2601.00001", "A title"))
    assert form.keys() >= set(CONTRACT)
    known = {"id": "2601.00001", "title": "A title", "categories": [], "sources": [],
             "aliases": [], "published_inferred": False}  # fmt: skip
    assert {name: value for name, value in form.items() if value is not None} == known


def test_days_are_iso_days_and_lists_are_lists() -> None:
    form = paper_to_json(
        Paper("x", "X", authors=people("A. Lind"), published=PartialDate(2026, 1, 5))
    )
    assert (form["authors"], form["published"]) == (["A. Lind"], "2026-01-05")


def test_a_match_has_every_name_of_the_contract() -> None:
    form = match_to_json(Match("Rule", "word", "title", 3, 7, 2.0))
    assert form == {
        "rule": "Rule", "keyword": "word", "field": "title", "index": 0, "start": 3, "end": 7,
        "points": 2.0,
    }  # fmt: skip


@given(papers)
def test_a_paper_comes_back_as_it_was(paper: Paper) -> None:
    assert paper_from_json(json.loads(json.dumps(paper_to_json(paper)))) == paper


@given(picks)
def test_a_pick_comes_back_as_it_was(pick: Pick) -> None:
    assert pick_from_json(json.loads(json.dumps(pick_to_json(pick))), pick.paper) == pick


def test_what_a_newer_version_adds_to_a_paper_is_passed_over() -> None:
    form = paper_to_json(Paper("x", "X")) | {"citations": 4}
    assert paper_from_json(form) == Paper("x", "X")


def test_a_pick_of_an_earlier_version_is_read() -> None:
    match = Match("Rule", "word", "title", 3, 7, 2.0)
    pick = Pick(Paper("x", "X"), 2.0, (RuleMatch("Rule", 2.0, (match,)),))
    earlier = {
        "score": 2.0,
        "rules": [{"rule": "Rule", "points": 2.0, "matches": [match_to_json(match)]}],
        "carried_since": None,
        "learned": None,
    }
    assert pick_from_json(earlier, pick.paper) == pick
