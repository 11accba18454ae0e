"""Parallel work: everything is done, and it ends when a process does."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from digest import parallel
from digest.errors import DigestError
from digest.library import Library
from digest.parallel import shared, workers
from digest.pipeline import ingest
from digest.pipeline.ingest import ingest_dumps
from digest.sources.folder import FoundDump
from tests.library.samples import MONDAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from digest.library import IngestResult


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})


def doubled(number: int) -> int:
    if number == 13:
        raise ValueError("thirteen")
    return 2 * number


def ended(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


# --- a stream of work -----------------------------------------------------------------------------


def test_results_come_in_order_and_from_other_processes() -> None:
    assert list(shared(doubled, range(12))) == [2 * number for number in range(12)]
    assert set(shared(_process, range(12))).isdisjoint({os.getpid()})


def _process(_number: int) -> int:
    return os.getpid()


def test_little_is_taken_ahead_of_what_is_asked_for() -> None:
    taken: list[int] = []

    def numbers() -> Iterable[int]:
        for number in range(1_000):
            taken.append(number)
            yield number

    results: Iterator[int] = shared(doubled, numbers())
    assert [next(results), next(results)] == [0, 2]
    assert len(taken) < 10
    results.close()  # type: ignore[attr-defined]  # a generator


def test_an_error_of_the_work_is_raised() -> None:
    results = shared(doubled, range(10, 20))
    assert [next(results) for _ in range(3)] == [20, 22, 24]
    with pytest.raises(ValueError, match="thirteen"):
        next(results)


def test_a_process_that_is_ended_ends_the_work_with_a_word() -> None:
    with pytest.raises(DigestError, match="was killed"):
        list(shared(ended, range(3)))


def test_work_may_be_a_closure() -> None:
    added = [1]
    assert list(shared(lambda number: number + added[0], range(3))) == [1, 2, 3]


def test_without_more_processes_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError("too many")

    monkeypatch.setattr("os.fork", refused)
    assert list(shared(doubled, range(11))) == [2 * number for number in range(11)]


def test_processes_leave_nothing_behind() -> None:
    def open_files() -> set[str]:
        return {path.name for path in Path("/dev/fd").iterdir()}

    list(shared(_process, range(2)))  # what is made once for all
    before = open_files()
    others = set(shared(_process, range(10)))
    with pytest.raises(ValueError, match="thirteen"):
        list(shared(doubled, range(20)))
    assert open_files() == before
    for other in others:
        with pytest.raises(ProcessLookupError):
            os.kill(other, 0)


# --- how processes end ----------------------------------------------------------------------------

SHARING = """
import os, time
from digest.parallel import shared
def work(number):
    time.sleep(0.05)
    return os.getpid()
os.sched_getaffinity = lambda _: {0, 1}
for worker in shared(work, range(400)):
    print(worker, flush=True)
