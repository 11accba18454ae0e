"""A replay of real days from services that are late, empty, repeated and broken."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.config import load_config
from digest.matching import compile_rules
from tests.pipeline.hugging_face import HuggingFace
from tests.pipeline.world import World, digest_of, shown
from tests.sources.server import LocalService, Reply

if TYPE_CHECKING:
    from pathlib import Path

    from digest.pipeline.run import RunResult

pytestmark = [pytest.mark.shared, pytest.mark.slow]

REST = """\
rules:
  - {name: Agents, keywords: [agent, tool use]}
  - {name: Diffusion, keywords: [diffusion]}
profiles:
  - {name: daily, formats: [markdown], reading_list: false}
"""
EMPTY, CUT, BUSY = Reply(b"[]"), Reply(b'[{"paper": {"id": "26'), Reply(status=503)
PAGE = Reply(b"<!doctype html><html><title>Just a moment</title></html>")


def delivered(world: World) -> Counter[str]:
    """Return how often each paper was delivered."""
    ever = datetime(2000, 1, 1, tzinfo=UTC)
    with world.library(scratch=True) as library:
        return Counter(
            entry.paper for entry in library.digests.feed("daily", since=ever, at_least=0)
        )


def selected(world: World) -> set[str]:
    """Return the papers of the library that the rules select, whenever they came."""
    config = load_config(world.config)
    matcher = compile_rules(config.rules, today=world.now.date())
    with world.library(scratch=True) as library:
        papers = [paper for batch in library.papers.batches(2_000) for paper in batch]
        return {
            paper.id
            for paper, matches in zip(papers, matcher.match(papers), strict=True)
            if matches
        }


def state(world: World, source: str, day: date) -> str:
    with world.library(scratch=True) as library:
        return library.answers.coverage(source)[day].state


def test_the_days_of_hugging_face(tmp_path: Path, shared: Path) -> None:
    files = sorted((shared / "data/hf-daily-api").glob("*.json"))
    assert len(files) == 49
    lists = {date.fromisoformat(path.stem): path.read_bytes() for path in files}
    days = list(lists)
    faults = {
        date(2026, 3, 10): EMPTY,
        date(2026, 3, 17): Reply(lists[date(2026, 3, 16)]),
        date(2026, 3, 24): BUSY,
        date(2026, 3, 26): CUT,
        date(2026, 4, 3): PAGE,
    }
    expected = {
        date(2026, 3, 10): "not yet",
        date(2026, 3, 17): "repeated",
        date(2026, 3, 24): "failed",
        date(2026, 3, 26): "failed",
        date(2026, 4, 3): "failed",
    }
    service = HuggingFace()
    world = World(tmp_path / "home")
    world.configure(
        f"sources:\n  - {{huggingface: daily, endpoint: '{service.url}', allow_private: true}}\n"
        + REST
    )
    with service.running():
        for day in days:
            service.days.update({f"{item}": [lists[item]] for item in days if item < day})
            service.days[f"{day}"] = [faults.get(day, lists[day])]
            world.now = datetime.combine(day, time(7), UTC)
            if day == date(2026, 3, 5):  # late: nothing in the morning, all of it in the evening
                service.days[f"{day}"] = [EMPTY]
                world.run()
                assert state(world, "huggingface", day) == "not yet"
                service.days[f"{day}"] = [lists[day]]
                world.now += timedelta(hours=11)
            result = world.run()
            known = expected.get(day, "complete")
            if known == "complete":
                assert state(world, "huggingface", day) in ("complete", "partial"), day
            else:
                assert state(world, "huggingface", day) == known, day
                assert "Hugging Face: nothing" in digest_of(result).details[0]
        for _ in range(2):
            service.days[f"{days[-1]}"] = [lists[days[-1]]]
            world.wait()
            world.run()
    for day in days:
        assert state(world, "huggingface", day) in ("complete", "partial"), day
    counts = delivered(world)
    assert set(counts) == selected(world)
    assert set(counts.values()) == {1}
    listed = {item["paper"]["id"] for body in lists.values() for item in json.loads(body)}
    with world.library(scratch=True) as library:
        assert {paper.id for batch in library.papers.batches(2_000) for paper in batch} == listed


def test_the_days_of_arxiv(tmp_path: Path, shared: Path) -> None:
    files = sorted((shared / "data/arxiv-daily-jsonl").glob("*.jsonl.gz"))
    assert len(files) == 30
    lists = {date.fromisoformat(path.name[:10]): path.read_bytes() for path in files}
    seen: set[str] = set()
    repeats = set()
    for day, body in lists.items():
        ids = {json.loads(line)["id"] for line in gzip.decompress(body).splitlines()}
        if ids <= seen:
            repeats.add(day)
        seen |= ids
    assert len(repeats) > 5
    late = {date(2026, 1, 15): Reply(status=404), date(2026, 1, 22): BUSY}
    there: dict[str, Reply] = {}
    service = LocalService(lambda path: there.get(path, Reply(status=404)))
    world = World(tmp_path / "home")
    world.configure(
        f"sources:\n  - {{http: '{service.url}/{{date}}.jsonl.gz', name: lists,"
        f" allow_private: true}}\n{REST}"
    )
    results: list[RunResult] = []
    with service.running():
        for day, body in lists.items():
            there.update({f"/{item}.jsonl.gz": Reply(lists[item]) for item in lists if item < day})
            there[f"/{day}.jsonl.gz"] = late.get(day, Reply(body))
            world.now = datetime.combine(day, time(18), UTC)
            results.append(world.run())
            if day in late:
                assert state(world, "lists", day) == "failed"
    for day in lists:
        known = state(world, "lists", day)
        assert (known == "repeated") == (day in repeats), day
        assert known in ("complete", "repeated", "partial"), day
    assert sum(bool(shown(result)) for result in results if result.profiles[0].digest) > 5
    counts = delivered(world)
    assert set(counts) == selected(world)
    assert set(counts.values()) == {1}
