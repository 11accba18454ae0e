"""A connection whose request never arrives is closed; a working one is not."""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from digest.serve.deadline import HeadDeadline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serve.host import Host

WAIT = 0.4
LONG = 20
BEGUN = b"GET /site.css HTTP/1.1\r\nHost: "


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch, host: Host) -> Iterator[socket.socket]:
    """Return a connection to a server that waits for a moment only."""
    monkeypatch.setattr(HeadDeadline, "seconds", WAIT)
    with closing(socket.create_connection(("127.0.0.1", host.port), LONG)) as connection:
        yield connection


def is_ended(connection: socket.socket) -> bool:
    """Return whether the server ends a connection; wait for that, but not for ever."""
    connection.settimeout(LONG)
    with suppress(ConnectionError):
        return connection.recv(1) == b""
    return True


def whole(host: Host) -> bytes:
    return BEGUN + host.name.encode() + b"\r\n\r\n"


def answer(connection: socket.socket) -> bytes:
    """Return one answer with its body."""
    read = connection.makefile("rb")
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += read.readline()
    length = next(
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    assert len(read.read(length)) == length
    return head


def test_a_connection_without_a_request_is_ended(short: socket.socket) -> None:
    assert is_ended(short)


def test_a_head_that_stops_is_ended(short: socket.socket) -> None:
    short.sendall(BEGUN)
    assert is_ended(short)


def test_a_head_that_trickles_is_ended(short: socket.socket) -> None:
    """Each byte would take back uvicorn's own limit."""
    short.sendall(BEGUN)
    short.settimeout(WAIT / 10)
    with suppress(ConnectionError):
        for _ in range(LONG * 10):
            short.sendall(b"x")
            with suppress(TimeoutError):
                assert short.recv(1) == b""
                return
        raise AssertionError("the connection is still open")


def test_the_head_of_a_second_request_has_a_limit_too(short: socket.socket, host: Host) -> None:
    short.sendall(whole(host))
    assert answer(short).startswith(b"HTTP/1.1 200")
    short.sendall(BEGUN)
    assert is_ended(short)


def test_a_connection_that_works_stays_open(short: socket.socket, host: Host) -> None:
    for _ in range(4):
        short.sendall(whole(host))
        assert answer(short).startswith(b"HTTP/1.1 200")
        short.settimeout(WAIT / 2)
        with pytest.raises(TimeoutError):
            short.recv(1)
        short.settimeout(LONG)
