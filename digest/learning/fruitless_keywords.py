"""Find the keywords whose papers a reader dropped without exception.

The matcher is asked, with the current rules, about the papers that were marked.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.matching import compile_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.learning.judged_papers import JudgedPapers
    from digest.model import Paper
    from digest.rules import Rule

LEAST: Final = 5
"""Minimum number of dropped papers before a keyword is named."""
EXAMPLES: Final = 3
"""Number of example papers for each keyword."""


class FruitlessKeyword(Struct, frozen=True):
    """A keyword whose judged papers were all dropped."""

    rule: str
    keyword: str
    dropped: int
    alone: int
    """Those that no other keyword selected."""
    examples: tuple[Paper, ...]
    """The last marked first."""


def find_fruitless(
    judged: JudgedPapers, rules: Sequence[Rule], *, today: date
) -> tuple[FruitlessKeyword, ...]:
    """Return the keywords of `rules` whose judged papers were all dropped, most papers first."""
    if not rules or len(judged.dropped) < LEAST:
        return ()
    matcher = compile_rules(rules, today=today)
    liked = {
        (match.rule, match.keyword)
        for matches in matcher.match(judged.liked)
        for rule in matches
        for match in rule.matches
    }
    dropped: dict[tuple[str, str], list[Paper]] = defaultdict(list)
    alone: dict[tuple[str, str], int] = defaultdict(int)
    for paper, matches in zip(judged.dropped, matcher.match(judged.dropped), strict=True):
        keywords = {(match.rule, match.keyword) for rule in matches for match in rule.matches}
        for keyword in keywords - liked:
            dropped[keyword].append(paper)
            alone[keyword] += len(keywords) == len(matches) == 1
    named = sorted(dropped, key=lambda keyword: (-len(dropped[keyword]), keyword))
    return tuple(
        FruitlessKeyword(
            *keyword, len(dropped[keyword]), alone[keyword], tuple(dropped[keyword][:EXAMPLES])
        )
        for keyword in named
        if len(dropped[keyword]) >= LEAST
    )
