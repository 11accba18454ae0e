"""Relax a rule in one point, to find what it narrowly misses.

A relaxed rule takes one keyword as matched, one excluding keyword as absent, or drops the
`min_score`. Nothing is matched here; matching the relaxed rules beside the rule gives its near
misses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.matching.plan import bare
from digest.rules.syntax import (
    And,
    AtLeast,
    Exact,
    Near,
    Not,
    Or,
    Pattern,
    Phrase,
    Proximity,
    Regex,
    leaves_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model.matches import Shortfall
    from digest.rules.syntax import Leaf, Node, Rule

MAX_LOOSENED = 500
"""Maximum number of relaxed rules for one rule; a rule with more is a list, and misses hardly
anything."""


class RelaxedRule(Struct, frozen=True):
    """A rule that selects more than its original, and in what it is relaxed."""

    shortfall: Shortfall
    rule: Rule


def relaxed_rules_of(rule: Rule) -> tuple[RelaxedRule, ...]:
    """Return every rule that differs from `rule` by one keyword or by its `min_score`."""
    made: dict[tuple[Node | None, tuple[Node, ...], tuple[Node, ...]], RelaxedRule] = {}
    for shortfall, candidate in (*_without_exclusions(rule), *_without_demands(rule)):
        key = (candidate.query, candidate.require, candidate.exclude)
        made.setdefault(key, RelaxedRule(shortfall, candidate))
        if len(made) >= MAX_LOOSENED:
            break
    if rule.min_score is not None:
        return (*made.values(), RelaxedRule("points", replace(rule, min_score=None)))
    return tuple(made.values())


def assume(node: Node, leaf: Leaf, *, matches: bool) -> Node | bool:
    """Simplify `node`, given whether `leaf` (without boost) matches."""
    if isinstance(node, Not):
        child = assume(node.child, leaf, matches=matches)
        return not child if isinstance(child, bool) else Not(child)
    if isinstance(node, AtLeast):
        return _assume_some(node, leaf, matches=matches)
    if isinstance(node, (And, Or)):
        # An AND is decided by one false child, an OR by one true child.
        decisive = isinstance(node, Or)
        children: list[Node] = []
        for child in node.children:
            reduced = assume(child, leaf, matches=matches)
            if reduced is decisive:
                return decisive
            if not isinstance(reduced, bool):
                children.append(reduced)
        if not children:
            return not decisive
        return children[0] if len(children) == 1 else replace(node, children=tuple(children))
    return matches if bare(node) == leaf else node


def _assume_some(node: AtLeast, leaf: Leaf, *, matches: bool) -> Node | bool:
    children: list[Node] = []
    least = node.least
    for child in node.children:
        reduced = assume(child, leaf, matches=matches)
        if reduced is True:
            least -= 1
        elif reduced is not False:
            children.append(reduced)
    if least <= 0 or least > len(children):
        return least <= 0
    return replace(node, least=least, children=tuple(children))


def _without_demands(rule: Rule) -> Iterator[tuple[Shortfall, Rule]]:
    """Take each required keyword as matched."""
    selecting = rule.selecting
    for leaf in dict.fromkeys(map(bare, _leaves(selecting, negated=False))):
        reduced = assume(selecting, leaf, matches=True)
        # True: the keyword selects by itself. Without text, half the library would be a near miss.
        if not isinstance(reduced, bool) and _asks_for_text(reduced):
            yield "missing", _with(rule, reduced)
    if rule.require:
        yield "missing", _with(rule, selecting, require=())


def _without_exclusions(rule: Rule) -> Iterator[tuple[Shortfall, Rule]]:
    """Take each excluding keyword as absent."""
    for leaf in dict.fromkeys(bare(leaf) for node in rule.exclude for leaf in leaves_of(node)):
        reduced = [assume(node, leaf, matches=False) for node in rule.exclude]
        exclusions = tuple(node for node in reduced if not isinstance(node, bool))
        if exclusions != rule.exclude and True not in reduced:
            yield "excluded", _with(rule, rule.selecting, exclude=exclusions)
    for leaf in dict.fromkeys(map(bare, _leaves(rule.selecting, negated=True))):
        left_of_query = assume(rule.selecting, leaf, matches=False)
        if not isinstance(left_of_query, bool) and _asks_for_text(left_of_query):
            yield "excluded", _with(rule, left_of_query)


def _with(
    rule: Rule,
    selecting: Node,
    *,
    require: tuple[Node, ...] | None = None,
    exclude: tuple[Node, ...] | None = None,
) -> Rule:
    return replace(
        rule,
        keywords=(),
        query=selecting,
        require=rule.require if require is None else require,
        exclude=rule.exclude if exclude is None else exclude,
    )


def _leaves(node: Node, *, negated: bool, under_not: bool = False) -> Iterator[Leaf]:
    """Yield the leaves under a NOT, or those that are not."""
    if isinstance(node, Not):
        yield from _leaves(node.child, negated=negated, under_not=True)
    elif isinstance(node, (And, Or, AtLeast)):
        for child in node.children:
            yield from _leaves(child, negated=negated, under_not=under_not)
    elif negated == under_not:
        yield node


def _asks_for_text(node: Node) -> bool:
    """Return whether `node` selects no paper without some of its text."""
    if isinstance(node, And):
        return any(map(_asks_for_text, node.children))
    if isinstance(node, Or):
        return all(map(_asks_for_text, node.children))
    if isinstance(node, AtLeast):
        return sum(map(_asks_for_text, node.children)) > len(node.children) - node.least
    return isinstance(node, (Phrase, Pattern, Near, Proximity, Exact, Regex))
