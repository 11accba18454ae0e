"""A server on this machine, in a thread, for a folder whose runs make digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pipeline.world import World
from tests.serve.host import Host
from tests.site.conftest import CONFIG, papers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a world with two days of digests; its runs make no site."""
    return made(tmp_path, CONFIG.replace("site: true\n", ""))


@pytest.fixture
def two_readers(tmp_path: Path) -> World:
    """Return a world whose two profiles have a reader each."""
    config = CONFIG.replace("site: true\n", "").partition("profiles:")[0]
    return made(tmp_path, config + "profiles: [{name: ann, rules: [Pruning]}, {name: bo}]\n")


def made(folder: Path, config: str) -> World:
    world = World(folder, config)
    for day in range(2):
        world.drop(f"2026-01-0{day + 5}", *papers(day))
        world.run()
        world.wait()
    return world


@pytest.fixture
def host(world: World) -> Iterator[Host]:
    """Return a server for this machine, without a login."""
    with Host(world) as running:
        yield running
