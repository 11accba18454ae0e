"""Real papers survive export, another program's parser, and import."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from digest.bibliography import write
from digest.bibliography.read import read_references
from digest.library import Library
from digest.pipeline.ingest import ingest_dumps
from digest.sources.folder import FoundDump
from tests.bibliography.bibtex import entries_of
from tests.bibliography.builders import references

if TYPE_CHECKING:
    from pathlib import Path

    from digest.bibliography import ExportFormat, Reference

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def real(shared: Path) -> list[Reference]:
    """Return the papers of some pages, of two days of arXiv, and of arXiv's first weeks."""
    files = [
        *sorted((shared / "dumps").glob("*.txt"))[:2],
        *sorted((shared / "data/arxiv-daily-jsonl").glob("*.gz"))[:2],
        *sorted((shared / "data/arxiv-kaggle-jsonl").glob("*.jsonl")),
    ]
    dumps = [FoundDump(path, path.name) for path in files]
    with Library.in_memory() as library:
        ingest_dumps(library, dumps, "dumps", today=date(2026, 6, 1))
        return references(*library.papers)


@pytest.mark.parametrize("form", ["bibtex", "ris", "csl-json"])
def test_every_paper_comes_back(form: ExportFormat, real: list[Reference]) -> None:
    assert len(real) > 500
    result = read_references(write(form, real).encode(), "real")
    assert result.refused == ()
    for item, each in zip(result.items, real, strict=True):
        record, paper = item.record, each.paper
        assert item.entry.key == each.key
        assert (record.arxiv_id, record.doi) == (paper.arxiv_id, paper.doi)
        assert record.title == paper.title
        assert record.authors == paper.authors


def test_every_entry_is_one_for_others(real: list[Reference]) -> None:
    entries = entries_of(write("bibtex", real))
    assert len(entries) == len({paper.key.lower() for paper in real}) == len(real)
