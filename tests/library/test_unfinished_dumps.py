"""A long dump is stored a part at a time: a killed run loses at most one part."""

from __future__ import annotations

import io
import json
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from digest.dumps import read_dump
from digest.errors import DumpError
from digest.library import Library, ShownCounts
from digest.model import DumpInfo, Record, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.library import IngestResult

TODAY = date(2026, 3, 2)
INFO = DumpInfo("dumps/snapshot.jsonl", "dumps", "5" * 64, "jsonl", None)
ENTRIES = [
    {"id": f"2601.{number:05}", "title": f"Stone {number // 2 if number % 20 == 0 else number}",
     "abstract": "It lies there."}
    for number in range(100)
]  # fmt: skip
CONTENT = "".join(json.dumps(entry) + "\n" for entry in ENTRIES).encode()


def items(after: int = 0) -> Iterator[Record | Refusal]:
    reading = read_dump(io.BytesIO(CONTENT), name=INFO.name, today=TODAY, after=after)
    assert reading.by_lines
    return reading.items


def killed_after(count: int, after: int = 0) -> Iterator[Record | Refusal]:
    yield from islice(items(after), count)
    raise KeyboardInterrupt


def store(library: Library, said: Iterator[Record | Refusal]) -> IngestResult:
    return library.dumps.add_in_parts(INFO, said, read_on=TODAY, part=10)


def go_on(library: Library) -> Iterator[Record | Refusal]:
    progress = library.dumps.progress(INFO.sha256)
    assert progress is not None
    return items(progress.line)


def whole() -> tuple[list[str], IngestResult]:
    library = Library.in_memory()
    ingested = library.dumps.add(INFO, items(), read_on=TODAY)
    return sorted(repr(paper) for paper in library.papers), ingested


def test_parts_are_what_the_whole_is() -> None:
    library = Library.in_memory()
    assert store(library, items()) == whole()[1]
    assert sorted(repr(paper) for paper in library.papers) == whole()[0]
    assert library.dumps.progress(INFO.sha256) is None, "finished"


@pytest.mark.parametrize("kills", [(3,), (10,), (37,), (15, 5, 28), (95,)])
def test_the_next_run_goes_on_where_one_was_killed(kills: tuple[int, ...]) -> None:
    library = Library.in_memory()
    line = 0
    for count in kills:
        with pytest.raises(KeyboardInterrupt):
            store(library, killed_after(count, line))
        progress = library.dumps.progress(INFO.sha256)
        assert progress is not None
        assert progress.line == progress.records == line + (count - 1) // 10 * 10
        assert library.dumps.files("dumps") == {}, "not read yet, so that the next run reads it"
        line = progress.line
    done = store(library, go_on(library))
    papers, ingested = whole()
    assert sorted(repr(paper) for paper in library.papers) == papers
    assert (done.records, done.new_papers) == (ingested.records, ingested.new_papers)
    assert [*library.dumps.files("dumps")] == [INFO.name]


def test_what_is_refused_whole_leaves_nothing() -> None:
    def refused() -> Iterator[Record | Refusal]:
        yield from items()
        raise DumpError("changed while it was read")

    library = Library.in_memory()
    other = DumpInfo("dumps/a.jsonl", "dumps", "a" * 64, "jsonl", None)
    library.dumps.add(other, [Record("Stone 3", 1, arxiv_id="2601.00003")], read_on=TODAY)
    before = [repr(paper) for paper in library.papers]
    with pytest.raises(DumpError, match="changed"):
        store(library, refused())
    assert [repr(paper) for paper in library.papers] == before
    assert library.dumps.progress(INFO.sha256) is None
    assert library.dumps.number_of(INFO.sha256) is None


def test_the_rest_is_new_to_profiles_that_looked_in_between() -> None:
    library = Library.in_memory()
    with pytest.raises(KeyboardInterrupt):
        store(library, killed_after(50))
    other = DumpInfo("dumps/b.jsonl", "dumps", "b" * 64, "jsonl", None)
    between = library.dumps.add(other, [Record("Rain", 1)], read_on=TODAY)
    done = store(library, go_on(library))
    assert done.dump > between.dump
    assert library.papers.shown_after(between.dump) == ShownCounts(1, 60), (
        "what follows the part of 40"
    )
    new = {
        paper.id
        for paper in library.papers.get_many(library.papers.new_after(between.dump, "p")).values()
    }
    assert new == {entry["id"] for entry in ENTRIES[40:]}
