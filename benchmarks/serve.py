"""Count the pages that `digest serve` answers in a second, with one worker.

python -m benchmarks.serve [--papers 2000] [--digests 100] [--seconds 5] [--connections 8]

The client runs on the same machine. `of processor` is what the server's own processor time allows:
it does not change with what else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.site import _add, _library
from digest.config import load_config
from digest.pipeline.site import build

_GZIP: Final = "Accept-Encoding: gzip\r\n"


class Kind(NamedTuple):
    """A kind of request."""

    name: str
    paths: tuple[str, ...]
    headers: str


def main() -> None:
    """Make a site, serve it, and print a row for each kind of request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=2_000)
    parser.add_argument("--digests", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=8)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make(folder, arguments.papers, arguments.digests)
        command = [sys.executable, "-m", "digest", "serve", "--port", "0"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                match = re.search(r"http://127\.0\.0\.1:(\d+)/", server.stdout.readline())
                assert match is not None
                for kind in _kinds(folder / "digests" / "site"):
                    _measure(kind, int(match[1]), server.pid, arguments)
            finally:
                server.terminate()


def _make(folder: Path, papers: int, digests: int) -> None:
    per_day = papers // digests
    with _library(folder, papers) as library:
        known = list(library.papers)
        for day in range(digests):
            _add(library, day, known[day * per_day : (day + 1) * per_day])
        build(load_config(folder / "config.yaml"), library)


def _kinds(site: Path) -> list[Kind]:
    papers = tuple(f"/papers/{path.name}" for path in sorted((site / "papers").iterdir()))
    digests = tuple(
        f"/{path.relative_to(site)}" for path in sorted((site / "digests").rglob("*.html"))
    )
    return [
        Kind("the first page, again and again", ("/",), _GZIP),
        Kind(f"{len(digests):,} pages of digests in turn", digests, _GZIP),
        Kind(f"{len(papers):,} pages of papers in turn", papers, _GZIP),
        Kind("a feed", ("/feeds/daily.xml",), _GZIP),
        Kind("a feed that the reader has (304)", ("/feeds/daily.xml",), "If-None-Match: *\r\n"),
        Kind("the reading list, made anew", ("/list",), _GZIP),
    ]


def _measure(kind: Kind, port: int, server: int, arguments: argparse.Namespace) -> None:
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{kind.headers}\r\n".encode()
        for path in kind.paths
    ]
    asyncio.run(_load(requests, port, 1.0, arguments.connections))
    used, began = _processor(server), time.perf_counter()
    count = asyncio.run(_load(requests, port, arguments.seconds, arguments.connections))
    used, passed = _processor(server) - used, time.perf_counter() - began
    print(f"{kind.name}: {count / passed:,.0f} a second, {count / used:,.0f} of processor")


async def _load(requests: list[bytes], port: int, seconds: float, connections: int) -> int:
    """Send requests on some connections for so long; return how many were answered."""
    end = time.perf_counter() + seconds
    counts = [0] * connections

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        place = number * len(requests) // connections
        while time.perf_counter() < end:
            writer.write(requests[place % len(requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")), head
            length = re.search(rb"content-length: (\d+)", head)
            if length is not None:
                await reader.readexactly(int(length[1]))
            counts[number] += 1
            place += 1
        writer.close()

    await asyncio.gather(*map(client, range(connections)))
    return sum(counts)


def _processor(process: int) -> float:
    """Return the seconds of processor that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
