"""The golden files, and the judges that are programs of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true", help="write the golden renderings anew")


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    """Return a renderer of the project's own templates."""
    return Renderer()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a check of text against a golden file; with --renew it writes the file instead."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--renew", default=False):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert text == path.read_bytes().decode(), f"{name} changed; `pytest tests/render --renew`"

    return check


def missing(what: str) -> None:
    """Skip for want of a tool, but fail in CI, which must have it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, but CI must run the judges")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture
def judge(shared: Path) -> Callable[..., str]:
    """Return a function that runs an independent judge, and returns its words if it is content."""

    def run(name: str, *arguments: str | Path, needs: tuple[str, ...] = ()) -> str:
        for program in needs:
            if shutil.which(program) is None:
                missing(program)
        command = [sys.executable, str(shared / "judges/lib" / name), *map(str, arguments)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def hostile(shared: Path) -> list[dict[str, str]]:
    """Return the hostile texts that must come out as text, without those made to be huge."""
    import json

    cases = json.loads((shared / "judges/nasty.json").read_text(encoding="utf-8"))
    return [case for case in cases if "value" in case and case["field"] in _TEXT_FIELDS]


_TEXT_FIELDS = {"title", "abstract", "author", "header"}
