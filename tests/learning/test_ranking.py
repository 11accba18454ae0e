"""Order papers by similarity to liked ones: which come first, why, and reproducibly."""

from __future__ import annotations

import warnings
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.learning.judged_papers import TrainingData
from digest.learning.ranking import SHOWN, Ranker
from digest.model import Paper
from tests.learning.judged_samples import DAY, as_liked, judged, papers, taste

UNKNOWN = Paper("u", "Zebra", abstract=None)
NEW = (*papers("n", 5, "sparse routing", seed=7), *papers("o", 5, "a survey of", seed=8))


def test_what_is_like_liked_papers_stands_higher() -> None:
    result = Ranker(taste(each=40)).rank(NEW)
    best = sorted(result, key=lambda paper: -result[paper].score)
    assert {paper[0] for paper in best[:5]} == {"n"}
    assert [*result] == [paper.id for paper in NEW]


def test_five_liked_papers_are_enough_and_no_dropped_one_is_needed() -> None:
    few = TrainingData(as_liked(papers("l", 5, "sparse routing")), (), taste(rest=60).background)
    result = Ranker(few).rank(NEW)
    best = sorted(result, key=lambda paper: -result[paper].score)
    assert {paper[0] for paper in best[:5]} == {"n"}


def test_the_papers_to_be_ordered_can_be_all_that_there_is_beside_the_liked_ones() -> None:
    """The first run of a library that has nothing but what was imported."""
    today = (*papers("n", 5, "sparse routing", seed=7), *papers("o", 80, "a survey of", seed=8))
    liked = as_liked(papers("l", 9, "sparse routing"))
    result = Ranker(TrainingData(liked, (), today)).rank(today)
    best = sorted(result, key=lambda paper: -result[paper].score)
    assert sum(paper[0] == "n" for paper in best[:5]) >= 4
    assert len(Ranker(TrainingData(liked)).rank(today)) == len(today)


def test_the_words_that_decided_are_named_as_they_stand_there() -> None:
    paper = Paper("p", "Sparse Routers", abstract="Not a survey: sparse routing.")
    clues = Ranker(taste()).rank([paper])["p"].clues
    assert len(clues) <= SHOWN
    signs = {clue.word: clue.weight > 0 for clue in clues}
    assert signs == {"sparse": True, "routing": True, "survey": False}
    weights = [abs(clue.weight) for clue in clues]
    assert weights == sorted(weights, reverse=True)


def test_clues_do_not_say_the_same_twice() -> None:
    paper = papers("p", 1, "sparse routing")[0]
    clues = Ranker(taste()).rank([paper])[paper.id].clues
    words = [word for clue in clues for word in clue.word.split()]
    assert len(words) == len(set(words))


def test_a_plural_is_the_same_word_and_is_shown_as_it_stands() -> None:
    clues = Ranker(taste("router", "survey")).rank([Paper("p", "Routers")])["p"].clues
    assert [clue.word for clue in clues] == ["routers"]


def test_the_liked_paper_that_is_nearest_is_named_with_the_words_that_both_have() -> None:
    own = Paper("mine", "Sparse Upcycling", abstract="We upcycle dense checkpoints.")
    liked = as_liked((own, *papers("l", 8, "tidal gauges")))
    result = Ranker(TrainingData(liked, (), papers("r", 30, "tides of")))
    like = result.rank([Paper("p", "Upcycling a Checkpoint Twice")])["p"].like
    assert like is not None
    assert (like.paper, like.title, like.how, like.day) == ("mine", own.title, "starred", DAY)
    assert set(like.words) == {"upcycling", "checkpoint"}


def test_what_no_marked_paper_says_has_the_same_score_and_no_clue() -> None:
    ranker = Ranker(taste())
    result = ranker.rank([UNKNOWN, replace(UNKNOWN, id="v", title="Okapi")])
    assert result["u"] == result["v"]
    assert (result["u"].clues, result["u"].like) == ((), None)
    assert ranker.rank([]) == {}


