"""Let the machine's cores share what takes long.

The other processes are forked, so that they know all that this one knows. `dealt` is for work whose
parts are known and whose results are small: it costs some milliseconds. `shared` is for a stream of
work whose results are used while the rest is worked on: it costs some tenths of a second.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, TypeVar

from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

MOST_WORKERS: Final = 8
_MOST_CARDS: Final = 2_000
"""What a deck holds: numbers of two bytes, within what a pipe takes at once everywhere."""


def workers() -> int:
    """Return how many processes may share some work: 1 where there is one core."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:  # macOS
        cores = os.cpu_count() or 1
    return min(MOST_WORKERS, cores)


def dealt(work: Callable[[Iterator[_Item]], _Result], items: Sequence[_Item]) -> list[_Result]:
    """Call `work` in this process and in forked ones; return what each call returns.

    Each gets an iterator that takes the next of `items` that nobody has taken yet, so that all of
    them end at the same time. Raises what `work` raises, and `DigestError` where a process was
    ended.
    """
    deck = _deck(len(items))
    asking = os.getpid()

    def taken() -> Iterator[_Item]:
        while card := os.read(deck, 2):
            if asking not in {os.getpid(), os.getppid()}:
                os._exit(1)  # the one that asked was ended, and nobody waits for this
            yield from items[int.from_bytes(card) :: _MOST_CARDS]

    helpers: list[_Helper] = []
    try:
        for _ in range(min(workers(), len(items)) - 1):
            with suppress(OSError):  # no more processes are to be had: those that are there do it
                helpers.append(_fork(work, taken))
        return [work(taken()), *(helper.result() for helper in helpers)]
    finally:
        os.close(deck)
        for helper in helpers:
            helper.end()


def _deck(size: int) -> int:
    """Return a pipe that holds the numbers below `size`, at most `_MOST_CARDS`, and then ends.

    A read takes one number, whichever process reads: the system sees to it that nobody else gets
    the same (pipe(7): what is that small is read and written whole).
    """
    deck, fill = os.pipe()
    os.write(fill, b"".join(card.to_bytes(2) for card in range(min(size, _MOST_CARDS))))
    os.close(fill)
    return deck


class _Helper(NamedTuple):
    """A forked process, and the end of a pipe from which its result comes."""

    process: int
    pipe: int

    def result(self) -> Any:  # noqa: ANN401 - whatever was pickled
        """Wait for it, and return or raise what came of its work."""
        import pickle

        with open(self.pipe, "rb", closefd=False) as stream:
            told = stream.read()
        if not told:
            raise _ended()
        error, result = pickle.loads(told)  # noqa: S301 - from our own process
        if error is not None:
            raise error
        return result

    def end(self) -> None:
        """End it, if it has not ended by itself."""
        import signal

        os.close(self.pipe)
        os.kill(self.process, signal.SIGKILL)  # one that has ended still bears its number
        os.waitpid(self.process, 0)


def _fork(
    work: Callable[[Iterator[_Item]], _Result], taken: Callable[[], Iterator[_Item]]
) -> _Helper:
    read, write = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(read)
        os.close(write)
        raise
    if not process:
        os.close(read)  # else it would wait for itself to read, where the one that asked is gone
        _help(write, lambda: work(taken()))
    os.close(write)
    return _Helper(process, read)


def _help(pipe: int, work: Callable[[], object]) -> NoReturn:
    """Work, tell what came of it, and end without a word of this process's own.

    What was registered for the end of the one that forked it is not to be done twice.
    """
    import pickle

    try:
        _ignore_interrupts()
        try:
            told: tuple[Exception | None, object] = (None, work())
        except Exception as error:  # noqa: BLE001 - raised again by the one that asked
            told = (error, None)
        with open(pipe, "wb") as stream:
            pickle.dump(told, stream, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)


def shared(work: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
    """Yield `work(item)` for each of `items`, in their order, worked out by other processes.

    What is handed out and what comes back is pickled, so it is given by the hundred. Never more
    than a few results wait. Raises what `work` raises, and `DigestError` where a process was ended.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    count = workers()
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork"), initializer=_begin)
    try:
        rest = iter(items)
        waiting = deque(pool.submit(work, item) for item in islice(rest, 4 * count))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(work, item) for item in islice(rest, 1))
    except BrokenProcessPool:
        raise _ended() from None
    finally:
        pool.shutdown(cancel_futures=True)


def _ended() -> DigestError:
    return DigestError(
        "A process that shared the work was ended from outside, perhaps for want of memory. "
        "Try again; with one core (taskset -c 0) less memory is used."
    )


def _begin() -> None:
    from threading import Thread

    _ignore_interrupts()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that forked it does, however that ends.

    Left alone it would wait for work for ever, and with it, inherited, the lock of a library.
    """
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C, which reaches every process of a terminal, to the one that asked for the work.

    It ends the others; by themselves they would end in tracebacks, and could leave it waiting for
    their results.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
