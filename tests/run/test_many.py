"""Many profiles in one run: all are served, and the result need not hold what they got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.config import load_config
from digest.run import Options, Run
from tests.run.world import RULES

if TYPE_CHECKING:
    from tests.run.world import World


def test_a_result_can_do_without_the_papers_of_its_digests(world: World) -> None:
    names = [f"p{number}" for number in range(8)]
    world.configure(f"{RULES}profiles: [{', '.join(f'{{name: {name}}}' for name in names)}]\n")
    world.drop("2026-01-05", "Pruning one", "Routing two", "Of no interest")
    config = load_config(world.config)
    with world.library() as library:
        run = Run(
            config,
            library,
            clock=lambda: world.now,
            environment={},
            progress=lambda items, _label: items,
        )
        result = run.execute(Options(config.profiles, keep=False))
    assert [each.profile.name for each in result.profiles] == names
    for each in result.profiles:
        assert each.digest is not None
        assert (each.shown, each.digest.entries, each.selection.picks) == (2, (), ())
        assert "2 of 3 new papers" in world.text(f"{each.profile.name}/2026-01-05.md")
