"""What a rule means: query text to tree, many rules to one matcher, matches to points.

`parse_query` and `parse_keyword` need no numpy; `compile_rules` is imported when it is first used,
so that checking a config stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.rules.parse import parse_query
from digest.rules.rule import Rule
from digest.rules.terms import parse_keyword

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.rules.matcher import Matcher

__all__ = ["Rule", "compile_rules", "parse_keyword", "parse_query"]


def compile_rules(rules: Sequence[Rule], *, today: date) -> Matcher:
    """Compile `rules` for a run whose day is `today`."""
    from digest.rules.matcher import Matcher
    from digest.rules.memory import keep_freed_memory
    from digest.rules.plan import Plan

    keep_freed_memory()
    return Matcher(Plan(rules), today)
