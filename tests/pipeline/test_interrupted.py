"""The next run completes one that was killed or could not write."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest

from digest.errors import LibraryError
from tests.conftest import PROJECT
from tests.pipeline.mail_sink import MailSink
from tests.pipeline.world import MONDAY, RULES, World, of_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Do = Callable[[World, int], str]

TUESDAY = MONDAY + timedelta(days=1)
KILLED = 15
"""Runs that are killed, at moments spread over the whole of a run."""


@contextmanager
def killer() -> Iterator[Do]:
    """Give a function that does a world's run, killed when the world is touched for the nth time.

    It returns "killed", or "done" and how often the world was touched.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.pipeline.killing", TUESDAY.isoformat()],
        cwd=PROJECT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # a process with threads cannot be forked
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def do(world: World, nth: int) -> str:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{world.folder}\t{nth}\n")
            process.stdin.flush()
            return process.stdout.readline().rstrip()

        try:
            yield do
        finally:
            process.kill()


def second_day(folder: Path, port: int) -> World:
    """Return a world that has had its Monday, and has its Tuesday before it."""
    world = World(
        folder,
        f"{RULES}"
        "profiles:\n"
        "  - {name: one, limit: 2, carry_over: 1, email: {to: [a@example.org, b@example.org]}}\n"
        "  - {name: two, rules: [Routing], email: {to: c@example.org}}\n"
        f"smtp: {{host: 127.0.0.1, port: {port}, timeout: 5}}\n",
    )
    world.drop("2026-01-05", "Pruning a", "Pruning b", "Pruning c", "Routing a")
    world.run()
    world.wait()
    world.drop("2026-01-06", "Routing b", "Pruning c", "Of no interest")
    world.drop("2026-01-06b", "Routing c", {"title": "Routing a", "upvotes": 3})
    return world


def moments(whole: int) -> list[int]:
    """Choose moments from the first to the last, by chance that is always the same."""
    bounds = [round(step * whole / KILLED) for step in range(KILLED + 1)]
    chance = random.Random(6)
    return [chance.randint(low + 1, high) for low, high in pairwise(bounds)]


def test_a_run_that_is_killed_at_any_moment_is_completed_by_the_next(tmp_path: Path) -> None:
    with MailSink() as sink, killer() as do:
        monday = second_day(tmp_path / "monday", sink.port)
        undisturbed = monday.copied(tmp_path / "undisturbed")
        sink.delivered.clear()
        whole = int(do(undisturbed, 0).removeprefix("done "))
        expected = Counter(sink.message_ids)
        assert len(expected) == 3
        for nth in moments(whole):
            world = monday.copied(tmp_path / f"killed at {nth}")
            sink.delivered.clear()
            assert do(world, nth) == "killed"
            complete(world)
            sent = Counter(sink.message_ids)
            assert sent.keys() == expected.keys(), "no mail is lost, and none has another name"
            assert sent.total() <= expected.total() + 1, "but for the one in flight, none is twice"
            assert world.outputs() == undisturbed.outputs()


def complete(world: World) -> None:
    """Do the next run, and one that finds nothing to do."""
    assert world.run().complete
    before = world.tree()
    assert world.run().complete
    assert world.tree() == before


def test_a_full_disk_delays_the_files_and_spoils_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.drop("2026-01-05", "Pruning one")
    world.run()
    monday = world.outputs()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for number in (6, 7):
        world.wait()
        world.drop(f"2026-01-0{number}", f"Pruning {number}")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            result = world.run()
        assert not result.complete
        assert world.outputs() == monday, "whole, and nothing is left beside them"
        for delivery in result.waiting:
            assert delivery.error == (
                f"{world.output / delivery.target} cannot be written: No space left on device"
            )
    assert Counter(delivery.target for delivery in result.waiting).most_common(1)[0][1] == 1
    complete(world)
    for day in ("05", "06", "07"):
        assert f"daily/2026-01-{day}.md" in world.outputs()
    assert world.text("daily/latest.md") == world.text("daily/2026-01-07.md")
    assert world.text("daily/feed.xml").count("<item>") == 3


def test_an_old_file_that_waited_does_not_replace_a_newer_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.drop("2026-01-05", "Pruning one")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "no")))
        world.run()
    world.wait()
    world.drop("2026-01-06", "Pruning two")
    (world.output / "daily").mkdir(parents=True, exist_ok=True)
    (world.output / "daily" / "2026-01-05.md").mkdir()
    result = world.run()
    assert [delivery.target for delivery in result.waiting] == ["daily/2026-01-05.md"]
    assert world.text("daily/feed.xml").count("<item>") == 2


def test_an_output_folder_that_is_a_file_is_told(world: World) -> None:
    world.output.write_text("mine")
    world.drop("2026-01-05", "Pruning one")
    result = world.run()
    assert {delivery.state for delivery in result.waiting} == {"waiting"}
    assert result.waiting[0].error == (
        f"{world.output}/daily/2026-01-05.md cannot be written: Not a directory"
        f" ({world.output}/daily)"
    )
    assert world.output.read_text() == "mine"
    world.output.unlink()
    complete(world)
    assert "daily/2026-01-05.md" in world.outputs()


HOLDING: Final = """
import pathlib, sys
from digest.library import Library
with Library.open(pathlib.Path(sys.argv[1])) as library, library.lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_run_of_another_process_is_told_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.pipeline.world.PATIENCE", 0.1)
    path = world.folder / "digest.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(path)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LibraryError, match=f"Another run is using {path}"):
            world.run()
        other.communicate("")
    world.run()


def test_what_cannot_be_written_into_the_library_is_no_half_digest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digest.library.outbox import Outbox

    def full(*_: object, **__: object) -> None:
        raise LibraryError("the disk is full")

    world.drop("2026-01-05", "Pruning one")
    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "add", full)
        with pytest.raises(LibraryError):
            world.run()
    assert not world.output.exists()
    assert of_profile(world.run()).digest is not None
