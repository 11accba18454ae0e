"""Many profiles in one run: all are served, and the result need not hold what they got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from digest.config import load_config
from digest.parallel import shared
from digest.pipeline import match_library
from digest.pipeline.run import Options, Run
from tests.pipeline.world import RULES, World, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


def test_a_result_can_do_without_the_papers_of_its_digests(world: World) -> None:
    names = [f"p{number}" for number in range(8)]
    world.configure(f"{RULES}profiles: [{', '.join(f'{{name: {name}}}' for name in names)}]\n")
    world.drop("2026-01-05", "Pruning one", "Routing two", "Of no interest")
    config = load_config(world.config)
    with world.library() as library:
        one = Run(
            config,
            library,
            clock=lambda: world.now,
            environment={},
            progress=lambda items, _label: items,
        )
        result = one.execute(Options(config.profiles, keep=False))
    assert [each.profile.name for each in result.profiles] == names
    for each in result.profiles:
        assert each.digest is not None
        assert (each.shown, each.digest.entries, each.selection.picks) == (2, (), ())
        assert "2 of 3 new papers" in world.text(f"{each.profile.name}/2026-01-05.md")


@pytest.mark.parametrize("dry", [False, True])
def test_many_papers_are_matched_by_several_processes_as_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dry: bool
) -> None:
    """A trial's papers stand in no file that another process could read."""
    titles = [f"Pruning and routing {number:02}" for number in range(30)]
    alone, together = World(tmp_path / "alone"), World(tmp_path / "together")
    for world in (alone, together):
        world.drop("2026-01-05", *titles, "Of no interest")
    expected = alone.run(dry=dry)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.setattr(match_library, "BATCH", 4)
    shares: list[int] = []

    def counted(work: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        shares.append(len(items))
        return shared(work, items)

    monkeypatch.setattr(match_library, "shared", counted)
    found = together.run(dry=dry)
    assert shares == ([] if dry else [8])
    assert sorted(shown(found)) == sorted(titles)
    assert found.profiles[0].selection == expected.profiles[0].selection
    assert together.outputs() == alone.outputs()
