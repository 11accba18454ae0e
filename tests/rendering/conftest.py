"""Fixtures: the renderer, and external programs that check renderings."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from digest.rendering.templates import Renderer
from tests.conftest import missing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    """Return a renderer of the project's own templates."""
    return Renderer()


@pytest.fixture
def judge(shared: Path) -> Callable[..., str]:
    """Return a function that runs an independent judge, and returns its words if it is content."""

    def run(name: str, *arguments: str | Path, needs: tuple[str, ...] = ()) -> str:
        for program in needs:
            if shutil.which(program) is None:
                missing(program)
        command = [sys.executable, str(shared / "judges/lib" / name), *map(str, arguments)]
        completed = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=240
        )
        assert completed.returncode == 0, completed.stdout + completed.stderr
        return completed.stdout

    return run


@pytest.fixture
def hostile(shared: Path) -> list[dict[str, str]]:
    """Return the hostile texts that must come out as text, without those made to be huge."""
    import json

    cases = json.loads((shared / "judges/nasty.json").read_text(encoding="utf-8"))
    return [case for case in cases if "value" in case and case["field"] in _TEXT_FIELDS]


_TEXT_FIELDS = {"title", "abstract", "author", "header"}
