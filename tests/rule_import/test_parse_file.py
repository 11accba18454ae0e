"""Parse files of any form; hostile ones end in one clear error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import UsageError
from digest.rule_import import import_rules, write_yaml
from digest.rule_import.convert import Converter
from digest.rule_import.parse_file import read_values
from digest.rule_import.result import Options
from tests.rule_import.loading import load

if TYPE_CHECKING:
    from digest.rule_import.parse_file import Value


@pytest.mark.parametrize(
    ("text", "form", "values"),
    [
        ('{"a": ["x", 3.10, true, null]}', "JSON", {"a": ["x", "3.10", "true", None]}),
        ("a:\n  - no\n  - 3.10\n", "YAML", {"a": ["no", "3.10"]}),
        ("- x\n- y\n", "YAML", ["x", "y"]),
        ("{a: [x]}", "YAML", {"a": ["x"]}),
        ('[topics]\nA = ["x", "y"]\n', "TOML", {"topics": {"A": ["x", "y"]}}),
        ("A = ['x']\nB: list[str] = ('y',)\n", "Python", {"A": ["x"], "B": ["y"]}),
        ("A = ['x']\nB = open('f').read()\n", "Python", {"A": ["x"]}),
        ("x y\nz\n", "text", ["x y", "z"]),
        ("Soups: A Recipe\nmesh\n", "text", ["Soups: A Recipe", "mesh"]),
        ('ti:"x" AND cat:cs.LG', "text", ['ti:"x" AND cat:cs.LG']),
        ("[A]\nx\n", "text", {"A": ["x"]}),
        ("", "text", []),
    ],
)
def test_forms_are_told_by_content(text: str, form: str, values: Value) -> None:
    assert read_values(text) == (values, form)


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("[" * 100_000, ".json"), ('{"a":' * 100_000, ".json"), ("{", ".json"), ("[1,]", ".json"),
        ("[" * 100_000, ".yaml"), ("a: !!python/object x", ".yaml"), ("a: [", ".yml"),
        ("x = " + "[" * 100_000, ".toml"), ("x = ", ".toml"), ("a.b." * 16_001 + "c=1", ".toml"),
        ("x = " + "(" * 100_000, ".py"), ("x = " + "-" * 100_000 + "1", ".py"), ("def", ".py"),
        ("a," * 60_000, ""), ("x = f()", ".py"), ("x = " + "+".join(["1"] * 50_000), ".py"),
        ("a\0b", ""), ("x\n" * 600_000, ""), ("x\n" * 60_000, ""),
        (json.dumps([[[[[[[[[[[[[[[[[[["x"]]]]]]]]]]]]]]]]]]]), ".json"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n"
            for n in range(8)), ".yaml"),
    ],
)  # fmt: skip
def test_hostile_files_end_in_a_usage_error(text: str, suffix: str) -> None:
    with pytest.raises(UsageError) as error:
        import_rules(text, suffix=suffix)
    assert len(str(error.value)) < 500


@pytest.mark.parametrize(
    "text",
    ["(" * 50_000 + " AND x", "ti:" * 20_000 + "x AND y", "a AND " * 20_000 + "b",
     "\\b" + "(" * 20_000, ".*" * 20_000 + "x\\b", "x^" * 20_000, "a* " * 5 + "b" * 50_000],
)  # fmt: skip
def test_hostile_lines_are_left_out(text: str) -> None:
    result = import_rules(text)
    assert result.rules == ()
    assert result.notes


def test_what_every_topic_inherits_does_not_multiply_without_end() -> None:
    exclude = [f"e {number}" for number in range(1_000)]
    topics = {f"t {number}": ["x y"] for number in range(1_000)}
    with pytest.raises(UsageError, match="more than 100,000 keywords"):
        import_rules(json.dumps({"exclude": exclude, "topics": topics}))


def test_long_lists_stay_rules_where_their_queries_grow_too_long() -> None:
    texts = [f"graph {number}" for number in range(2_000)]
    boosts = [f"mesh {number}" for number in range(2_000)]
    categories = ["cs.CL"]
    table = {
        "keywords": texts, "boost_keywords": boosts, "require": boosts, "categories": categories
    }  # fmt: skip
    result = import_rules(json.dumps(table), options=Options(authors=True))
    (rule,) = load(result)
    assert len(rule.keywords) == len(texts)
    assert len(result.rules[0].notes) >= 3


TEXTS = st.one_of(
    st.sampled_from(
        ["llm", "C++", "a*", "++", "ti:x AND cat:cs.LG", "\\bx\\b", "-3", "2.5", "cs.CL", "a, b",
         "x OR", "ti:", "x^2", "=x", '"', "\\", "/", "{}", "# x", "null", "e\u0301\ud800"]
    ),
    st.text(max_size=12),
)  # fmt: skip
KEYS = st.one_of(
    st.sampled_from(
        ["keywords", "exclude", "require", "boost_keywords", "weak_keywords", "categories", "url",
         "authors", "topics", "layers", "queries", "topic_merge", "topic_drop", "label", "weight",
         "top_n", "min_score", "threshold", "interest", "scoring", "context", "and_or", "query",
         "weak_keyword_multiplier", "X"]
    ),
    st.text(max_size=6),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(TEXTS, st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=25,
)


@settings(max_examples=100)
@given(VALUES)
def test_whatever_is_imported_loads(value: Value) -> None:
    load(Converter(Options(authors=True)).convert(value))


@settings(max_examples=80)
@given(st.text(max_size=200), st.sampled_from(["", ".txt", ".py", ".toml", ".yaml", ".json"]))
def test_any_text_is_read_or_refused(text: str, suffix: str) -> None:
    try:
        result = import_rules(text, suffix=suffix)
    except UsageError:
        return
    load(result)
    assert write_yaml(result) == write_yaml(import_rules(text, suffix=suffix))
