"""Run long work in parallel processes.

The processes are forked and share the parent's memory, so that the work may be a closure over a
compiled matcher. Starting them costs some milliseconds.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
from collections import deque
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn, TypeVar

from msgspec import Struct

from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

MOST_WORKERS: Final = 8
_GARBAGE: Final = 50_000
"""Objects after which a child process looks for cycles: a few megabytes."""


def workers() -> int:
    """Return how many processes may run at the same time: one per core, at most `MOST_WORKERS`."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:  # macOS
        cores = os.cpu_count() or 1
    return min(MOST_WORKERS, cores)


def shared(
    work: Callable[[_Item], _Result], items: Iterable[_Item], *, spare: int = 0
) -> Iterator[_Result]:
    """Yield `work(item)` for each item in order, computed in other processes.

    Items and results are pickled, so an item should take some milliseconds of work. Each process
    has one item at a time and gets the next when its result is read, so few results wait. If the
    caller takes long for a result, `spare` extra processes keep the cores busy. Raise what `work`
    raises, and `DigestError` if a process was killed.
    """
    remaining = iter(items)
    processes: list[_Process] = []
    try:
        for item in islice(remaining, workers() + spare):
            try:
                process = _start(work, processes)
            except OSError:  # the system allows no more processes
                remaining = chain([item], remaining)
                break
            processes.append(process)
            process.give(item)
        waiting = deque(processes)
        while waiting:
            process = waiting.popleft()
            result = process.take()
            for item in islice(remaining, 1):
                process.give(item)
                waiting.append(process)
            yield result
        yield from map(work, remaining)
    finally:
        for process in processes:
            process.end()


class _Process(Struct, frozen=True):
    """A forked process, seen from its parent."""

    number: int
    items: BinaryIO
    results: BinaryIO

    def give(self, item: object) -> None:
        """Send the next item. The process must be idle: otherwise both could block."""
        try:
            pickle.dump(item, self.items, pickle.HIGHEST_PROTOCOL)
            self.items.flush()
        except BrokenPipeError:
            raise _killed() from None

    def take(self) -> Any:  # noqa: ANN401 - whatever was pickled
        """Wait for the result of the item; return it or raise its exception."""
        try:
            error, result = pickle.load(self.results)  # noqa: S301 - from our own process
        except (EOFError, pickle.UnpicklingError):
            raise _killed() from None
        if error is not None:
            raise error
        return result

    def end(self) -> None:
        """Terminate the process if it is still running."""
        os.kill(
            self.number, signal.SIGKILL
        )  # a process that has ended keeps its number until it is waited for
        os.waitpid(self.number, 0)
        self.results.close()
        with suppress(BrokenPipeError):
            self.items.close()


def _killed() -> DigestError:
    return DigestError(
        "A process that shared the work was killed, perhaps for lack of memory. "
        "Try again; on one core (taskset -c 0) less memory is used."
    )


def _start(work: Callable[[Any], Any], earlier: Sequence[_Process]) -> _Process:
    read_items, items = os.pipe()
    results, write_results = os.pipe()
    parent_ends, child_ends = (items, results), (read_items, write_results)
    try:
        number = os.fork()
    except OSError:
        for end in (*parent_ends, *child_ends):
            os.close(end)
        raise
    if not number:
        # Only the parent may hold its ends: closed ones tell the child that it has exited.
        for end in (
            *parent_ends,
            *(end.fileno() for process in earlier for end in (process.items, process.results)),
        ):
            os.close(end)
        _serve(work, *child_ends)
    for end in child_ends:
        os.close(end)
    return _Process(number, os.fdopen(items, "wb"), os.fdopen(results, "rb"))


def _serve(work: Callable[[Any], Any], items: int, results: int) -> NoReturn:
    """In the child process: run the work for each item until the parent has exited.

    Exit without running the parent's atexit handlers.
    """
    try:
        # Ctrl-C reaches every process of a terminal; the parent ends its children.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # Objects of the parent are not garbage here; new objects rarely form cycles.
        gc.freeze()
        gc.set_threshold(_GARBAGE)
        with os.fdopen(items, "rb") as incoming, os.fdopen(results, "wb") as outgoing:
            while True:
                item = pickle.load(incoming)  # noqa: S301 - from our own process
                try:
                    result: tuple[Exception | None, object] = (None, work(item))
                except Exception as error:  # noqa: BLE001 - raised again by the parent
                    result = (error, None)
                pickle.dump(result, outgoing, pickle.HIGHEST_PROTOCOL)
                outgoing.flush()
    finally:
        os._exit(0)
