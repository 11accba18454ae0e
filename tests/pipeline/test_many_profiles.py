"""Many profiles in one run, and results without their papers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from digest.config import load_config
from digest.parallel import shared
from digest.pipeline import made_digests, match_library, outbox
from digest.pipeline.run import Options, Run
from digest.reading_list import many_lists
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
    assert [profile.profile.name for profile in result.profiles] == names
    for profile in result.profiles:
        assert profile.digest is not None
        assert (profile.shown, profile.digest.entries, profile.selection.picks) == (2, (), ())
        assert "2 of 3 new papers" in world.text(f"{profile.profile.name}/2026-01-05.md")


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
    result = together.run(dry=dry)
    assert shares == ([] if dry else [8])
    assert sorted(shown(result)) == sorted(titles)
    assert result.profiles[0].selection == expected.profiles[0].selection
    assert together.outputs() == alone.outputs()


def test_profiles_that_show_the_same_paper_share_its_text_in_the_library(world: World) -> None:
    names = ("one", "two", "three")
    profiles = ", ".join(f"{{name: {name}}}" for name in names)
    world.configure(f"{RULES}profiles: [{profiles}]\n")
    world.drop("2026-01-05", "Pruning one", "Routing two")
    world.run()
    with closing(sqlite3.connect(world.config.with_name("digest.db"))) as connection:
        (entries,) = connection.execute("SELECT count(*) FROM entry").fetchone()
        (papers,) = connection.execute("SELECT count(*) FROM shown_paper").fetchone()
    assert (entries, papers) == (6, 2)
    with world.library() as library:
        for name in names:
            last = library.digests.last(name)
            assert last is not None
            picked = [entry.pick.paper.title for entry in library.digests.entries(last.id)]
            assert sorted(picked) == ["Pruning one", "Routing two"]


def test_what_waits_is_delivered_in_parts_where_it_is_much(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_WAITING", 1)
    waiting: list[int] = []
    make_room = outbox.Dispatcher.make_room

    def counted(dispatcher: outbox.Dispatcher) -> None:
        make_room(dispatcher)
        with world.library() as library:
            waiting.append(library.outbox.size())

    monkeypatch.setattr(outbox.Dispatcher, "make_room", counted)
    world.configure(f"{RULES}profiles: [{{name: one}}, {{name: two}}]\n")
    world.drop("2026-01-05", "Pruning one")
    world.run()
    assert waiting == [0, 0]
    for name in ("one", "two"):
        assert "Pruning one" in world.text(f"{name}/2026-01-05.md")
        assert "Pruning one" in world.text(f"{name}/feed.xml")


def test_each_profile_gets_its_own_words_about_the_papers_that_it_shares(world: World) -> None:
    templates = world.config.with_name("own")
    templates.mkdir()
    (templates / "_paper.md.j2").write_text("\n{{ digest.title }}: {{ entry.paper.title | md }}\n")
    world.configure(
        f"{RULES}profiles:\n"
        "  - {name: plain, title: First}\n"
        "  - {name: german, title: Zweite, language: de}\n"
        "  - {name: short, title: Third, detail: short}\n"
        "  - {name: own, title: Fourth, templates: own}\n"
        "  - {name: other, title: Fifth, templates: own}\n"
    )
    world.drop("2026-01-05", {"title": "Pruning one", "abstract": "We prune. It works well."})
    world.run()
    texts = {
        name: world.text(f"{name}/2026-01-05.md")
        for name in ("plain", "german", "short", "own", "other")
    }
    assert "We prune." in texts["plain"]
    assert "We prune." not in texts["short"]
    assert "Fourth: Pruning one" in texts["own"]
    assert "Fifth: Pruning one" in texts["other"]
    assert texts["plain"].partition("### ")[2] != texts["german"].partition("### ")[2]


def change(path: Path, before: str, after: str) -> None:
    """Edit a file as a person does."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_several_processes_make_the_digests_that_one_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, together = World(tmp_path / "alone"), World(tmp_path / "together")
    for world in (alone, together):
        broken = world.config.with_name("broken")
        broken.mkdir()
        (broken / "digest.md.j2").write_text("{{ digest.no_such_thing }}")
        many = ", ".join(f"reader{number}@example.org" for number in range(3))
        world.configure(
            f"{RULES}profiles:\n"
            + "".join(f"  - {{name: p{number}, limit: {1 + number}}}\n" for number in range(5))
            + "  - {name: broken, templates: broken}\n"
            + f"  - {{name: many, email: {{from: d@example.org, maildir: mail, to: [{many}]}}}}\n"
            + "  - {name: quiet, rules: [Routing], language: de}\n"
        )
        world.drop("2026-01-05", "Pruning one", "Pruning two", "Pruning and routing", "No match")
    expected = [alone.run()]
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(made_digests, "LEAST", 2)
    monkeypatch.setattr(made_digests, "AT_ONCE", 3)
    monkeypatch.setattr(made_digests, "MOST_RECIPIENTS", 2)
    monkeypatch.setattr(many_lists, "LEAST", 2)
    monkeypatch.setattr(many_lists, "AT_ONCE", 3)
    shares: list[int] = []

    def counted(work: Callable[[Any], Any], items: Iterator[Any], *, spare: int) -> Iterator[Any]:
        def counting() -> Iterator[Any]:
            for item in items:
                shares.append(sum(draft is not None for draft in item))
                yield item

        return shared(work, counting(), spare=spare)

    monkeypatch.setattr(made_digests, "shared", counted)
    results = [together.run()]
    assert shares == [3, 3, 1], "the digest with many recipients is made here"
    for world in (alone, together):
        world.wait()
        world.drop("2026-01-06", "More pruning", "More routing")
        change(world.output / "p1/reading-list.md", "- [ ] Pruning two", "- [ ] My pruning two")
        change(world.output / "p2/reading-list.md", "- [ ]", "- [x]")
    results.append(together.run())
    monkeypatch.setattr(made_digests, "LEAST", 100)
    monkeypatch.setattr(many_lists, "LEAST", 100)
    expected.append(alone.run())
    for result, other in zip(results, expected, strict=True):
        assert [profile.profile.name for profile in result.profiles] == [
            profile.profile.name for profile in other.profiles
        ]
        assert [profile.digest for profile in result.profiles] == [
            profile.digest for profile in other.profiles
        ]
        ((fault,), (other_fault,)) = result.faults, other.faults
        assert fault.profile.name == other_fault.profile.name == "broken"
        assert "no_such_thing" in str(fault.error)
    assert together.outputs() == alone.outputs()
