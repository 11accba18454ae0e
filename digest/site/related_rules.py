"""What stands beside a rule on its page: the papers that it only just missed, and other rules.

Pages of rules that select nothing are made anew each week. So what stands beside a rule depends on
the week and on the day of its last paper, and a site that grew is the one that is made at once.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.site import paths
from digest.site.plots import WEEKS, monday_of
from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.library import Library
    from digest.library.site_queries import SiteQueries
    from digest.model import Paper
    from digest.model.matches import Miss
    from digest.rules import Rule

DAYS: Final = 30
"""Whose papers are asked about, up to the rule's last one."""
MOST_PAPERS: Final = 500
"""The newest of them: a tenth of a second."""
SHOWN: Final = 5
"""Near misses of a rule."""
SHOWN_RULES: Final = 15
"""Other rules."""


class NearMiss(Struct, frozen=True):
    """A paper that the rule only just missed."""

    day: date
    title: str
    path: str
    """Of its page; empty where it has none."""
    url: str | None
    miss: Miss


class OtherRule(Struct, frozen=True):
    """A rule and how many papers it brought in the whole weeks that plots show."""

    name: str
    papers: int


def near_misses(
    library: Library, rules: Iterable[tuple[Rule, date | None]], last: date
) -> Mapping[str, tuple[NearMiss, ...]]:
    """Return what each rule only just missed; `rules` come with the day of their last paper.

    `last` is the day of the last digest.
    """
    from digest.matching.near_misses import misses_of_each  # here: numpy takes 80 ms

    week = monday_of(last) - timedelta(days=1)
    until = [(max(newest or week, week), rule) for rule, newest in rules]
    until.sort(key=lambda pair: pair[0])
    misses_by_rule: dict[str, tuple[NearMiss, ...]] = {}
    for day, group in groupby(until, key=lambda pair: pair[0]):
        first = day - timedelta(days=DAYS - 1)
        ids = library.site.papers_between(first, day, MOST_PAPERS)
        known = library.papers.get_many(ids)
        papers = [known[paper] for paper in ids if paper in known]
        misses = misses_of_each([rule for _, rule in group], papers, today=day, most=SHOWN)
        for rule, near in misses.items():
            misses_by_rule[rule] = _rows(library.site, near, day)
    return misses_by_rule


def _rows(
    queries: SiteQueries, near: Sequence[tuple[Paper, Miss]], day: date
) -> tuple[NearMiss, ...]:
    delivered = queries.days_of(paper.id for paper, _ in near)
    return tuple(
        NearMiss(
            paper.first_seen or day,
            one_line(paper.title),
            # A page that came later is not linked: this one would not be made anew for it.
            paths.paper_path(paper.id) if delivered.get(paper.id, date.max) <= day else "",
            paper.url,
            miss,
        )
        for paper, miss in near
    )


def other_rules(queries: SiteQueries, rules: Sequence[str], last: date) -> tuple[OtherRule, ...]:
    """Return the rules that brought most in the whole weeks before that of `last`."""
    week = monday_of(last)
    counts = queries.rule_counts(rules, week - timedelta(weeks=WEEKS - 1), week)
    ordered = sorted(rules, key=lambda rule: -counts.get(rule, 0))
    return tuple(OtherRule(rule, counts.get(rule, 0)) for rule in ordered[: SHOWN_RULES + 1])
