"""The file on the disk: links, permissions, other writers, and killed processes."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.library.connection import Connection
from digest.reading_list import file, sync
from tests.reading_list.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


ONE, TWO, THREE = "2601.00000", "2601.00001", "2601.00002"


def test_a_link_stays_a_link_and_permissions_stay(shelf: Shelf) -> None:
    elsewhere = shelf.folder / "notes.md"
    shelf.path.rename(elsewhere)
    elsewhere.chmod(0o640)
    shelf.path.symlink_to(elsewhere)
    shelf.select(1)
    assert shelf.sync().problems == ()
    assert shelf.path.is_symlink()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o640
    assert len(shelf.shown()) == 4
    assert [path.name for path in shelf.folder.iterdir()] != []
    assert not list(shelf.folder.rglob("*.tmp"))


def test_a_folder_that_cannot_be_written_is_a_problem(shelf: Shelf) -> None:
    shelf.select(1)
    beside = shelf.path.with_name(".reading-list.md.tmp")
    beside.mkdir()
    (problem,) = shelf.sync().problems
    assert "it cannot be written: Is a directory" in problem.reason


def test_what_changes_at_the_last_moment_is_taken_over(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person saves between the reading and the writing, twice."""
    saves = iter(["x", "/"])
    write = file.write_text

    def late(path: Path, text: str, *, expected: str | None) -> bool:
        if box := next(saves, None):
            shelf.tick(TWO, box)
        return write(path, text, expected=expected)

    monkeypatch.setattr(sync, "write_text", late)
    new = shelf.select(1)
    assert shelf.sync().problems == ()
    assert shelf.state(TWO) == "reading"
    assert shelf.shown() == [TWO, *new, ONE, THREE]


def test_a_file_that_never_holds_still_is_left_for_the_next_run(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "write_text", lambda *_, **__: False)
    shelf.select(1)
    (problem,) = shelf.sync().problems
    assert "it changes faster than it can be read" in problem.reason


class Killed(BaseException):
    """The process ends here."""


def test_killed_at_any_moment_the_next_run_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync that takes an edited file over and writes new entries is cut off everywhere."""

    def prepared(name: str) -> Shelf:
        shelf = Shelf(tmp_path / name)
        shelf.select(4)
        shelf.sync()
        shelf.tick(ONE, "x")
        shelf.tick(TWO, "/")
        shelf.edit(shelf.line(THREE) + "\n", "")
        shelf.edit(shelf.line(TWO), shelf.line(TWO) + "\n  a note")
        shelf.select(2)
        return shelf

    whole = prepared("whole")
    whole.sync()
    marks = whole.library.marks.of("daily")
    touched = 0
    while True:
        touched += 1
        shelf = prepared(str(touched))
        with monkeypatch.context() as patched:
            fuse = _lay_fuse(patched, touched)
            try:
                shelf.sync()
            except Killed:
                fuse.clear()
            else:
                break
        assert shelf.sync().problems == ()
        assert shelf.text == whole.text, f"killed at touch {touched}"
        assert shelf.library.marks.of("daily") == marks
    assert touched > 20


def _lay_fuse(patched: pytest.MonkeyPatch, nth: int) -> list[int]:
    left = [nth]

    def burning(function: Callable[..., Any]) -> Callable[..., Any]:
        def burn(*arguments: Any, **named: Any) -> Any:
            if left:
                left[0] -= 1
                if left[0] == 0:
                    raise Killed
            return function(*arguments, **named)

        return burn

    for owner, name in (
        (Connection, "execute"), (Connection, "executemany"), (os, "fsync"), (Path, "replace"),
    ):  # fmt: skip
        patched.setattr(owner, name, burning(getattr(owner, name)))
    return left
