"""Fixtures: a world in a temporary folder, and services that receive messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.delivery.notify import Notifier
from tests.pipeline.world import World
from tests.sources.server import LocalService, Reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "home")


@pytest.fixture
def service() -> Iterator[LocalService]:
    with serving(Reply(b"{}")) as service:
        yield service


@pytest.fixture(scope="module")
def apprise() -> Iterator[Notifier]:
    """Give one process of Apprise, whose start takes longer than a run."""
    notifier = Notifier()
    yield notifier
    notifier.close()


@pytest.fixture
def _one_apprise(apprise: Notifier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Share one process between all runs of a test; they do not end it."""

    class Shared:
        room, send = apprise.room, apprise.send

        def close(self) -> None:
            pass

    monkeypatch.setattr("digest.delivery.notify.Notifier", Shared)
