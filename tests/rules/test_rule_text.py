"""The stored text of a rule is parsed to the same rule, independently of order."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.config import parse_config
from digest.rules import Aliases, Rule
from digest.rules.rule_text import (
    aliases_from_text,
    aliases_to_text,
    rule_from_text,
    rule_to_text,
)


def rule(parts: str) -> Rule:
    config = f"sources: [dumps/]\nrules:\n  - {{name: Agents, {parts}}}\n"
    (result,) = parse_config(config, Path("config.yaml")).rules
    return result


ALL = (
    "keywords: [agent^2, =MoE, {query: 'title:tool AND NOT survey'}], query: 'a NEAR/3 b',"
    " authors: [Ada Quill], require: [learn*], exclude: [{query: 'cat:cs.HC'}, survey],"
    " prefer: [code], avoid: [game], min_score: 2, weight: 1.5, paused: true, until: 2026-12-31"
)


@pytest.mark.parametrize("parts", ["keywords: [agent]", "query: 'a OR b'", "authors: [Quill]", ALL])
def test_a_rule_comes_back(parts: str) -> None:
    before = rule(parts)
    after = rule_from_text("Agents", rule_to_text(before))
    assert {name: set(getattr(after, name)) for name in ("keywords", "exclude", "prefer")} == {
        name: set(getattr(before, name)) for name in ("keywords", "exclude", "prefer")
    }
    for name in ("query", "authors", "require", "avoid", "min_score", "paused", "until"):
        assert getattr(after, name) == getattr(before, name), name


@pytest.mark.parametrize(
    "parts",
    [
        "keywords: [b, a]",
        "keywords: [a, b, a]",
        "keywords: [a, b], limit: 3, min: 1, order: newest, note: Hello",
        "keywords: [a, b], must_match: [a]",
        "keywords: [a, b], weight: 3, prefer: [c], avoid: [{query: d}]",
        "keywords: [a, b], paused: false",
    ],
)
def test_what_does_not_decide_is_no_change(parts: str) -> None:
    assert rule_to_text(rule(parts)) == rule_to_text(rule("keywords: [a, b]"))


@pytest.mark.parametrize(
    "parts",
    [
        "keywords: [a]",
        "keywords: [a, B]",
        "keywords: [a, {query: b}]",
        "keywords: [a, b], require: [c]",
        "keywords: [a, b], exclude: [c]",
        "keywords: [a, b], min_score: 1",
        "keywords: [a, b], paused: true",
        "keywords: [a, b], until: 2026-12-31",
    ],
)
def test_what_decides_is_one(parts: str) -> None:
    assert rule_to_text(rule(parts)) != rule_to_text(rule("keywords: [a, b]"))


def test_points_decide_where_points_are_asked_for() -> None:
    texts = {
        rule_to_text(rule(f"keywords: [a], min_score: 2{more}"))
        for more in ("", ", weight: 2", ", prefer: [b]", ", avoid: [b]")
    }
    assert len(texts) == 4


def test_aliases_come_back() -> None:
    aliases = Aliases([["LLM", "large language model"], ["car", "auto"]])
    text = aliases_to_text(aliases)
    assert text == aliases_to_text(Aliases([["auto", "car"], ["large language model", "LLM"]]))
    second = aliases_from_text(text)
    assert second is not None
    assert sorted(map(sorted, second.groups)) == sorted(map(sorted, aliases.groups))
    assert aliases_from_text(aliases_to_text(None)) is None
