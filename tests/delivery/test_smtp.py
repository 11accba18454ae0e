"""Mail servers with endless answers: time and memory stay bounded."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from digest.cli.commands.send_test_mail import advise
from digest.delivery.smtp import Mailer, UnreachableError
from digest.model import SmtpSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Talk = Callable[[socket.socket], None]


@contextmanager
def server(talk: Talk) -> Iterator[int]:
    """Talk to one client until it has had enough; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client, _ = listening.accept()
            client.settimeout(5)
            with client, suppress(OSError):
                talk(client)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)
        assert not thread.is_alive(), "the client hung up"


def in_drops(client: socket.socket) -> None:
    client.sendall(b"220 ")
    while True:
        client.sendall(b"x")
        time.sleep(0.02)


def without_end(client: socket.socket) -> None:
    client.sendall(b"220 ready\r\n")
    client.recv(1000)
    while True:
        client.sendall(b"250-and another thing\r\n" * 100)


def not_at_all(client: socket.socket) -> None:
    client.recv(1000)


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (in_drops, "the answer broke off|reset by peer"),  # as the last drop meets it
        (without_end, "the answer does not end"),
        (not_at_all, r"no answer within 0\.5 seconds$"),
    ],
)
@pytest.mark.timeout(30)
def test_a_server_is_not_listened_to_for_ever(talk: Talk, reason: str) -> None:
    with server(talk) as port:
        mailer = Mailer(SmtpSettings(host="127.0.0.1", port=port, timeout=0.5), {})
        with pytest.raises(UnreachableError, match=reason):
            mailer.send("digest@example.org", "you@example.org", b"\r\n")
        mailer.close()
    for watch in (item for item in threading.enumerate() if isinstance(item, threading.Timer)):
        assert watch.finished.is_set(), "no watch goes on"


def silent_after_its_greeting(client: socket.socket) -> None:
    client.sendall(b"220 ready\r\n")
    client.recv(1000)
    client.recv(1000)


@pytest.mark.parametrize("talk", [not_at_all, silent_after_its_greeting])
def test_who_hears_nothing_is_told_what_to_look_at(talk: Talk) -> None:
    with server(talk) as port:
        settings = SmtpSettings(host="127.0.0.1", port=port, timeout=0.5)
        with pytest.raises(UnreachableError) as caught:
            Mailer(settings, {}).send("digest@example.org", "you@example.org", b"\r\n")
    assert advise(caught.value, settings).startswith("No answer within 0.5 seconds: ")
