"""Order papers by similarity to what a reader likes: TF-IDF and a linear model, in numpy.

Liked papers are separated from dropped ones and from a sample of the rest of the library by
regularised least squares; a paper's score is the sum of its words' weights, and the sum of its
similarities to the training papers, so that it can be explained. There is no randomness, and the
order of the marks does not matter: the same marks and papers give the same scores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from digest.learning.vectors import Rows, count_terms, spelt_terms
from digest.model import LearnedScore, MostSimilar, WeightedWord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.learning.judged_papers import LikedPaper, TrainingData
    from digest.learning.vectors import Floats, Ints, Terms
    from digest.model import Paper

SHOWN: Final = 4
"""Number of words that are named for each paper."""
_REGULARISATION: Final = 1.0
"""Regularisation of the least squares, for examples with average weight 1."""
_INTERCEPT: Final = 0.1
"""Square of the constant feature that every paper has."""
_SHARE_OF_DROPPED: Final = 0.5
"""Maximum share of the dropped papers in the weight of all that is not liked."""
_WHOLE_SHARE: Final = 20
"""Number of dropped papers from which they have that share."""
_HALF_LIFE: Final = 365.0
"""Days after which a liked paper has half its weight."""
_LEAST_WEIGHT: Final = 0.25
"""Minimum weight of a liked paper, however old, compared with 1 for the latest."""
_PRECISION: Final = 1e-9
_STEPS: Final = 200
"""Maximum number of conjugate-gradient steps; 30 are usual."""
_DIGITS: Final = 6
"""Decimal places of scores: beyond them machines may differ."""
_NEAR: Final = 0.75
"""Quantile of the liked papers' similarity to each other above which a paper is near."""


class _Matrix(Struct, frozen=True):
    """Weighted rows of papers, with numbered terms."""

    row: Ints
    column: Ints
    value: Floats
    rows: int
    columns: int

    def times(self, vector: Floats) -> Floats:
        """Return the product of the matrix and a vector over the columns."""
        return _summed(self.row, self.value * vector[self.column], self.rows)

    def transposed_times(self, vector: Floats) -> Floats:
        """Return the product of the transposed matrix and a vector over the rows."""
        return _summed(self.column, self.value * vector[self.row], self.columns)


def _summed(places: Ints, values: Floats, size: int) -> Floats:
    """Add up the values of each place."""
    return np.bincount(places, values, minlength=size).astype(np.float64)


class _Vocabulary:
    """The terms of some papers, and how rare each is."""

    def __init__(self, rows: Rows) -> None:
        terms, papers = np.unique(rows.term, return_counts=True)
        # At least one term, for papers without words: the last number, which belongs to no word.
        self._terms = np.append(terms, ~np.uint64(0))
        papers = np.append(papers, 0)
        self._rarity = np.log((1 + rows.papers) / (1 + papers)) + 1
        self._unseen = float(np.log(1 + rows.papers) + 1)

    def weigh(self, rows: Rows) -> _Matrix:
        """Return rows of length 1; unknown terms count for their length."""
        column, known = self._columns(rows.term)
        rarity = np.where(known, self._rarity[column], self._unseen)
        value = (1 + np.log(rows.value)) * rarity
        length = np.sqrt(_summed(rows.row, value * value, rows.papers))
        value = value / length[rows.row]
        return _Matrix(rows.row[known], column[known], value[known], rows.papers, len(self._terms))

    def spell(self, spelt: Mapping[int, str]) -> dict[int, str]:
        """Return spelled terms by their column."""
        terms = np.fromiter(spelt, dtype=np.uint64, count=len(spelt))
        column, known = self._columns(terms)
        words = list(spelt.values())
        return {int(column[place]): words[place] for place in np.flatnonzero(known).tolist()}

    def _columns(self, terms: Terms) -> tuple[Ints, Ints]:
        """Return the column of each term, and whether it has one."""
        column = np.minimum(np.searchsorted(self._terms, terms), len(self._terms) - 1)
        return column, self._terms[column] == terms


