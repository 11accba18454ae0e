"""A library in a temporary folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "digest.db"


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    with Library.open(path, new_id=lambda: "made-for-a-test") as opened:
        yield opened
