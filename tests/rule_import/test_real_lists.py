"""Real people's lists: each is converted, or the reason is reported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from digest.rule_import import import_rules
from tests.rule_import.loading import load

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

COUNT: Final = 31
NO_RULES: Final = {16, 30}
"""Numbers of the lists that hold prose for a language model, or categories, and nothing else."""


@pytest.fixture(scope="module")
def lists(shared: Path) -> list[Any]:
    lines = (shared / "data" / "user-keyword-configs.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["rules"] for line in lines]


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_every_list_converts_or_says_why_not(lists: list[Any], number: int) -> None:
    assert len(lists) == COUNT
    result = import_rules(json.dumps(lists[number - 1]))
    assert bool(load(result)) == (number not in NO_RULES)
    assert result.rules or result.notes


@pytest.mark.parametrize("number", [1, 3, 5, 6, 7, 8, 10])
def test_every_topic_and_keyword_of_plain_topics_is_there(lists: list[Any], number: int) -> None:
    topics = lists[number - 1]
    result = import_rules(json.dumps(topics))
    assert [rule.name for rule in result.rules] == list(topics)
    for rule, keywords in zip(result.rules, topics.values(), strict=True):
        kept = {entry.keyword for entry in rule.keywords}
        assert kept <= set(keywords)
        repeats = set(keywords) - kept
        assert all(any(repeat in note for note in rule.notes) for repeat in repeats)
