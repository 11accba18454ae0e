"""Connections to a mail server whose answers are limited in time and length.

`smtplib` limits how long each piece of an answer may take: a server that sends a byte now and then,
or endless lines, would block a run for ever and fill its memory. `digest.delivery.smtp` uses the
connection.
"""

from __future__ import annotations

import smtplib
import socket
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import BinaryIO

SLACK: Final = 2
"""An answer that comes in pieces may take this many times the timeout."""
MOST_LINES: Final = 1_000
"""Maximum number of lines in an answer; real ones have some ten."""


class Connection(smtplib.SMTP):
    """A connection that begins unencrypted."""

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer; an endless one counts as a broken connection."""
        if self.file is None and self.sock is not None:
            self.file = _Lines(self.sock.makefile("rb"))
        if self.file is not None:
            self.file.left = MOST_LINES
        watch = Timer(SLACK * self.timeout, _cut, (self.sock,))
        watch.daemon = True
        watch.start()
        try:
            return super().getreply()
        finally:
            watch.cancel()


class EncryptedConnection(Connection, smtplib.SMTP_SSL):
    """A connection that is encrypted from its first byte."""


class _Lines:
    """The stream from which `smtplib` reads answers."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.left = 0

    def readline(self, size: int) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError("the answer does not end")
        line = self._file.readline(size)
        if line and len(line) < size and not line.endswith(b"\n"):
            raise OSError("the answer broke off")
        return line

    def close(self) -> None:
        self._file.close()


def _cut(connection: socket.socket | None) -> None:
    """Close the connection under a thread that is reading from it."""
    if connection is not None:
        with suppress(OSError):
            # Not the method of an SSLSocket, which takes its state away from the reader, too.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
