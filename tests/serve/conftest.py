"""Fixture: a server on this machine, in a thread, for a folder with digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.config import load_config
from digest.pipeline.site import build
from digest.serve import refresh
from tests.pipeline.world import World
from tests.serve.host import Host
from tests.site.conftest import CONFIG, papers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAYS = 2
WITHOUT_SITE = CONFIG.replace("site: true\n", "")
TWO_READERS = (
    WITHOUT_SITE.partition("profiles:")[0] + "profiles: [{name: ann, rules: [Pruning]}, {name: bo}]"
)


@pytest.fixture(scope="session", autouse=True)
def _frequent_checks() -> Iterator[None]:
    """Make servers check for changes five times a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refresh, "SECONDS", 0.2)
        yield


@pytest.fixture(scope="session")
def world_made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return the world that is copied for each test."""
    return made(tmp_path_factory.mktemp("world"), WITHOUT_SITE)


@pytest.fixture(scope="session")
def two_readers_made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return the world of two readers that is copied for each test."""
    return made(tmp_path_factory.mktemp("readers"), TWO_READERS)


@pytest.fixture
def world(tmp_path: Path, world_made: World) -> World:
    """Return a world with two days of digests; its runs make no site."""
    return world_made.copied(tmp_path)


@pytest.fixture
def two_readers(tmp_path: Path, two_readers_made: World) -> World:
    """Return a world whose two profiles have a reader each."""
    return two_readers_made.copied(tmp_path)


def made(folder: Path, config: str) -> World:
    """Make a world, and its site, so that a server need not."""
    world = World(folder, config)
    for day in range(DAYS):
        world.drop(f"2026-01-0{day + 5}", *papers(day))
        world.run()
        world.wait()
    with world.library() as library:
        build(load_config(world.config), library)
    return world


@pytest.fixture
def host(world: World) -> Iterator[Host]:
    """Return a server for this machine, without a login."""
    with Host(world) as running:
        yield running
