"""A small part of the comparison between program and reference finds no difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reference.judge import differences, program_cases, random_cases

if TYPE_CHECKING:
    from pathlib import Path

RULES = 120
"""Random rules; `python -m tests.reference.judge --rules 20000` tries more."""


def test_random_rules() -> None:
    wrong = [
        f"seed {seed}: {difference}"
        for seed, case in random_cases(range(RULES))
        for difference in differences(case)
    ]
    assert wrong == []


@pytest.mark.shared
def test_every_shared_case(shared: Path) -> None:
    assert list(program_cases(shared)) == []
