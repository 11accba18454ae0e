"""What an edit of the config changed: which rules, and which papers they select or lose. Pure.

Limits, order, notes and tests of a rule do not count: they do not decide which papers it selects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from datetime import date

    from digest.rules import Rule


class ChangedPaper(Struct, frozen=True):
    """A paper that a rule would have selected, or no longer would."""

    id: str
    title: str


class RuleChange(Struct, frozen=True):
    """What a rule of the config selects now, and selected before its change."""

    rule: str
    is_new: bool
    """Whether no rule had its name before."""
    first: date
    """The first day whose papers were searched."""
    days: int
    papers: int
    """Number of papers searched."""
    before: int
    """How many of them the rule selected before; 0 for a new one."""
    after: int
    more: tuple[ChangedPaper, ...]
    fewer: tuple[ChangedPaper, ...]


class Pair(Struct, frozen=True):
    """A rule before and after an edit of the config."""

    before: Rule | None
    """None for a rule that is new."""
    after: Rule
    is_edited: bool
    """Whether its own text changed; else something it refers to, such as an alias."""


def names_of_renamed(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    """Return the new names of rules whose text is that of a removed rule."""
    removed_texts = {text for name, text in before.items() if name not in after}
    return frozenset(
        name for name, text in after.items() if name not in before and text in removed_texts
    )


def pairs(
    before: Mapping[str, Rule],
    after: Iterable[Rule],
    *,
    edited: Container[str],
    renamed: Container[str],
) -> Iterator[Pair]:
    """Yield the rules that may select other papers than before.

    `edited` has the names of the rules whose text changed, `renamed` those that only have another
    name now.
    """
    for rule in after:
        former = before.get(rule.name)
        if former is None:
            if rule.name not in renamed:
                yield Pair(None, rule, is_edited=True)
        elif rule.name in edited or _meaning(former) != _meaning(rule):
            yield Pair(former, rule, is_edited=rule.name in edited)


def _meaning(rule: Rule) -> Rule:
    """Return `rule` reduced to what decides which papers it selects."""
    meaning = replace(
        rule, limit=None, minimum=0, order=None, note="", must_match=(), must_not_match=(),
        query_text="", written=(),
    )  # fmt: skip
    return (
        meaning if rule.min_score is not None else replace(meaning, weight=1.0, prefer=(), avoid=())
    )
