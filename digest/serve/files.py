"""The files of the site, as they are on the disk at this moment.

A file is kept in memory until it changes there. What leads out of the site's folder does not exist:
see `addresses.file_path`, and no link of the file system is followed.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.serve.addresses import file_path
from digest.serve.dress import Dress, marks_of, papers_on
from digest.serve.replies import FEED_JSON, HTML, SMALL, TYPES, compressed, entity_tag, reply
from digest.serve.routes import Endpoint

if TYPE_CHECKING:
    from starlette.responses import Response

    from digest.serve.routes import Visit

MOST_BYTES: Final = 64 * 1024 * 1024
"""Of files that are kept in memory."""
MOST_PAGES: Final = 200
"""Pages with buttons, of some 50 kB, that are kept."""
LARGEST: Final = 256 * 1024 * 1024


class Stamp(NamedTuple):
    """What changes when a file does."""

    inode: int
    size: int
    modified: int


class SiteFile(NamedTuple):
    """A file as it was read."""

    stamp: Stamp
    body: bytes
    tag: str
    packed: bytes
    """As gzip; empty for what is not worth it."""

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

    def read(self, name: str) -> SiteFile | None:
        """Return a file by its path under the folder, or None that may be read."""
        path = self._folder / name
        try:
            stamp = self._stamp(path, name)
            kept = self._kept.get(name)
            if stamp is None or kept is None or kept.stamp != stamp:
                self._forget(name)
                kept = None if stamp is None else self._load(path, stamp)
                if kept is not None:
                    self._keep(name, kept)
        except (OSError, ValueError):
            return None
        if kept is not None:
            self._kept.move_to_end(name)
        return kept

    def _stamp(self, path: Path, name: str) -> Stamp | None:
        """Return the stamp of a plain file to which no link leads."""
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


def media_type(name: str) -> str | None:
    """Return the type of a file by its name; None for one that is not served."""
    if name.endswith(".json") and name.startswith("feeds/"):
        return FEED_JSON
    return TYPES.get(Path(name).suffix)


async def site_file(visit: Visit) -> Response:
    """Return a file of the site; a page with what `digest.serve.dress` adds to it."""
    from digest.serve.pages import missing

    name = file_path(visit.request.url.path)
    kind = None if name is None else media_type(name)
    file = None if name is None or kind is None else visit.served.files.read(name)
    if name is None or kind is None or file is None:
        return missing(visit)
    if kind != HTML:
        return reply(
            visit.request, file.body, kind, tag=file.tag, packed=file.packed, modified=file.modified
        )
    page = await _dressed(visit, name, file)
    return reply(visit.request, page.body, kind, tag=page.tag, packed=page.packed)


async def _dressed(visit: Visit, name: str, file: SiteFile) -> Page:
    """Return a page as this reader sees it, from memory if nothing changed since."""
    served, reader = visit.served, visit.reader
    change = await served.ask(lambda library: library.reading.changed(reader))
    key = name, file.tag, visit.csrf, reader, change
    kept = served.pages.get(key)
    if kept is not None:
        return kept
    text = file.body.decode("utf-8", "replace")
    papers = papers_on(text)
    marks = await served.ask(lambda library: marks_of(library, reader, papers)) if papers else {}
    path = visit.request.url.path
    dress = Dress(served.renderer, path, path.removeprefix("/"), visit.csrf)
    body = dress.apply(text, marks).encode("utf-8", "replace")
    made = Page(body, entity_tag(body), compressed(body, 5))
    served.pages.keep(key, made)
    return made


class Page(NamedTuple):
    """A page as one reader sees it."""

    body: bytes
    tag: str
    packed: bytes


class Pages:
    """The pages that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Page] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Page | None:
        """Return a page that is kept."""
        page = self._kept.get(key)
        if page is not None:
            self._kept.move_to_end(key)
        return page

    def keep(self, key: tuple[object, ...], page: Page) -> None:
        """Keep a page, and forget those that were asked for long ago."""
        self._kept[key] = page
        while len(self._kept) > MOST_PAGES:
            self._kept.popitem(last=False)


ENDPOINTS: Final = (Endpoint("/{path:path}", site_file),)
"""The last of all: it takes every path."""
