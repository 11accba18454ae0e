"""A command imports only what it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "css_inline", "email.message", "feedgen", "jinja2", "lxml", "markdown", "numpy",
    "pylatexenc", "re2", "schedule", "smtplib", "sqlite3", "starlette", "tqdm", "uvicorn", "yaml",
}  # fmt: skip

# The last line of stdout is the list of modules, whatever the command prints before.
PROGRAM = """
import json, sys
from digest.cli.app import main
main(sys.argv[1:])
print("\\n" + json.dumps(sorted(sys.modules)))
"""


def imported(*arguments: str) -> set[str]:
    """Return which of the heavy modules the program imports for these arguments."""
    completed = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PYTHONPATH": str(PROJECT), "PATH": ""},
    )
    return HEAVY & set(json.loads(completed.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        (),
        ("run", "--help"),
        ("match", "--help"),
        ("list", "--help"),
        ("mark", "--help"),
        ("serve", "--help"),
        ("no-command",),
    ],
)
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert imported(*arguments) == set()


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("init",), {"yaml"}),
        (("status",), {"sqlite3", "yaml"}),
        (("papers",), {"sqlite3", "yaml"}),
        (("export",), {"sqlite3", "yaml"}),
        (("list",), {"sqlite3", "yaml"}),
        (("next",), {"sqlite3", "yaml"}),
        (("ingest", "dumps"), {"numpy", "pylatexenc", "sqlite3", "yaml"}),
    ],
)
def test_a_command_imports_no_more_than_it_needs(
    place: Path, arguments: tuple[str, ...], needed: set[str]
) -> None:
    assert imported(*arguments) <= needed


def test_only_the_command_that_is_called_is_imported(folder: Path) -> None:
    completed = subprocess.run(
        [sys.executable, "-c", PROGRAM, "status", "--help"],
        capture_output=True, text=True, check=True, timeout=60, env={"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    modules = json.loads(completed.stdout.splitlines()[-1])
    commands = {name for name in modules if name.startswith("digest.cli.commands.")}
    assert commands == {
        f"digest.cli.commands.{name}" for name in ("_options", "_sources", "status")
    }
