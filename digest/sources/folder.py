"""List the dumps in a folder, in a fixed order, and open them.

`digest.dumps` reads their content; the library knows whether a dump was read before. Nothing in a
folder makes this fail: what cannot be a dump is refused with a reason, and a missing folder is a
state of its source.

Dumps are the regular files in the folder and its subfolders, ordered by name; links are followed.
Hidden files (`.name`) and unfinished files of other programs (`.part`, `.tmp`, `.crdownload`,
`name~`) are skipped.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, NamedTuple, cast

from msgspec import Struct

from digest.errors import DumpError
from digest.model import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import FolderSource

UNFINISHED: Final = (".part", ".tmp", ".crdownload", "~")
"""Suffixes of unfinished files of wget, browsers, rsync and editors."""

MAX_FOLDERS: Final = 100_000
"""Maximum number of folders: a source with more is the root of a disk, named by mistake."""

_BLOCK: Final = 1 << 20


class FileStamp(NamedTuple):
    """Values that show, without reading it, that a file has not changed."""

    size: int
    mtime_ns: int


class FoundDump(Struct, frozen=True):
    """A file that may be a dump."""

    place: Path | str
    """Its path: nearly all files of a folder are known, and need no `Path`."""
    name: str
    """The path as the author of the config would type it, printable."""
    stamp: FileStamp | None = None
    """As it was when it was listed."""

    @property
    def path(self) -> Path:
        """Its path."""
        return Path(self.place)


class SourceResult(Struct, frozen=True):
    """The current content of one folder."""

    source: str
    dumps: tuple[FoundDump, ...] = ()
    """Ordered by name, whatever the order of the file system."""
    refused: tuple[Refusal, ...] = ()
    state: Literal["ok", "failed"] = "ok"
    reason: str = ""
    """Why the state is "failed"."""


def collect(source: FolderSource) -> SourceResult:
    """List the dumps of `source` without opening them."""
    try:
        root = source.folder.stat()
    except OSError as error:
        return _failed(source, _failure_reason(error))
    if not stat.S_ISDIR(root.st_mode):
        return _failed(source, "is a file, not a folder")
    listing = _Listing(source)
    try:
        listing.walk(source.folder)
    except OSError as error:
        return _failed(source, _failure_reason(error))
    return SourceResult(
        source.name,
        tuple(sorted(listing.dumps, key=lambda dump: dump.name)),
        tuple(sorted(listing.refused, key=lambda refusal: refusal.dump)),
    )


class OpenDump(Struct, frozen=True):
    """A dump that is open for reading, at its start."""

    stream: BinaryIO
    sha256: str
    stamp: FileStamp
    """At the time of opening."""
    hashed: HashedFile
    """The same stream, hashing what is read."""

    def check_unchanged(self) -> None:
        """Raise `DumpError` if the bytes that were read are not those that were hashed."""
        status = os.fstat(self.hashed.fileno())
        changed = FileStamp(status.st_size, status.st_mtime_ns) != self.stamp
        if changed or self.hashed.hash_to_the_end() != self.sha256:
            raise DumpError("changed while it was read; the next run reads it again")


class HashedFile(io.RawIOBase):
    """A file that hashes what is read of it; if it is read out of order, at the end."""

    def __init__(self, file: BinaryIO) -> None:
        """Take a file at its start."""
        super().__init__()
        self._file = file
        self._digest: Any = hashlib.sha256()

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that archives can seek in it."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of the file."""
        return self._file.fileno()

    def read(self, size: int = -1, /) -> bytes:
        """Read, and hash what was read."""
        block = self._file.read(size)
        if self._digest is not None:
            self._digest.update(block)
        return block

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Seek: from then on, reading is no longer sequential."""
        self._digest = None
        return self._file.seek(offset, whence)

    def hash_to_the_end(self) -> str:
        """Return the SHA-256 of everything that was read, and of the rest."""
        if self._digest is None:
            self._file.seek(0)
            return _sha256(self._file)
        while self.read(_BLOCK):
            pass
        return str(self._digest.hexdigest())


def file_stamp(path: Path) -> FileStamp | None:
    """Return the stamp of a file; None if it is not available."""
    try:
        status = path.stat()
    except OSError:
        return None
    return FileStamp(status.st_size, status.st_mtime_ns)


@contextmanager
def open_dump(path: Path) -> Iterator[OpenDump]:
    """Open a dump for reading, and hash its content.

    The file is opened once: if another file takes its place meanwhile, hash and content still
    belong together. Raises DumpError if it cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise DumpError(f"cannot be read: {error.strerror}") from None
    with file:
        if _is_being_written(file):
            raise DumpError("is still being written by another program; the next run reads it")
        try:
            status = os.fstat(file.fileno())
            digest = _sha256(file)
            file.seek(0)
        except OSError as error:
            raise DumpError(f"cannot be read: {error.strerror}") from None
        stamp = FileStamp(status.st_size, status.st_mtime_ns)
        hashed = HashedFile(file)
        yield OpenDump(cast("BinaryIO", hashed), digest, stamp, hashed)


