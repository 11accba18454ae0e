"""Terms that rise or fall in the titles of all papers: four weeks against the quarter before.

Only titles: they say in few words what a field works on, and tens of thousands can be read within a
run.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from msgspec import Struct

from digest.site.plots import Bars, monday_of, spark, week_bars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from digest.wording.languages import Words

NOW: Final = 4
BEFORE: Final = 13
WEEKS: Final = NOW + BEFORE
LEAST: Final = 5
"""Minimum number of papers with a term in one of the two periods."""
_RATIO: Final = 1.5
_SHOWN: Final = 15
_WORD: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_COMMON: Final = frozenset(
    """
    a an and are as at be beyond but by can do does for from has have how in into is it its
    more most need new no not of on or our over s than that the their them there these they
    this to towards toward under up use used using via we what when where which while who why
    will with within without you your all any between during each one two three based approach
    approaches method methods model models learning
    """.split()  # noqa: SIM905 - a list of strings would take thrice the lines
)


class Term(Struct, frozen=True):
    """One term and how often titles had it."""

    text: str
    query: str
    change: str
    now: int
    before: int
    """In four weeks of the quarter before, on average."""
    rule: str
    """The rule that asks for it; empty if none does."""
    weeks: tuple[int, ...]
    points: str


class Trends(Struct, frozen=True):
    """Rising and falling terms."""

    rising: tuple[Term, ...]
    falling: tuple[Term, ...]
    now: int
    before: int
    plot: Bars
    weeks: int = WEEKS
    least: int = LEAST

    @property
    def wanted(self) -> Term | None:
        """The fastest rising term that no rule asks for."""
        return next((term for term in self.rising if not term.rule), None)


def first_day(last: date) -> date:
    """Return the first day of the trends up to `last`."""
    return monday_of(last) - timedelta(weeks=WEEKS - 1)


def trends(
    titles: Sequence[tuple[date, str]], last: date, rule_of: Callable[[str], str], words: Words
) -> Trends | None:
    """Compare terms of the last four weeks with the quarter before.

    None if there are papers from fewer than eight weeks. `rule_of` returns the rule that asks for a
    term.
    """
    first = first_day(last)
    weekly = [0] * WEEKS
    counts: list[Counter[str]] = [Counter() for _ in range(WEEKS)]
    for day, title in titles:
        week = (monday_of(day) - first).days // 7
        if 0 <= week < WEEKS:
            weekly[week] += 1
            counts[week].update(set(terms(title)))
    if sum(1 for papers in weekly if papers) < 8 or not sum(weekly[:BEFORE]):
        return None
    before = sum(counts[:BEFORE], Counter())
    now = sum(counts[BEFORE:], Counter())
    papers_before, papers_now = sum(weekly[:BEFORE]), sum(weekly[BEFORE:])
    if not papers_now:
        return None
    rated = []
    for term in now.keys() | before.keys():
        if max(now[term], before[term] * NOW / BEFORE) < LEAST:
            continue
        share_now = (now[term] + 0.5) / papers_now
        share_before = (before[term] + 0.5) / papers_before
        rated.append((share_now / share_before, term))
    rated.sort(key=lambda row: (-row[0], row[1]))

    def shown(ratio: float, text: str) -> Term:
        weeks = tuple(count[text] for count in counts)
        expected = before[text] * NOW / BEFORE
        change = f"×{ratio:.1f}"
        if not before[text]:
            change = words.text("new")
        elif not now[text]:
            change = words.text("gone")
        return Term(
            text, quote(f'"{text}"'), change, now[text], round(expected), rule_of(text), weeks,
            spark(weeks),
        )  # fmt: skip

    rising = [row for row in rated if row[0] >= _RATIO]
    falling = [row for row in reversed(rated) if row[0] <= 1 / _RATIO]
    return Trends(
        tuple(shown(*row) for row in _distinct(rising, now)),
        tuple(shown(*row) for row in _distinct(falling, before)),
        papers_now,
        papers_before,
        week_bars(weekly[-BEFORE:], last, words),
    )


def terms(title: str) -> Iterator[str]:
    """Yield the words of a title, and each pair of adjacent ones, in lower case."""
    words = [word.lower() for word in _WORD.findall(title)]
    for place, word in enumerate(words):
        if word in _COMMON or word.isdigit():
            continue
        if len(word) > 2:
            yield word
        if place + 1 < len(words) and words[place + 1] not in _COMMON:
            yield f"{word} {words[place + 1]}"


def _distinct(
    rated: Iterable[tuple[float, str]], counts: Counter[str]
) -> Iterator[tuple[float, str]]:
    """Yield the first terms, without those that repeat a shown one."""
    shown: list[str] = []
    for ratio, text in rated:
        same = any(
            (text in other.split() or other in text.split())
            and min(counts[text], counts[other]) >= 0.7 * max(counts[text], counts[other])
            for other in shown
        )
        if same:
            continue
        shown.append(text)
        yield ratio, text
        if len(shown) == _SHOWN:
            return
