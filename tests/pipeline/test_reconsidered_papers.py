"""Papers that a rule selects on a later day come once, with what changed since."""

from __future__ import annotations

import json
import os
import time
from datetime import date
from typing import TYPE_CHECKING

from digest.model.matches import CountRise
from tests.pipeline.world import World, digest_of, of_profile, shown

if TYPE_CHECKING:
    from pathlib import Path

    from digest.pipeline.run import RunResult

POPULAR = """\
sources: [dumps/]
rules:
  - {name: Popular, query: 'upvotes:>=50'}
  - {name: Pruning, keywords: [pruning]}
"""


def list_day(world: World, name: str, **upvotes: int) -> None:
    """Put the Daily Papers API's list of the world's day into the folder of dumps."""
    entries = [
        {
            "paper": {
                "id": f"2601.0000{number}",
                "title": title.replace("_", " "),
                "summary": f"We bake the loaf number {number}.",
                "upvotes": count,
                "submittedOnDailyAt": f"{world.now.date()}T08:00:00.000Z",
            },
            "title": title.replace("_", " "),
            "numComments": count // 10,
        }
        for number, (title, count) in enumerate(sorted(upvotes.items()), 1)
    ]
    path = world.folder / "dumps" / f"{name}.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    moment = time.time_ns() - 3_600_000_000_000
    os.utime(path, ns=(moment, moment))


def run(world: World, **upvotes: int) -> RunResult:
    list_day(world, str(world.now.date()), **upvotes)
    return world.run()


def test_a_paper_comes_once_on_the_day_on_which_it_crosses(tmp_path: Path) -> None:
    world = World(tmp_path, POPULAR)
    assert shown(run(world, Rye=12, Salt=80, Toast=3)) == ["Salt"]
    world.wait(days=3)
    assert shown(run(world, Rye=30, Salt=85, Toast=3)) == []
    world.wait(days=3)
    crossed = run(world, Rye=57, Salt=90, Toast=4)
    assert shown(crossed) == ["Rye"]
    (entry,) = digest_of(crossed).entries
    assert entry.rise == CountRise("upvotes", 12, 57, date(2026, 1, 5))
    assert digest_of(crossed).summary == "Nothing new today."
    assert "1 paper that had come before matches now." in digest_of(crossed).details
    world.wait()
    assert shown(run(world, Rye=99, Salt=91, Toast=5)) == []


def test_every_format_says_how_the_paper_rose(tmp_path: Path) -> None:
    world = World(tmp_path, POPULAR)
    run(world, Rye=12)
    world.wait(days=6)
    run(world, Rye=57)
    for name in ("2026-01-11.md", "2026-01-11.html", "2026-01-11.txt", "feed.xml"):
        text = world.text(f"daily/{name}").replace("&nbsp;", " ").replace("\u00a0", " ")
        assert "Rising: ▲ 12 → 57 in 6 days" in text, name
        assert "since 5 January" in text, name


def test_new_are_only_papers_that_were_never_considered(tmp_path: Path) -> None:
    world = World(tmp_path, POPULAR)
    assert digest_of(run(world, Rye=1, Salt=80, Toast=2)).summary == (
        "1 of 3 new papers matches your rules."
    )
    world.wait()
    repeated = digest_of(run(world, Rye=1, Salt=81, Toast=2))
    assert (repeated.summary, repeated.coverage.papers, repeated.coverage.again) == (
        "Nothing new today.", 0, 2,
    )  # fmt: skip
    assert "Every paper that came had come before." in repeated.details
    world.wait()
    third = digest_of(run(world, Rye=1, Salt=82, Toast=2, Zest=4))
    assert third.summary == "No rule matched today’s only paper."
    assert of_profile(world.run()).selection.coverage.considered == 0


def test_what_came_before_a_profile_began_is_new_to_it(tmp_path: Path) -> None:
    one = POPULAR + "profiles:\n  - {name: daily}\n"
    world = World(tmp_path, one)
    run(world, Rye=12, Salt=3)
    world.configure(one + "  - {name: late}\n")
    world.wait()
    list_day(world, "2026-01-06", Rye=57, Salt=3)
    result = world.run()
    old, late = digest_of(result, "daily"), digest_of(result, "late")
    assert [entry.rise is None for entry in (*old.entries, *late.entries)] == [False, True]
    assert (old.coverage.papers, late.coverage.papers) == (0, 2)


def test_what_a_run_looked_back_at_has_been_considered(tmp_path: Path) -> None:
    one = POPULAR + "profiles:\n  - {name: daily}\n"
    world = World(tmp_path, one)
    run(world, Rye=12, Salt=3)
    world.configure(one + "  - {name: late}\n")
    world.wait()
    assert digest_of(world.run("late", since=date(2026, 1, 1)), "late").coverage.papers == 2
    world.wait()
    list_day(world, "2026-01-07", Rye=57, Salt=3)
    (entry,) = digest_of(world.run("late"), "late").entries
    assert entry.rise == CountRise("upvotes", 12, 57, date(2026, 1, 5))


def test_a_paper_over_a_limit_keeps_its_rise_until_it_is_shown(tmp_path: Path) -> None:
    world = World(tmp_path, POPULAR + "profiles:\n  - {name: daily, limit: 1}\n")
    run(world, Rye=12, Salt=13)
    world.wait()
    assert shown(run(world, Rye=57, Salt=90)) == ["Salt"]
    world.wait()
    (entry,) = digest_of(world.run()).entries
    assert (entry.paper.title, entry.rise) == (
        "Rye",
        CountRise("upvotes", 12, 57, date(2026, 1, 5)),
    )


def test_comments_rise_as_well(tmp_path: Path) -> None:
    world = World(tmp_path, POPULAR.replace("upvotes:>=50", "comments:>=5"))
    run(world, Rye=12)
    world.wait()
    run(world, Rye=57)
    assert "Rising: 1 → 5 comments in 1 day" in world.text("daily/2026-01-06.md").replace(
        "\u00a0", " "
    )
