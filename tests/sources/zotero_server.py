"""A small server with Zotero's web API (https://www.zotero.org/support/dev/web_api/v3).

Items and collections are kept in memory. Reading is paged with `Link: rel="next"`; a write creates
objects with their own keys, and refuses a key that is there with 412; every request needs the key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    Item = dict[str, Any]

KEY = "not-a-secret"


@dataclass
class ZoteroServer:
    """The server; a context manager that stops it."""

    items: dict[str, Item] = field(default_factory=dict)
    collections: dict[str, Item] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    busy: int = 0
    """Requests that are first answered with 429 and `Retry-After: 0`."""
    page: int = 2

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def write(self, kind: str, objects: list[Item]) -> Item:
        """Create objects; return what the API answers to a write of several."""
        answer: Item = {"success": {}, "successful": {}, "unchanged": {}, "failed": {}}
        known = self.items if kind == "items" else self.collections
        for place, data in enumerate(objects):
            key = data.get("key") or f"NEW{len(known):05}"
            if key in known:
                fault = {"key": key, "code": 412, "message": f"{kind} {key} exists"}
                answer["failed"][str(place)] = fault
            elif kind == "items" and not data.get("itemType"):
                fault = {"code": 400, "message": "'itemType' property not provided"}
                answer["failed"][str(place)] = fault
            else:
                known[key] = {"key": key, "version": 1, "data": data | {"key": key}}
                answer["success"][str(place)] = key
                answer["successful"][str(place)] = known[key]
        return answer


def handler(server: ZoteroServer) -> type[BaseHTTPRequestHandler]:
    """Return the handler of the server's requests."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            self._respond(self._read)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kind = self.path.rsplit("/", 1)[-1]
            self._respond(lambda: (server.write(kind, json.loads(body)), {}))

        def _read(self) -> tuple[object, dict[str, str]]:
            parts = urlsplit(self.path)
            query = {name: value[0] for name, value in parse_qs(parts.query).items()}
            top = parts.path.endswith("/top")
            known = server.collections if parts.path.endswith("/collections") else server.items
            objects = [
                item for item in known.values() if not (top and "parentItem" in item["data"])
            ]
            start = int(query.get("start", 0))
            headers = {"Total-Results": str(len(objects))}
            if start + server.page < len(objects):
                later = urlencode(query | {"start": start + server.page})
                headers["Link"] = f'<{server.address}{parts.path}?{later}>; rel="next"'
            return objects[start : start + server.page], headers

        def _respond(self, work: Callable[[], tuple[object, dict[str, str]]]) -> None:
            server.requests.append(f"{self.command} {self.path}")
            status, content, headers = 200, b"", {}
            if server.busy:
                server.busy -= 1
                status, headers = 429, {"Retry-After": "0"}
            elif self.headers.get("Authorization") != f"Bearer {KEY}":
                status, content = 403, b"Forbidden"
            else:
                answer, headers = work()
                content = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Last-Modified-Version": "7", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Write no log."""

    return Handler
