"""The lock that lets only one run at a time work on a library.

It is the operating system's advisory lock, which ends with the process, so that a killed run leaves
nothing to clean up. `fcntl` is used rather than the filelock package, whose import alone takes 35
ms, about what a daily run needs for everything else; the program is for POSIX systems.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, BinaryIO, Final

from digest.errors import LibraryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_PAUSE: Final = 0.05
"""Seconds between two attempts."""


@contextmanager
def hold(library: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the library's lock for the block; raise `LibraryError` if another run holds it.

    It is tried again for `patience` seconds: a command or a server that updates a reading list
    holds it briefly.

    The file `<library>.lock` is created beside it and stays: removing it would let two runs lock
    two different files of the same name.
    """
    path = library.with_name(library.name + ".lock")
    try:
        file = path.open("ab")
    except OSError as error:
        raise LibraryError(f"Cannot lock the library: {path}: {error.strerror}.") from error
    with file:
        try:
            _lock(file, patience)
        except BlockingIOError:
            raise LibraryError(
                f"Another run is using {library}. Wait until it is done, then try again."
            ) from None
        except OSError as error:
            raise LibraryError(f"Cannot lock the library: {path}: {error.strerror}.") from error
        yield


def _lock(file: BinaryIO, patience: float) -> None:
    for _ in range(round(patience / _PAUSE)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sleep(_PAUSE)
        else:
            return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
