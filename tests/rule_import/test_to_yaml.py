"""The written YAML is read as the same text by the config and by other parsers."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.config.yaml_tree import Items, Text, parse_tree
from digest.rule_import import ImportedRule, ImportResult, write_yaml
from digest.rule_import.to_yaml import scalar

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def read_back(written: str) -> str:
    tree = parse_tree(f"- {written}\n- end\n")
    assert isinstance(tree, Items)
    first = tree.items[0]
    assert isinstance(first, Text)
    assert not first.is_null
    return first.text


@settings(max_examples=150)
@given(TEXT)
@example("no")
@example("1e3")
@example("- x")
@example("*x")
@example("{")
@example("x # y")
@example("x: y")
@example("null")
@example("~")
@example("it's")
@example('"')
@example("x ")
@example("\u2028\ufeff\x85\xa0\t\n")
@example("yes")
@example("=")
@example("<<")
@example("2026-01-05")
@example("1:30")
@example("0x1F")
@example("😀 𝔘")
def test_a_text_stays_what_it_is(text: str) -> None:
    assert read_back(scalar(text)) == text
    assert yaml.safe_load(f"- {scalar(text)}\n- end\n") == [text, "end"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("mixture of experts^3", "mixture of experts^3"), ("Text-to-Video", "Text-to-Video"),
        ("C++", "C++"), ("no", "'no'"), ("3D", "'3D'"), ("a: b", "'a: b'"), ("鱼", "鱼"),
        ("=MoE", "'=MoE'"), ("prun*", "prun*"),
    ],
)  # fmt: skip
def test_quotation_marks_only_where_needed(text: str, written: str) -> None:
    assert scalar(text) == written


@settings(max_examples=100)
@given(TEXT)
def test_a_note_stays_a_comment(note: str) -> None:
    written = write_yaml(ImportResult((ImportedRule("X", notes=(note,)),), (note,)), origin=note)
    assert yaml.safe_load(written) == {"rules": [{"name": "X"}]}
