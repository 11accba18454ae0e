"""Secrets come from variables, or from the files that variables name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.cli.environment import Environment

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_stands_in_for_a_variable(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(" pass word \n", encoding="utf-8")
    messages: list[str] = []
    environment = Environment(
        {"KEY_FILE": str(secret), "OTHER": "x", "OTHER_FILE": "y"}, messages.append
    )
    assert environment.get("KEY") == " pass word "
    assert environment["OTHER"] == "x"
    assert environment.get("NONE", "") == ""
    assert messages == []


def test_a_file_that_cannot_be_read_is_said_once(tmp_path: Path) -> None:
    messages: list[str] = []
    environment = Environment({"KEY_FILE": str(tmp_path / "gone")}, messages.append)
    for _ in range(2):
        with pytest.raises(KeyError):
            environment["KEY"]
    (line,) = messages
    assert line.startswith("digest: KEY_FILE names ")
