"""Listen, and answer until a signal arrives."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from digest.errors import UsageError
from digest.serve.deadline import HeadDeadline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

_MOST_AT_ONCE: Final = 500
"""Maximum number of connections; further ones are told to come later."""
_STOP_SECONDS: Final = 5


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise `UsageError` if that is impossible."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}, port {port}: {error.strerror}; --port and --host take others"
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the address of a server."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def make_server(app: ASGIApp, ready: Callable[[], None] = lambda: None) -> Server:
    """Return a server that calls `ready` once it answers."""
    return Server(
        uvicorn.Config(
            app,
            http=HeadDeadline,
            ws="none",
            loop="asyncio",
            lifespan="on",
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_graceful_shutdown=_STOP_SECONDS,
        ),
        ready,
    )


class Server(uvicorn.Server):
    """A server that ends by itself after a signal, where uvicorn would send the signal again."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    def answer(self, listener: socket.socket) -> None:
        """Answer until SIGTERM or Ctrl-C, or until `should_exit` is set."""
        with listener:
            asyncio.run(self.serve(sockets=[listener]))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start answering, and report it."""
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End at a signal; threads other than the main one receive none."""
        if current_thread() is not main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        signals: tuple[Any, ...] = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)
