"""What is beside a rule on its page: its near misses, and other rules.

Pages of rules that select nothing are rebuilt each week. So these depend on the week and on the day
of the rule's last paper, and a site that grew equals one that is built at once.
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
    from digest.model.matches import RuleMiss
    from digest.rules import Rule

DAYS: Final = 30
"""Days whose papers are matched, up to the rule's last one."""
MOST_PAPERS: Final = 500
"""Maximum number of papers, the newest ones: a tenth of a second."""
SHOWN: Final = 5
"""Number of near misses shown for a rule."""
SHOWN_RULES: Final = 15
"""Number of other rules."""


class NearMiss(Struct, frozen=True):
    """A paper that the rule narrowly missed."""

    day: date
    title: str
    path: str
    """Path of its page; empty if it has none."""
    url: str | None
    miss: RuleMiss


class OtherRule(Struct, frozen=True):
    """A rule and its number of papers in the complete weeks of the plots."""

    name: str
    papers: int


def near_misses(
    library: Library, rules: Iterable[tuple[Rule, date | None]], last: date
) -> Mapping[str, tuple[NearMiss, ...]]:
    """Return each rule's near misses; `rules` come with the day of their last paper.

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
    queries: SiteQueries, near: Sequence[tuple[Paper, RuleMiss]], day: date
) -> tuple[NearMiss, ...]:
    delivered = queries.days_of(paper.id for paper, _ in near)
    return tuple(
        NearMiss(
            paper.first_seen or day,
            one_line(paper.title),
            # A page that came later is not linked: this one would not be rebuilt for it.
            paths.paper_path(paper.id) if delivered.get(paper.id, date.max) <= day else "",
            paper.url,
            miss,
        )
        for paper, miss in near
    )


def other_rules(queries: SiteQueries, rules: Sequence[str], last: date) -> tuple[OtherRule, ...]:
    """Return the rules with most papers in the complete weeks before that of `last`."""
    week = monday_of(last)
    counts = queries.rule_counts(rules, week - timedelta(weeks=WEEKS - 1), week)
    ordered = sorted(rules, key=lambda rule: -counts.get(rule, 0))
    return tuple(OtherRule(rule, counts.get(rule, 0)) for rule in ordered[: SHOWN_RULES + 1])
