"""Which marks say what, and how often a taste is learned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.digests.selection import Candidate, select
from digest.errors import ConfigError
from digest.learning import ranking
from digest.learning.judged import LEAST
from digest.learning.preferences import Tastes, is_liked, judged_by
from digest.library import Library
from digest.model import Clue, Learned
from digest.model.marks import Mark
from tests.library.samples import add, record
from tests.picks import SEEN, matched, profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.learning.judged import Judged
    from digest.model import Paper, Profile, Selection
    from digest.model.marks import State

MONDAY = datetime(2026, 1, 5, 7, tzinfo=UTC)
IDS = [f"2601.{number:05}" for number in range(40)]


@pytest.fixture
def library() -> Iterator[Library]:
    with Library.in_memory() as opened:
        add(opened, "a", [record(f"Paper {each}", arxiv_id=each) for each in IDS])
        yield opened


def mark(library: Library, ids: Sequence[str], state: State, reader: str = "me") -> None:
    marks = [
        Mark(each, state, MONDAY + timedelta(minutes=number)) for number, each in enumerate(ids)
    ]
    library.reading.put(reader, marks)


@pytest.mark.parametrize(
    ("given", "liked"),
    [
        (Mark("p", "done"), True),
        (Mark("p", "done", origin="owned"), False),
        (Mark("p", "done", origin="owned", starred=True), True),
        (Mark("p", "dropped", starred=True), True),
        (Mark("p", "dropped"), False),
        (Mark("p", "queued"), False),
        (Mark("p", "reading", note="good", tags=("a",)), False),
        (Mark("p", "snoozed"), False),
    ],
)
def test_what_a_mark_says(given: Mark, liked: bool) -> None:
    assert is_liked(given) == liked


def test_what_was_marked_last_stands_first(library: Library) -> None:
    mark(library, IDS[:3], "done")
    mark(library, IDS[3:5], "dropped")
    library.reading.put("me", [Mark(IDS[0], "done", MONDAY, starred=True, star_at=MONDAY.max)])
    library.reading.put("me", [Mark(IDS[9], "queued"), Mark(IDS[8], "dropped", starred=True)])
    judged = judged_by(library, "me")
    assert [paper.id for paper in judged.liked] == [IDS[0], IDS[2], IDS[1], IDS[8]]
    assert [paper.id for paper in judged.dropped] == [IDS[4], IDS[3]]
    assert judged_by(library, "you").papers == ()


def test_only_the_last_marks_count(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.learning.judged.MOST", 3)
    mark(library, IDS[:8], "done")
    assert [paper.id for paper in judged_by(library, "me").liked] == [IDS[7], IDS[6], IDS[5]]


class FakeRanker:
    """Scores papers by their place in the alphabet, the last one best, and counts its makers."""

    made = 0

    def __init__(self, judged: Judged) -> None:
        type(self).made += 1
        assert judged.enough

    def rank(self, papers: Sequence[Paper]) -> dict[str, Learned]:
        best = sorted(paper.id for paper in papers)
        return {
            each: Learned(float(score), (Clue("word", 1.0),)) for score, each in enumerate(best)
        }


@pytest.fixture
def ranker(monkeypatch: pytest.MonkeyPatch) -> type[FakeRanker]:
    monkeypatch.setattr(ranking, "Ranker", FakeRanker)
    FakeRanker.made = 0
    return FakeRanker


def selection(library: Library, whose: Profile) -> Selection:
    papers = library.papers.get_many(IDS[:4]).values()
    return select([Candidate(paper, (matched("Pruning"),)) for paper in papers], whose, SEEN)


LEARNED = profile(rank="learned", person="me")


def test_a_taste_is_learned_once_a_reader(library: Library, ranker: type[FakeRanker]) -> None:
    mark(library, IDS[:LEAST], "done")
    mark(library, IDS[LEAST : 2 * LEAST], "dropped")
    profiles = [profile(rank="learned", person="me", name=name) for name in ("a", "b")]
    tastes = Tastes(library, profiles)
    for whose in profiles:
        ordered = tastes.ordered(whose, selection(library, whose))
        assert [pick.paper.id for pick in ordered.picks] == IDS[3::-1]
        assert all(pick.learned for pick in ordered.picks)
        assert ordered.unlearned == ""
    assert ranker.made == 1
    assert tastes._known == {}, "nothing is held for readers who are done"


def test_with_too_few_marks_points_order_and_that_is_said(
    library: Library, ranker: type[FakeRanker]
) -> None:
    mark(library, IDS[:LEAST], "done")
    mark(library, IDS[LEAST : 2 * LEAST - 1], "dropped")
    before = selection(library, LEARNED)
    after = Tastes(library, [LEARNED]).ordered(LEARNED, before)
    assert after.picks == before.picks
    assert after.unlearned == (
        "Ordered by points: there is too little to learn from (10 starred or done and 9 "
        "dropped; 10 of each are needed)."
    )
    assert ranker.made == 0


def test_a_broken_installation_is_told(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_judged: Judged) -> FakeRanker:
        raise ImportError("no such symbol")

    monkeypatch.setattr(ranking, "Ranker", broken)
    mark(library, IDS[:LEAST], "done")
    mark(library, IDS[LEAST : 2 * LEAST], "dropped")
    with pytest.raises(ConfigError, match="cannot be imported: no such symbol"):
        Tastes(library, [LEARNED]).ordered(LEARNED, selection(library, LEARNED))


@pytest.mark.parametrize("whose", [profile(person="me"), profile("Other", rank="learned")])
def test_nothing_is_learned_that_nothing_needs(
    whose: Profile, library: Library, ranker: type[FakeRanker]
) -> None:
    """Where points order, and where there is nothing to order."""
    mark(library, IDS[:LEAST], "done", reader=whose.reader)
    before = selection(library, whose)
    assert Tastes(library, [whose]).ordered(whose, before) is before
    assert ranker.made == 0
