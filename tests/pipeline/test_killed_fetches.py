"""A run that is killed during a fetch loses nothing and repeats no complete request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pipeline.hugging_face import HuggingFace
from tests.pipeline.kill_fetches import kill, prepared, undisturbed
from tests.pipeline.test_interrupted import killer

if TYPE_CHECKING:
    from pathlib import Path

KILLED = 10


def test_a_killed_fetch_goes_on_where_it_stopped(tmp_path: Path) -> None:
    service = HuggingFace()
    with service.running(), killer() as do:
        world = prepared(tmp_path / "home", service)
        times, outputs = undisturbed(do, world)
        moments = iter(range(1, times, times // KILLED))
        results = list(kill(do, service, world, moments))
    assert len(results) >= KILLED
    assert any(result.stored for result in results)
    for result in results:
        assert not result.stored & result.last_repeated, result.nth
        assert result.outputs == outputs, result.nth
