"""Tabs and wrong indentation in the config are reported as such, with advice."""

from __future__ import annotations

import pytest

from digest.config.yaml_tree import parse_tree
from digest.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("sources:\n\t- dumps/\n", 2, "indented with a tab; YAML allows only spaces"),
        ("rules:\n  - name: A\n\tkeywords: [a]\n", 3, "as in line 2 (2 spaces)"),
        (
            "rules:\n  - name: A\n     keywords: [a]\n",
            3,
            "by 5 spaces, but the line that it belongs",
        ),
        ("rules:\n  - name: A\n   keywords: [a]\n", 3, "(line 2) by 4 spaces; give it 4 spaces"),
        ("rules:\n  - name: A\n  keywords: [a]\n", 3, "give it 4 spaces"),
        ("rules:\n  - name: A\n    keywords: [a]\n   - name: B\n", 4, "give it 2 spaces"),
        ("rules:\n    - name: A\n  - name: B\n", 3, "give it 4 spaces"),
        (
            "title: A\n\n# words\n library: b\n",
            4,
            "by 1 space, but the line that it belongs with (line 1)",
        ),
        ("title: A\n library: b\n", 2, "by 0 spaces; do not indent it"),
        ("p:\n  - name: x\n    e:\n      to: y\n     from: z\n", 5, "give it 6 spaces"),
    ],
)
def test_a_wrong_indentation_is_named(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_tree(text)
    assert caught.value.line == line
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "rules: [a,\n     b,\n   c\nx: y\n",
        "title: 'abc\n  rules: x\n",
        "title: a: b\n",
        "rules:\n- name: A\n- keywords: [x\n",
    ],
)
def test_other_faults_are_not_blamed_on_it(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_tree(text)
    assert "indented" not in str(caught.value)
