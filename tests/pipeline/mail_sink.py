"""A mail server on loopback that stores its mails and answers as a test demands.

Speaks as much of RFC 5321 as `smtplib` asks for, with AUTH PLAIN (RFC 4954) where it has users, and
TLS (RFC 3207, RFC 8314) where it has a certificate. It is a thread that ends with its `with` block;
every read has a timeout.
"""

from __future__ import annotations

import base64
import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from types import TracebackType

SECONDS = 10


@dataclass
class MailSink:
    """The server's side. Settings may change between two messages."""

    answers: dict[str, str] = field(default_factory=dict)
    """What to say to RCPT of an address instead of 250; "hang up" ends the connection."""
    trouble: Callable[[str, str], str] = lambda _step, _recipient: ""
    """Asked with "RCPT" or "DATA" and a recipient: what to say instead of 250; "": all is well.
    With "hang up", or after a message "keep and hang up", the connection ends."""
    users: dict[str, str] = field(default_factory=dict)
    """User and password; with any, AUTH is offered and needed."""
    starttls: str | None = None
    """What to say to STARTTLS; None: it is not offered."""
    certificate: ssl.SSLContext | None = None
    """What encrypts the connection after STARTTLS or, where that is not offered, from the first
    byte; None: nothing does."""
    delivered: list[tuple[str, bytes]] = field(default_factory=list)
    """Recipient and message, in the order of their arrival."""
    commands: list[str] = field(default_factory=list)
    """First word of every line that came, outside of messages."""
    overheard: list[str] = field(default_factory=list)
    """Those of them that came unencrypted."""

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.sink = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(SECONDS)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.delivered]

    @property
    def message_ids(self) -> list[str]:
        return [
            str(message_from_bytes(content, policy=default)["Message-ID"])
            for _, content in self.delivered
        ]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    sink: MailSink


class _Session(socketserver.StreamRequestHandler):
    timeout = SECONDS
    server: _Server

    def handle(self) -> None:
        sink = self.server.sink
        self.recipient = ""
        self.known = not sink.users
        self.encrypted = False
        try:
            if sink.certificate and not sink.starttls:
                self.encrypt(sink.certificate)
            self.say("220 sink")
            while line := self.rfile.readline():
                words = line.decode("utf-8", "replace").split()
                sink.commands.append(words[0].upper())
                if not self.encrypted:
                    sink.overheard.append(words[0].upper())
                if not self.answer(words):
                    return
        except OSError:  # also of TLS: the other side does not like our certificate
            return

    def encrypt(self, certificate: ssl.SSLContext) -> None:
        super().finish()
        self.request = certificate.wrap_socket(self.request, server_side=True)
        self.setup()
        self.encrypted = True

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())

    def answer(self, words: list[str]) -> bool:
        """Answer one command; return whether the conversation goes on."""
        sink = self.server.sink
        match words[0].upper():
            case "EHLO":
                offers = ["sink", "8BITMIME"]
                offers += ["AUTH PLAIN"] if sink.users else []
                offers += ["STARTTLS"] if sink.starttls and not self.encrypted else []
                last = offers.pop()
                self.say("".join(f"250-{offer}\r\n" for offer in offers) + f"250 {last}")
            case "STARTTLS":
                self.say(sink.starttls or "502 no")
                if sink.starttls and sink.certificate:
                    self.encrypt(sink.certificate)
            case "AUTH":
                _, user, password = base64.b64decode(words[2]).decode().split("\0")
                self.known = sink.users.get(user) == password
                self.say("235 welcome" if self.known else "535 5.7.8 unknown user or password")
            case "MAIL":
                self.say("250 ok" if self.known else "530 5.7.0 log in first")
            case "RCPT":
                self.recipient = words[1].partition("<")[2].partition(">")[0]
                answer = sink.answers.get(self.recipient) or sink.trouble("RCPT", self.recipient)
                if answer == "hang up":
                    return False
                self.say(answer or "250 ok")
            case "DATA":
                return self.take()
            case "QUIT":
                self.say("221 bye")
                return False
            case _:
                self.say("250 ok")
        return True

    def take(self) -> bool:
        """Read a message to its end, undoing the dots (RFC 5321 section 4.5.2); answer as above."""
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False  # the client is gone: half a message is none
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        answer = self.server.sink.trouble("DATA", self.recipient)
        if answer in {"", "keep and hang up"}:
            self.server.sink.delivered.append((self.recipient, b"".join(lines)))
        if answer.endswith("hang up"):
            return False
        self.say(answer or "250 taken")
        return True
