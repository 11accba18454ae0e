"""A mail server in a separate process that stores its mails and fails on demand.

It is the judges' (`lib/smtp_sink.py`), with a real SMTP implementation behind it; it runs until its
`with` block ends, or until a test kills it.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Self

from tests.conftest import missing

if TYPE_CHECKING:
    from pathlib import Path


class FailingServer:
    """The server's process, `port`, and what it has stored in `folder`, which is its own."""

    def __init__(self, shared: Path, folder: Path, *options: str, port: int = 0) -> None:
        """Start it; `options` are its own, such as `--fail data:451`."""
        if importlib.util.find_spec("aiosmtpd") is None:
            missing("aiosmtpd")
        folder.mkdir(parents=True)
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, shared / "judges/lib/smtp_sink.py", str(port), folder, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._port = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def port(self) -> int:
        """Where it listens; waits until it does."""
        if not self._port:
            assert self._process.stdout is not None
            self._port = int(self._process.stdout.readline().split()[1])
        return self._port

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()

    @property
    def envelopes(self) -> list[dict[str, Any]]:
        """Return what it noted of each message: `rcpt`, `tls`, `auth` and more."""
        return [json.loads(path.read_text()) for path in sorted(self.folder.glob("*.json"))]

    @property
    def delivered(self) -> list[tuple[str, bytes]]:
        """Return recipient and message, in the order of their arrival."""
        messages = [path.read_bytes() for path in sorted(self.folder.glob("*.eml"))]
        # One that was killed may have stored a message and not its envelope.
        return [
            (recipient, message)
            for envelope, message in zip(self.envelopes, messages, strict=False)
            for recipient in envelope["rcpt"]
        ]
