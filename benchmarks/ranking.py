"""Measure how high `rank: learned` puts what a reader would like, beside points.

    python -m benchmarks.ranking [--quick] [--write-docs]

Day after day a simulated reader's papers are ordered by points, and by what was learned of the
marks of the days before; `benchmarks.readers` makes both up. docs/learning.md says what the figures
mean.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.corpus import PROJECT
from benchmarks.readers import (
    REAL,
    last_marks,
    liked_by,
    mornings,
    proposals,
    read_corpus,
    selected_days,
)
from benchmarks.report import table, write_docs
from digest.digests.selection import reordered
from digest.learning.judged import LEAST, MOST, Judged
from digest.learning.ranking import Ranker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.readers import Corpus, Day, Morning
    from digest.model import Selection

DOCS: Final = PROJECT / "docs" / "learning.md"
BEGIN: Final = "<!-- figures: python -m benchmarks.ranking --write-docs -->"
STEPS: Final = (1, 5, 10, 20, 40)
"""Marks of the rarer kind from which on a group of the learning curve begins."""
RESAMPLES: Final = 2_000


class Score(NamedTuple):
    """How high what the reader likes stands in one list; 1 is best."""

    precision: float
    """Average precision."""
    gain: float
    """Normalised discounted cumulative gain."""
    reciprocal: float
    """One by the place of the first."""

    @classmethod
    def of(cls, liked: Sequence[bool]) -> Score:
        """Return the score of a list, best first, of which at least one is liked."""
        places = [place for place, like in enumerate(liked, 1) if like]
        gain = sum(1 / log2(place + 1) for place in places)
        ideal = sum(1 / log2(place + 1) for place in range(1, len(places) + 1))
        precision = _mean(number / place for number, place in enumerate(places, 1))
        return cls(precision, gain / ideal, 1 / places[0])


@dataclass(frozen=True, slots=True)
class Outcome:
    """One day of one reader, in either order."""

    interest: str
    seed: int
    marks: int
    """Of the rarer kind, in the days before."""
    liked: float
    """Share of the day's papers that the reader likes."""
    points: Score
    learned: Score


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ranking", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--quick", action="store_true", help="a look at whether it works")
    parser.add_argument("--seeds", type=int, default=3, help="readers of each interest")
    parser.add_argument("--days", type=Path, default=REAL, help="a folder of dumps, one a day")
    parser.add_argument("--write-docs", action="store_true", help=f"renew {DOCS.name}")
    options = parser.parse_args(arguments)
    corpus = read_corpus(options.days, made_up=8 if options.quick else 40)
    days = selected_days(corpus)
    interests = list(corpus.interests)[:: 5 if options.quick else 1]
    outcomes = [
        outcome
        for interest in interests
        for seed in range(1 if options.quick else options.seeds)
        for outcome in simulate(corpus, days, interest, seed)
    ]
    tables = "\n\n".join(
        (
            _described(corpus, days, outcomes),
            _by_interest(interests, outcomes),
            _spread(outcomes),
            _by_marks(outcomes),
            _proposed(corpus, days, interests, dealt=2 if options.quick else 10),
            _times(days, (20,) if options.quick else (20, 200, 2 * MOST)),
        )
    )
    print(tables)
    if options.write_docs:
        write_docs(DOCS, tables, begin=BEGIN)
    return 0


def simulate(corpus: Corpus, days: Sequence[Day], interest: str, seed: int) -> Iterator[Outcome]:
    """Yield the days of one reader on which an order can be better or worse than another."""
    likes = liked_by(corpus.interests[interest], corpus.papers)
    for morning in mornings(days, likes, seed):
        marks = min(len(morning.marks.liked), len(morning.marks.dropped))
        liked = _liked(morning.selection, likes)
        if marks and any(liked) and not all(liked):
            learned = _liked(learn(morning), likes)
            yield Outcome(
                interest,
                seed,
                marks,
                _mean(map(float, liked)),
                Score.of(liked),
                Score.of(learned),
            )


def learn(morning: Morning) -> Selection:
    """Order the day's papers as `rank: learned` does, however few marks there are."""
    papers = [pick.paper for pick in morning.selection.picks]
    return reordered(morning.selection, Ranker(morning.marks).rank(papers))


def _liked(selection: Selection, likes: frozenset[str]) -> list[bool]:
    return [pick.paper.id in likes for pick in selection.picks]


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


# --- tables --------------------------------------------------------------------------------------


def _described(corpus: Corpus, days: Sequence[Day], outcomes: Sequence[Outcome]) -> str:
    papers = sum(len(day.selection.picks) for day in days)
    what = "made-up papers" if corpus.made_up else "papers of Hugging Face's daily lists"
    readers = len({(each.interest, each.seed) for each in outcomes})
    return (
        f"{papers:,} {what} on {len(days)} days, all selected by one rule of {len(corpus.broad)} "
        f"keywords; {readers} readers; {len(outcomes):,} mornings on which the order matters."
    )


