"""Make the feeds of readers on request, and cache them until something changes."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from digest.site.feeds import FeedMaker

if TYPE_CHECKING:
    from digest.config import Config
    from digest.library import Library
    from digest.rendering.templates import Renderer

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_READERS: Final = 50


class ReaderFeeds:
    """The feeds of readers' stars and tags."""

    def __init__(self, config: Config, renderer: Renderer) -> None:
        self._config = config
        self._renderer = renderer
        self._kept: OrderedDict[str, tuple[object, dict[str, bytes]]] = OrderedDict()

    def of(self, library: Library, reader: str) -> dict[str, bytes]:
        """Return the files of a reader's feeds, by their paths under the site."""
        stamp = library.marks.changed(reader), library.site.seen()
        cached = self._kept.get(reader)
        if cached is None or cached[0] != stamp:
            cached = stamp, dict(self.maker(library).reader_feeds(reader))
            self._kept[reader] = cached
            while len(self._kept) > _MOST_READERS:
                self._kept.popitem(last=False)
        return cached[1]

    def maker(self, library: Library) -> FeedMaker:
        """Return the maker of all feeds."""
        config = self._config
        return FeedMaker(
            library, self._renderer, config.title, config.site_url, config.language, _EPOCH, {}
        )
