"""What is shown beside a rule and beside a paper on the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.site.related_rules import SHOWN
from tests.pipeline.world import World
from tests.site.test_build import pages, rebuild

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
site: true
sources: [dumps/]
rules:
  - {name: Pruning, keywords: [pruning], exclude: [survey]}
  - {name: Routing, query: routing sparse experts}
  - {name: Tickets, keywords: [tickets]}
"""
TICKETS = "Lottery tickets are sparse subnetworks that masks reveal before training."
DAYS = (
    (
        {"title": "Lottery tickets", "arxiv_id": "2601.00001", "abstract": TICKETS},
        {"title": "Pruning <b>by</b> survey", "url": "https://example.org/survey?a=1&b=2"},
        {"title": "Routing experts"},
    ),
    (
        {"title": "Tickets of the lottery", "arxiv_id": "2601.00002", "abstract": TICKETS},
        {"title": "Pruning trees", "arxiv_id": "2601.00003"},
        {"title": "Tickets for experts and their routing", "arxiv_id": "2601.00005"},
    ),
    ({"title": "Tickets, subnetworks, masks", "arxiv_id": "2601.00004", "abstract": TICKETS},),
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return surrounded(tmp_path)


def surrounded(folder: Path) -> World:
    """Return a world whose site has near misses, other rules and like papers."""
    made = World(folder, CONFIG)
    for number, day in enumerate(DAYS):
        made.drop(f"2026-01-0{number + 5}", *day)
        made.run()
        made.wait()
    return made


def section(page: str, heading: str) -> str:
    """Return what stands under a heading up to the next; empty where there is no such heading."""
    _, found, rest = page.partition(f"<h2>{heading}")
    return rest.partition("<h2>")[0] if found else ""


def test_a_rules_page_has_what_it_only_just_missed(world: World) -> None:
    near = section(pages(world)["rules/pruning.html"], "Near misses")
    assert near.count('class="row two"') == 1
    assert 'href="https://example.org/survey?a=1&amp;b=2"' in near
    assert "Pruning &lt;b&gt;by&lt;/b&gt; survey" in near
    assert "“survey” is excluded" in near
    assert section(pages(world)["rules/tickets.html"], "Near misses") == ""


def test_a_near_miss_that_a_digest_had_is_linked_to_its_page(world: World) -> None:
    made = pages(world)
    world.drop("2026-01-15", {"title": "Sparse routing of experts"})
    world.now = world.now.replace(day=15)
    world.run()
    near = section(pages(world)["rules/routing.html"], "Near misses")
    assert "Routing experts" in near
    assert "“sparse” is missing" in near
    assert 'href="../papers/2601.00005.html"' in near
    assert "papers/2601.00005.html" in made


def test_of_many_near_misses_the_nearest_are_shown(world: World) -> None:
    many = [{"title": f"Pruning {number}, a survey"} for number in range(SHOWN + 3)]
    world.drop("2026-01-08", {"title": "Pruning once more"}, *many)
    world.run()
    near = section(pages(world)["rules/pruning.html"], "Near misses")
    assert near.count('class="row two"') == SHOWN


def test_a_rules_page_has_the_other_rules_of_the_weeks_before(world: World) -> None:
    beside = section(pages(world)["rules/pruning.html"], "Other rules")
    assert "../rules/tickets.html" in beside
    assert "../rules/pruning.html" not in beside
    assert "Papers in the 12 weeks before 5 January 2026." in beside
    assert '<td class="n">0</td>' in beside
    world.now = world.now.replace(day=12)
    world.drop("2026-01-12", {"title": "Okapis"})
    world.run()
    beside = section(pages(world)["rules/pruning.html"], "Other rules")
    first = beside.partition("</tr>")[0]
    assert '<td class="n">4</td>' in first
    assert "../rules/tickets.html" in first


def test_a_papers_page_has_what_it_is_like_when_it_came(world: World) -> None:
    made = pages(world)
    assert "Like this one" not in made["papers/2601.00001.html"]
    second = section(made["papers/2601.00002.html"], "Like this one")
    assert 'href="../papers/2601.00001.html" dir="auto">Lottery tickets</a>' in second
    assert "5 January 2026" in second
    third = section(made["papers/2601.00004.html"], "Like this one")
    assert third.index("2601.00002") < third.index("2601.00001")
    assert "Like this one" not in made["papers/2601.00003.html"]


def test_pages_of_earlier_papers_do_not_change_and_a_site_made_at_once_is_the_same(
    world: World,
) -> None:
    before = pages(world)
    world.drop("2026-01-08", {"title": "Lottery tickets again", "abstract": TICKETS})
    world.run()
    after = pages(world)
    papers = [path for path in before if path.startswith("papers/")]
    assert {path: after[path] for path in papers} == {path: before[path] for path in papers}
    assert rebuild(world, anew=True) == 0