class Ranker:
    """A model of one reader; `taste` must have at least one liked paper."""

    def __init__(self, taste: TrainingData) -> None:
        # In a fixed order: sums of floating-point numbers depend on it.
        self._liked = sorted(taste.liked, key=lambda liked: liked.paper.id)
        dropped = sorted(taste.dropped, key=lambda paper: paper.id)
        background = sorted(taste.background, key=lambda paper: paper.id)
        examples = [*(liked.paper for liked in self._liked), *dropped, *background]
        self._taught = {paper.id: place for place, paper in enumerate(examples)}
        rows = count_terms(examples)
        self._vocabulary = _Vocabulary(rows)
        matrix = self._vocabulary.weigh(rows)
        weights = _weights(self._liked, len(dropped), len(background))
        sign = np.where(np.arange(rows.papers) < len(self._liked), 1.0, -1.0)
        shares = _least_squares(matrix, sign, weights)
        self._weights = matrix.transposed_times(shares)
        self._intercept = _INTERCEPT * float(shares.sum())
        is_liked = matrix.row < len(self._liked)
        self._examples = _Matrix(
            matrix.row[is_liked], matrix.column[is_liked], matrix.value[is_liked],
            len(self._liked), matrix.columns,
        )  # fmt: skip
        self._shares = shares
        # With few liked papers all scores are negative, also those of similar papers.
        of_liked = [*self.scores([liked.paper for liked in self._liked]).values()]
        self._near = min(0.0, float(np.quantile(of_liked, _NEAR).round(_DIGITS)))

    def rank(self, papers: Sequence[Paper]) -> dict[str, LearnedScore]:
        """Return each paper's score, by id, and what decided it."""
        return self._learned(papers, *self._scored(papers))

    def scores(self, papers: Sequence[Paper]) -> dict[str, float]:
        """Return only the scores."""
        _, scores = self._scored(papers)
        return {paper.id: score for paper, score in zip(papers, scores.tolist(), strict=True)}

    def nearest(self, papers: Sequence[Paper], most: int) -> dict[str, LearnedScore]:
        """Return the same for the `most` papers with the highest scores, best first.

        Papers without a common word with a liked paper are left out, and those that are neither
        more similar to liked papers than to the rest, nor as similar to them as one in four of them
        is to the others.
        """
        matrix, scores = self._scored(papers)
        best = sorted(range(len(papers)), key=lambda place: (-scores[place], papers[place].id))
        # A few more than asked for: one may have nothing in common with any single paper.
        best = [place for place in best if scores[place] > self._near][: 2 * most]
        learned_by_paper = self._learned(
            [papers[place] for place in best], _rows(matrix, best), scores[best]
        )
        liked = [(paper, learned) for paper, learned in learned_by_paper.items() if learned.like]
        return dict(liked[:most])

    def _scored(self, papers: Sequence[Paper]) -> tuple[_Matrix, Floats]:
        matrix = self._vocabulary.weigh(count_terms(papers))
        scores = matrix.times(self._weights) + self._intercept
        for place, paper in enumerate(papers):
            if (taught := self._taught.get(paper.id)) is not None:
                # Learned from the paper itself: it is in the sample of the library.
                scores[place] -= self._shares[taught]
        return matrix, scores.round(_DIGITS)

    def _learned(
        self, papers: Sequence[Paper], matrix: _Matrix, scores: Floats
    ) -> dict[str, LearnedScore]:
        bounds = np.searchsorted(matrix.row, np.arange(len(papers) + 1))
        learned: dict[str, LearnedScore] = {}
        for place, (paper, terms) in enumerate(zip(papers, spelt_terms(papers), strict=True)):
            part = slice(bounds[place], bounds[place + 1])
            column, value = matrix.column[part], matrix.value[part]
            spelt = self._vocabulary.spell(terms)
            shares = (value * self._weights[column]).round(_DIGITS)
            clues = tuple(
                WeightedWord(spelt[term], share)
                for term, share in _strongest(column, shares, spelt)
            )
            like = self._like(column, value, spelt)
            learned[paper.id] = LearnedScore(float(scores[place]), clues, like)
        return learned

    def _like(self, column: Ints, value: Floats, spelt: Mapping[int, str]) -> MostSimilar | None:
        """Return the liked paper that adds most to a score, and their common words."""
        vector = np.zeros(self._examples.columns)
        vector[column] = value
        shares = self._shares[: len(self._liked)]
        added = (shares * self._examples.times(vector)).round(_DIGITS)
        best = int(np.argmax(added)) if len(added) else 0
        if not len(added) or added[best] <= 0:
            return None
        shared = self._examples.column[self._examples.row == best]
        shared = shared[(vector[shared] > 0) & (self._weights[shared] > 0)]
        words = _strongest(shared, (vector[shared] * self._weights[shared]).round(_DIGITS), spelt)
        liked = self._liked[best]
        return MostSimilar(
            liked.paper.id, liked.paper.title, liked.how, liked.day,
            tuple(spelt[term] for term, _ in words),
        )  # fmt: skip


