"""Papers without identifier are looked up once, politely, and only sure matches count."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.model import Name, Paper, PartialDate, Record
from digest.pipeline.identifier_lookup import MOST
from digest.pipeline.title_match import lookup_request, sure_match
from tests.pipeline.world import World, shown
from tests.sources.server import LocalService, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE = "Pruning Very Large Networks in the Dark"


class Index(LocalService):
    """Knows papers, and answers each question with all of them."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.papers: list[dict[str, Any]] = [
            {"title": TITLE, "arxiv_id": "2601.00001"},
            {"title": "Pruning of Trees", "arxiv_id": "2601.00002"},
        ]

    def _answer(self, path: str) -> Reply:
        if path.startswith("/rss"):
            return Reply(b"<rss></rss>")
        return Reply("".join(json.dumps(paper) + "\n" for paper in self.papers).encode())

    @property
    def questions(self) -> list[str]:
        return [path for path in self.paths if "/api/query" in path]


@pytest.fixture
def index() -> Iterator[Index]:
    index = Index()
    with index.running():
        yield index


@pytest.fixture
def asking(world: World, index: Index) -> World:
    # A Saturday, on which arXiv's feed is not asked for.
    world.now += timedelta(days=5)
    world.configure(
        "lookup: true\n"
        f"sources:\n  - dumps/\n"
        f"  - {{arxiv: [cs.LG], endpoint: '{index.url}', allow_private: true, catch_up: 0}}\n"
        "rules:\n  - {name: Pruning, keywords: [pruning]}\n"
    )
    return world


def found(world: World) -> list[tuple[str, str | None]]:
    with world.library(scratch=True) as library:
        batches = library.papers.batches(100)
        return [(paper.id, paper.arxiv_id) for batch in batches for paper in batch]


def test_a_paper_gets_its_identifier_before_it_is_shown(asking: World, index: Index) -> None:
    asking.drop("2026-01-10", TITLE)
    assert shown(asking.run()) == [TITLE]
    assert found(asking) == [("2601.00001", "2601.00001")]
    assert index.questions == [
        (
            "/api/query?search_query=ti:%22Pruning%20Very%20Large%20Networks%20in%20the%20Dark%22"
            "&start=0&max_results=5"
        )
    ]
    assert asking.pauses == []


def test_nothing_is_asked_twice(asking: World, index: Index) -> None:
    asking.drop("2026-01-10", TITLE, "A Paper That Nobody Has Ever Heard Of")
    asking.run()
    assert len(index.questions) == 2
    assert all(pause <= 3 for pause in asking.pauses)
    asking.now += timedelta(hours=1)
    asking.run()
    assert len(index.questions) == 2


def test_what_is_not_sure_stays_without_identifier(asking: World, index: Index) -> None:
    index.papers = [
        {"title": TITLE, "arxiv_id": "2601.00001"},
        {"title": TITLE, "arxiv_id": "2601.00009"},
    ]
    asking.drop("2026-01-10", TITLE, "Pruning")
    asking.run()
    assert {arxiv_id for _, arxiv_id in found(asking)} == {None}
    assert len(index.questions) == 1, "a short title is nobody's in particular"


def test_a_failure_is_made_up_for(asking: World, index: Index) -> None:
    answer, index.answer = index.answer, lambda _path: Reply(status=500)
    asking.drop("2026-01-10", TITLE)
    asking.run()
    index.answer = answer
    asking.run()
    assert found(asking)[0][1] == "2601.00001"


def test_one_run_asks_for_a_minute_at_most(asking: World, index: Index) -> None:
    asking.drop("2026-01-10", *(f"A Rather Long Title With Number {n}" for n in range(30)))
    asking.run()
    assert len(index.questions) == MOST


def test_without_the_key_nobody_is_asked(asking: World, index: Index) -> None:
    asking.configure(asking.config.read_text().replace("lookup: true\n", ""))
    asking.drop("2026-01-10", TITLE)
    asking.run()
    assert index.questions == []


def test_what_semantic_scholar_is_asked() -> None:
    request = lookup_request("semantic-scholar", Paper("t-1", "A [Very] Odd: Title?"))
    assert request.url == (
        "https://api.semanticscholar.org/graph/v1/paper/search/match?query=A%20Very%20Odd%20Title"
        "&fields=title,abstract,authors,externalIds,publicationDate,year,venue,journal,url,"
        "openAccessPdf"
    )
    assert request.key is not None


SURE = Record(TITLE, 1, arxiv_id="2601.00001", authors=(Name("Berg", "Ada"), Name("Lind")))


@pytest.mark.parametrize(
    ("paper", "record", "is_sure"),
    [
        ({}, {}, True),
        ({}, {"arxiv_id": None, "doi": "10.1000/a"}, True),
        ({}, {"arxiv_id": None}, False),
        ({}, {"title": TITLE + " Again"}, False),
        ({"authors": (Name("Berg"),)}, {}, True),
        ({"authors": (Name("Moreau"),)}, {}, False),
        ({"author_count": 2}, {}, True),
        ({"author_count": 5}, {}, False),
        ({"published": PartialDate(2026, 1, 3)}, {"published": PartialDate(2025, 12, 1)}, True),
        ({"published": PartialDate(2026, 1, 3)}, {"published": PartialDate(2019)}, False),
    ],
)
def test_what_is_sure(paper: dict[str, Any], record: dict[str, Any], is_sure: bool) -> None:
    from msgspec.structs import replace

    known = Paper("t-1", TITLE, **paper)
    assert (sure_match(known, [replace(SURE, **record)]) is not None) == is_sure
