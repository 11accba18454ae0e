"""Find rules, and parts of rules, that can never select any paper.

All ways to satisfy a rule's trees are tried; each way is a set of keywords that must match and of
others that must not. A way is impossible if a keyword that must match is covered by one that must
not, or if its comparisons leave no value. The search ends at the first possible way, which in a
sound rule is the first one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from digest.linting.ranges import exclude_each_other, is_empty_range
from digest.matching.plan import bare
from digest.rules.syntax import And, AtLeast, DayRange, Not, NumberRange, Or, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.rules.syntax import Leaf, Node, Rule

    Covers: TypeAlias = Callable[[Leaf, Leaf], bool]
    """Whether the first matches wherever the second does; both are without boosts."""
    _Goals: TypeAlias = "tuple[Node, bool, _Goals] | None"
    """What is still to be true or false, as a linked list that ways share."""

MAX_STEPS = 50_000
"""A rule that takes more steps counts as sound: it has too many alternatives to try all."""


class Clash(Struct, frozen=True):
    """Why one way is impossible."""

    kind: Literal["excluded", "empty", "apart"]
    """A keyword is covered by an exclusion; a comparison is never true; two have no value in
    common."""
    leaf: Leaf
    other: Leaf | None = None


class DeadPart(Struct, frozen=True):
    """An alternative of a rule that never helps to select, and why."""

    node: Node
    clash: Clash


class _Search:
    """The state of one search, and the first obstacle that it met."""

    def __init__(self, covers: Covers) -> None:
        self.covers = covers
        self.clash: Clash | None = None
        self.steps = 0


def sides(rule: Rule) -> tuple[list[Leaf], list[Leaf]]:
    """Return the keywords, without boosts, that help by matching, and those that help by not."""
    signed = [*_signed(rule.selecting, is_wanted=True)]
    signed += (
        signed_leaf for node in rule.require for signed_leaf in _signed(node, is_wanted=True)
    )
    signed += (
        signed_leaf for node in rule.exclude for signed_leaf in _signed(node, is_wanted=False)
    )
    helpful, harmful = (
        list(dict.fromkeys(bare(leaf) for leaf, is_wanted in signed if is_wanted is side))
        for side in (True, False)
    )
    return helpful, harmful


def may_contradict(rule: Rule) -> bool:
    """Return whether `rule` may contradict itself; most rules cannot."""
    if rule.exclude:
        return True
    children = (*rule.keywords, *rule.authors, *rule.require)
    nodes = children if rule.query is None else (*children, rule.query)
    return any(map(_may_clash, nodes))


def _may_clash(node: Node) -> bool:
    """Return whether a tree has a negation or a comparison: wanted keywords alone never clash."""
    if type(node) is Phrase:  # most are, and a miss of `isinstance` takes long with structs
        return False
    if isinstance(node, (And, Or, AtLeast)):
        return any(map(_may_clash, node.children))
    return isinstance(node, (Not, DayRange, NumberRange))


def never_selects(rule: Rule, covers: Covers) -> Clash | None:
    """Return why `rule` can never select any paper; None if it can."""
    return _impossible(rule, rule.selecting, rule.require, covers)


def dead_parts(rule: Rule, covers: Covers) -> tuple[DeadPart, ...]:
    """Return the alternatives of `rule` that never help to select, given the rest."""
    parts: list[DeadPart] = []
    for part, tree in _alternatives(rule.selecting):
        clash = _impossible(rule, tree, rule.require, covers)
        if clash is not None:
            parts.append(DeadPart(part, clash))
    for entry in rule.require:
        clash = _impossible(rule, rule.selecting, (entry,), covers)
        if clash is not None:
            parts.append(DeadPart(entry, clash))
    return tuple(parts)


def _impossible(
    rule: Rule, selecting: Node, require: tuple[Node, ...], covers: Covers
) -> Clash | None:
    goals: _Goals = None
    for node in reversed(rule.exclude):
        goals = (node, False, goals)
    if require:
        goals = (require[0] if len(require) == 1 else Or(require), True, goals)
    search = _Search(covers)
    possible = _is_possible((selecting, True, goals), search)
    return None if possible else search.clash


def _is_possible(goals: _Goals, search: _Search) -> bool:
    """Return whether all goals can be met. An explicit stack: an exclude list may be long."""
    waiting: list[tuple[_Goals, tuple[Leaf, ...], tuple[Leaf, ...]]] = [(goals, (), ())]
    while waiting:
        search.steps += 1
        if search.steps > MAX_STEPS:
            return True
        goals_left, matching, absent = waiting.pop()
        if goals_left is None:
            return True
        node, truth, remaining = goals_left
        if isinstance(node, Not):
            waiting.append(((node.child, not truth, remaining), matching, absent))
        elif isinstance(node, AtLeast):
            waiting.append((remaining, matching, absent))  # not examined: no clash is claimed
        elif isinstance(node, (And, Or)):
            if isinstance(node, And) is truth:
                for child in reversed(node.children):
                    remaining = (child, truth, remaining)
                waiting.append((remaining, matching, absent))
            else:
                waiting += (
                    ((child, truth, remaining), matching, absent)
                    for child in reversed(node.children)
                )
        else:
            clash = _clash(bare(node), matching, absent, search.covers, truth=truth)
            if clash is None:
                more = (bare(node),)
                sets = (matching + more, absent) if truth else (matching, absent + more)
                waiting.append((remaining, *sets))
            search.clash = search.clash or clash
    return False


def _clash(
    leaf: Leaf, matching: tuple[Leaf, ...], absent: tuple[Leaf, ...], covers: Covers, *, truth: bool
) -> Clash | None:
    """Return what contradicts `leaf`, which is to match or not."""
    if not truth:
        covered = next((other for other in matching if covers(leaf, other)), None)
        return None if covered is None else Clash("excluded", covered, leaf)
    if isinstance(leaf, (DayRange, NumberRange)):
        if is_empty_range(leaf):
            return Clash("empty", leaf)
        for other in matching:
            if isinstance(other, (DayRange, NumberRange)) and exclude_each_other(leaf, other):
                return Clash("apart", other, leaf)
    covering = next((other for other in absent if covers(other, leaf)), None)
    return None if covering is None else Clash("excluded", leaf, covering)


def _alternatives(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield each alternative under an OR, and `node` with only it in the OR's place."""
    if isinstance(node, Or):
        for child in node.children:
            if not isinstance(child, Or):
                yield child, child
            yield from _alternatives(child)
    elif isinstance(node, And):
        for place, child in enumerate(node.children):
            for part, tree in _alternatives(child):
                children = (*node.children[:place], tree, *node.children[place + 1 :])
                yield part, replace(node, children=children)


def _signed(node: Node, *, is_wanted: bool) -> Iterator[tuple[Leaf, bool]]:
    """Yield every leaf with whether it helps by matching; under NOT it helps by not matching."""
    if isinstance(node, Not):
        yield from _signed(node.child, is_wanted=not is_wanted)
    elif isinstance(node, (And, Or, AtLeast)):
        for child in node.children:
            yield from _signed(child, is_wanted=is_wanted)
    else:
        yield node, is_wanted
