"""Choose how long each paper is in a mail, so that mail programs do not cut it.

Gmail cuts a message near 102,000 bytes and hides the rest behind a link. Here the first papers of
each section are in full, the next ones shorter, then one line each; the rest is counted. The
Markdown file always has every paper. This module renders and measures nothing itself.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from digest.model.lengths import Form, Forms, named_carried_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model import Digest

LEAST_IN_FULL: Final = 10
"""A mail of one-liners is only a list: this many papers keep their sentences, whatever that costs
at the end."""
SHORT_FOR_EACH: Final = 2
"""Number of shorter papers for each one in full."""


def fit(digest: Digest, limit: int, measure: Callable[[Forms], int]) -> Forms:
    """Return the longest forms for which `measure` returns at most `limit` bytes.

    A paper is never shorter than those after it in the rounds of `Digest.best`. Carried-over papers
    get a line at most and are shortened first. If even the head is too large, every paper is
    counted.
    """
    if measure(unshortened := Forms()) <= limit:
        return unshortened
    plan = _Plan(digest)

    @cache
    def excess(full: int, short: int, lines: int) -> int:
        return measure(plan.forms(full, short, lines)) - limit

    papers, all_ = plan.papers, plan.all
    if excess(*plan.steps(least := min(LEAST_IN_FULL, papers))) <= 0:
        full = _most(least, papers, lambda number: excess(*plan.steps(number)))
        first_step = plan.steps(full)[1]
        short = _most(first_step, papers, lambda number: excess(full, number, all_))
        return plan.forms(full, short, all_)
    full = _most(0, least, lambda number: excess(number, number, number))
    short = _most(full, min(2 * least, papers), lambda number: excess(full, number, number))
    lines = _most(short, all_, lambda number: excess(full, short, number))
    return plan.forms(full, short, lines)


def counted_only(digest: Digest) -> Forms:
    """Return the forms in which no paper is shown."""
    entries = (*digest.entries, *digest.news, *digest.listed, *named_carried_over(digest))
    return Forms({entry.paper.id: "counted" for entry in entries})


class _Plan:
    """The papers in the order in which they get space."""

    def __init__(self, digest: Digest) -> None:
        best = digest.best
        self._ids = [
            entry.paper.id
            for entry in (*best, *digest.news, *digest.listed, *named_carried_over(digest))
        ]
        self.papers = len(best)
        """Those that have a full form."""
        self.all = len(self._ids)

    def steps(self, full: int) -> tuple[int, int, int]:
        """Return how many papers are in full, shorter in proportion, and in one line."""
        return full, min(full + SHORT_FOR_EACH * full, self.papers), self.all

    def forms(self, full: int, short: int, lines: int) -> Forms:
        """Return the first `full` papers in full, those up to `short` shorter, and so on."""
        ids = iter(self._ids)
        by_id: dict[str, Form] = {}
        for _ in islice(ids, full):
            pass
        by_id.update(dict.fromkeys(islice(ids, short - full), "short"))
        by_id.update(dict.fromkeys(islice(ids, lines - short), "line"))
        by_id.update(dict.fromkeys(ids, "counted"))
        return Forms(by_id)


def _most(least: int, most: int, excess: Callable[[int], int]) -> int:
    """Return the greatest number up to `most` without excess; `least` is assumed to have none.

    Measuring renders the whole mail. Papers have similar sizes, so the excess of two numbers nearly
    gives the limit between them; every third guess is the middle, in case they differ.
    """
    if least >= most or excess(most) <= 0:
        return max(least, most)
    below, above = excess(least), excess(most)
    guesses = 0
    while most - least > 1:
        guesses += 1
        share = (most - least) * -min(below, 0) // (above - min(below, 0))
        guess = least + share if guesses % 3 else (least + most) // 2
        guess = min(max(guess, least + 1), most - 1)
        overflow = excess(guess)
        if overflow <= 0:
            least, below = guess, overflow
        else:
            most, above = guess, overflow
    return least
