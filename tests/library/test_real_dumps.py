"""Real dumps in several formats give the same papers in any order."""

from __future__ import annotations

import hashlib
import random
from datetime import date
from typing import TYPE_CHECKING

import pytest

from digest.dumps import read_dump
from digest.library import Library
from digest.model import DumpInfo

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

pytestmark = [pytest.mark.shared, pytest.mark.slow]
READ_ON = date(2026, 6, 1)


def ingest(library: Library, files: Iterable[Path]) -> tuple[int, int, int]:
    """Return how many records, new papers and refusals the files bring."""
    records = new_papers = refused = 0
    for file in files:
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        with file.open("rb") as stream:
            reading = read_dump(stream, name=file.name, today=READ_ON)
            info = DumpInfo(
                file.name,
                file.parent.name,
                sha256,
                reading.format,
                reading.day,
                reading.day_inferred,
            )
            result = library.dumps.add(info, reading.items, read_on=READ_ON)
        records += result.records
        new_papers += result.new_papers
        refused += len(result.refused)
    return records, new_papers, refused


def test_the_five_pages_are_383_papers(shared: Path, library: Library) -> None:
    assert ingest(library, sorted((shared / "dumps").glob("*.txt"))) == (433, 383, 0)
    assert library.papers.count() == 383


def test_pages_api_answers_and_lines_give_the_same_papers_in_any_order(
    shared: Path, tmp_path: Path
) -> None:
    files = sorted((shared / "dumps").glob("*.txt"))
    files += sorted((shared / "data" / "hf-daily-api").iterdir())[::6]
    files += sorted((shared / "data" / "arxiv-daily-jsonl").iterdir())[::6]
    chance = random.Random(5)
    answers = []
    for _ in range(3):
        with Library.open(tmp_path / "absent.db", scratch=True) as library:
            ingest(library, files)
            answers.append(list(library.papers))
        chance.shuffle(files)
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]) > 1_000
