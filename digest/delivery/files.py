"""Write files so that a reader, or a crash, finds either the old file or the new one."""

from __future__ import annotations

import errno
import os
from collections import defaultdict
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct

from digest.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

FEW: Final = 16
"""Maximum number of files that are forced to the disk one after the other."""
_THREADS: Final = 8

PRIVATE: Final = frozenset({".eml", ".html", ".txt"})
"""Suffixes of mails, which may contain a reader's own links."""


class Files:
    """Files under one folder, written many at a time, so that one wait for the disk serves all.

    `write` puts the content beside its target; `settle` forces it to the disk and renames it, so
    that a reader, or a crash, finds either the old file or the new one. What a crash leaves beside
    a file has a fixed name, so that the next attempt removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._staged: dict[Path, _Staged] = {}
        self._targets: defaultdict[Path, list[str]] = defaultdict(list)
        self._errors: dict[str, DeliveryError] = {}

    def write(self, target: str, content: bytes) -> None:
        """Write `content` for `target`, replacing an existing file; raise `DeliveryError`."""
        path = self._folder / target
        if path in self._staged:
            self._replace_all()
        private = path.suffix in PRIVATE
        temporary = path.with_name(f".{path.name}.tmp")
        with writing_errors(path, temporary):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._targets[path.parent].append(target)
            if path.is_file() and path.read_bytes() == content:
                return  # its date stays, and so do the caches of those who poll it
            descriptor = _write_temporary(content, temporary, path, private=private)
            self._staged[path] = _Staged(target, temporary, descriptor)

    def settle(self) -> dict[str, DeliveryError]:
        """Make written files durable; return the errors by target."""
        self._replace_all()
        targets, self._targets = self._targets, defaultdict(list)
        for folder, error in zip(targets, _each(_sync_error, targets), strict=True):
            if error is not None:
                self._errors = dict.fromkeys(targets[folder], error) | self._errors
        errors, self._errors = self._errors, {}
        return errors

    def _replace_all(self) -> None:
        """Force the content of the new files to the disk, then rename them."""
        staged, self._staged = self._staged, {}
        for (path, file), error in zip(
            staged.items(), _each(_force, [*staged.items()]), strict=True
        ):
            try:
                os.close(file.descriptor)
                if error is not None:
                    raise error
                with writing_errors(path, file.temporary):
                    file.temporary.replace(path)
            except DeliveryError as failure:
                self._errors[file.target] = failure
                with suppress(OSError):
                    file.temporary.unlink()


class _Staged(Struct, frozen=True):
    """The content of a file, beside its target."""

    target: str
    temporary: Path
    descriptor: int


def _force(staged: tuple[Path, _Staged]) -> DeliveryError | None:
    path, file = staged
    try:
        with writing_errors(path, file.temporary):
            os.fsync(file.descriptor)
    except DeliveryError as error:
        return error
    return None


def _sync_error(folder: Path) -> DeliveryError | None:
    try:
        with writing_errors(folder, folder):
            sync_folder(folder)
    except DeliveryError as error:
        return error
    return None


def _each(action: Callable[[_Item], _Result], items: Collection[_Item]) -> list[_Result]:
    """Return the results of `action`, which waits for the disk, for many items at a time.

    File systems write what several threads force to the disk in one go, in a seventh of the time.
    """
    if len(items) <= FEW:
        return list(map(action, items))
    from concurrent.futures import ThreadPoolExecutor  # 20 ms

    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(action, items))


def write_file(folder: Path, target: str, content: bytes) -> None:
    """Write one file as `Files` does, and settle it; raise `DeliveryError`."""
    files = Files(folder)
    files.write(target, content)
    for error in files.settle().values():
        raise error


@contextmanager
def writing_errors(path: Path, temporary: Path) -> Iterator[None]:
    """Convert errors of writing to a `DeliveryError` with `path` and any other file involved."""
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
    """
    descriptor = _write_temporary(content, temporary, path, private=private)
    try:
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _write_temporary(content: bytes, temporary: Path, path: Path, *, private: bool) -> int:
    """Write `content` to `temporary`, with the permissions of `path`; return the open file.

    `temporary` is created anew and never followed: somebody could have put a link there.
    """
    with suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(
        temporary,
        os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC,
        0o600 if private else 0o666,
    )
    try:
        with suppress(OSError):
            os.fchmod(descriptor, path.stat().st_mode & 0o777)
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
    except BaseException:
        os.close(descriptor)
        with suppress(OSError):
            temporary.unlink()
        raise
    return descriptor


_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP}
"""Errors of file systems that cannot force a folder to the disk: some network ones."""


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
