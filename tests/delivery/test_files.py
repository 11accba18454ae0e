"""Files are written atomically."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from digest.delivery.files import FEW, Files, write_file
from digest.errors import DeliveryError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_and_its_folders_are_made(tmp_path: Path) -> None:
    write_file(tmp_path / "digests", "daily/2026-01-05.md", b"text")
    assert (tmp_path / "digests/daily/2026-01-05.md").read_bytes() == b"text"
    assert names(tmp_path) == ["2026-01-05.md"], "nothing is left beside it"


def test_a_file_is_readable_to_whom_the_mask_allows_it(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_file(tmp_path, "feed.xml", b"text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "feed.xml").stat().st_mode) == 0o640


def test_a_file_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    write_file(tmp_path, "feed.xml", b"text")
    os.utime(tmp_path / "feed.xml", (1, 1))
    write_file(tmp_path, "feed.xml", b"text")
    assert (tmp_path / "feed.xml").stat().st_mtime == 1
    write_file(tmp_path, "feed.xml", b"other")
    assert (tmp_path / "feed.xml").stat().st_mtime > 1


def test_who_reads_meanwhile_reads_the_old_file_to_its_end(tmp_path: Path) -> None:
    write_file(tmp_path, "feed.xml", b"old")
    with (tmp_path / "feed.xml").open("rb") as reader:
        write_file(tmp_path, "feed.xml", b"newer")
        assert reader.read() == b"old"
    assert (tmp_path / "feed.xml").read_bytes() == b"newer"


def test_what_a_crash_left_beside_it_goes_with_the_next_try(tmp_path: Path) -> None:
    (tmp_path / ".feed.xml.tmp").write_bytes(b"half of a fe")
    write_file(tmp_path, "feed.xml", b"text")
    assert names(tmp_path) == ["feed.xml"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_is_full_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_file(tmp_path, "feed.xml", b"old")
    monkeypatch.setattr(os if step == "fsync" else Path, step, full)
    with pytest.raises(DeliveryError, match=r"feed\.xml cannot be written: No space left on dev"):
        write_file(tmp_path, "feed.xml", b"newer")
    assert (tmp_path / "feed.xml").read_bytes() == b"old"
    assert names(tmp_path) == ["feed.xml"]


def test_a_file_system_that_cannot_force_a_folder_takes_files_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def of_files_alone(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", of_files_alone)
    write_file(tmp_path, "daily/feed.xml", b"text")
    assert (tmp_path / "daily/feed.xml").read_bytes() == b"text"


def test_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "daily").write_text("mine")
    with pytest.raises(DeliveryError) as caught:
        write_file(tmp_path, "daily/feed.xml", b"text")
    assert str(caught.value) == (
        f"{tmp_path}/daily/feed.xml cannot be written: File exists ({tmp_path}/daily)"
    )
    (tmp_path / "feed.xml").mkdir()
    with pytest.raises(DeliveryError) as caught:
        write_file(tmp_path, "feed.xml", b"text")
    assert str(caught.value) == f"{tmp_path}/feed.xml cannot be written: Is a directory"
    assert names(tmp_path) == ["daily"]


def test_one_of_many_files_that_cannot_be_written_holds_up_no_other(tmp_path: Path) -> None:
    targets = [f"{number % 4}/{number}.md" for number in range(3 * FEW)]
    (tmp_path / "3/7.md").mkdir(parents=True)
    files = Files(tmp_path)
    for target in targets:
        files.write(target, target.encode())
    assert names(tmp_path) == sorted(f".{Path(target).name}.tmp" for target in targets)
    errors = files.settle()
    assert [*errors] == ["3/7.md"]
    assert "Is a directory" in str(errors["3/7.md"])
    assert names(tmp_path) == sorted(Path(target).name for target in targets if target != "3/7.md")
    assert files.settle() == {}


def test_of_two_contents_for_one_place_the_later_stays(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.write("feed.xml", b"first")
    files.write("feed.xml", b"second")
    assert files.settle() == {}
    assert (tmp_path / "feed.xml").read_bytes() == b"second"
