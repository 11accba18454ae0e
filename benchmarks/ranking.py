"""Measure how well similarity to liked papers ranks the remaining liked ones, beside points.

    python -m benchmarks.ranking [--quick] [--write-docs]

Simulated readers (`benchmarks.readers`) have starred some papers of the first days; the papers of
later days are ordered by points, by likeness and by both. docs/learning.md says what the figures
mean. Static word vectors are measured too where the package wordllama is installed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np
from msgspec.structs import replace

from benchmarks.corpus import PROJECT, REAL
from benchmarks.readers import is_liked, matches, proposals, read_corpus, sections, taste
from benchmarks.report import table, write_docs
from digest.digests.selection import reordered
from digest.learning.ranking import Ranker
from digest.model import LearnedScore

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.readers import Corpus, Reader
    from digest.learning.judged_papers import TrainingData
    from digest.model import Paper, Selection

DOCS: Final = PROJECT / "docs" / "learning.md"
BEGIN: Final = "<!-- figures: python -m benchmarks.ranking --write-docs -->"
LIKED: Final = (5, 10, 40, 150)
TOP: Final = 10
SEEDS: Final = 3
MORE: Final = 3
"""Papers a day that *More like these* shows at most."""
RESAMPLES: Final = 2_000
POINTS: Final = "points"
_Unit: TypeAlias = tuple[str, int]
"""Reader and seed."""
_Scores: TypeAlias = dict[str, float]
"""By the papers' ids."""


