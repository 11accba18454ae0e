"""A model's answer becomes one line of plain text, or nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.summaries.clean import clean_answer


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("It prunes half of a model.", "It prunes half of a model."),
        ("<think>They want\na link.</think>\nIt prunes.", "It prunes."),
        ("<think>never closed", ""),
        ("```\nIt prunes.\n```", "It prunes."),
        ("**Summary:** It prunes.", "It prunes."),
        ("TL;DR: It prunes.", "It prunes."),
        ("- It prunes.\n- It is fast.", "It prunes. It is fast."),
        ("“It prunes.”", "It prunes."),
        ("It prunes\x1b[31m\x00 more\u202e.", "It prunes[31m more."),
        ("<b>It</b> <script>alert(1)</script>prunes.", "It alert(1) prunes."),
        ("See https://evil.example/x for more", "See … for more"),
        ("See [the code](https://evil.example/x) here", "See the code here"),
        ("Write to ada@evil.example now", "Write to … now"),
        ("Visit evil.com or www.evil.example", "Visit … or …"),
        ("Run javascript:alert(1) today", "Run … today"),
        ("With Node.js, e.g. v1.2 of PyTorch", "With Node.js, e.g. v1.2 of PyTorch"),
        ("x < y holds & more", "x < y holds & more"),
        ("{{ 7 * 7 }} {% raw %}", "{{ 7 * 7 }} {% raw %}"),
        ("12.5", ""),
        ("", ""),
        ("一句话总结。", "一句话总结。"),
    ],
)
def test_an_answer_is_cleaned(written: str, shown: str) -> None:
    assert clean_answer(written) == shown


def test_a_long_answer_is_cut() -> None:
    cleaned = clean_answer("pruning " * 100_000, most=100)
    assert len(cleaned) <= 100
    assert cleaned.endswith("…")


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_any_answer_is_one_short_line_without_addresses(written: str) -> None:
    cleaned = clean_answer(written, most=80)
    assert len(cleaned) <= 80
    assert len(cleaned.splitlines()) <= 1
    assert not re.search(r"https?://", cleaned, re.IGNORECASE)
