"""Rewrite the leaves of rules: apply the config's aliases, and connect references to rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.errors import QueryError
from digest.rules.aliases import with_aliases
from digest.rules.syntax import And, AtLeast, Not, Or, Phrase, SelectedBy
from digest.text.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.rules.aliases import Aliases
    from digest.rules.syntax import Leaf, Node, Rule


def map_leaves(node: Node, change: Callable[[Leaf], Leaf]) -> Node:
    """Return `node` with `change` applied to each leaf."""
    if isinstance(node, (And, Or, AtLeast)):
        return replace(node, children=tuple([map_leaves(child, change) for child in node.children]))
    if isinstance(node, Not):
        return Not(map_leaves(node.child, change))
    return change(node)


def map_rule(rule: Rule, change: Callable[[Leaf], Leaf]) -> Rule:
    """Return `rule` with `change` applied to each leaf."""

    def changed(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple([map_leaves(node, change) for node in nodes])

    return replace(
        rule,
        keywords=changed(rule.keywords),
        query=None if rule.query is None else map_leaves(rule.query, change),
        require=changed(rule.require),
        exclude=changed(rule.exclude),
        authors=changed(rule.authors),
        prefer=changed(rule.prefer),
        avoid=changed(rule.avoid),
    )


def connect(rules: Sequence[Rule], aliases: Aliases | None = None) -> tuple[Rule, ...]:
    """Return `rules` with aliases applied, and with `rule:"Name"` connected to its rule.

    Raises `QueryError` if a rule names one that does not exist, or itself in a circle, or if a
    keyword has too many spellings.
    """
    if aliases is not None:
        rules = [map_rule(rule, lambda leaf: with_aliases(leaf, aliases)) for rule in rules]
    if not any(map(_names_rules, rules)):
        return tuple(rules)
    by_name = {rule.name: rule for rule in rules}
    connected: dict[str, Rule] = {}

    def rule_of(leaf: SelectedBy, above: tuple[str, ...]) -> Rule:
        if leaf.name not in by_name:
            raise unknown_rule(leaf, list(by_name))
        if leaf.name in above:
            circle = " → ".join((*above[above.index(leaf.name) :], leaf.name))
            raise QueryError(
                f"the rules name each other in a circle: {circle}",
                text=leaf.text, start=0, end=len(leaf.text),
            )  # fmt: skip
        return connected_rule(by_name[leaf.name], above)

    def connected_rule(rule: Rule, above: tuple[str, ...]) -> Rule:
        if rule.name not in connected:
            inner = (*above, rule.name)
            connected[rule.name] = _with_rules(rule, lambda leaf: rule_of(leaf, inner))
        return connected[rule.name]

    return tuple(connected_rule(rule, ()) for rule in rules)


def connect_query(node: Node, rules: Sequence[Rule] = (), aliases: Aliases | None = None) -> Node:
    """Connect a query outside the config as `connect` does for rules."""
    if aliases is None and not _names_rule(node):
        return node
    by_name = {rule.name: rule for rule in rules}

    def change(leaf: Leaf) -> Leaf:
        if isinstance(leaf, SelectedBy):
            if leaf.name not in by_name:
                raise unknown_rule(leaf, list(by_name))
            return replace(leaf, rule=by_name[leaf.name])
        return leaf if aliases is None else with_aliases(leaf, aliases)

    return map_leaves(node, change)


def _with_rules(rule: Rule, rule_of: Callable[[SelectedBy], Rule]) -> Rule:
    if not _names_rules(rule):
        return rule

    def change(leaf: Leaf) -> Leaf:
        return replace(leaf, rule=rule_of(leaf)) if isinstance(leaf, SelectedBy) else leaf

    return map_rule(rule, change)


def _names_rules(rule: Rule) -> bool:
    """Return whether `rule:"Name"` is in any part of `rule`."""
    if rule.query is not None and _names_rule(rule.query):
        return True
    parts = (rule.keywords, rule.require, rule.exclude, rule.prefer, rule.avoid)
    return any(any(map(_names_rule, nodes)) for nodes in parts if nodes)


def _names_rule(node: Node) -> bool:
    """Whether `rule:"Name"` is in `node`."""
    if type(node) is Phrase:  # most are, and a miss of `isinstance` takes long with structs
        return False
    if isinstance(node, (And, Or, AtLeast)):
        return any(map(_names_rule, node.children))
    return _names_rule(node.child) if isinstance(node, Not) else isinstance(node, SelectedBy)


def unknown_rule(leaf: SelectedBy, names: Sequence[str]) -> QueryError:
    """Return the error for `rule:"Name"` if there is no such rule."""
    near = nearest(leaf.name, names)
    hint = f'Did you mean rule:"{near}"?' if near else ""
    return QueryError(
        f"there is no rule {leaf.name!r}", text=leaf.text, start=0, end=len(leaf.text), hint=hint
    )