def _is_being_written(file: BinaryIO) -> bool:
    """Return whether another program has the file open for writing, if the system can tell.

    Linux grants a lease for reading only while nobody writes (fcntl(2), "Leases").
    """
    try:
        import fcntl

        fcntl.fcntl(file.fileno(), fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file.fileno(), fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except (ImportError, AttributeError):
        return False
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EWOULDBLOCK)
    return False


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _failed(source: FolderSource, reason: str) -> SourceResult:
    text = f"folder {printable(source.display_path)} {reason}"
    return SourceResult(source.name, state="failed", reason=text)


def _failure_reason(error: OSError) -> str:
    """Return why a folder cannot be listed, as words that follow its name."""
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    return f"cannot be read: {error.strerror or 'unknown reason'}"


class _Listing:
    """One walk through a folder; remembers visited folders, because links can form loops."""

    def __init__(self, source: FolderSource) -> None:
        self._source = source
        self._been: set[tuple[int, int]] = set()
        self.dumps: list[FoundDump] = []
        self.refused: list[Refusal] = []

    def walk(self, root: Path) -> None:
        """Visit `root` and everything below it; only `root` must be readable."""
        waiting = [root]
        while waiting:
            folder = waiting.pop()
            if not self._enter(folder):
                continue
            try:
                with os.scandir(folder) as entries:
                    # Sorted here too, so that a folder with two paths always gets the same one.
                    found = sorted(entries, key=attrgetter("name"), reverse=True)
            except OSError as error:
                if folder == root:
                    raise
                self._refuse(folder, f"cannot be read: {error.strerror}")
                continue
            before = self._before(folder)
            for entry in found:
                if not entry.name.startswith(".") and not entry.name.endswith(UNFINISHED):
                    self._visit(entry, before, waiting)

    def _enter(self, folder: Path) -> bool:
        """Return whether to visit `folder`: each folder once, whatever path leads to it."""
        try:
            status = folder.stat()
        except OSError as error:
            self._refuse(folder, f"cannot be read: {error.strerror}")
            return False
        key = (status.st_dev, status.st_ino)
        if key in self._been:
            return False
        if len(self._been) >= MAX_FOLDERS:
            self._refuse(folder, f"the source holds more than {MAX_FOLDERS:,} folders")
            return False
        self._been.add(key)
        return True

    def _visit(self, entry: os.DirEntry[str], before: str, waiting: list[Path]) -> None:
        try:
            status = entry.stat()
        except OSError as error:
            reason = "is a broken link" if entry.is_symlink() else error.strerror
            self._refuse(Path(entry.path), reason or "cannot be read")
            return
        if stat.S_ISDIR(status.st_mode):
            waiting.append(Path(entry.path))
        elif stat.S_ISREG(status.st_mode):
            stamp = FileStamp(status.st_size, status.st_mtime_ns)
            self.dumps.append(FoundDump(entry.path, f"{before}{printable(entry.name)}", stamp))
        else:  # reading a pipe could block, and a device has no end
            self._refuse(Path(entry.path), "is not a regular file")

    def _refuse(self, path: Path, reason: str) -> None:
        self.refused.append(Refusal(self._name(path), None, reason))

    def _name(self, path: Path) -> str:
        if path == self._source.folder:
            return printable(self._source.display_path)
        return f"{self._before(path.parent)}{printable(path.name)}"

    def _before(self, folder: Path) -> str:
        """Return what the names of the files in `folder` begin with."""
        below = folder.relative_to(self._source.folder).as_posix()
        shown = self._source.display_path
        parts = ("" if shown == "." else shown.rstrip("/"), "" if below == "." else below)
        return printable("".join(f"{part}/" for part in parts if part))


def printable(name: str) -> str:
    """Make a file's name printable: it may have line breaks or invalid bytes."""
    if name.isascii() and name.isprintable():
        return name
    decoded = os.fsencode(name).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in decoded)
