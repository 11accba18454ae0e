"""Files of the site's folder, and pages made from them, cached until they change.

Links of the file system are not followed: nothing outside the folder is served.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.serve.responses import SMALL, compressed, entity_tag
from digest.site.files import STATE

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of files that are cached."""
MOST_PAGES: Final = 200
"""Number of cached pages with buttons, of some 50 kB each."""
LARGEST: Final = 256 * 1024 * 1024


class Stamp(Struct, frozen=True):
    """Values that change when a file does."""

    inode: int
    size: int
    modified: int


class SiteFile(Struct, frozen=True):
    """A file as it was read."""

    stamp: Stamp
    body: bytes
    tag: str
    packed: bytes
    """As gzip; empty if compressing is not worth it."""

    @property
    def modified(self) -> float:
        """When it last changed, in seconds."""
        return self.stamp.modified / 1e9


class SiteFolder:
    """Reads files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: OrderedDict[str, SiteFile] = OrderedDict()
        self._bytes = 0

    @property
    def is_built(self) -> bool:
        """Whether the site has been built: its first build may take half a minute."""
        return (self._folder / STATE).is_file()

    def read(self, name: str) -> SiteFile | None:
        """Return a file by its path under the folder; None if it may not be read."""
        path = self._folder / name
        try:
            stamp = self._stamp(path, name)
            file = self._kept.get(name)
            if stamp is None or file is None or file.stamp != stamp:
                self._forget(name)
                file = None if stamp is None else self._load(path, stamp)
                if file is not None:
                    self._keep(name, file)
        except (OSError, ValueError):
            return None
        if file is not None:
            self._kept.move_to_end(name)
        return file

    def _stamp(self, path: Path, name: str) -> Stamp | None:
        """Return the stamp of a regular file that no link leads to."""
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        if "/" in name and os.path.realpath(path.parent) != os.path.join(  # noqa: PTH118 - 20 times quicker
            os.path.realpath(self._folder),
            os.path.dirname(name),  # noqa: PTH120 - as above
        ):
            return None
        return Stamp(status.st_ino, status.st_size, status.st_mtime_ns)

    @staticmethod
    def _load(path: Path, stamp: Stamp) -> SiteFile:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123 - a descriptor
            body = file.read()
        packed = compressed(body) if len(body) >= SMALL else b""
        return SiteFile(stamp, body, entity_tag(body), packed)

    def _keep(self, name: str, file: SiteFile) -> None:
        self._kept[name] = file
        self._bytes += _size(file)
        while self._bytes > MOST_BYTES and len(self._kept) > 1:
            self._forget(next(iter(self._kept)))

    def _forget(self, name: str) -> None:
        old = self._kept.pop(name, None)
        if old is not None:
            self._bytes -= _size(old)


def _size(file: SiteFile) -> int:
    return len(file.body) + len(file.packed)


class Page(Struct, frozen=True):
    """A page as one reader sees it."""

    body: bytes
    tag: str
    packed: bytes


class Pages:
    """The last requested pages."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Page] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Page | None:
        """Return a cached page."""
        page = self._kept.get(key)
        if page is not None:
            self._kept.move_to_end(key)
        return page

    def keep(self, key: tuple[object, ...], page: Page) -> None:
        """Cache a page, and drop the least recently requested ones."""
        self._kept[key] = page
        while len(self._kept) > MOST_PAGES:
            self._kept.popitem(last=False)
