"""Shortcuts for picks and digests in tests."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from digest.model import Coverage, Match, Paper, Pick, Profile, RuleMatch

if TYPE_CHECKING:
    from digest.model import MatchField

DAY = date(2026, 1, 5)
SEEN = Coverage(records=12, papers=10, dumps=2)


def profile(*rules: str, **changes: Any) -> Profile:
    fields: dict[str, Any] = {
        "name": "daily",
        "title": "Reading list",
        "timezone": ZoneInfo("UTC"),
        "rules": rules or ("Pruning", "Routing"),
    }
    return Profile(**(fields | changes))


def paper(title: str, **fields: Any) -> Paper:
    return Paper(id=title.lower().replace(" ", "-"), title=title, **fields)


def matched(
    rule: str,
    points: float = 2.0,
    *,
    keyword: str | None = None,
    field: MatchField = "title",
    at: tuple[int, int] | None = None,
) -> RuleMatch:
    """Return the match of a rule, with one place of one keyword where `at` is given."""
    if at is None:
        return RuleMatch(rule, points)
    place = Match(rule, keyword or rule.lower(), field, *at, points)
    return RuleMatch(rule, points, (place,))


def pick(title: str, *rules: RuleMatch, since: date | None = None, **fields: Any) -> Pick:
    rules = rules or (matched("Pruning"),)
    return Pick(paper(title, **fields), sum(rule.points for rule in rules), rules, since)
