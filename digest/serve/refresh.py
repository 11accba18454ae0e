"""Show news without a restart: check for a changed library, config or template.

The library's lock is not taken: a run that starts now must not find it held. Building the site
takes the site's lock, and the second builder has nothing left to do.
"""

from __future__ import annotations

import asyncio
import traceback
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from digest.config import load_config
from digest.errors import DigestError
from digest.library import Library
from digest.pipeline.site import build
from digest.pipeline.site_samples import try_templates
from digest.serve.reader_work import with_reader_lists

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from digest.config import Config
    from digest.serve.state import ServerState

SECONDS: Final = 1.0
"""Seconds between two checks."""


@asynccontextmanager
async def refreshing(app_state: ServerState) -> AsyncIterator[None]:
    """Check again and again while the block runs."""
    task = asyncio.create_task(_Refresh(app_state).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class _Refresh:
    """What the last check saw."""

    def __init__(self, app_state: ServerState) -> None:
        self._app_state = app_state
        self._config = _stamps(app_state.config)
        self._seen: object = None
        self._told = ""

    async def run(self) -> None:
        """Check for as long as the server runs."""
        while True:
            try:
                await self.look()
                self._told = ""
            except DigestError as error:
                self._log_once(str(error))
            except Exception as error:  # noqa: BLE001 - a bug here must not end all further looks
                self._log_once("".join(traceback.format_exception(error)))
            await asyncio.sleep(SECONDS)

    def _log_once(self, message: str) -> None:
        """Log a problem, once."""
        if message != self._told:
            self._told = message
            self._app_state.report(message)

    async def look(self) -> None:
        """Do what is due; raise `DigestError` if that is impossible."""
        app_state = self._app_state
        stamps = _stamps(app_state.config)
        is_new = stamps != self._config
        if is_new:
            changed = sorted({path for path, _ in stamps ^ self._config})
            self._config = stamps
            # A broken config raises, and the server continues with the old one.
            app_state.use_config(await asyncio.to_thread(_checked, app_state.config.path))
            self._config = _stamps(app_state.config)
            app_state.report(f"{', '.join(map(str, changed))}: read again")
        seen = await app_state.ask(lambda library: library.site.seen())
        if is_new or seen != self._seen:
            await asyncio.to_thread(_build, app_state.config)
            self._seen = seen
        for reader in tuple(app_state.unwritten):
            await app_state.ask(with_reader_lists(app_state, reader, lambda _: None))


def _build(config: Config) -> None:
    with Library.open(config.library) as library:
        build(config, library)


def _checked(path: Path) -> Config:
    """Read the config; raise `DigestError` if it or a template does not work."""
    config = load_config(path)
    if config.profiles[0].templates is not None:
        try_templates(config)
    return config


_Stamps: TypeAlias = frozenset[tuple[Path, tuple[int, int, int]]]


def _stamps(config: Config) -> _Stamps:
    """Return a value that changes with the config's file or a template."""
    files = [config.path]
    if config.profiles[0].templates is not None:
        files += Path(config.profiles[0].templates).rglob("*.j2")
    return frozenset(_stamped(files))


def _stamped(files: Iterable[Path]) -> Iterator[tuple[Path, tuple[int, int, int]]]:
    for path in files:
        with suppress(OSError):
            status = path.stat()
            yield path, (status.st_ino, status.st_size, status.st_mtime_ns)
