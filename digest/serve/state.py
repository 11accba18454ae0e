"""The state that all endpoints share: config, library, clock, accounts.

The library is used in one thread, one job after the other, through `ServerState.ask`; the loop that
answers requests never waits for the disk.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from digest.library import Library
from digest.rendering.templates import Renderer
from digest.serve.addresses import LOOPBACK_NAMES, is_loopback
from digest.serve.attempt_limit import Failures
from digest.serve.notices import Notices
from digest.serve.reader_feeds import ReaderFeeds
from digest.serve.site_folder import Pages, SiteFolder
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from digest.config import Config
    from digest.model import Profile
    from digest.wording.languages import Words

Result = TypeVar("Result")


class Options(Struct, frozen=True):
    """The options of the command line."""

    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    """Further host names of this server."""
    login: bool = False
    """Whether each reader has to sign in."""
    reader: str = ""
    """Whose reading list is used if nobody signs in; empty: the reader chooses."""


@dataclass
class ServerState:
    """The state of a server."""

    config: Config
    options: Options
    clock: Callable[[], datetime]
    report: Callable[[str], None]
    """Writes a line to the log."""
    failures: Failures = field(default_factory=Failures)
    secret: bytes = b""
    """Signs forms, and names cookies; stored in the library."""

    notices: Notices = field(default_factory=Notices)
    unwritten: set[str] = field(default_factory=set)
    """Readers whose files do not show the library's state yet."""

    def __post_init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="library")
        self._library: Library | None = None
        self._path = self.config.library
        self.hashing = asyncio.Semaphore(1)
        """One password at a time: each takes 32 MiB."""
        self.use_config(self.config)

    def use_config(self, config: Config) -> None:
        """Use this config from now on; the library stays that of the first."""
        self.config = config
        self.readers = tuple(dict.fromkeys(profile.reader for profile in config.profiles))
        self.files = SiteFolder(config.output / "site")
        self.pages = Pages()
        folder = config.profiles[0].templates
        self.renderer = Renderer(None if folder is None else Path(folder))
        self.feeds = ReaderFeeds(config, self.renderer)
        site_host = urlsplit(config.site_url or "").hostname
        names = {
            *self.options.names,
            *LOOPBACK_NAMES,
            *filter(None, [site_host, self.options.host]),
        }
        self.names = frozenset(name.lower() for name in names)

    async def ask(self, question: Callable[[Library], Result]) -> Result:
        """Return the result of a function of the library, which runs in the library's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._run, question)

    def _run(self, question: Callable[[Library], Result]) -> Result:
        if self._library is None:
            self._library = Library.open(self._path)
        return question(self._library)

    def close(self) -> None:
        """Close the library, after the waiting jobs."""

        def end() -> None:
            if self._library is not None:
                self._library.close()

        self._thread.submit(end).result()
        self._thread.shutdown()

    # --- the config -------------------------------------------------------------------------------

    def profiles(self, reader: str) -> tuple[Profile, ...]:
        """Return the profiles of a reader."""
        return tuple(profile for profile in self.config.profiles if profile.reader == reader)

    def words(self, reader: str = "") -> Words:
        """Return the words of a reader's language; those of the config for an unknown reader."""
        languages = [profile.language for profile in self.profiles(reader)]
        return words_in(languages[0] if languages else self.config.language)

    @property
    def is_wide(self) -> bool:
        """Whether other machines can reach the server."""
        return not is_loopback(self.options.host)

    @property
    def is_secure(self) -> bool:
        """Whether the site is reached over https, so that cookies may require it."""
        return (self.config.site_url or "").startswith("https:")
