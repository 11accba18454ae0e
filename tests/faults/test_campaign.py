"""A few trials of the campaign: a run with a fault is completed by the next."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

from tests.faults.__main__ import Campaign, Row
from tests.faults.processes import forked_runs, spread
from tests.faults.scene import Services

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path) -> None:
    chance = random.Random(3)
    with Services().running() as services, forked_runs() as do:
        campaign = Campaign(tmp_path, services, do, chance, names=["day"])
        (scene,) = campaign.scenes
        kills, quotas = Row("kills", ""), Row("quotas", "")
        for touch in spread(1, scene.touches, 6, chance):
            campaign.kill(kills, scene, partial(do, touch=touch))
        for size in (30_000, 200_000):
            campaign.err(quotas, scene, partial(do, size=size))
    assert (kills.met, quotas.met) == (6, 2)
    assert kills.failures + quotas.failures == []
