"""Fixtures for all tests."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable


PROJECT = Path(__file__).resolve().parent.parent

# No test fails because a machine is slow or busy. Forty examples keep the suite short; every run
# draws others.
settings.register_profile(
    "untimed",
    settings(),
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("untimed")


# What thousands of tests are made of stays until the end: the garbage collector need not search
# it again and again, which took an eighth of the processor time. Afterwards it collects seldom, as
# in a process of the program (`digest/__main__.py`).
OBJECTS = 200_000
"""More new objects than that are searched for garbage."""


def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(OBJECTS)
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true", help="write the golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a check of text against a golden file; with --renew it writes the file instead."""
    folder = request.path.parent / "golden"

    def check(name: str, text: str) -> None:
        path = folder / name
        if request.config.getoption("--renew"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        renewed = f"`pytest {request.path.parent.relative_to(PROJECT)} --renew`"
        assert text == path.read_bytes().decode(), f"{name} changed; {renewed}"

    return check


def missing(what: str) -> None:
    """Skip for want of a tool, but fail in CI, which must have it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, but CI must run the judges")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data; skip where it is absent, fail in CI, which always has it."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{folder} is absent, but CI must run the tests on real data")
        pytest.skip("the real data is not on this machine")
    return folder
