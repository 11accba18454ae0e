"""Use a command that waits for a person: start it, do what a person does first, and end it.

    python benchmarks/person.py triage COMMAND...
    python benchmarks/person.py serve COMMAND...

`triage` runs on a terminal of its own: one paper down, one up, and quit. `serve` is asked for its
first page, the reading list and a feed, and is then told to end. Exits with the
command's exit code.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Final

_KEYS: Final = b"jkq"
_SCREEN: Final = b"? keys"
"""Last line of the screen."""
_CURSOR: Final = b"\x1b[6n"
"""Asks the terminal where its cursor is."""
_QUIET: Final = 0.3
"""Seconds without output after which a screen is complete."""
_PATHS: Final = ("", "list", "feeds/daily.xml")
_PATIENCE: Final = 60
"""Seconds until an answer."""


def triage(command: list[str]) -> int:
    """Press keys in a screen of 80 by 24."""
    child, terminal = pty.fork()
    if not child:
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    keys, is_shown = iter(_KEYS), False
    while (chunk := _read(terminal, _QUIET if is_shown else _PATIENCE)) or is_shown:
        is_shown = is_shown or _SCREEN in chunk
        if _CURSOR in chunk:
            os.write(terminal, b"\x1b[1;1R")
        if is_shown and not chunk:
            key = next(keys, None)
            if key is None:
                break
            os.write(terminal, bytes([key]))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _read(terminal: int, patience: float) -> bytes:
    """Return what the command prints next; nothing at its end or after seconds of silence."""
    if not select.select([terminal], [], [], patience)[0]:
        return b""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how Linux reports the end
        return b""


def serve(command: list[str]) -> int:
    """Ask for pages."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
            assert address is not None
            for path in _PATHS:
                _get(address[0] + path)
        finally:
            server.terminate()
    return server.returncode


def _get(address: str) -> None:
    """Read a page; it may still have to be made."""
    for _ in range(_PATIENCE):
        try:
            with urllib.request.urlopen(address, timeout=_PATIENCE) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            time.sleep(1)
        else:
            return
    raise SystemExit(f"{address} was not made in {_PATIENCE} seconds")


if __name__ == "__main__":
    sys.exit({"triage": triage, "serve": serve}[sys.argv[1]](sys.argv[2:]))
