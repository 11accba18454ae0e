"""Show what is new without a restart: look for a changed library and config, and build the site.

The library's own lock is not taken: a run that begins now must not find it held. Who builds the
site holds the site's lock, and whoever comes second has nothing left to do.
"""

from __future__ import annotations

import asyncio
import traceback
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from digest.config import load_config
from digest.errors import DigestError
from digest.library import Library
from digest.pipeline.site import build
from digest.serve.desks import at_desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from digest.config import Config
    from digest.serve.served import Served

SECONDS: Final = 1.0
"""Between two looks."""


@asynccontextmanager
async def refreshing(served: Served) -> AsyncIterator[None]:
    """Look again and again while the block runs."""
    task = asyncio.create_task(_Refresh(served).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class _Refresh:
    """What was seen at the last look."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._config = _stamp(served.config)
        self._seen: object = None
        self._told = ""

    async def run(self) -> None:
        """Look for as long as the server answers."""
        while True:
            try:
                await self.look()
                self._told = ""
            except DigestError as error:
                self._tell(str(error))
            except Exception as error:  # noqa: BLE001 - a bug here must not end all further looks
                self._tell("".join(traceback.format_exception(error)))
            await asyncio.sleep(SECONDS)

    def _tell(self, message: str) -> None:
        """Log what is wrong, once."""
        if message != self._told:
            self._told = message
            self._served.report(message)

    async def look(self) -> None:
        """Do what is to be done now; raise `DigestError` where that is impossible."""
        served = self._served
        stamp = _stamp(served.config)
        is_new = stamp != self._config
        if is_new:
            self._config = stamp
            served.take_up(await asyncio.to_thread(load_config, served.config.path))
            served.report(f"{served.config.path} is read again")
        seen = await served.ask(lambda library: library.site.seen())
        if is_new or seen != self._seen:
            await asyncio.to_thread(_build, served.config)
            self._seen = seen
        for reader in tuple(served.unwritten):
            await served.ask(at_desk(served, reader, lambda _: None))


def _build(config: Config) -> None:
    with Library.open(config.library) as library:
        build(config, library)


def _stamp(config: Config) -> tuple[int, int, int] | None:
    """Return what changes when the config's file does."""
    try:
        status = config.path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
