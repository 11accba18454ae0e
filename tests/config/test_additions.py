"""Keywords are added to a config without changing any other byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.additions import add_keywords
from digest.config.settings import parse_config
from digest.errors import UsageError
from digest.rules.syntax import Phrase

BLOCK = """\
sources: [dumps/]   # where papers come from
rules:
  - name: Sparse
    # the first of many
    keywords:
    - pruning      # of weights
    - 'a: b'
  # between
  - name: "Tides"
    keywords: [ tide,  gauge ]  # flow
    weight: 2
"""


def keywords(content: str, rule: int = 0) -> list[str]:
    asked = parse_config(content, Path("c.yaml")).rules[rule].keywords
    return [request.text for request in asked if isinstance(request, Phrase)]


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("Sparse", "    - pruning ", "    - kv cache\n    - 'no'\n    - pruning "),
        ("Tides", "[ tide, ", "[ kv cache, 'no', tide, "),
    ],
)
def test_a_list_grows_in_its_own_style(rule: str, before: str, after: str) -> None:
    changed = add_keywords(BLOCK, rule, "keywords", ["kv cache", "no"])
    assert changed == BLOCK.replace(before, after)
    number = ["Sparse", "Tides"].index(rule)
    assert keywords(changed, number)[:2] == ["kv cache", "no"]


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("Sparse", "    keywords:\n    - p", "    exclude: [survey]\n    keywords:\n    - p"),
        ("Tides", "    weight", "    exclude: [survey]\n    weight"),
    ],
)
def test_a_list_is_begun(rule: str, before: str, after: str) -> None:
    changed = add_keywords(BLOCK, rule, "exclude", ["survey"])
    assert changed == BLOCK.replace(before, after)
    parse_config(changed, Path("c.yaml"))


def test_a_rule_of_one_line_and_one_of_windows_stay_so() -> None:
    line = "sources: [d/]\nrules: [{name: A, keywords: [x]}]\n"
    assert "{name: A, exclude: [tide], keywords: [x]}" in add_keywords(
        line, "A", "exclude", ["tide"]
    )
    windows = BLOCK.replace("\n", "\r\n")
    changed = add_keywords(windows, "Sparse", "keywords", ["kv cache"])
    assert changed.count("\n") == changed.count("\r\n") == windows.count("\n") + 1


@pytest.mark.parametrize("content", ["rules: []\n", "a: b\n", "", "rules: [{name: A, query: x}]\n"])
def test_a_rule_that_is_not_there_is_said(content: str) -> None:
    with pytest.raises(UsageError, match="no rule 'Sparse'"):
        add_keywords(content, "Sparse", "keywords", ["x"])
    with pytest.raises(UsageError, match="is not a list"):
        add_keywords("rules: [{name: Sparse, keywords: x}]\n", "Sparse", "keywords", ["y"])


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)
)
def test_whatever_a_keyword_holds_it_is_read_back(keyword: str) -> None:
    """As YAML: what the rule language makes of it is another matter."""
    import yaml

    for rule, number in (("Sparse", 0), ("Tides", 1)):
        changed = yaml.safe_load(add_keywords(BLOCK, rule, "keywords", [keyword]))
        assert changed["rules"][number]["keywords"][0] == keyword
