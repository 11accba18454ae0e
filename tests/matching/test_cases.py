"""All cases of version 2 of the rule language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.matching import compile_rules
from tests.reference.cases import read_cases
from tests.reference.judge import rule_or_none
from tests.rules.implementations import TODAY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.shared
@pytest.mark.parametrize("name", ["rule-cases-2.jsonl", "rule-errors-2.jsonl"])
def test_every_case_is_answered(shared: Path, name: str) -> None:
    wrong = []
    for case in read_cases(shared / name):
        rule = rule_or_none(case, "r")
        answer = None
        if rule is not None:
            answer = len(compile_rules([rule], today=TODAY).select([case.paper]).rule) > 0
        if answer is not case.selects:
            wrong.append((case.spec, case.paper.title))
    assert wrong == []
