"""What a source brings: counted once, and one bad dump costs that dump."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from digest.library import Library
from digest.model import FolderSource
from digest.pipeline.ingest import take_in_content, take_in_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from digest.pipeline.ingest import Intake
    from digest.sources.folder import FoundDump

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
    return take_in_source(library, source, today=MONDAY, progress=lambda dumps, _: dumps)


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
            "dumps/b.txt": "is a link that leads nowhere",
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

    intake = take_in_source(library, source, today=MONDAY, progress=gone)
    (refusal,) = intake.refused
    assert refusal.reason == "the dump cannot be read: No such file or directory"


def test_a_folder_that_is_not_there_is_a_failed_source(library: Library, folder: Path) -> None:
    folder.rmdir()
    intake = take_in(library, folder)
    assert (intake.state, counts(intake)) == ("failed", (0, 0, 0))
    assert intake.reason == "the folder dumps: No such file or directory"


def test_content_that_lies_in_no_file_comes_in_the_same_way(library: Library) -> None:
    content = b'{"title": "A Title", "arxiv_id": "2601.00001"}\nnot JSON\n'
    for new in (1, 0):
        brought = take_in_content(library, content, source="owned", name="refs", today=MONDAY)
        assert (brought.dumps, brought.new_papers, len(brought.refused)) == (new, new, new)
    assert [paper.sources for paper in library.papers] == [("owned",)]
    nothing = take_in_content(library, b"", source="owned", name="empty", today=MONDAY)
    assert [refusal.dump for refusal in nothing.refused] == ["empty"]
