"""Write files so that a reader, or a crash, meets the old file or the new one."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from digest.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PRIVATE: Final = frozenset({".eml", ".html", ".txt"})
"""Suffixes of mails, which may hold a reader's own links."""


class Files:
    """Files under one folder, written one by one; `settle` makes those so far outlast a crash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._renamed: dict[Path, None] = {}

    def write(self, target: str, content: bytes) -> None:
        """Write `content` to `target`, replacing what is there; raise `DeliveryError`.

        Written beside its place, forced to the disk, then renamed: a reader, or a crash, meets the
        old file or the new one and nothing between. What a crash leaves beside it has a fixed name,
        so that the next try takes it away.
        """
        path = self._folder / target
        private = path.suffix in PRIVATE
        temporary = path.with_name(f".{path.name}.tmp")
        with writing_errors(path, temporary):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._renamed[path.parent] = None
            if path.is_file() and path.read_bytes() == content:
                return  # its date stays, and so do the caches of those who poll it
            replace_file(content, temporary, path, private=private)

    def settle(self) -> None:
        """Force the names of what was written to the disk; raise `DeliveryError`.

        Once for each folder: six files of one digest are in the same.
        """
        while self._renamed:
            folder, _ = self._renamed.popitem()
            with writing_errors(folder, folder):
                sync_folder(folder)


def write_file(folder: Path, target: str, content: bytes) -> None:
    """Write one file as `Files` does, and settle it; raise `DeliveryError`."""
    files = Files(folder)
    files.write(target, content)
    files.settle()


@contextmanager
def writing_errors(path: Path, temporary: Path) -> Iterator[None]:
    """Raise a `DeliveryError` that names `path`, and what else is in the way."""
    try:
        yield
    except OSError as error:
        at = (
            f" ({error.filename})"
            if error.filename not in {None, str(path), str(temporary)}
            else ""
        )
        raise DeliveryError(f"{path} cannot be written: {error.strerror}{at}") from error


def replace_file(content: bytes, temporary: Path, path: Path, *, private: bool = False) -> None:
    """Write `content` to `temporary` and, once it is on the disk, rename that to `path`.

    Only the owner can read a new `private` file; an existing file keeps its permissions.
    `temporary` is created anew and never followed: somebody could have put a link there.
    """
    with suppress(FileNotFoundError):
        temporary.unlink()
    try:
        with open(
            temporary, "wb", opener=partial(_opener, mode=0o600 if private else 0o666)
        ) as file:
            with suppress(OSError):
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _opener(path: str, flags: int, *, mode: int) -> int:
    return os.open(path, flags | os.O_EXCL | os.O_NOFOLLOW, mode)


_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP}
"""What file systems answer that cannot force a folder: some of those on a network."""


def sync_folder(folder: Path) -> None:
    """Force the folder to the disk: its files' names are its own content; see fsync(2)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)
