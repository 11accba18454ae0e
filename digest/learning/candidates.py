"""Find phrases that may distinguish liked papers from dropped ones: candidates only.

`digest.learning.proposals` tests what a phrase matches as a keyword, and how significant that is;
this module also estimates how much chance alone would give.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from digest.learning.filler_words import is_filler
from digest.learning.log_odds import LEAST_PAPERS, Counts, is_unwanted, is_wanted, weigh
from digest.learning.phrases import cut_papers, spelt_phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from digest.learning.judged_papers import JudgedPapers
    from digest.learning.log_odds import Flags, Ints
    from digest.learning.phrases import Run, Runs

LONGEST: Final = 3
"""Maximum number of words in a phrase."""
MOST: Final = 1_000
"""Maximum number of phrases that are tried as keywords."""
SHUFFLES: Final = 40
"""How often the marks are shuffled, to see what chance gives for this many phrases."""


class Candidates(Struct, frozen=True):
    """Phrases to be tried as keywords, and the scores that they must exceed."""

    phrases: tuple[str, ...]
    """In their usual spelling, the most promising first."""
    wanted_from: float
    unwanted_from: float
    """`Odds.least` that on average one meaningless phrase exceeds."""


class _Table(Struct, frozen=True):
    """Which phrases occur in which papers, as pairs of numbers."""

    spelt: tuple[str, ...]
    phrase: Ints
    paper: Ints

    def count(self, liked: Flags) -> Counts:
        """Count the papers of each phrase; `liked` says of each paper whether it is liked."""
        among = np.bincount(self.phrase[liked[self.paper]], minlength=len(self.spelt))
        total = np.bincount(self.phrase, minlength=len(self.spelt))
        return Counts(among, int(liked.sum()), total - among, int((~liked).sum()))


def find_candidates(judged: JudgedPapers) -> Candidates:
    """Return the phrases of the judged papers that are worth testing."""
    table = _tabulated(list(cut_papers(judged.papers)))
    liked = np.arange(len(judged.papers)) < len(judged.liked)
    counts = table.count(liked)
    least = weigh(counts, counts.share).least
    telling = np.array([not is_filler(phrase) for phrase in table.spelt], dtype=np.bool_)
    # Filler may say what to exclude, such as "survey", but never what is wanted.
    possible = np.flatnonzero(telling & is_wanted(counts) | is_unwanted(counts))
    best = possible[np.argsort(-least[possible], kind="stable")][:MOST]
    wanted_from, unwanted_from = _by_chance(table, liked)
    return Candidates(
        tuple(table.spelt[number] for number in best.tolist()), wanted_from, unwanted_from
    )


def _by_chance(table: _Table, liked: Flags) -> tuple[float, float]:
    """Shuffle the marks repeatedly; return the scores that one phrase per shuffle exceeds.

    Among thousands of phrases some always stand out. The shuffles are always the same.
    """
    dealer = np.random.default_rng(0)
    liked_scores: list[float] = []
    dropped_scores: list[float] = []
    for _ in range(SHUFFLES):
        counts = table.count(dealer.permutation(liked))
        least = weigh(counts, counts.share).least
        liked_scores += least[is_wanted(counts) & (least > 0)].tolist()
        dropped_scores += least[is_unwanted(counts) & (least > 0)].tolist()
    return _reached_once(liked_scores), _reached_once(dropped_scores)


def _reached_once(scores: list[float]) -> float:
    """Return the score that is exceeded, in all shuffles together, once per shuffle."""
    return sorted(scores, reverse=True)[SHUFFLES] if len(scores) > SHUFFLES else 0.0


def _tabulated(papers: Sequence[Runs]) -> _Table:
    """Return which phrases of frequent words occur in which papers, those with enough papers."""
    frequent = _frequent_words(papers)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    holding: dict[str, list[int]] = defaultdict(list)
    for number, runs in enumerate(papers):
        spelling_phrases = {
            spelling: phrase
            for run in (*runs.title, *runs.abstract)
            for part in _parts(run, frequent)
            for phrase, spelling in spelt_phrases(part, LONGEST)
        }
        for spelling, phrase in spelling_phrases.items():
            spellings[phrase][spelling] += 1
        for phrase in set(spelling_phrases.values()):
            holding[phrase].append(number)
    phrases = sorted(phrase for phrase, numbers in holding.items() if len(numbers) >= LEAST_PAPERS)
    sizes = [len(holding[phrase]) for phrase in phrases]
    numbers = [number for phrase in phrases for number in holding[phrase]]
    return _Table(
        spelt=tuple(_usual(spellings[phrase]) for phrase in phrases),
        phrase=np.repeat(np.arange(len(phrases)), sizes),
        paper=np.array(numbers, dtype=np.int64),
    )


def _frequent_words(papers: Sequence[Runs]) -> frozenset[str]:
    """Return the words that occur in enough papers for a phrase with them to do so."""
    counts: Counter[str] = Counter()
    for runs in papers:
        counts.update({token.folded for run in (*runs.title, *runs.abstract) for token in run})
    return frozenset(word for word, count in counts.items() if count >= LEAST_PAPERS)


def _parts(run: Run, frequent: Set[str]) -> Iterator[Run]:
    """Yield the parts of `run` that have only frequent words."""
    for is_frequent, part in groupby(run, key=lambda token: token.folded in frequent):
        if is_frequent:
            yield tuple(part)


def _usual(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
