"""A world in a temporary folder."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from digest.pipeline import publish
from digest.rendering.templates import Renderer
from tests.pipeline.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """Share the compiled templates between all runs: compiling them costs more than a run."""
    shared = functools.cache(lambda: Renderer(None))

    def renderer(folder: Path | None) -> Renderer:
        return shared() if folder is None else Renderer(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "Renderer", renderer)
        yield


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "home")
