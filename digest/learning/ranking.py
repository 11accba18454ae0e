"""Order papers by a model of what a reader liked and dropped: TF-IDF and a linear model.

Linear, so that it can say why: each word's share in a paper's score is its weight times how much it
stands there. Fitted anew from the marks each time, without chance: the same marks and papers give
the same scores. Needs scikit-learn, the extra `learn`, and imports it when a model is made.
"""

from __future__ import annotations

import importlib.util
from itertools import chain
from typing import TYPE_CHECKING, Final

from digest.learning.phrases import cut_papers, folded_phrases, spelt_phrases
from digest.model import Clue, Learned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.learning.judged import Judged
    from digest.learning.phrases import Runs
    from digest.model import Paper

LONGEST: Final = 2
"""Words of a phrase that counts as one word of the model."""
SHOWN: Final = 4
"""Words that are named for each paper."""
_STRENGTH: Final = 10.0
"""The inverse of the regularisation (`C` of scikit-learn)."""
_DIGITS: Final = 6
"""Of scores: what machines compute differently stands behind them."""


def is_available() -> bool:
    """Whether scikit-learn is installed; does not import it, which takes a second."""
    return importlib.util.find_spec("sklearn") is not None


class Ranker:
    """A model of one reader; `judged` must hold papers of both kinds."""

    def __init__(self, judged: Judged) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        liked = [1] * len(judged.liked) + [0] * len(judged.dropped)
        self._vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True)
        # An empty string is no term of any paper: where none has a word, something must be known.
        terms = chain(map(_terms, cut_papers(judged.papers)), [[""]])
        features = self._vectorizer.fit_transform(terms)[:-1]
        self._names = self._vectorizer.get_feature_names_out()
        # liblinear solves the primal problem by a trust-region method: no chance, no threads.
        self._model = LogisticRegression(
            C=_STRENGTH, class_weight="balanced", solver="liblinear", max_iter=1_000, random_state=0
        ).fit(features, liked)

    def rank(self, papers: Sequence[Paper]) -> dict[str, Learned]:
        """Return for each of `papers`, by id, its score and the words that decided."""
        if not papers:
            return {}
        cut = list(cut_papers(papers))
        features = self._vectorizer.transform(map(_terms, cut))
        scores = self._model.decision_function(features).tolist()
        shares = features.multiply(self._model.coef_[0]).tocsr()
        found = {}
        for number, (paper, runs) in enumerate(zip(papers, cut, strict=True)):
            row = slice(shares.indptr[number], shares.indptr[number + 1])
            parts = shares.data[row].round(_DIGITS).tolist()
            clues = _clues(dict(zip(self._names[shares.indices[row]], parts, strict=True)), runs)
            found[paper.id] = Learned(round(scores[number], _DIGITS), clues)
        return found


def _terms(runs: Runs) -> list[str]:
    """Return the words and phrases of a paper; those of the title twice, as they give points."""
    return [
        term
        for run in (*runs.title, *runs.title, *runs.abstract)
        for term in folded_phrases(run, LONGEST)
    ]


def _clues(weights: dict[str, float], runs: Runs) -> tuple[Clue, ...]:
    """Return the words that count most, either way, as they stand in the paper."""
    spelt: dict[str, str] = {}
    for run in (*runs.abstract, *runs.title):
        spelt.update(spelt_phrases(run, LONGEST))
    strongest = sorted(weights, key=lambda term: (-abs(weights[term]), term))
    shown: list[str] = []
    for term in strongest:
        # "sparse routing" says little beside "routing".
        if not any(_shares_a_word(term, other) for other in shown):
            shown.append(term)
        if len(shown) == SHOWN:
            break
    return tuple(Clue(spelt[term], weights[term]) for term in shown if weights[term])


def _shares_a_word(term: str, other: str) -> bool:
    return not set(term.split()).isdisjoint(other.split())
