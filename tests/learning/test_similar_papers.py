"""Find papers on the same subject by their distinctive words."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from digest.learning.similar_papers import LEAST_SHARED, WORDS, SharedWords, outstanding
from digest.model import Paper
from tests.learning.judged_samples import papers

if TYPE_CHECKING:
    from collections.abc import Sequence

REST = papers("r", 40, "tides of", seed=3)


def shared(papers: Sequence[Paper]) -> tuple[list[tuple[tuple[int, float], ...]], SharedWords]:
    """Return the words of papers, and the papers by their words, numbered as they come."""
    words = outstanding(papers, REST)
    rows = ((word, number, weight) for number, own in enumerate(words) for word, weight in own)
    return words, SharedWords(sorted(rows))


def test_papers_about_one_thing_are_like_each_other() -> None:
    papers = [
        Paper(id="0", title="Pruning lottery tickets", abstract="Sparse subnetworks of a model."),
        Paper(id="1", title="Model of the data", abstract="We study a result and a graph."),
        Paper(id="2", title="Lottery tickets at scale", abstract="Pruning finds subnetworks."),
        Paper(id="3", title="Okapis"),
    ]
    words, by_words = shared(papers)
    likest = [by_words.most_similar(own, but=number, most=3) for number, own in enumerate(words)]
    assert likest == [(2,), (), (0,), ()]


def test_two_words_are_not_enough() -> None:
    papers = [Paper(id="0", title="Lottery tickets"), Paper(id="1", title="Lottery tickets!")]
    words, by_words = shared(papers)
    assert len({word for word, _ in words[0]} & {word for word, _ in words[1]}) < LEAST_SHARED
    assert by_words.most_similar(words[0], but=0, most=3) == ()


def test_the_likest_come_first_and_of_equals_the_later() -> None:
    whole = "lottery tickets pruning subnetworks masks"
    texts = (whole, "lottery tickets pruning okapis", whole, whole)
    words, by_words = shared([Paper(id=text, title=text) for text in texts])
    assert by_words.most_similar(words[0], but=0, most=2) == (3, 2)
    assert by_words.most_similar(words[0], but=0, most=9) == (3, 2, 1)
    assert by_words.most_similar((), but=0, most=9) == ()
    assert SharedWords(()).most_similar(words[0], but=0, most=9) == ()


def test_rare_words_stand_out_and_there_are_few_of_them() -> None:
    chance = Random(1)
    long = " ".join(f"word{chance.randrange(10**6)}" for _ in range(3 * WORDS))
    (words,) = outstanding([Paper(id="0", title="The data of models", abstract=long)], REST)
    assert len(words) == WORDS
    weights = [weight for _, weight in words]
    assert all(one >= other for one, other in pairwise(weights))
    assert outstanding([Paper(id="0", title="")], REST) == [()]
    assert outstanding([], REST) == []
    (with_common,) = outstanding([Paper(id="0", title="Tides, okapis")], REST)
    assert with_common[0][1] > 2 * with_common[1][1]
