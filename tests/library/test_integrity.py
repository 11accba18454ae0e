"""Damage that SQLite does not detect is reported, never a traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from digest.library import Library
from digest.library.integrity import faults_of
from tests.library.samples import add, deliver, record

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE digest SET payload = CAST(x'7b22ff' AS TEXT)", "payload of digest 1 is not JSON"),
        ("UPDATE record SET body = x'0128b52ffd00'", "the text of record 1 cannot be read"),
        ("UPDATE digest SET day = '2026-03- 1'", "day of digest 1 is not a day"),
    ],
)
def test_damage_within_a_value_is_named(tmp_path: Path, change: str, fault: str) -> None:
    path = tmp_path / "digest.db"
    with Library.open(path) as library:
        add(library, "a", [record("Salt", arxiv_id="2601.00001")])
        deliver(library, "2601.00001")
    assert faults_of(path) == ()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()
    assert fault in faults_of(path)
