"""What a rule means: query text to tree, many rules to one matcher, matches to points.

`parse_query` and `parse_keyword` need no numpy; what compiles rules is imported when it is first
used, so that checking a config stays quick.
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

__all__ = ["Compiler", "Rule", "compile_rules", "parse_keyword", "parse_query"]


def compile_rules(rules: Sequence[Rule], *, today: date, before: Matcher | None = None) -> Matcher:
    """Compile `rules` for a run whose day is `today`.

    What `before` has compiled is used again for the rules that have not changed.
    """
    from digest.rules.matcher import Matcher
    from digest.rules.memory import keep_freed_memory

    keep_freed_memory()
    return Matcher(rules, today, () if before is None else before.parts)


class Compiler:
    """Compiles the rules of one run after the other, each time what has changed since the last."""

    def __init__(self) -> None:
        self._last: Matcher | None = None

    def compile(self, rules: Sequence[Rule], *, today: date) -> Matcher:
        """Do as `compile_rules`."""
        self._last = compile_rules(rules, today=today, before=self._last)
        return self._last
