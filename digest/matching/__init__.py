"""The engine: many rules compiled into one matcher, and papers matched by it.

The compiler is imported when it is first used, because it needs numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.matching.matcher import Matcher
    from digest.rules import Rule

__all__ = ["compile_rules"]


def compile_rules(rules: Sequence[Rule], *, today: date) -> Matcher:
    """Compile `rules` for a run whose day is `today`."""
    from digest.matching.allocator import keep_freed_memory
    from digest.matching.matcher import Matcher

    keep_freed_memory()
    return Matcher(rules, today)
