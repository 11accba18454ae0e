"""Explain why a rule selects a paper or why not, in the words of the rule.

The matcher has decided; this only finds the parts of the rule that made the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest.matching.plan import bare
from digest.rules.syntax import And, AtLeast, Not, Or, SelectedBy, leaves_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from digest.model import Match
    from digest.rules.syntax import Leaf, Node, Rule

SHOWN_ALTERNATIVES = 8


class Verdict(Struct, frozen=True):
    """The answer of one rule for one paper."""

    rule: str
    selected: bool
    points: float
    """The rule's points, or what they would be if nothing were missing or excluded."""
    matches: tuple[Match, ...]
    """Every place of every scoring keyword, even if the rule does not select the paper."""
    missing: tuple[str, ...] = ()
    """What would have to match as well; alternatives are joined by "or"."""
    excluded_by: tuple[str, ...] = ()
    """Keywords that match and exclude."""
    excluding: tuple[Leaf, ...] = ()
    """The same keywords, parsed, for a caller that needs their places."""
    lacking: float = 0.0
    """Points below the rule's `min_score`."""


def judge(
    rule: Rule, hit: Collection[Leaf], *, is_true: bool, points: float, matches: tuple[Match, ...]
) -> Verdict:
    """Return the verdict of `rule`, given which leaves (without boost) match the paper.

    `is_true` is the matcher's answer before `min_score`, `points` the points of the keywords.
    """
    if is_true:
        lacking = max(0.0, round((rule.min_score or points) - points, 9))
        return Verdict(rule.name, lacking == 0.0, points, matches, lacking=lacking)
    missing = list(_missing(rule.selecting, hit))
    excluded = list(_excluding(rule.selecting, hit))
    if rule.require and not any(_true(node, hit) for node in rule.require):
        missing += _missing(_as_alternatives(rule.require), hit)
    for node in rule.exclude:
        if _true(node, hit):
            excluded += (leaf for leaf in leaves_of(node) if bare(leaf) in hit)
    excluding = tuple(dict.fromkeys(excluded))
    return Verdict(
        rule.name,
        selected=False,
        points=points,
        matches=matches,
        missing=tuple(dict.fromkeys(missing)),
        excluded_by=tuple(dict.fromkeys(map(describe, excluding))),
        excluding=excluding,
    )


def describe(leaf: Leaf) -> str:
    """Return a leaf as its author wrote it, with its field."""
    if leaf.field is None or leaf.text.lower().startswith(f"{leaf.field}:"):
        return leaf.text
    return f"{leaf.field}:{leaf.text}"


def _true(node: Node, hit: Collection[Leaf]) -> bool:
    if isinstance(node, And):
        return all(_true(child, hit) for child in node.children)
    if isinstance(node, Or):
        return any(_true(child, hit) for child in node.children)
    if isinstance(node, AtLeast):
        return sum(_true(child, hit) for child in node.children) >= node.least
    if isinstance(node, SelectedBy) and node.rule is not None and node.rule.min_score is None:
        return _selects(node.rule, hit)
    if isinstance(node, Not):
        return not _true(node.child, hit)
    return bare(node) in hit


def _selects(rule: Rule, hit: Collection[Leaf]) -> bool:
    """Return whether a rule that another rule names selects."""
    return (
        _true(rule.selecting, hit)
        and (not rule.require or any(_true(node, hit) for node in rule.require))
        and not any(_true(node, hit) for node in rule.exclude)
    )


def _missing(node: Node, hit: Collection[Leaf]) -> Iterator[str]:
    """Yield what `node`, if it is false, would need."""
    if _true(node, hit) or isinstance(node, Not):
        return
    if isinstance(node, And):
        for child in node.children:
            yield from _missing(child, hit)
    elif isinstance(node, AtLeast):
        absent = [child for child in node.children if not _true(child, hit)]
        needed = node.least - (len(node.children) - len(absent))
        names = ", ".join(" and ".join(_missing(child, hit)) for child in absent)
        yield f"{needed} of {names}" if len(absent) > 1 else names
    elif isinstance(node, Or):
        options = [" and ".join(_missing(child, hit)) for child in node.children]
        options = [option for option in dict.fromkeys(options) if option]
        shown = options[:SHOWN_ALTERNATIVES]
        if len(options) > len(shown):
            shown.append(f"{len(options) - len(shown)} others")
        if shown:
            yield " or ".join(shown)
    else:
        yield describe(node)


def _excluding(node: Node, hit: Collection[Leaf]) -> Iterator[Leaf]:
    """Yield what matches under a NOT that makes `node` false."""
    if isinstance(node, Not):
        if not _true(node, hit):
            yield from (leaf for leaf in leaves_of(node.child) if bare(leaf) in hit)
    elif isinstance(node, And) or (isinstance(node, (Or, AtLeast)) and not _true(node, hit)):
        for child in node.children:
            yield from _excluding(child, hit)


def _as_alternatives(nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(nodes)