class Outcome(NamedTuple):
    """What one method gave one reader, the mean over the held-out days."""

    precision: float
    """Share of liked papers among the first `TOP`."""
    area: float
    """Under the ROC curve: how often a liked paper stands before another one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ranking", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--quick", action="store_true", help="a look at whether it works")
    parser.add_argument(
        "--seeds", type=int, default=SEEDS, help="how often the marks of each reader are drawn"
    )
    parser.add_argument("--papers", type=Path, default=REAL, help="papers as JSON Lines, gzip")
    parser.add_argument("--write-docs", action="store_true", help=f"renew {DOCS.name}")
    options = parser.parse_args(arguments)
    corpus = read_corpus(options.papers, made_up=400 if options.quick else 1_200)
    counts = LIKED[:2] if options.quick else LIKED
    measured = Measured(corpus, counts, 1 if options.quick else options.seeds)
    tables = "\n\n".join(
        (
            measured.described(),
            measured.of_sections(),
            measured.of_readers(counts[-2]),
            measured.of_missed(),
            measured.of_more(),
            _times(corpus, counts),
            _proposed(corpus, 10 if options.quick else 20),
        )
    )
    print(tables)
    if options.write_docs:
        write_docs(DOCS, tables, begin=BEGIN)
    return 0


class More(NamedTuple):
    """What *More like these* showed one reader on the held-out days."""

    shown: int
    liked: int
    base: float
    """Share of liked papers among all that the keywords passed over."""
    days: int

    @property
    def precision(self) -> float:
        """Share of liked papers among those shown."""
        return self.liked / self.shown if self.shown else 0.0


class Measured:
    """All outcomes: of sections by reader, number of liked papers and method; of what is missed."""

    def __init__(self, corpus: Corpus, counts: Sequence[int], seeds: int) -> None:
        self._corpus = corpus
        self._counts = counts
        self._vectors = _Vectors() if find_spec("wordllama") else None
        self.outcomes: dict[tuple[int, str], dict[_Unit, Outcome]] = defaultdict(dict)
        self.by_keywords: dict[str, float] = {}
        """Of each reader, the share of the liked papers that the keywords find."""
        self.found: dict[tuple[int, str], dict[_Unit, float]] = defaultdict(dict)
        self.more: dict[int, dict[_Unit, More]] = defaultdict(dict)
        self._seeds = seeds
        for reader in corpus.readers:
            self._measure(reader, seeds)

    def _measure(self, reader: Reader, seeds: int) -> None:
        days = list(sections(self._corpus, reader))
        new = [paper for papers in self._corpus.days for paper in papers]
        liked = {paper.id for paper in new if is_liked(reader, paper)}
        narrow = matches(reader, new, broad=False)
        taken = {paper.id for paper, found in zip(new, narrow, strict=True) if found}
        self.by_keywords[reader.name] = len(liked & taken) / max(len(liked), 1)
        for count in self._counts:
            for seed in range(seeds):
                unit = reader.name, seed
                marks = taste(self._corpus, reader, count, dropped=count, seed=seed)
                ranker = Ranker(marks)
                self.more[count][unit] = self._more(ranker, liked, taken)
                for method, scores in self._scores(ranker, marks, new).items():
                    missed = [paper for paper in scores if paper not in taken]
                    first = sorted(missed, key=lambda paper: -scores[paper])[: len(taken)]
                    found = len(liked.intersection(first)) / max(len(liked - taken), 1)
                    self.found[count, method][unit] = found
                    alone = [_by_score(day, scores) for day in days]
                    both = [_fused(day, scores) for day in days]
                    self.outcomes[count, f"{method} alone"][unit] = _outcome(alone, liked)
                    self.outcomes[count, method][unit] = _outcome(both, liked)
                order = [[pick.paper.id for pick in day.picks] for day in days]
                self.outcomes[count, POINTS][unit] = _outcome(order, liked)

    def _scores(
        self, ranker: Ranker, marks: TrainingData, new: Sequence[Paper]
    ) -> dict[str, _Scores]:
        """Return what each method learns from the marks, and says of the new papers."""
        library = replace(marks, dropped=())
        scores = {"learned": ranker.scores(new), "library": Ranker(library).scores(new)}
        if self._vectors is not None:
            scores["vectors"] = self._vectors.scores(library, new)
        return scores

    def _more(self, ranker: Ranker, liked: set[str], taken: set[str]) -> More:
        """Show on each day the papers nearest to the marks that the keywords passed over."""
        days = [
            [paper for paper in papers if paper.id not in taken] for papers in self._corpus.days
        ]
        shown = [paper for day in days for paper in ranker.nearest(day, MORE)]
        base = _mean(paper.id in liked for day in days for paper in day)
        return More(len(shown), len(liked.intersection(shown)), base, len(days))

    @property
    def _methods(self) -> list[str]:
        return ["learned", "library", *(["vectors"] if self._vectors else [])]

    def described(self) -> str:
        """Return a line about what was measured."""
        what = "made-up papers" if self._corpus.made_up else "papers of arXiv"
        known, days = self._corpus.known, self._corpus.days
        points = self.outcomes[self._counts[0], POINTS].values()
        return (
            f"{len(self._corpus.papers):,} {what}: {len(known):,} known, the others on "
            f"{len(days)} held-out days; {len(self._corpus.readers)} readers, the marks of each "
            f"drawn {self._seeds} times. By points P@{TOP} is "
            f"{_mean(outcome.precision for outcome in points):.3f} and AUC "
            f"{_mean(outcome.area for outcome in points):.3f}; gains over points, with the "
            "interval of 95 of 100:"
        )

    def of_sections(self) -> str:
        """Show what each order of a section gains over points."""
        rows = []
        for count in self._counts:
            points = self.outcomes[count, POINTS]
            for method in ("learned alone", *self._methods):
                own = self.outcomes[count, method]
                rows.append(
                    [
                        f"{count}",
                        method,
                        _gain({unit: own[unit].precision - points[unit].precision for unit in own}),
                        _gain({unit: own[unit].area - points[unit].area for unit in own}),
                    ]
                )
        return table(["liked", "order", f"P@{TOP}", "AUC"], rows)

    def of_readers(self, count: int) -> str:
        """Show how much single sections gain or lose, for one number of liked papers."""
        precision, area = [], []
        for reader in self._corpus.readers:
            points, learned = (
                [
                    outcome
                    for unit, outcome in self.outcomes[count, method].items()
                    if unit[0] == reader.name
                ]
                for method in (POINTS, "learned")
            )
            precision.append(
                _mean(outcome.precision for outcome in learned)
                - _mean(outcome.precision for outcome in points)
            )
            area.append(
                _mean(outcome.area for outcome in learned)
                - _mean(outcome.area for outcome in points)
            )
        return (
            f"With {count} liked papers, *learned* changes P@{TOP} of single sections by "
            f"{min(precision):+.2f} to {max(precision):+.2f} and AUC by {min(area):+.2f} to "
            f"{max(area):+.2f}."
        )

    def of_missed(self) -> str:
        """Show what likeness finds of the papers that the keywords miss."""
        keywords = _mean(self.by_keywords.values())
        names = self._methods
        rows = [
            [f"{count}", *(_with_interval(self.found[count, method]) for method in names)]
            for count in self._counts
        ]
        result = table(["liked", *(f"{name} finds" for name in names)], rows)
        return f"Keywords find {keywords:.2f} of what the readers like; of the rest:\n\n{result}"

    def of_more(self) -> str:
        """Show how many papers of *More like these* the readers like."""
        rows = []
        for count in self._counts:
            units = self.more[count]
            shown = {unit: more.precision for unit, more in units.items() if more.shown}
            rows.append(
                [
                    f"{count}",
                    f"{_mean(more.shown / more.days for more in units.values()):.2f}",
                    _with_interval(shown),
                ]
            )
        base = _mean(more.base for more in self.more[self._counts[0]].values())
        shown_table = table(["liked", f"shown a day, of {MORE}", "liked of these"], rows)
        return (
            f"*More like these*; of all papers passed over {base:.3f} are liked:\n\n{shown_table}"
        )


# --- orders --------------------------------------------------------------------------------------


def _by_score(day: Selection, scores: _Scores) -> list[str]:
    ids = [pick.paper.id for pick in day.picks]
    return sorted(ids, key=lambda paper: -scores[paper])


def _fused(day: Selection, scores: _Scores) -> list[str]:
    """Order a section as `rank: learned` does."""
    learned = {pick.paper.id: LearnedScore(scores[pick.paper.id], ()) for pick in day.picks}
    return [pick.paper.id for pick in reordered(day, learned).picks]


def _outcome(days: Iterable[Sequence[str]], liked: set[str]) -> Outcome:
    """Return the mean over the days on which an order can be better or worse than another."""
    precision, area = [], []
    for papers in days:
        flags = np.array([paper in liked for paper in papers], dtype=np.bool_)
        if not flags.any() or flags.all():
            continue
        precision.append(float(flags[:TOP].mean()))
        places = np.flatnonzero(flags)
        before = places - np.arange(len(places))
        others = len(flags) - len(places)
        area.append(1 - float(before.sum()) / (len(places) * others))
    return Outcome(_mean(precision), _mean(area))


class _Vectors:
    """Static word vectors, and the same least squares on them."""

    def __init__(self) -> None:
        import wordllama

        # It ships its weights; without this it would look for them on the web.
        folder = Path(wordllama.__file__).parent
        self._model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
        self._known: dict[str, np.ndarray] = {}

    def scores(self, marks: TrainingData, new: Sequence[Paper]) -> _Scores:
        liked = [liked_paper.paper for liked_paper in marks.liked]
        examples = self._embedded([*liked, *marks.background])
        sign = np.where(np.arange(len(examples)) < len(liked), 1.0, -1.0)
        weight = np.where(sign > 0, 0.5 / len(liked), 0.5 / len(marks.background)) * len(sign)
        weighted = examples * weight[:, None]
        square = examples.T @ weighted + np.eye(examples.shape[1])
        solution = np.linalg.solve(square, weighted.T @ sign)
        values = (self._embedded(new) @ solution).tolist()
        return {paper.id: value for paper, value in zip(new, values, strict=True)}

    def _embedded(self, papers: Sequence[Paper]) -> np.ndarray:
        missing = [paper for paper in papers if paper.id not in self._known]
        if missing:
            texts = [f"{paper.title}. {paper.abstract or ''}" for paper in missing]
            for paper, vector in zip(missing, self._model.embed(texts, norm=True), strict=True):
                self._known[paper.id] = vector
        return np.array([self._known[paper.id] for paper in papers], dtype=np.float64)


# --- tables --------------------------------------------------------------------------------------


def _mean(values: Iterable[float]) -> float:
    values = list(values)
    return statistics.fmean(values) if values else 0.0


def _gain(gains: dict[_Unit, float]) -> str:
    low, high = _interval(gains)
    return f"{_mean(gains.values()):+.3f} ({low:+.3f}, {high:+.3f})"


def _with_interval(values: dict[_Unit, float]) -> str:
    if not values:
        return "–"
    low, high = _interval(values)
    return f"{_mean(values.values()):.2f} ({low:.2f}, {high:.2f})"


def _interval(values: dict[_Unit, float]) -> tuple[float, float]:
    """Return where 95 of 100 means lie if as many readers are drawn anew, and marks of each."""
    chance = random.Random(1)
    readers: dict[str, list[float]] = defaultdict(list)
    for (name, _), value in values.items():
        readers[name].append(value)
    own = list(readers.values())
    means = sorted(
        _mean(_mean(chance.choices(of, k=len(of))) for of in chance.choices(own, k=len(own)))
        for _ in range(RESAMPLES)
    )
    return means[RESAMPLES // 40], means[-RESAMPLES // 40]


def _times(corpus: Corpus, counts: Sequence[int]) -> str:
    learning: list[float] = []
    ordering: list[float] = []
    new = corpus.days[0]
    for count in counts:
        marks = taste(corpus, corpus.readers[0], count, dropped=count, seed=0)
        begun = time.process_time()
        ranker = Ranker(marks)
        learned = time.process_time()
        ranker.rank(new[:100])
        ended = time.process_time()
        learning.append(1000 * (learned - begun))
        ordering.append(1000 * (ended - learned))
    return (
        f"Learning takes {learning[0]:.0f} ms of processor time from {counts[0]} liked and dropped "
        f"papers and {learning[-1]:.0f} ms from {counts[-1]}; ordering 100 papers takes "
        f"{ordering[0]:.0f} and {ordering[-1]:.0f} ms."
    )


def _proposed(corpus: Corpus, count: int) -> str:
    """Show what `digest suggest` proposes to each reader."""
    rows = []
    for reader in corpus.readers:
        result = proposals(corpus, reader, count, count)
        rows.append([reader.name, ", ".join(item.keyword for item in result) or "–"])
    return table([f"reader ({count} marks of each kind)", "proposed"], rows)


if __name__ == "__main__":
    sys.exit(main())
