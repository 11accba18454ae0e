"""A running server, and a client that sends exact requests."""

from __future__ import annotations

import json
import re
import socket
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from digest.config import load_config
from digest.serve.app import make_app
from digest.serve.passwords import Cost, hash_password
from digest.serve.server import listen, make_server
from digest.serve.state import Options, ServerState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.pipeline.world import World

SECONDS = 20
CHEAP = Cost(log_n=4, r=1, p=1)
PASSWORD = "correct horse battery"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Host:
    """A server in a thread, which is stopped at the end of a `with` block."""

    def __init__(self, world: World, options: Options | None = None) -> None:
        self.world = world
        self.log: list[str] = []
        self._ready = Event()
        served = ServerState(
            load_config(world.config), options or Options(), lambda: world.now, self.log.append
        )
        self.served = served
        self._listener = listen("127.0.0.1", 0)
        self.port: int = self._listener.getsockname()[1]
        self._server = make_server(make_app(served), self._ready.set)
        self._thread = Thread(target=self._server.answer, args=(self._listener,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(SECONDS), self.log
        self.wait_until_built()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = True
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.name}"

    def wait_until_built(self) -> None:
        """Wait for the first build, the end of which is noted in a file."""
        self.until((self.world.output / "site" / ".built.json").is_file)

    def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something has happened."""
        pause = Event()
        for _ in range(SECONDS * 50):
            if happened():
                return
            pause.wait(0.02)
        raise AssertionError(f"it did not happen: {self.log}")

    def wait_for(self, path: str, text: str = "") -> None:
        """Ask until a page is there and has a text."""

        def is_there() -> bool:
            answer = self.get(path)
            return answer.status not in (404, 503) and text in answer.text

        self.until(is_there)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request; the path goes out as it is."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            known = {"Host": self.name, **(headers or {})}
            if body is not None:
                known.setdefault("Content-Type", "application/x-www-form-urlencoded")
                known.setdefault("Content-Length", str(len(body)))
            for name, value in known.items():
                if value:
                    connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            content = response.read()
            fields = {name.lower(): value for name, value in response.getheaders()}
            cookies = response.headers.get_all("Set-Cookie") or []
            return Answer(response.status, fields, content, tuple(cookies))

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers)

    def raw(self, request: bytes) -> bytes:
        """Send bytes, and return all that comes back."""
        with closing(socket.create_connection(("127.0.0.1", self.port), SECONDS)) as connection:
            connection.settimeout(SECONDS)
            connection.sendall(request)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
            return b"".join(parts)


@dataclass
class Browser:
    """Somebody with a browser: keeps cookies, and sends the forms of pages."""

    host: Host
    cookies: dict[str, str] = field(default_factory=dict)

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Accept": "text/html", "Cookie": cookies, **(more or {})}

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._kept(self.host.get(path, self._headers(headers)))

    def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a form as a page of the server would."""
        known = {"Origin": self.host.url, "Sec-Fetch-Site": "same-origin", **(headers or {})}
        body = urlencode(fields).encode()
        return self._kept(self.host.ask("POST", path, self._headers(known), body))

    def csrf(self, path: str) -> str:
        match = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert match, path
        return unescape(match[1])

    def sign_in(self, name: str, password: str = PASSWORD) -> Answer:
        fields = {"csrf": self.csrf("/login"), "name": name, "password": password}
        return self.post("/login", fields)

    def _kept(self, answer: Answer) -> Answer:
        for cookie in answer.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answer


def give_password(world: World, *readers: str) -> None:
    """Give readers the password."""
    with world.library() as library:
        for reader in readers:
            library.accounts.set_password(reader, hash_password(PASSWORD, CHEAP), world.now)