def _enough(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.marks >= LEAST]


def _by_interest(interests: Sequence[str], outcomes: Sequence[Outcome]) -> str:
    header = ["average precision", "of a day's papers", "points", "learned", "better", "worse"]
    rows = []
    for interest in interests:
        own = [each for each in _enough(outcomes) if each.interest == interest]
        if not own:
            rows.append([interest, "too few marks", "", "", "", ""])
            continue
        better = sum(each.learned.precision > each.points.precision for each in own)
        worse = sum(each.learned.precision < each.points.precision for each in own)
        rows.append(
            [
                interest,
                f"{100 * _mean(each.liked for each in own):.0f} %",
                f"{_mean(each.points.precision for each in own):.2f}",
                f"{_mean(each.learned.precision for each in own):.2f}",
                f"{better:,} of {len(own):,}",
                f"{worse:,}",
            ]
        )
    return table(header, rows)


def _spread(outcomes: Sequence[Outcome]) -> str:
    """Compare the means of all interests; the spread is that of interests drawn anew."""
    interests: dict[str, list[Outcome]] = {}
    for each in _enough(outcomes):
        interests.setdefault(each.interest, []).append(each)
    rows = []
    for place, name in enumerate(("average precision", "NDCG", "reciprocal rank of the first")):
        points = [_mean(each.points[place] for each in own) for own in interests.values()]
        learned = [_mean(each.learned[place] for each in own) for own in interests.values()]
        gains = [after - before for before, after in zip(points, learned, strict=True)]
        low, high = _interval(gains)
        gain = f"{_mean(gains):+.3f} ({low:+.3f} to {high:+.3f})"
        rows.append([name, f"{_mean(points):.3f}", f"{_mean(learned):.3f}", gain])
    return table(["mean of all interests", "points", "learned", "gain (95 of 100)"], rows)


def _interval(gains: Sequence[float]) -> tuple[float, float]:
    """Return where 95 of 100 means lie of as many gains, drawn anew."""
    chance = random.Random(1)
    means = sorted(_mean(chance.choices(gains, k=len(gains))) for _ in range(RESAMPLES))
    return means[RESAMPLES // 40], means[-RESAMPLES // 40]


def _by_marks(outcomes: Sequence[Outcome]) -> str:
    rows = []
    for first, after in zip(STEPS, (*STEPS[1:], None), strict=True):
        own = [each for each in outcomes if first <= each.marks < (after or each.marks + 1)]
        if own:
            rows.append(
                [
                    f"from {first}" if after is None else f"{first} to {after - 1}",
                    f"{len(own):,}",
                    f"{_mean(each.points.precision for each in own):.2f}",
                    f"{_mean(each.learned.precision for each in own):.2f}",
                ]
            )
    return table(["marks of the rarer kind", "mornings", "points", "learned"], rows)


def _proposed(corpus: Corpus, days: Sequence[Day], interests: Sequence[str], dealt: int) -> str:
    """Show what would be proposed in the end, and how much where marks mean nothing."""
    rows = []
    for interest in interests:
        likes = liked_by(corpus.interests[interest], corpus.papers)
        found = proposals(corpus, last_marks(days, likes, seed=0))
        shown = ", ".join(each.keyword for each in found[:5]) or "–"
        rows.append([interest, shown, f"{len(found)}"])
    counts = []
    for seed in range(dealt):
        chance = random.Random(seed)
        likes = frozenset(paper.id for paper in corpus.papers if chance.random() < 0.15)
        counts.append(len(proposals(corpus, last_marks(days, likes, seed))))
    rows.append(["*papers drawn by lot*", "", f"{_mean(counts):.1f}"])
    return table(["what is liked", "proposed first", "proposals"], rows)


def _times(days: Sequence[Day], marks: Sequence[int]) -> str:
    papers = [pick.paper for day in days for pick in day.selection.picks]
    rows = []
    for count in marks:
        some = (papers * (count // len(papers) + 1))[:count]
        judged = Judged(tuple(some[: count // 2]), tuple(some[count // 2 :]))
        begun = time.process_time()
        ranker = Ranker(judged)
        learned = time.process_time()
        ranker.rank(papers[:100])
        ended = time.process_time()
        rows.append(
            [f"{count:,}", f"{learned - begun:.2f} s", f"{1000 * (ended - learned):.0f} ms"]
        )
    return table(["marks", "processor time to learn", "to order 100 papers"], rows)


if __name__ == "__main__":
    sys.exit(main())
