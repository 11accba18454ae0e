"""Report why rules can never select: the errors that stop a run.

Fast if there is none, because every run checks. `digest.linting.static` reports the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from digest.linting.contradiction import may_contradict, never_selects
from digest.linting.ranges import swapped_ends
from digest.linting.subsumption import Cover
from digest.matching.verdict import describe
from digest.rules.syntax import DayRange, NumberRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.linting.contradiction import Clash
    from digest.rules.syntax import Leaf, Rule

    Severity: TypeAlias = Literal["error", "warning", "note"]


class Fault(Struct, frozen=True):
    """A fault or possible fault of one rule, and advice."""

    severity: Severity
    rule: str
    keyword: str
    """The part of the rule at fault, as written; empty for the rule as a whole."""
    message: str
    """A sentence without its full stop; its subject is the keyword, or else the rule."""
    instead: str
    """What to do, a clause in the imperative."""


def dead_rules(rules: Sequence[Rule]) -> tuple[Fault, ...]:
    """Return an error for each rule that can never select; fast if there is none."""
    cover = Cover()
    suspects = (rule for rule in rules if may_contradict(rule))
    return tuple(fault for rule in suspects if (fault := dead_rule(rule, cover)) is not None)


def dead_rule(rule: Rule, cover: Cover) -> Fault | None:
    """Return the error of a rule that can never select."""
    clash = never_selects(rule, cover.covers)
    if clash is None:
        return None
    reason, advice = explain_clash(clash)
    message = f"never matches, so that the rule can select nothing: {reason}"
    return Fault("error", rule.name, describe(clash.leaf), message, advice)


def explain_clash(clash: Clash) -> tuple[str, str]:
    """Return why something is impossible, and advice."""
    leaf = quoted(clash.leaf)
    if clash.other is None:
        turned = None
        if isinstance(clash.leaf, (DayRange, NumberRange)):
            turned = swapped_ends(clash.leaf)
        advice = f"write {turned}" if turned else "leave it out, or change the comparison"
        return f"no value is {leaf}", advice
    other = quoted(clash.other)
    if clash.kind == "apart":
        return f"no value is both {leaf} and {other}", "join them by OR, or widen one of them"
    if clash.leaf == clash.other:
        return f"{leaf} is wanted and excluded", f"take {other} out of what is excluded"
    return (
        f"wherever {leaf} stands, the excluded {other} matches too",
        f"take {other} out of what is excluded, or exclude something narrower",
    )


def quoted(leaf: Leaf) -> str:
    """Return a keyword as written, in quotation marks unless it has its own."""
    text = describe(leaf)
    return text if '"' in text or isinstance(leaf, (DayRange, NumberRange)) else f'"{text}"'
