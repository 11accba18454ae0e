"""A real browser with axe-core; tests that need them are skipped if they are missing."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

NODE_MODULES = Path(os.environ.get("JUDGES_NODE_MODULES", "node_modules"))


@contextmanager
def chromium() -> Iterator[Any]:
    """Open the machine's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium")
    if program is None:
        missing("chromium")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


def axe_script() -> Path:
    """Return axe-core as a script for a page."""
    script = NODE_MODULES / "axe-core/axe.min.js"
    if not script.is_file():
        missing("axe-core")
    return script


def findings(page: Any) -> list[tuple[str, str]]:
    """Return what axe-core finds wrong with a page that has its script."""
    result = page.evaluate("axe.run()")["violations"]
    return [(item["id"], item["nodes"][0]["html"]) for item in result]
