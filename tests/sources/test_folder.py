"""The dumps of a folder: files in a fixed order, and a reason for everything else."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from digest.errors import DumpError
from digest.model import FolderSource
from digest.sources.folder import collect, file_stamp, open_dump

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "dumps"
    path.mkdir()
    return path


def source(folder: Path, shown: str = "dumps") -> FolderSource:
    return FolderSource("mine", folder, shown)


def names(folder: Path, shown: str = "dumps") -> list[str]:
    return [dump.name for dump in collect(source(folder, shown)).dumps]


def test_files_come_in_the_order_of_their_names_from_all_folders_below(folder: Path) -> None:
    for name in ("b.txt", "2026/01/x.json", "a.txt", "2026/01/a.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert names(folder) == [
        "dumps/2026/01/a.json", "dumps/2026/01/x.json", "dumps/a.txt", "dumps/b.txt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "name"), [("dumps", "dumps/a"), (".", "a"), ("../d/", "../d/a"), ("/d", "/d/a")]
)
def test_names_begin_as_the_config_writes_the_folder(folder: Path, shown: str, name: str) -> None:
    (folder / "a").touch()
    assert names(folder, shown) == [name]


def test_hidden_and_unfinished_files_are_passed_over(folder: Path) -> None:
    (folder / ".git").mkdir()
    for name in (".git/x", ".DS_Store", "a.txt.part", "b.tmp", "c.crdownload", "d.txt~", "e.txt"):
        (folder / name).touch()
    result = collect(source(folder))
    assert [dump.name for dump in result.dumps] == ["dumps/e.txt"]
    assert result.refused == ()


def test_an_empty_folder_is_no_fault(folder: Path) -> None:
    result = collect(source(folder))
    assert (result.dumps, result.state, result.reason) == ((), "ok", "")


def test_a_folder_that_is_missing_is_a_failed_source(folder: Path) -> None:
    result = collect(source(folder / "none", "dumps/none"))
    assert result.state == "failed"
    assert result.reason == "folder dumps/none does not exist"


def test_a_file_is_no_folder(folder: Path) -> None:
    (folder / "a").touch()
    assert collect(source(folder / "a", "a")).reason == "folder a is a file, not a folder"


@pytest.mark.timeout(30)
def test_circles_of_links_end_and_links_to_elsewhere_are_followed(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.txt").touch()
    (folder / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (folder / "self").symlink_to(folder, target_is_directory=True)
    (tmp_path / "elsewhere" / "up").symlink_to(folder, target_is_directory=True)
    assert names(folder) == ["dumps/link/x.txt"]


def test_what_is_no_regular_file_is_refused_without_being_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "broken").symlink_to(folder / "none")
    refused = [(refusal.dump, refusal.reason) for refusal in collect(source(folder)).refused]
    assert refused == [
        ("dumps/broken", "is a broken link"),
        ("dumps/pipe", "is not a regular file"),
    ]


def test_a_folder_that_cannot_be_looked_into_is_refused_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").touch()
    (folder / "closed").mkdir()
    scandir = os.scandir

    def deny(path: Path) -> Iterator[os.DirEntry[str]]:  # root may look into everything
        if path == folder / "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", deny)
    result = collect(source(folder))
    assert [dump.name for dump in result.dumps] == ["dumps/a.txt"]
    assert [refusal.dump for refusal in result.refused] == ["dumps/closed"]


def test_odd_names_are_fit_to_be_shown(folder: Path) -> None:
    (folder / "a\nb\x1b[31m").touch()
    (folder / os.fsdecode(b"\xff.txt")).touch()
    assert sorted(names(folder)) == ["dumps/a�b�[31m", "dumps/�.txt"]


def test_a_dump_is_opened_at_its_start_with_the_hash_of_its_content(folder: Path) -> None:
    content = os.urandom(3_000_000)
    (folder / "a").write_bytes(content)
    with open_dump(folder / "a") as dump:
        assert dump.sha256 == hashlib.sha256(content).hexdigest()
        assert dump.stream.read() == content
        assert dump.stamp == file_stamp(folder / "a")


def test_a_file_that_went_away_is_a_dump_error(folder: Path) -> None:
    with pytest.raises(DumpError, match="cannot be read: No such file"), open_dump(folder / "gone"):
        pass
    with pytest.raises(DumpError, match="cannot be read: Is a directory"), open_dump(folder):
        pass
