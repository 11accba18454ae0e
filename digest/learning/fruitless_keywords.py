"""Name the keywords that brought a reader papers which were all dropped.

Asked is the matcher, about the papers that were marked, with the rules as they are today.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.matching import compile_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.learning.judged_papers import Judged
    from digest.model import Paper
    from digest.rules import Rule

LEAST: Final = 5
"""Dropped papers before a keyword is named."""
EXAMPLES: Final = 3
"""Papers that are named for each keyword."""


class Fruitless(Struct, frozen=True):
    """A keyword whose papers, as far as they were judged, were all dropped."""

    rule: str
    keyword: str
    dropped: int
    alone: int
    """Those that no other keyword would have brought."""
    examples: tuple[Paper, ...]
    """The last marked first."""


def find_fruitless(judged: Judged, rules: Sequence[Rule], *, today: date) -> tuple[Fruitless, ...]:
    """Return the keywords of `rules` that bring what is dropped, and nothing else; most first."""
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
        Fruitless(
            *keyword, len(dropped[keyword]), alone[keyword], tuple(dropped[keyword][:EXAMPLES])
        )
        for keyword in named
        if len(dropped[keyword]) >= LEAST
    )
