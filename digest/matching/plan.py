"""Lay all rules out for one pass: every different leaf once, and the shape of each rule.

The leaves of all rules get numbers that the rules share. What is left of a rule without its words
is its outline, and rules of one outline share a `Shape`, so that ten thousand rules cost little
more than a look at each of their leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from digest.matching.rule_shape import RESTING, Shape, Use
from digest.rules.syntax import And, AtLeast, DayRange, Not, NumberRange, Or, Phrase, SelectedBy
from digest.rules.transform import unknown_rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.rules.syntax import Leaf, Node, Rule

    Outline: TypeAlias = int | tuple[Any, ...]
    """A node without its words: a leaf is its place among those of the rule, and its boost."""

MASK_BITS = 62
"""Bits of a rule that fit into one machine word; a rule with more is evaluated separately."""


class RulePlan(Struct, frozen=True, gc=False):
    """One rule, compiled."""

    rule: Rule
    kind: int
    """The number of its shape among those of the plan."""
    shape: Shape
    leaves: tuple[int, ...]
    """The number of each leaf that the shape knows by its place."""

    @property
    def uses(self) -> tuple[Use, ...]:
        """What each leaf is to the rule."""
        return tuple(replace(use, leaf=self.leaves[use.leaf]) for use in self.shape.uses)

    @property
    def scoring(self) -> list[tuple[int, float]]:
        """Leaves that count and their boosts, in the order in which the rule names them."""
        return [(self.leaves[place], boost) for place, boost in self.shape.scoring]

    @property
    def graded(self) -> list[int]:
        """The leaves that the grading of the rule is about."""
        return [self.leaves[place] for place in self.shape.graded]


class Plan:
    """All rules of a matcher. `leaves[i]` is leaf number i; boosts live in the shapes."""

    def __init__(self, rules: Sequence[Rule], today: date) -> None:
        self._today = today
        self._numbers: dict[Leaf, int] = {}
        self._kinds: dict[Outline, int] = {}
        self.shapes: list[Shape] = [RESTING]
        self.rules = [self._compile(rule) for rule in rules]
        self.leaves = list(self._numbers)

    def _compile(self, rule: Rule) -> RulePlan:
        places: dict[int, int] = {}
        outline = self._outline_rule(rule, places)
        if outline == ():
            return RulePlan(rule, 0, RESTING, ())
        if rule.prefer or rule.avoid:
            scoring = self._outlines(rule.prefer, places), self._outlines(rule.avoid, places)
            outline = (outline, *scoring)
        kind = self._kinds.setdefault((rule.weight, outline), len(self.shapes))
        if kind == len(self.shapes):
            shape = Shape.of(rule, lambda leaf: places[self._number(leaf)], self._today)
            self.shapes.append(shape)
        return RulePlan(rule, kind, self.shapes[kind], tuple(places))

    def _outline_rule(self, rule: Rule, places: dict[int, int]) -> Outline:
        """Return the outline of what selects; leaves that are new to the rule get a place."""
        if rule.rests(self._today):
            return ()
        selecting = self._outline(rule.selecting, places)
        if not (rule.require or rule.exclude):
            return selecting
        require, exclude = rule.require, rule.exclude
        return (And, selecting, self._outlines(require, places), self._outlines(exclude, places))

    def _outlines(self, nodes: tuple[Node, ...], places: dict[int, int]) -> tuple[Outline, ...]:
        return tuple([self._outline(node, places) for node in nodes])

    def _outline(self, node: Node, places: dict[int, int]) -> Outline:
        if type(node) is Phrase:  # most are, and a miss of `isinstance` takes long with structs
            return self._outline_leaf(node, places)
        if isinstance(node, (And, Or, AtLeast)):
            children = self._outlines(node.children, places)
            if isinstance(node, And):
                return (And, children)
            return (Or, node.best, children) if isinstance(node, Or) else (node.least, children)
        if isinstance(node, Not):
            return (Not, self._outline(node.child, places))
        if isinstance(node, SelectedBy):
            if node.rule is None:
                raise unknown_rule(node, ())
            if node.rule.min_score is None:
                return (SelectedBy, self._outline_rule(node.rule, places))
        return self._outline_leaf(node, places)

    def _outline_leaf(self, leaf: Leaf, places: dict[int, int]) -> Outline:
        place = places.setdefault(self._number(leaf), len(places))
        return place if leaf.boost == 1.0 else (place, leaf.boost)

    def _number(self, leaf: Leaf) -> int:
        return self._numbers.setdefault(bare(leaf), len(self._numbers))


def bare(leaf: Leaf) -> Leaf:
    """Return `leaf` without its boost: keywords that differ only in boost are the same."""
    if leaf.boost == 1.0 and type(leaf) is Phrase:
        return leaf
    if isinstance(leaf, (DayRange, NumberRange, SelectedBy)):
        return leaf if leaf.boost is None else replace(leaf, boost=None)
    return leaf if leaf.boost == 1.0 else replace(leaf, boost=1.0)
