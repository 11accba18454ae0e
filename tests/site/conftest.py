"""A folder whose runs make a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pipeline.world import World

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
title: Morning papers
site: true
public_marks: true
site_url: https://papers.example.org/
sources: [dumps/]
rules:
  - {name: Pruning, keywords: [pruning^2, =MoE], note: 'A *note* with <b>tags</b>'}
  - {name: "C++ & co", query: 'routing NOT survey'}
profiles:
  - {name: daily, intro: 'Read [this](javascript:alert(1)) <script>alert(1)</script>'}
"""


@pytest.fixture(scope="session")
def site_made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return the world that is copied for each test."""
    made = World(tmp_path_factory.mktemp("site"), CONFIG)
    for day in range(3):
        made.drop(f"2026-01-0{day + 5}", *papers(day))
        made.run()
        made.wait()
    return made


@pytest.fixture
def world(tmp_path: Path, site_made: World) -> World:
    """Return a world with three days of digests and a site."""
    return site_made.copied(tmp_path)


def papers(day: int) -> list[dict[str, object]]:
    """Return the papers of one day; the first is shown again each day, with more upvotes."""
    return [
        {
            "title": "Pruning <b>at scale</b> & more",
            "arxiv_id": "2601.00001",
            "url": "https://arxiv.org/abs/2601.00001",
            "abstract": "We prune. We show that pruning helps.",
            "authors": ["Ada Lie", "Bo Ek"],
            "upvotes": 3 + day * 4,
            "published": "2026-01-02",
        },
        {"title": f"Routing number {day}", "arxiv_id": f"2601.1000{day}", "abstract": "MoE."},
        {"title": f"Pruning {day}", "doi": f"10.1000/a({day})<x>", "authors": ["Cy Moe"]},
    ]
