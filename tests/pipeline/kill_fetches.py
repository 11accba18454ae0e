"""Kill runs during a fetch: `python -m tests.pipeline.kill_fetches 200`.

Each run is killed at another moment, and the next one completes it: the digest is the one of a run
that nobody disturbed, and no page is asked for again that had been stored.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.pipeline.hugging_face import HuggingFace, listed
from tests.pipeline.test_interrupted import killer
from tests.pipeline.world import RULES, World
from tests.sources.server import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pipeline.test_interrupted import Do


class Killed(NamedTuple):
    """What came of one killed run and of the one that completed it."""

    nth: int
    stored: frozenset[str]
    """URLs that were stored when it was killed."""
    last_repeated: frozenset[str]
    """URLs that the next run asked for."""
    outputs: dict[str, bytes]


def prepared(folder: Path, service: HuggingFace) -> World:
    """Return a world that has had its Monday, and has a long Tuesday before it."""
    titles = [[f"Paper {page}.{number}" for number in range(100)] for page in range(2)]
    titles.append(["Pruning at last", "Routing"])
    service.days["2026-01-05"] = [listed("Pruning on Monday", day="2026-01-05")]
    service.days["2026-01-06"] = [listed(*page, day="2026-01-06") for page in titles]
    lists = {
        f"/list.jsonl?date={day}&p=0": f'{{"title": "Pruning from a list of {day}"}}\n'.encode()
        for day in ("2026-01-04", "2026-01-05", "2026-01-06")
    }
    usual = service.answer

    def answer(path: str) -> Reply:
        reply = Reply(lists[path]) if path in lists else usual(path)
        assert isinstance(reply, Reply)
        return reply

    service.answer = answer
    sources = (
        f"sources:\n  - {{huggingface: daily, endpoint: '{service.url}', allow_private: true}}\n"
        f"  - {{http: '{service.url}/list.jsonl?date={{date}}&p=0', name: lists,"
        " allow_private: true}\n"
    )
    world = World(folder, sources + RULES.partition("\n")[2])
    world.run()
    world.wait()
    return world


def kill(do: Do, service: HuggingFace, world: World, nths: Iterator[int]) -> Iterator[Killed]:
    """Kill a run of copies of `world` at each of these moments, and complete it."""
    for nth in nths:
        folder = world.folder.with_name(f"killed-{nth}")
        shutil.copytree(world.folder, folder)
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, folder)
            assert do(World(folder, world.config.read_text()), nth) == "killed"
            copy = World(folder, world.config.read_text())
            copy.now = world.now
            with copy.library(scratch=True) as library:
                stored = frozenset(
                    answer.url
                    for source in ("huggingface", "lists")
                    for answer in library.answers.all_of(source, since=world.now.date())
                )
            service.asked.clear()
            assert copy.run().complete
            asked = frozenset(f"{service.url}{path}" for path in service.paths)
            assert max(Counter(service.paths).values(), default=1) == 1
            yield Killed(nth, stored, asked, copy.outputs())


def undisturbed(do: Do, world: World) -> tuple[int, dict[str, bytes]]:
    """Return how often a run touches the world, and what it writes."""
    folder = world.folder.with_name("undisturbed")
    shutil.copytree(world.folder, folder)
    done, times = do(World(folder, world.config.read_text()), 0).split()
    assert done == "done"
    return int(times), World(folder, world.config.read_text()).outputs()


def main() -> None:
    count = int(sys.argv[1])
    service = HuggingFace()
    with tempfile.TemporaryDirectory() as folder, service.running(), killer() as do:
        world = prepared(Path(folder) / "home", service)
        times, outputs = undisturbed(do, world)
        moments = [1 + number * (times - 1) // count for number in range(count)]
        results = list(kill(do, service, world, iter(moments)))
        second = sum(bool(result.stored & result.last_repeated) for result in results)
        lost = sum(result.outputs != outputs for result in results)
        sys.stdout.write(
            f"{len(results)} runs of {times} steps killed: {second} asked again for a stored page, "
            f"{lost} ended with another digest\n"
        )


if __name__ == "__main__":
    main()
