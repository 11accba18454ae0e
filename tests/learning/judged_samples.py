"""Judged papers with a known difference: liked ones on one subject, the rest on another."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from digest.learning.judged_papers import JudgedPapers, LikedPaper, TrainingData
from digest.model import Paper

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY: Final = date(2026, 1, 5)
COMMON: Final = (
    "model", "data", "layer", "result", "graph", "token", "image", "loss", "batch", "score",
    "network", "signal", "index", "query", "table", "kernel",
)  # fmt: skip
"""Words that stand in papers of either kind."""


def papers(prefix: str, count: int, words: str, *, seed: int = 1) -> tuple[Paper, ...]:
    """Return papers of common words, each with `words` somewhere in its abstract."""
    chance = Random(seed)
    result = []
    for number in range(count):
        some = [chance.choice(COMMON) for _ in range(12)]
        some.insert(chance.randrange(len(some)), words)
        result.append(
            Paper(
                id=f"{prefix}-{number:03}",
                title=f"On {chance.choice(COMMON)} {prefix} {number}",
                abstract=f"We study the {' '.join(some)}.",
            )
        )
    return tuple(result)


def judged(
    liked: str = "sparse routing", dropped: str = "a survey of", *, each: int = 14
) -> JudgedPapers:
    """Return as many papers of either kind, which these words tell apart."""
    return JudgedPapers(papers("l", each, liked, seed=1), papers("d", each, dropped, seed=2))


def titles(papers: Sequence[Paper]) -> list[str]:
    return [paper.title for paper in papers]


def taste(
    liked: str = "sparse routing", dropped: str = "a survey of", *, each: int = 14, rest: int = 30
) -> TrainingData:
    """Return liked and dropped papers, which these words tell apart, and others."""
    marks = judged(liked, dropped, each=each)
    return TrainingData(as_liked(marks.liked), marks.dropped, papers("r", rest, "tides of", seed=3))


def as_liked(papers: Sequence[Paper]) -> tuple[LikedPaper, ...]:
    """Return papers that were starred, one a day, the last one first."""
    return tuple(
        LikedPaper(paper, "starred", DAY - timedelta(days=place))
        for place, paper in enumerate(papers)
    )
