"""Run one process and say what it took."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.corpus import PROJECT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path


class Used(NamedTuple):
    """What one process took, its children included."""

    seconds: float
    """Of processor time."""
    memory: float
    """Megabytes, of the largest process."""


def use(command: Sequence[str], folder: Path, codes: Collection[int] = (0,)) -> Used:
    """Run `command` in `folder`; raise `SystemExit` if its exit code is not in `codes`."""
    process = subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    with process:
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        told = f"{' '.join(command)} ended with {process.returncode}: {errors.decode()}"
        raise SystemExit(told)
    return Used(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def use_digest(arguments: Sequence[str], folder: Path, codes: Collection[int] = (0,)) -> Used:
    """Run `digest` with `arguments` in `folder`."""
    return use([sys.executable, "-m", "digest", *arguments], folder, codes)


def environment() -> dict[str, str]:
    """Return the environment in which this project's `digest` runs, with bytecode kept."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(PROJECT)}
