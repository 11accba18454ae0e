"""The process exits with the exit code of its command."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = """
import atexit, sys, threading, time
from digest.__main__ import program
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process that has also something else to do."""
    return subprocess.run(
        [sys.executable, "-c", f"{BEFORE}{code}\nprogram()", *arguments],
        capture_output=True, text=True, check=False, timeout=60, env={"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip


@pytest.mark.parametrize(("arguments", "code"), [(("--version",), 0), (("no-command",), 2)])
def test_the_exit_code_is_that_of_the_command(arguments: tuple[str, ...], code: int) -> None:
    assert run("", *arguments).returncode == code


def test_what_is_to_be_done_at_exit_is_done_and_written() -> None:
    completed = run("atexit.register(print, 'last', end='')\natexit.register(print, 'first')")
    assert completed.stdout == "first\nlast"
    assert completed.returncode == 2


def test_threads_come_to_their_end() -> None:
    completed = run(
        "def late():\n    time.sleep(0.2)\n    print('late')\nthreading.Thread(target=late).start()"
    )
    assert completed.stdout == "late\n"


def test_a_profiler_has_its_say(folder: Path) -> None:
    completed = subprocess.run(
        [sys.executable, "-m", "cProfile", "-m", "digest", "--version"],
        capture_output=True, text=True, check=True, timeout=60, cwd=folder,
        env={"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert "function calls" in completed.stdout


def test_a_fault_of_the_program_ends_in_a_traceback() -> None:
    completed = run("import digest.cli.app\ndigest.cli.app.main = lambda: 1 / 0")
    assert completed.returncode == 1
    assert "ZeroDivisionError" in completed.stderr
