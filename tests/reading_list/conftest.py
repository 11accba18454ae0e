"""A shelf with a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reading_list.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return a shelf with the three papers of Monday on its list."""
    shelf = Shelf(tmp_path)
    shelf.select(3)
    shelf.sync()
    return shelf
