"""An order that is learned: what stands first, why, and always the same."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest

from digest.learning.judged import Judged
from digest.learning.ranking import SHOWN, Ranker, is_available
from digest.model import Paper
from tests.learning.worlds import judged, papers

pytestmark = pytest.mark.learn

UNKNOWN = Paper("u", "Zebra", abstract=None)


def test_what_is_like_liked_papers_stands_higher() -> None:
    new = (*papers("n", 5, "sparse routing", seed=7), *papers("o", 5, "a survey of", seed=8))
    found = Ranker(judged(each=40)).rank(new)
    best = sorted(found, key=lambda paper: -found[paper].score)
    assert {paper[0] for paper in best[:5]} == {"n"}
    assert [*found] == [paper.id for paper in new]


def test_the_words_that_decided_are_named_as_they_stand_there() -> None:
    paper = Paper("p", "Sparse Routers", abstract="Not a survey: sparse routing.")
    clues = Ranker(judged()).rank([paper])["p"].clues
    assert len(clues) <= SHOWN
    signs = {clue.word: clue.weight > 0 for clue in clues}
    assert signs == {"sparse": True, "routing": True, "survey": False}
    weights = [abs(clue.weight) for clue in clues]
    assert weights == sorted(weights, reverse=True)


def test_clues_do_not_say_the_same_twice() -> None:
    paper = papers("p", 1, "sparse routing")[0]
    clues = Ranker(judged()).rank([paper])[paper.id].clues
    words = [word for clue in clues for word in clue.word.split()]
    assert len(words) == len(set(words))


def test_a_plural_is_the_same_word_and_is_shown_as_it_stands() -> None:
    clues = Ranker(judged("router", "survey")).rank([Paper("p", "Routers")])["p"].clues
    assert [clue.word for clue in clues] == ["routers"]


def test_what_no_marked_paper_says_has_the_same_score_and_no_clue() -> None:
    ranker = Ranker(judged())
    found = ranker.rank([UNKNOWN, replace(UNKNOWN, id="v", title="Okapi")])
    assert found["u"] == found["v"]
    assert found["u"].clues == ()
    assert ranker.rank([]) == {}


def test_the_same_marks_give_the_same_scores() -> None:
    new = papers("n", 20, "sparse routing of surveys", seed=7)
    assert Ranker(judged()).rank(new) == Ranker(judged()).rank(new)


def test_a_paper_has_one_score_whatever_stands_beside_it() -> None:
    new = papers("n", 20, "sparse routing of surveys", seed=7)
    ranker = Ranker(judged())
    whole = ranker.rank(new)
    assert all(ranker.rank([paper])[paper.id] == whole[paper.id] for paper in new)


def test_many_dropped_papers_do_not_drown_the_liked_ones() -> None:
    marks = Judged(papers("l", 10, "sparse routing"), papers("d", 300, "dense layers"))
    new = [*papers("n", 1, "sparse routing", seed=5), *papers("o", 1, "dense layers", seed=6)]
    liked, dropped = (each.score for each in Ranker(marks).rank(new).values())
    assert liked > 0 > dropped


def test_hostile_papers_can_be_learned_from() -> None:
    """No text at all, no letter, and one endless word."""
    odd = tuple(
        Paper(str(number), text, abstract=text)
        for number, text in enumerate(["", "…", "x" * 50_000, "{{ 7 }} <b>", "a " * 9_000])
    )
    marks = Judged((*odd, *judged().liked), judged().dropped)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(Ranker(marks).rank(odd)) == len(odd)


def test_papers_without_a_single_word_can_be_learned_from() -> None:
    blank = tuple(Paper(str(number), "…") for number in range(20))
    assert Ranker(Judged(blank[:10], blank[10:])).rank([UNKNOWN])["u"].clues == ()


def test_it_is_known_to_be_installed() -> None:
    assert is_available()
