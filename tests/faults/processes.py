"""Processes that run `digest run` and inject a fault: `python -m tests.faults.processes`.

Reads one JSON object a line: a folder, a moment, and a fault. A forked process does the run there,
with the moment as the present. Answers each with a line of JSON: how the process ended, and how
often it touched the world. One process starts all, because the imports cost more than a run.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

import digest
from digest.cli.app import main as digest_main
from digest.pipeline.run import Run
from tests.conftest import PROJECT
from tests.pipeline.killing import SLOW, Fuse

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from tests.pipeline.world import World

    Do = Callable[..., "End"]

CALLS: Final = (
    "openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "ftruncate", "mkdir",
    "sendto", "connect", "fcntl", "close",
)  # fmt: skip
"""System calls at which a run may be killed."""
FAILING: Final = {
    "write": "ENOSPC", "pwrite64": "ENOSPC", "fsync": "EIO", "fdatasync": "EIO", "rename": "EIO",
    "openat": "EMFILE", "ftruncate": "EIO", "mkdir": "ENOSPC", "pread64": "EIO", "unlink": "EACCES",
    "sendto": "EPIPE", "connect": "ENETUNREACH",
}  # fmt: skip
"""System calls that may fail, and with what."""


class End(NamedTuple):
    """How a run ended."""

    code: int
    """The exit code; below zero the signal."""
    told: str
    """What it wrote to stderr."""
    touches: int = 0
    seconds: float = 0.0

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


def run(folder: Path, now: datetime) -> int:
    """Do `digest run` in a folder, at a moment, without the pauses between requests."""
    defaults = Run.__init__.__kwdefaults__
    assert defaults is not None
    defaults["sleep"] = lambda _seconds: None
    os.chdir(folder)
    return digest_main(["--quiet", "run"], clock=lambda: now)


# --- forked from one process ---------------------------------------------------------------------


@contextmanager
def forked_runs() -> Iterator[Do]:
    """Give a function that does a world's run and returns its end.

    `touch=n` kills it when it touches the world for the n-th time, `after=s` after some seconds,
    and `size=n` lets no file grow beyond n bytes. The n-th of some system `calls` meets `fault`, as
    strace has it: `signal=KILL` or `error=ENOSPC`; `log` is where strace writes.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.processes"],
        cwd=PROJECT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # a process with threads cannot be forked
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def do(world: World, **fault: float | str) -> End:
            assert process.stdin is not None
            assert process.stdout is not None
            order = {"folder": str(world.folder), "now": world.now.isoformat(), **fault}
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            return End(**json.loads(process.stdout.readline()))

        try:
            yield do
        finally:
            process.kill()


def _child(order: dict[str, Any], told: int, touches: int) -> NoReturn:
    """Do one run in a forked process."""
    sys.stderr = os.fdopen(told, "w")
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - until the process ends
    if "size" in order:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(order["size"]),) * 2)
    fuse = Fuse(int(order.get("touch", 0)))
    if "touch" in order:
        fuse.lay()
    if "calls" in order:
        os.kill(os.getpid(), signal.SIGSTOP)
    code = 1
    try:
        code = run(Path(order["folder"]), datetime.fromisoformat(order["now"]))
    except Exception:  # noqa: BLE001 - reported to the parent
        traceback.print_exc()
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os.write(touches, str(fuse.count).encode())
    os._exit(code)


def _perform(order: dict[str, Any]) -> End:
    told, told_end = os.pipe()
    touches, touches_end = os.pipe()
    begun = time.perf_counter()
    child = os.fork()
    if not child:
        _child(order, told_end, touches_end)
    os.close(told_end)
    os.close(touches_end)
    done = 0
    if "after" in order:
        while not done and time.perf_counter() - begun < order["after"]:
            done, status = os.waitpid(child, os.WNOHANG)
            time.sleep(0.001)
        if not done:
            os.kill(child, signal.SIGKILL)
    if "calls" in order:
        with _traced(child, order):
            done, status = os.waitpid(child, 0)
    if not done:
        _, status = os.waitpid(child, 0)
    seconds = time.perf_counter() - begun
    with os.fdopen(told, errors="replace") as stderr, os.fdopen(touches) as count:
        return End(
            os.waitstatus_to_exitcode(status), stderr.read(), int(count.read() or 0), seconds
        )


# --- system calls --------------------------------------------------------------------------------


@contextmanager
def _traced(child: int, order: dict[str, Any]) -> Iterator[None]:
    """Attach strace to a stopped child, and continue the child."""
    os.waitpid(child, os.WUNTRACED)
    options = ["-o", order.get("log", os.devnull), "-e", f"trace={order['calls']}"]
    if "fault" in order:
        options += ["-e", f"inject={order['calls']}:{order['fault']}:when={order['nth']}"]
    with subprocess.Popen(
        ["strace", "-qq", "-f", *options, "-p", str(child)], stderr=subprocess.DEVNULL
    ) as tracer:
        status = Path(f"/proc/{child}/status")
        while "TracerPid:\t0\n" in status.read_text() and tracer.poll() is None:
            time.sleep(0.001)
        os.kill(child, signal.SIGCONT)
        yield
        tracer.wait()


def calls_in(log: Path) -> Counter[str]:
    """Return how often each system call stands in a log of strace."""
    lines = log.read_text(errors="replace").splitlines()
    names = (line.partition("(")[0].split()[-1:] for line in lines if "(" in line)
    return Counter(name for name, *_ in filter(None, names))


def spread(first: int, last: int, count: int, chance: random.Random) -> list[int]:
    """Return numbers by chance, spread evenly over a range."""
    step = (last - first + 1) / count
    return [first + int(step * (number + chance.random())) for number in range(count)]


def main() -> None:
    """Do the runs that are asked for on stdin."""
    ours = (walk_package.name for walk_package in pkgutil.walk_packages(digest.__path__, "digest."))
    for name in (*SLOW, *ours):
        importlib.import_module(name)
    gc.freeze()  # else each collection in a child copies the memory that it shares
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_perform(json.loads(line))._asdict()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
