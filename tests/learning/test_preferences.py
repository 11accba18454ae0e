"""The meaning of marks, and how often a reader's model is trained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.digests.selection import Candidate, select
from digest.learning import ranking
from digest.learning.judged_papers import ENOUGH_LIKED
from digest.learning.preferences import ReaderModels, is_liked, judged_by, training_data_of
from digest.library import Library
from digest.model import LearnedScore, WeightedWord
from digest.model.marks import Mark
from tests.library.samples import add, record
from tests.picks import SEEN, matched, profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.learning.judged_papers import TrainingData
    from digest.model import Paper, Profile, Selection
    from digest.model.marks import State

MONDAY = datetime(2026, 1, 5, 7, tzinfo=UTC)
IDS = [f"2601.{number:05}" for number in range(40)]


@pytest.fixture
def library() -> Iterator[Library]:
    with Library.in_memory() as opened:
        add(opened, "a", [record(f"Paper {item}", arxiv_id=item) for item in IDS])
        yield opened


def mark(library: Library, ids: Sequence[str], state: State, reader: str = "me") -> None:
    marks = [
        Mark(item, state, MONDAY + timedelta(minutes=number)) for number, item in enumerate(ids)
    ]
    library.marks.put(reader, marks)


@pytest.mark.parametrize(
    ("given", "liked"),
    [
        (Mark("p", "done"), True),
        (Mark("p", "done", origin="owned"), True),
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
    library.marks.put("me", [Mark(IDS[0], "done", MONDAY, starred=True, star_at=MONDAY.max)])
    library.marks.put("me", [Mark(IDS[9], "queued"), Mark(IDS[8], "dropped", starred=True)])
    judged = judged_by(library, "me")
    assert [paper.id for paper in judged.liked] == [IDS[0], IDS[2], IDS[1], IDS[8]]
    assert [paper.id for paper in judged.dropped] == [IDS[4], IDS[3]]
    assert judged_by(library, "you").papers == ()


def test_only_the_last_marks_count(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.learning.judged_papers.MOST", 3)
    mark(library, IDS[:8], "done")
    assert [paper.id for paper in judged_by(library, "me").liked] == [IDS[7], IDS[6], IDS[5]]


def test_a_taste_has_why_and_when_papers_were_liked(library: Library) -> None:
    mark(library, IDS[:1], "done")
    library.marks.put("me", [Mark(IDS[1], "done", MONDAY, origin="owned")])
    library.marks.put("me", [Mark(IDS[2], starred=True, star_at=MONDAY)])
    mark(library, IDS[3:5], "dropped")
    taste = training_data_of(library, "me", library.papers.spread(40))
    liked = {liked.paper.id: (liked.how, liked.day) for liked in taste.liked}
    published = library.papers.get_many(IDS)[IDS[1]].published
    assert liked == {
        IDS[0]: ("read", MONDAY.date()),
        IDS[1]: ("owned", published.first if published else None),
        IDS[2]: ("starred", MONDAY.date()),
    }
    assert {paper.id for paper in taste.dropped} == {*IDS[3:5]}
    assert {paper.id for paper in taste.background} == {*IDS[5:]}
    assert training_data_of(library, "me", (), dropped=False).dropped == ()


def test_a_sample_is_spread_over_the_library(library: Library) -> None:
    assert [paper.id for paper in library.papers.spread(4)] == IDS[9::10]
    assert len(library.papers.spread(1_000)) == len(IDS)
    with Library.in_memory() as empty:
        assert empty.papers.spread(5) == ()


class FakeRanker:
    """Scores papers by their place in the alphabet, the last one best, and counts its makers."""

    made = 0

    def __init__(self, taste: TrainingData) -> None:
        type(self).made += 1
        assert len(taste.liked) >= ENOUGH_LIKED

    def rank(self, papers: Sequence[Paper]) -> dict[str, LearnedScore]:
        best = sorted(paper.id for paper in papers)
        return {
            item: LearnedScore(float(score), (WeightedWord("word", 1.0),))
            for score, item in enumerate(best)
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
    mark(library, IDS[:ENOUGH_LIKED], "done")
    profiles = [profile(rank="learned", person="me", name=name) for name in ("a", "b")]
    tastes = ReaderModels(library, profiles)
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
    mark(library, IDS[: ENOUGH_LIKED - 1], "done")
    mark(library, IDS[ENOUGH_LIKED:], "dropped")
    before = selection(library, LEARNED)
    after = ReaderModels(library, [LEARNED]).ordered(LEARNED, before)
    assert after.picks == before.picks
    assert after.unlearned == (
        "Ordered by points. Likeness is learned from 5 starred, read or imported papers, "
        "and there are 4."
    )
    assert ranker.made == 0


def test_a_rule_may_ask_for_the_order_of_its_own_section(
    library: Library, ranker: type[FakeRanker]
) -> None:
    mark(library, IDS[:ENOUGH_LIKED], "done")
    whose = profile(person="me")
    before = selection(library, whose)
    after = ReaderModels(library, [whose], {"Pruning": "library"}).ordered(whose, before)
    assert [pick.paper.id for pick in after.picks] == IDS[3::-1]
    assert ReaderModels(library, [whose], {"Routing": "library"}).ordered(whose, before) is before


@pytest.mark.parametrize("whose", [profile(person="me"), profile("Other", rank="learned")])
def test_nothing_is_learned_that_nothing_needs(
    whose: Profile, library: Library, ranker: type[FakeRanker]
) -> None:
    """Where points order, and where there is nothing to order."""
    mark(library, IDS[:ENOUGH_LIKED], "done", reader=whose.reader)
    before = selection(library, whose)
    assert ReaderModels(library, [whose]).ordered(whose, before) is before
    assert ranker.made == 0
