"""Start runs that kill themselves: `python -m tests.pipeline.killing MOMENT`.

Reads lines of a folder, a tab and a number. For each, a forked process does the run of MOMENT in
the folder and, when for the given time the world would be touched, sends itself SIGKILL instead.
Answers each with a line: "killed", or "done" and how often the world was touched. One process
starts all, for the imports cost more than a run.

The world is touched by a statement of SQL, by a file that is forced to the disk or renamed, and by
a mail or a request to a service, before and after it.
"""

from __future__ import annotations

import importlib
import os
import signal
import smtplib
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.config import load_config
from digest.delivery.notify import Notifier
from digest.library import Library
from digest.library.connection import Connection
from digest.pipeline.run import Options, Run
from digest.sources.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW = (
    "css_inline",
    "digest.mail.mime",
    "digest.matching.matcher",
    "feedgen.feed",
    "jinja2",
    "markdown",
)
"""What a run imports when it needs it."""


class Fuse:
    """Counts how often the world is touched, and kills the process at the given time."""

    def __init__(self, nth: int) -> None:
        self._nth = nth
        self.count = 0

    def burn(self) -> None:
        self.count += 1
        if self.count == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, function: Callable[..., Any], *, after: bool = False) -> Callable[..., Any]:
        """Return `function` with the fuse before it and, where wanted, after it."""

        def burning(*arguments: Any, **named: Any) -> Any:
            self.burn()
            result = function(*arguments, **named)
            if after:
                self.burn()
            return result

        return burning

    def lay(self) -> None:
        """Put the fuse before all that touches the world."""
        for owner, name in (
            (Connection, "execute"),
            (Connection, "executemany"),
            (os, "fsync"),
            (Path, "replace"),
        ):
            setattr(owner, name, self.before(getattr(owner, name)))
        Client.get = self.before(Client.get, after=True)  # type: ignore[method-assign]
        Client.post = self.before(Client.post, after=True)  # type: ignore[method-assign]
        Notifier.send = self.before(Notifier.send, after=True)  # type: ignore[method-assign]
        send = smtplib.SMTP.sendmail
        smtplib.SMTP.sendmail = self.before(send, after=True)  # type: ignore[method-assign]


def run(folder: Path, now: datetime, fuse: Fuse) -> None:
    config = load_config(folder / "config.yaml")
    fuse.lay()
    with Library.open(config.library) as library, library.lock():
        Run(
            config,
            library,
            clock=lambda: now,
            environment=os.environ,
            progress=lambda items, _label: items,
            sleep=lambda _seconds: None,
        ).execute(Options(config.profiles))


def main() -> None:
    now = datetime.fromisoformat(sys.argv[1])
    for name in SLOW:
        importlib.import_module(name)
    while line := sys.stdin.readline():
        folder, nth = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            fuse = Fuse(int(nth))
            run(Path(folder), now, fuse)
            os.write(1, f"done {fuse.count}\n".encode())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            os.write(1, b"killed\n")
        elif status:
            sys.exit(f"the run in {folder} ended with {status}")


if __name__ == "__main__":
    main()