"""
"""A process that lets two others work for half a minute at most, and tells their numbers."""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_the_others_end_with_the_process_that_asked_them(ending: signal.Signals) -> None:
    """A killed run must leave nobody behind who holds the library's lock."""
    asking = subprocess.Popen(
        [sys.executable, "-c", SHARING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert asking.stdout is not None
    assert all(asking.stdout.readline().strip().isdigit() for _ in range(6)), "they work"
    if ending == signal.SIGINT:
        os.killpg(asking.pid, ending)  # as a terminal does: to all of them
    else:
        asking.send_signal(ending)
    # Ends when nobody holds its streams any more.
    _, said = asking.communicate(timeout=20)
    assert said.count("Traceback") == (ending == signal.SIGINT)


def test_a_machine_of_unknown_cores_has_some(monkeypatch: pytest.MonkeyPatch) -> None:
    assert workers() == 2
    monkeypatch.setattr(parallel, "MOST_WORKERS", 1)
    assert workers() == 1
    monkeypatch.undo()
    monkeypatch.delattr("os.sched_getaffinity")
    assert workers() >= 1


@pytest.mark.parametrize("cores", [{0, 1}, {0}])
def test_many_small_dumps_are_read_by_several_as_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: set[int]
) -> None:
    """What is refused, folded, known, gone or a copy of another is so for both."""
    paper = '{{"title": "Paper {0}", "abstract": "' + "x" * 900 + '"}}\n'
    for number in range(9):
        content = "".join(paper.format(number + other) for other in range(3))
        (tmp_path / f"{number}.jsonl").write_text(content, encoding="utf-8")
    (tmp_path / "4.jsonl").write_text("nothing that is known", encoding="utf-8")
    (tmp_path / "5.jsonl").write_bytes(gzip.compress((tmp_path / "5.jsonl").read_bytes()))
    (tmp_path / "6.jsonl").write_bytes((tmp_path / "3.jsonl").read_bytes())
    (tmp_path / "7.jsonl").write_text(paper.format(7) + "{\n", encoding="utf-8")
    dumps = [FoundDump(tmp_path / f"{number}.jsonl", f"{number}") for number in range(10)]
    with Library.in_memory() as alone, Library.in_memory() as together:
        for library in (alone, together):
            ingest_dumps(library, dumps[:1], "a", today=MONDAY)
        expected = ingest_dumps(alone, dumps, "a", today=MONDAY)
        monkeypatch.setattr("os.sched_getaffinity", lambda _: cores)
        monkeypatch.setattr(ingest, "LONG", 4_000)
        monkeypatch.setattr(ingest, "AHEAD", 8)
        assert ingest_dumps(together, dumps, "a", today=MONDAY) == expected
        assert list(together.papers) == list(alone.papers)
    assert (expected.dumps, expected.records) == (6, 16)
    assert [refusal.dump for refusal in expected.refused] == ["4", "7", "9"]


@pytest.mark.parametrize(
    ("limit", "value", "written"),
    [("TOGETHER", 5, [6, 6, 3]), ("CHARACTERS_TOGETHER", 100, [6, 6, 3]), ("AHEAD", 2, [15])],
)
def test_small_dumps_are_written_together_while_they_are_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, written: list[int]
) -> None:
    """What waits is held in memory."""
    for dump in range(5):
        lines = "".join(f'{{"title": "Paper {dump} {line}"}}\n' for line in range(3))
        (tmp_path / f"{dump}.jsonl").write_text(lines, encoding="utf-8")
    found = [FoundDump(tmp_path / f"{dump}.jsonl", f"{dump}") for dump in range(5)]
    monkeypatch.setattr(ingest, limit, value)
    groups: list[int] = []
    with Library.in_memory() as library:
        add_all = library.dumps.add_all

        def counted(dumps: Iterable[Any], *, read_on: date) -> list[IngestResult]:
            result = add_all(dumps, read_on=read_on)
            groups.append(sum(item.records for item in result))
            return result

        monkeypatch.setattr(library.dumps, "add_all", counted)
        assert ingest_dumps(library, found, "a", today=MONDAY).new_papers == 15
    assert groups == written


def test_a_small_dump_of_very_many_records_is_written_as_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However short they are, all of them together are not."""
    dump = tmp_path / "dump.jsonl"
    dump.write_text("".join(f'{{"title": "{line}"}}\n' for line in range(9)), encoding="utf-8")
    monkeypatch.setattr(ingest, "TOGETHER", 8)
    monkeypatch.setattr(ingest._Storing, "add_small", None)
    with Library.in_memory() as library:
        taken = ingest_dumps(library, [FoundDump(dump, "dump")], "a", today=MONDAY)
    assert (taken.dumps, taken.records) == (1, 9)


def test_a_long_dump_is_read_by_several_as_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines that are refused, and one that the end cuts off, keep their numbers."""
    lines = [f'{{"title": "Paper {number}", "abstract": "{"x" * 900}"}}' for number in range(700)]
    lines[300] = "{"
    dump = tmp_path / "dump.jsonl"
    dump.write_text("\n".join(lines)[:-5], encoding="utf-8")
    dumps = [FoundDump(dump, dump.name)]
    with Library.in_memory() as alone, Library.in_memory() as together:
        expected = ingest_dumps(alone, dumps, "a", today=MONDAY)
        monkeypatch.setattr(ingest, "LONG", 1)
        assert ingest_dumps(together, dumps, "a", today=MONDAY) == expected
        assert list(together.papers) == list(alone.papers)
    assert expected.records == 698
    assert [refusal.line for refusal in expected.refused] == [301, 700]
