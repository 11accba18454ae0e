"""Read and replace the file of a reading list.

A file is read as a whole or not at all, and replaced only if it is unchanged since. Raises
`ListError` for a file that is left unchanged. The text keeps its line ends, a byte order mark and a
missing last line end.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from digest.delivery.files import sync_folder
from digest.errors import ListError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.reading_list import Document

MAX_BYTES: Final = 64 << 20
"""Some 300,000 entries."""

MANY: Final = 5
"""A file that had this many entries and has none was damaged; nobody deletes all of them."""

LEAST_PART: Final = len("- [ ] ")
"""Characters with which every entry begins."""

_MINE: Final = re.compile(r"^<{7} ", re.MULTILINE)
_THEIRS: Final = re.compile(r"^>{7} ", re.MULTILINE)
"""The marks around git's merge conflicts."""


def read_text(path: Path) -> str | None:
    """Return the text of a file, or None."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ListError(path, "it is not a regular file")
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        if path.is_symlink():
            raise ListError(path, "it is a link that leads nowhere") from None
        return None
    except OSError as error:
        raise ListError(path, error.strerror or "it cannot be read") from error
    if len(content) > MAX_BYTES:
        raise ListError(path, f"it has more than {MAX_BYTES >> 20} MiB")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        at = content.count(b"\n", 0, error.start) + 1
        raise ListError(path, "it is not UTF-8 text", line=at) from None


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file without waiting for a pipe that nobody writes to."""
    return os.open(path, flags | os.O_NONBLOCK)


def check(document: Document, path: Path, *, written: Mapping[str, str]) -> None:
    """Raise `ListError` for a file that cannot be intended.

    `written` has the lines of the entries that were in it, as the program wrote them, by paper.
    """
    text = document.text
    known = len(written)
    if (conflict := _MINE.search(text)) and _THEIRS.search(text, conflict.end()):
        at = text.count("\n", 0, conflict.start()) + 1
        raise ListError(path, "it has the marks of a merge that was not finished", line=at)
    if known and not text.strip():
        raise ListError(path, "it is empty, though entries stood in it")
    if known >= MANY and not document.papers | document.in_code:
        raise ListError(path, f"none of the {known:,} entries that stood in it can be found")
    if document.open_fence is not None and document.in_code & written.keys():
        raise ListError(
            path,
            "a code block begins here and does not end, so that the entries below it are code; "
            "close it with a line of the same ``` or ~~~",
            line=document.open_fence + 1,
        )
    last = text[text.rfind("\n") + 1 :]
    missing = written.keys() - document.papers - document.in_code
    broken = any(line != last and line.startswith(last) for line in written.values())
    if len(last) > LEAST_PART and missing and broken:
        at = text.count("\n") + 1
        raise ListError(path, "it ends in the middle of an entry, as if half of it came", line=at)


def write_text(path: Path, text: str, *, expected: str | None) -> bool:
    """Replace the file if it is still as `expected`; return whether it was.

    The new file is written beside the old one, forced to the disk and renamed; `settle` makes the
    new name durable. A link stays a link, and the file keeps its permissions. Raise `ListError` if
    it cannot be written.
    """
    place = path.resolve() if path.is_symlink() else path
    temporary = place.with_name(f".{place.name}.tmp")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            if expected is not None:
                os.fchmod(file.fileno(), stat.S_IMODE(place.stat().st_mode))
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if read_text(path) != expected:
            return False
        temporary.replace(place)
    except OSError as error:
        raise ListError(path, f"it cannot be written: {error.strerror}", taken=True) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
    return True


def settle(path: Path) -> None:
    """Force the name of a file to the disk, if there is one; raise `ListError`."""
    folder = (path.resolve() if path.is_symlink() else path).parent
    try:
        if folder.is_dir():
            sync_folder(folder)
    except OSError as error:
        raise ListError(path, f"it cannot be written: {error.strerror}", taken=True) from error
