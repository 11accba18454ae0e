"""The results of sources: counted once, and a bad dump costs that dump."""

from __future__ import annotations

import os
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest

from digest.library import Library
from digest.model import FolderSource, Record, Refusal
from digest.pipeline import ingest
from digest.pipeline.ingest import ingest_records, ingest_source
from digest.sources.folder import open_dump

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from digest.pipeline.ingest import Intake
    from digest.sources.folder import FoundDump, OpenDump

MONDAY = date(2026, 1, 5)


@pytest.fixture
def library() -> Iterator[Library]:
    with Library.in_memory() as library:
        yield library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "dumps"
    path.mkdir()
    return path


def drop(folder: Path, name: str, *titles: str) -> None:
    lines = "".join(f'{{"title": "{title}"}}\n' for title in titles)
    (folder / name).write_text(lines, encoding="utf-8")


def take_in(library: Library, folder: Path) -> Intake:
    source = FolderSource("mine", folder, "dumps")
    return ingest_source(library, source, today=MONDAY, progress=lambda dumps, _: dumps)


def counts(intake: Intake) -> tuple[int, int, int]:
    return intake.dumps, intake.records, intake.new_papers


def test_what_is_new_is_counted_and_what_was_read_is_not(library: Library, folder: Path) -> None:
    drop(folder, "a.jsonl", "One", "Two", "One")
    drop(folder, "b.jsonl", "Two", "Three")
    assert counts(take_in(library, folder)) == (2, 5, 3)
    assert counts(take_in(library, folder)) == (0, 0, 0)
    drop(folder, "c.jsonl", "Three", "Four")
    assert counts(take_in(library, folder)) == (1, 2, 1)


def test_a_copy_under_another_name_is_no_new_dump(library: Library, folder: Path) -> None:
    drop(folder, "a.jsonl", "One")
    drop(folder, "b.jsonl", "One")
    assert counts(take_in(library, folder)) == (1, 1, 1)
    assert library.dumps.newest() == 1


def test_a_dump_that_has_grown_is_read_again(library: Library, folder: Path) -> None:
    drop(folder, "a.jsonl", "One")
    take_in(library, folder)
    drop(folder, "a.jsonl", "One", "Two")
    assert counts(take_in(library, folder)) == (1, 2, 1)


def test_a_dump_that_cannot_be_read_is_refused_each_time_and_costs_nothing_else(
    library: Library, folder: Path
) -> None:
    (folder / "a.txt").write_bytes(b"")
    (folder / "b.txt").symlink_to("nowhere")
    drop(folder, "c.jsonl", "One")
    for expected in ((1, 1, 1), (0, 0, 0)):
        intake = take_in(library, folder)
        assert counts(intake) == expected
        assert intake.state == "ok"
        reasons = {refusal.dump: refusal.reason for refusal in intake.refused}
        assert reasons == {
            "dumps/a.txt": "the dump is empty",
            "dumps/b.txt": "is a broken link",
        }


def test_a_bad_record_is_refused_with_its_line_when_it_is_read(
    library: Library, folder: Path
) -> None:
    (folder / "a.jsonl").write_text('{"title": "One"}\n{"title": ""}\n{"title": "Two"}\n')
    intake = take_in(library, folder)
    assert counts(intake) == (1, 2, 2)
    assert [(refusal.dump, refusal.line) for refusal in intake.refused] == [("dumps/a.jsonl", 2)]
    assert take_in(library, folder).refused == ()


def test_a_file_that_goes_away_meanwhile_is_refused(library: Library, folder: Path) -> None:
    drop(folder, "a.jsonl", "One")
    source = FolderSource("mine", folder, "dumps")

    def gone(dumps: Iterable[FoundDump], _label: str) -> list[FoundDump]:
        (folder / "a.jsonl").unlink()
        return list(dumps)

    intake = ingest_source(library, source, today=MONDAY, progress=gone)
    (refusal,) = intake.refused
    assert refusal.reason == "the dump cannot be read: No such file or directory"


def test_a_folder_that_is_not_there_is_a_failed_source(library: Library, folder: Path) -> None:
    folder.rmdir()
    intake = take_in(library, folder)
    assert (intake.state, counts(intake)) == ("failed", (0, 0, 0))
    assert intake.reason == "folder dumps does not exist"


def test_records_that_come_from_no_dump_are_stored_once(library: Library) -> None:
    records: list[Record | Refusal] = [
        Record("A Title", 1, arxiv_id="2601.00001"),
        Refusal("refs", 2, "no title"),
    ]
    for new in (1, 0):
        intake = ingest_records(
            library, records, sha256="a", source="owned", name="refs", today=MONDAY
        )
        assert (intake.dumps, intake.new_papers, len(intake.refused)) == (new, new, new)
    assert [paper.sources for paper in library.papers] == [("owned",)]


# --- what need not be read again ------------------------------------------------------------------


def age(path: Path, seconds: float = 60) -> None:
    """Set the time of change of a file to some time ago."""
    moment = time.time_ns() - int(seconds * 1e9)
    os.utime(path, ns=(moment, moment))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were opened."""
    names: list[str] = []

    def noted(path: Path) -> AbstractContextManager[OpenDump]:
        names.append(path.name)
        return open_dump(path)

    monkeypatch.setattr(ingest, "open_dump", noted)
    return names


def test_a_dump_is_opened_once_and_not_again_while_it_is_unchanged(
    library: Library, folder: Path, opened: list[str]
) -> None:
    drop(folder, "a.jsonl", "One")
    drop(folder, "b.jsonl", "Two")
    for path in folder.iterdir():
        age(path)
    assert counts(take_in(library, folder)) == (2, 2, 2)
    assert counts(take_in(library, folder)) == (0, 0, 0)
    assert opened == ["a.jsonl", "b.jsonl"]
    drop(folder, "b.jsonl", "Six")
    assert counts(take_in(library, folder)) == (1, 1, 1)
    assert opened == ["a.jsonl", "b.jsonl", "b.jsonl"]


def test_a_long_dump_is_opened_once(
    library: Library, folder: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "LONG", 1)
    drop(folder, "a.jsonl", "One")
    age(folder / "a.jsonl")
    assert counts(take_in(library, folder)) == (1, 1, 1)
    assert counts(take_in(library, folder)) == (0, 0, 0)
    assert opened == ["a.jsonl"]


def test_a_file_that_changed_just_now_is_hashed_again(
    library: Library, folder: Path, opened: list[str]
) -> None:
    """Within one step of the file system's clock it could change and keep its stamp."""
    drop(folder, "a.jsonl", "One")
    age(folder / "a.jsonl", seconds=-60)
    assert counts(take_in(library, folder)) == (1, 1, 1)
    assert counts(take_in(library, folder)) == (0, 0, 0)
    age(folder / "a.jsonl")
    for _ in range(2):
        assert counts(take_in(library, folder)) == (0, 0, 0)
    assert opened == ["a.jsonl"] * 3


def test_a_file_with_the_former_size_and_another_time_is_read(
    library: Library, folder: Path
) -> None:
    drop(folder, "a.jsonl", "One")
    age(folder / "a.jsonl", seconds=90)
    take_in(library, folder)
    drop(folder, "a.jsonl", "Two")
    age(folder / "a.jsonl", seconds=60)
    assert counts(take_in(library, folder)) == (1, 1, 1)
