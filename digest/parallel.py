"""Run long work in parallel processes.

The processes are forked: they have everything that this process has in memory, so that work may be
a closure over a compiled matcher. Starting them costs about a tenth of a second.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

MOST_WORKERS: Final = 8


def workers() -> int:
    """Return how many processes may work at the same time: one a core, at most `MOST_WORKERS`."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:  # macOS
        cores = os.cpu_count() or 1
    return min(MOST_WORKERS, cores)


def shared(work: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
    """Yield `work(item)` for each of `items`, in their order, computed by other processes.

    Items and results are pickled, so an item should be worth some milliseconds. At most a few
    results wait. Raise what `work` raises, and `DigestError` where a process was killed.
    """
    # 20 ms, which commands that share no work do without.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    count = workers()
    fork = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(count, fork, initializer=_begin, initargs=(work,))
    rest = iter(items)
    first = list(islice(rest, 4 * count))
    try:
        try:
            waiting = deque(pool.submit(_do, item) for item in first)
        except OSError:  # the system allows no more processes
            for child in multiprocessing.active_children():
                child.kill()
            yield from map(work, chain(first, rest))
            return
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(_do, item) for item in islice(rest, 1))
    except BrokenProcessPool:
        raise DigestError(
            "A process that shared the work was killed, perhaps for lack of memory. "
            "Try again; on one core (taskset -c 0) less memory is used."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


_work: Callable[[Any], Any]
"""In a forked process: what it was started for. Inherited, because closures cannot be pickled."""


def _begin(work: Callable[[Any], Any]) -> None:
    """Prepare a forked process."""
    from threading import Thread

    global _work  # noqa: PLW0603 - the one thing that a process of a pool keeps between its items
    _work = work
    # Ctrl-C reaches every process of a terminal. The one that asked for the work ends the others;
    # by themselves they would print tracebacks, and could leave it waiting for their results.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _do(item: Any) -> Any:  # noqa: ANN401 - whatever was asked for
    return _work(item)


def _end_with_parent() -> None:
    """End this process as soon as its parent has ended, even if the parent was killed.

    It would otherwise wait for work for ever and hold, inherited, the lock of a library.
    """
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)
