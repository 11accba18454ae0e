"""The five real dumps through the whole program, as a process and as a call."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.pipeline.world import World, digest_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

CONFIG = """\
sources: [dumps/]
rules:
  - {name: Mixture of experts, keywords: ["mixture of experts", =MoE]}
  - {name: Agents, keywords: [agent*, "tool use"], limit: 5}
  - {name: Video, query: 'video AND generat*', weight: 2}
profiles:
  - {name: daily}
  - {name: lab, rules: [Agents], limit: 3, timezone: Asia/Tokyo}
"""


@pytest.fixture
def world(tmp_path: Path, shared: Path) -> World:
    world = World(tmp_path / "home", CONFIG)
    fill(world, shared)
    return world


def fill(world: World, shared: Path) -> None:
    """Copy the dumps, as files of long ago: the size and time of a fresh file are no proof yet."""
    for dump in sorted((shared / "dumps").glob("*.txt")):
        copy = world.folder / "dumps" / dump.name
        copy.write_bytes(dump.read_bytes())
        os.utime(copy, (1_700_000_000, 1_700_000_000))


def process(world: World, *arguments: str) -> tuple[int, str, str]:
    completed = subprocess.run(
        [sys.executable, "-m", "digest", "run", *arguments],
        cwd=world.folder,
        env=os.environ | {"PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return completed.returncode, completed.stdout, completed.stderr


def test_the_five_dumps_are_433_records_of_383_papers_and_a_second_run_changes_nothing(
    world: World,
) -> None:
    code, out, err = process(world, "--json")
    assert (code, err) == (0, "")
    output: dict[str, Any] = json.loads(out)
    (source,) = output["sources"]
    assert source == {
        "name": "dumps", "dumps": 5, "records": 433, "new_papers": 383, "state": "ok",
        "reason": None, "coverage": [],
    }  # fmt: skip
    assert output["refused"] == []
    daily, lab = output["profiles"]
    assert (daily["considered"], lab["selected"]) == (383, 3)
    assert daily["selected"] == len(daily["papers"]) > 20
    for path in (*daily["files"].values(), *lab["files"].values()):
        assert (world.folder / path).stat().st_size > 0

    before = without_log(world)
    code, out, err = process(world, "--json")
    assert (code, err) == (0, "")
    second: dict[str, Any] = json.loads(out)
    assert second["sources"][0] | {"dumps": 5, "records": 433, "new_papers": 383} == source
    assert [profile["papers"] for profile in second["profiles"]] == [[], []]
    assert without_log(world) == before


def without_log(world: World) -> dict[str, object]:
    """Return every file and its date; of the library everything but its log of runs."""
    files: dict[str, object] = {**world.tree()}
    del files["digest.db"]
    with closing(sqlite3.connect(world.folder / "digest.db")) as library:
        files["digest.db"] = [
            line for line in library.iterdump() if not line.startswith('INSERT INTO "run"')
        ]
    return files


def letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.casefold()))


def test_every_paper_shows_its_keyword_where_a_match_says(world: World) -> None:
    result = world.run()
    for name in ("daily", "lab"):
        for entry in digest_of(result, name).entries:
            assert entry.matches
            for match in entry.matches:
                text = {"title": entry.paper.title, "abstract": entry.paper.abstract}[match.field]
                place = letters((text or "")[match.start : match.end])
                assert place.startswith(letters(match.keyword)[:-1])  # but for a plural's s


def test_the_same_day_gives_the_same_bytes_in_two_folders(
    world: World, tmp_path: Path, shared: Path
) -> None:
    other = World(tmp_path / "elsewhere" / "home", CONFIG)
    fill(other, shared)
    other.wait(days=200.3)
    world.run(day=date(2026, 1, 5))
    other.run(day=date(2026, 1, 5))
    assert world.outputs() == other.outputs()
    assert len(world.outputs()) == 14