def test_a_paper_has_one_score_whatever_stands_beside_it() -> None:
    new = papers("n", 20, "sparse routing of surveys", seed=7)
    ranker = Ranker(taste())
    whole = ranker.rank(new)
    assert all(ranker.rank([paper])[paper.id] == whole[paper.id] for paper in new)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_the_order_of_the_marks_does_not_matter(data: st.DataObject) -> None:
    given_ = taste(each=6, rest=10)
    shuffled = TrainingData(
        tuple(data.draw(st.permutations(given_.liked))),
        tuple(data.draw(st.permutations(given_.dropped))),
        tuple(data.draw(st.permutations(given_.background))),
    )
    assert Ranker(shuffled).rank(NEW) == Ranker(given_).rank(NEW)


def test_many_dropped_papers_do_not_drown_the_liked_ones() -> None:
    marks = TrainingData(
        as_liked(papers("l", 10, "sparse routing")), papers("d", 300, "dense layers")
    )
    new = [*papers("n", 1, "sparse routing", seed=5), *papers("o", 1, "dense layers", seed=6)]
    liked, dropped = (item.score for item in Ranker(marks).rank(new).values())
    assert liked > 0 > dropped


def test_what_was_liked_lately_counts_more() -> None:
    old = [
        replace(item, day=DAY - timedelta(days=900))
        for item in as_liked(papers("o", 9, "tidal gauges"))
    ]
    new = as_liked(papers("l", 9, "sparse routing"))
    ranker = Ranker(TrainingData((*new, *old), (), papers("r", 30, "a survey of")))
    lately, before = ranker.rank(
        [Paper("a", "Sparse routing"), Paper("b", "Tidal gauges")]
    ).values()
    assert lately.score > before.score > 0


def test_a_paper_of_the_sample_is_not_told_from_itself() -> None:
    """It may be one of today's: that it is in the sample must not put it last."""
    given_ = taste("tides of", "a survey of", rest=0)
    new = papers("n", 40, "tides of", seed=9)
    sampled = Ranker(replace(given_, background=(*new[:1], *papers("r", 40, "dense layers"))))
    result = sampled.rank(new)
    others = [result[paper.id].score for paper in new[1:]]
    assert min(others) <= result[new[0].id].score <= max(others)


def test_the_nearest_are_few_and_like_something() -> None:
    ranker = Ranker(taste(each=40))
    result = ranker.nearest((*NEW, UNKNOWN), 3)
    assert len(result) == 3
    assert all(paper[0] == "n" and learned.like for paper, learned in result.items())
    scores = [learned.score for learned in result.values()]
    assert scores == sorted(scores, reverse=True)
    assert ranker.nearest([UNKNOWN], 3) == ranker.nearest([], 3) == {}
    # They have words in common with liked papers, and more with the others.
    unlike = papers("o", 5, "a survey of", seed=8)
    assert all(learned.like for learned in ranker.rank(unlike).values())
    assert ranker.nearest(unlike, 3) == {}


def test_few_liked_papers_have_near_ones_though_all_are_more_like_the_rest() -> None:
    """Half of their words stand in many papers that nobody judged."""
    liked = as_liked(papers("l", 5, "sparse routing"))
    rest = (*papers("s", 16, "sparse routing", seed=4), *papers("r", 300, "tides of", seed=3))
    ranker = Ranker(TrainingData(liked, (), rest))
    like, unlike = papers("n", 9, "sparse routing", seed=7), papers("o", 9, "a survey of", seed=8)
    assert max(ranker.scores(like).values()) < 0
    near = ranker.nearest((*like, *unlike), 9)
    assert {paper[0] for paper in near} == {"n"}
    assert len(near) < len(like)


def test_hostile_papers_can_be_learned_from() -> None:
    """No text at all, no letter, and one endless word."""
    odd = tuple(
        Paper(str(number), text, abstract=text)
        for number, text in enumerate(["", "…", "x" * 50_000, "{{ 7 }} <b>", "a " * 9_000])
    )
    marks = TrainingData(as_liked((*odd, *judged().liked)), judged().dropped)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(Ranker(marks).rank(odd)) == len(odd)


def test_papers_without_a_single_word_can_be_learned_from() -> None:
    blank = tuple(Paper(str(number), "…") for number in range(20))
    ranker = Ranker(TrainingData(as_liked(blank[:10]), blank[10:]))
    assert ranker.rank([UNKNOWN])["u"].clues == ()
