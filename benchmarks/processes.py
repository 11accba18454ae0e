"""Run one process and measure it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.corpus import PROJECT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


_ALONE: Final = Path(__file__).with_name("alone.py")
"""Measures a process without the memory of the one that starts it."""


class Used(NamedTuple):
    """What one process took, its children included."""

    seconds: float
    """Of processor time."""
    memory: float
    """Megabytes, of the largest process."""


def use(command: Sequence[str], folder: Path, codes: Collection[int] = (0,)) -> Used:
    """Run `command` in `folder`; raise `SystemExit` if its exit code is not in `codes`."""
    cores = str(len(os.sched_getaffinity(0)))
    completed = subprocess.run(
        [sys.executable, "-S", "-E", str(_ALONE), cores, os.devnull, *command],
        cwd=folder, env=environment(), check=False, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    if completed.returncode not in codes:
        raise SystemExit(
            f"{' '.join(command)} ended with {completed.returncode}: {completed.stderr}"
        )
    row = json.loads(completed.stdout)
    return Used(row["cpu"], row["memory"] / 1e6)


def use_digest(arguments: Sequence[str], folder: Path, codes: Collection[int] = (0,)) -> Used:
    """Run `digest` with `arguments` in `folder`."""
    return use([sys.executable, "-m", "digest", *arguments], folder, codes)


def environment() -> dict[str, str]:
    """Return the environment in which this project's `digest` runs, with bytecode kept."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(PROJECT)}
