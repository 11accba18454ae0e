"""Recipes for daily runs, with this program's path and folder filled in."""

from __future__ import annotations

import shlex
import shutil
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECIPES: Final = (
    "systemd", "cron", "launchd", "container", "compose", "github-actions", "gitlab-ci",
)  # fmt: skip


def recipe(name: str, config: Path) -> str:
    """Return the recipe of that name for the config."""
    text = files("digest.cli").joinpath("recipes", name).read_text(encoding="utf-8")
    path = config.absolute()
    program = _program()
    quote = _QUOTES.get(name, str)
    return (
        text.replace("@PROGRAM_STRINGS@", _strings(program))
        .replace("@PROGRAM@", " ".join(map(quote, program)))
        .replace("@CONFIG@", quote(str(path)))
        .replace("@FOLDER@", _FOLDER_QUOTES.get(name, quote)(str(path.parent)))
    )


def _program() -> list[str]:
    """Return how to call this program: by its name, or as a module of this Python."""
    program = shutil.which("digest")
    return [program] if program else [sys.executable, "-m", "digest"]


def _strings(program: list[str]) -> str:
    return "\n".join(f"    <string>{escape(argument)}</string>" for argument in program)


def _for_systemd(text: str) -> str:
    """Quote an argument of a systemd unit, where `%` and `$` are special (systemd.service)."""
    doubled = _path_of_systemd(text).replace("$", "$$")
    escaped = doubled.replace("\\", "\\\\").replace('"', '\\"')
    return escaped if escaped.replace("/", "").isalnum() else f'"{escaped}"'


def _path_of_systemd(text: str) -> str:
    """Return a path for a systemd unit: the rest of the line, never quoted."""
    return text.replace("%", "%%")


def _for_cron(text: str) -> str:
    """Quote an argument of a crontab, in which `%` ends the command (crontab(5))."""
    return shlex.quote(text).replace("%", "\\%")


_QUOTES: Final[dict[str, Callable[[str], str]]] = {
    "systemd": _for_systemd,
    "cron": _for_cron,
    "launchd": escape,
}
_FOLDER_QUOTES: Final[dict[str, Callable[[str], str]]] = {"systemd": _path_of_systemd}
