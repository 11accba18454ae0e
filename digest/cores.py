"""Let the machine's cores share what takes long: forked processes, results in order.

Used where the work takes seconds; what is handed out and what comes back is pickled, so it is given
by the hundred.
"""

from __future__ import annotations

import os
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

MOST_WORKERS = 8


def workers() -> int:
    """Return how many processes may share some work: 1 where there is one core."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:  # macOS
        cores = os.cpu_count() or 1
    return min(MOST_WORKERS, cores)


def shared(
    work: Callable[[_Item], _Result],
    items: Iterable[_Item],
    *,
    begin: Callable[[], None] | None = None,
) -> Iterator[_Result]:
    """Yield `work(item)` for each of `items`, in their order, worked out by other processes.

    Each calls `begin` first. They are forked, so that what that holds need not be sent. Never more
    than a few results wait. Raises what `work` raises, and `DigestError` where a process was ended.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    count = workers()
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(count, context, initializer=_begin, initargs=(begin,))
    try:
        rest = iter(items)
        waiting = deque(pool.submit(work, item) for item in islice(rest, 4 * count))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(work, item) for item in islice(rest, 1))
    except BrokenProcessPool:
        raise DigestError(
            "A process that shared the work was ended from outside, perhaps for want of memory. "
            "Try again; with one core (taskset -c 0) less memory is used."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(begin: Callable[[], None] | None) -> None:
    import signal
    from threading import Thread

    # Ctrl-C reaches every process of a terminal. The one that asked for the work ends the others;
    # by themselves they would end in tracebacks, and could leave it waiting for their results.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin()


def _end_with_parent() -> None:
    """End this process when the one that forked it does, however that ends.

    Left alone it would wait for work for ever, and with it, inherited, the lock of a library.
    """
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
