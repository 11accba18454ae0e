"""A local service on loopback with given answers that records its requests.

An answer is a `Reply`, or a function that writes to the socket itself, for what no proper server
does: to be slow, to stop in the middle, never to end.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping


class Reply(NamedTuple):
    """One answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}


class Asked(NamedTuple):
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    connection: int
    body: bytes = b""
    """What was posted."""


Script: TypeAlias = "Reply | Callable[[BaseHTTPRequestHandler], None]"


class LocalService:
    """`answer` gets the path, query included, and returns what to say."""

    def __init__(
        self,
        answer: Callable[[str], Script],
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answer = answer
        self._host = host
        self.asked: list[Asked] = []
        self.connections = 0
        self._lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def setup(self) -> None:
                super().setup()
                with service._lock:
                    service.connections += 1
                    self.number = service.connections

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = dict(self.headers.items())
                service.asked.append(Asked(self.path, headers, self.number, body))
                script = service.answer(self.path)
                if not isinstance(script, Reply):
                    self.close_connection = True
                    script(self)
                    return
                self.send_response(script.status)
                for name, value in script.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(script.body)))
                self.end_headers()
                self.wfile.write(script.body)

            def do_POST(self) -> None:
                self.do_GET()

            def do_PUT(self) -> None:  # as ntfy is asked
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                pass  # a client that went away is what some tests are about

        self._server = Server((host, 0), Handler)
        self._scheme = "http" if tls is None else "https"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self._host}:{self._server.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.asked]

    @contextmanager
    def running(self) -> Iterator[LocalService]:
        thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Answer quickly and for longer than anyone reads."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(400):
        handler.wfile.write(b"x" * (1 << 16))


def in_turn(*replies: Script) -> Callable[[str], Script]:
    """Answer with each of `replies` in turn; the last one stays."""
    waiting = list(replies)
    return lambda _path: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def serving(*replies: Script, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Any:
    """Return a running service that gives these replies in turn, as a context."""
    return LocalService(in_turn(*replies), host, tls).running()
