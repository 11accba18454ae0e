"""Near, ANY, aliases, rules in rules, fields and partial dates, example by example."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from digest.matching import compile_rules
from digest.model import Paper, PartialDate
from digest.rules import Rule, parse_query
from tests.people import people
from tests.reference.cases import Example, answer
from tests.reference.judge import rule_or_none
from tests.reference.match import RuleSpec
from tests.rules.implementations import TODAY, ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.rules.implementations import Reading

    Answer = Callable[[Example], bool | None]

ALIASES = (("LLM", "large language model"), ("RAG", "retrieval-augmented generation"))
RULES = {
    "Boats": RuleSpec(query="boat OR canoe"),
    "Lakes": RuleSpec(query="lake"),
    "Mostly boats": RuleSpec(query="boat^2 OR lake", min_score=3),
}


def by_program(example: Example) -> bool | None:
    """Answer as the program does; None for a rule that it refuses."""
    rule = rule_or_none(example, "r")
    if rule is None:
        return None
    return len(compile_rules([rule], today=TODAY).select([example.paper]).rule) > 0


@pytest.fixture(params=[answer, by_program], ids=["reference", "digest"])
def asked(request: pytest.FixtureRequest) -> Answer:
    chosen: Answer = request.param
    return chosen


TEXTS: list[tuple[str, str, bool]] = [
    # Between two terms.
    ("boat NEAR/2 lake", "a boat on the lake", True),
    ("boat NEAR/2 lake", "the lake under a boat", True),
    ("boat NEAR/1 lake", "a boat on the lake", False),
    ("boat PRE/2 lake", "a boat on the lake", True),
    ("boat PRE/2 lake", "the lake under a boat", False),
    ("(boat OR canoe) NEAR/0 lake*", "lakes, canoes", True),
    ("title:(boat NEAR/2 lake)", "a boat on the lake", True),
    # Words in the bracket of an abbreviation are not counted.
    ('"model agent"~0', "Large Language Model (LLM) agents", True),
    ("model NEAR/0 agent", "Large Language Model (LLM) agents", True),
    ("model NEAR/0 agent", "a model (of a lake), agents", False),
    ('"large language model agent"', "Large Language Model (LLM) agents", True),
    ('"LLM agent"', "Large Language Model (LLM) agents", True),
    ('"tree search"', "tree (MC) search", True),
    ('"MCTS search"', "we use MCTS (MC) search", True),
    # So many of a list.
    ("ANY 2 (boat, canoe, lake)", "a boat", False),
    ("ANY 2 (boat, canoe, lake)", "a boat on the lake", True),
    ('ANY 1 (boat, "10,000 canoes")', "10,000 canoes", True),
    # Aliases, alone and inside phrases.
    ("LLM", "a large language model", True),
    ('"LLM agent"', "large language model agents", True),
    ('"large language model agent"', "LLM agents", True),
    ('"RAG for lakes"', "retrieval augmented generation for lakes", True),
    ("=LLM", "a large language model", False),
    # Other rules.
    ("rule:Boats", "a canoe", True),
    ("rule:Boats rule:Lakes", "a canoe", False),
    ("lake NOT rule:Boats", "a boat on the lake", False),
    ('rule:"Mostly boats"', "a boat", True),
    ('rule:"Mostly boats"', "a lake", False),
    # Words.
    (".NET", "the .NET runtime", True),
    (".NET", "a net for fish", False),
    ("U.S.", "lakes of the U.S. and Canada", True),
    ("U.S.", "boats of the U. S. and Canada", False),
    ("E coli", "E. coli in lakes", True),
    ("TGF-β1", "TGF-β1 in fish", True),
    ('"TGF β 1"', "TGFβ1 in fish", True),
    ("R&D", "R & D of boats", True),
    ('"R&D of boats"', "R&D of boats", True),
    ('"R&D of boats"', "RD of boats", False),
    ("corpora", "a corpus of boats", True),
]


@pytest.mark.parametrize(("query", "title", "selects"), TEXTS)
def test_a_query_selects_by_its_text(asked: Answer, query: str, title: str, selects: bool) -> None:
    paper = Paper("2601.00001", title)
    assert asked(Example(RuleSpec(query=query), paper, None, ALIASES, RULES)) is selects


FIELDS: list[tuple[str, dict[str, Any], bool]] = [
    ("published:>=2026-01-15", {"published": PartialDate(2026, 1)}, True),
    ("published:<=2026-01-15", {"published": PartialDate(2026, 1)}, True),
    ("published:>=2026-02", {"published": PartialDate(2026, 1)}, False),
    ("published:2026", {"published": PartialDate(2026, 1, 3)}, True),
    ("published:2025-12", {"published": PartialDate(2025)}, True),
    ("type:cross", {"announce": "cross"}, True),
    ("type:cross", {"announce": "new"}, False),
    ("primary:cs.*", {"primary": "cs.LG"}, True),
    ("primary:cs.*", {"primary": "math.AG", "categories": ("cs.LG",)}, False),
    ("doi:10.1000/*", {"doi": "10.1000/lake"}, True),
    ("has:doi", {"doi": "10.1000/lake"}, True),
    ("has:abstract", {}, False),
    ('journal:"lake letters"', {"journal": "Lake Letters 3"}, True),
    ("journal:letter", {"journal": "Lake Letters 3"}, False),
    ('comment:"12 pages"', {"comment": "12 pages"}, True),
    ("last_author:Stone", {"authors": people("Ada Rivers", "Ben Stone")}, True),
    (
        "last_author:Stone",
        {"authors": people("Ada Rivers", "Ben Stone"), "author_count": 9},
        False,
    ),
    ("first_author:Stone", {"authors": people("Ada Rivers", "Ben Stone")}, False),
]


@pytest.mark.parametrize(("query", "fields", "selects"), FIELDS)
def test_a_query_selects_by_fields(
    asked: Answer, query: str, fields: dict[str, Any], selects: bool
) -> None:
    paper = Paper("2601.00001", "A lake", **fields)
    assert asked(Example(RuleSpec(query=query), paper, None)) is selects


@pytest.mark.parametrize(
    "query",
    [
        "/x/i", "title:^Alpha", "boat WITHIN 3 lake", "TI=(boat)", "boat[tiab]", "//",
        "ANY 3 (boat, lake)", "type:old", "has:money", "title:boat NEAR/3 lake",
    ],
)  # fmt: skip
def test_a_slip_is_refused(asked: Answer, query: str) -> None:
    paper = Paper("2601.00001", "A boat on the lake")
    assert asked(Example(RuleSpec(query=query), paper, None)) is None


@pytest.mark.parametrize(("day", "rests"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True)])
def test_a_rule_rests_after_its_last_day(day: date, rests: bool) -> None:
    rule = Rule("Boats", query=parse_query("boat"), until=date(2026, 12, 31))
    assert rule.rests(day) is rests


def test_a_paused_rule_rests() -> None:
    assert Rule("Boats", query=parse_query("boat"), paused=True).rests(TODAY)


@pytest.mark.parametrize(
    ("prefer", "avoid", "points"),
    [((), (), 2.0), (("lake^2",), (), 6.0), ((), ("lake",), 1.0), ((), ("lake^9",), 0.0)],
)
def test_what_is_preferred_or_avoided_changes_points_alone(
    reading: Reading, prefer: tuple[str, ...], avoid: tuple[str, ...], points: float
) -> None:
    spec = RuleSpec(("boat",), prefer=prefer, avoid=avoid)
    answer = ask(reading, spec, Paper("2601.00001", "A boat on the lake"))
    assert (answer.selected, answer.points) == (True, points)