def _weights(liked: Sequence[LikedPaper], dropped: int, background: int) -> Floats:
    """Return the weight of each example, 1 on average: liked ones weigh as much as all others.

    Of the liked ones, recent ones weigh more.
    """
    days = [paper.day.toordinal() for paper in liked if paper.day]
    last = max(days, default=0)
    ages = np.array([last - paper.day.toordinal() if paper.day else np.inf for paper in liked])
    recent = np.maximum(np.exp2(-ages / _HALF_LIFE), _LEAST_WEIGHT)
    share = _SHARE_OF_DROPPED * min(1.0, dropped / _WHOLE_SHARE) if background else 1.0
    other_weights = np.repeat(
        [share / max(dropped, 1), (1 - share) / max(background, 1)], [dropped, background]
    )
    weights = np.concatenate((recent / recent.sum(), other_weights))
    scaled: Floats = weights * (len(weights) / weights.sum())
    return scaled


def _least_squares(matrix: _Matrix, target: Floats, weights: Floats) -> Floats:
    """Return each example's share in the weights of the terms, by conjugate gradients.

    The regularised least squares in their dual form (C. Saunders, A. Gammerman and V. Vovk, "Ridge
    Regression Learning Algorithm in Dual Variables", ICML 1998): as many unknowns as papers.
    """
    root: Floats = np.sqrt(weights)

    def apply(vector: Floats) -> Floats:
        scaled = root * vector
        product = matrix.times(matrix.transposed_times(scaled)) + _INTERCEPT * scaled.sum()
        applied: Floats = root * product + _REGULARISATION * vector
        return applied

    solution: Floats = np.zeros(matrix.rows)
    residual = root * target
    direction = residual
    size = float((residual * residual).sum())
    enough = size * _PRECISION**2
    for _ in range(_STEPS):
        if size <= enough:
            break
        product = apply(direction)
        step = size / float((direction * product).sum())
        solution = solution + step * direction
        residual = residual - step * product
        before, size = size, float((residual * residual).sum())
        direction = residual + (size / before) * direction
    shares: Floats = root * solution
    return shares


def _rows(matrix: _Matrix, places: Sequence[int]) -> _Matrix:
    """Return some rows of a matrix, in the order of `places`."""
    bounds = np.searchsorted(matrix.row, np.arange(matrix.rows + 1))
    parts = [np.arange(bounds[place], bounds[place + 1]) for place in places]
    chosen = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    row = np.repeat(np.arange(len(places)), [len(part) for part in parts])
    return _Matrix(row, matrix.column[chosen], matrix.value[chosen], len(places), matrix.columns)


def _strongest(column: Ints, share: Floats, spelt: Mapping[int, str]) -> list[tuple[int, float]]:
    """Return the terms with the largest shares of either sign, without repeated words."""
    pairs = [
        (term, value)
        for term, value in zip(column.tolist(), share.tolist(), strict=True)
        if value and term in spelt
    ]
    pairs.sort(key=lambda pair: (-abs(pair[1]), spelt[pair[0]]))
    shown: list[tuple[int, float]] = []
    used_words: set[str] = set()
    for term, value in pairs:
        words = spelt[term].split()
        # "sparse routing" says little beside "routing".
        if used_words.isdisjoint(words):
            used_words.update(words)
            shown.append((term, value))
        if len(shown) == SHOWN:
            break
    return shown
