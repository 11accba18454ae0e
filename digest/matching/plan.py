"""Lay all rules out for one pass: every different leaf once, and who uses it for what.

Compiling a rule gives its leaves numbers that all rules share, and its logic a `Logic`: a bit for
each thing that its truth depends on. Neighbouring alternatives (the keywords of a rule, most of
all) share a bit, so that a rule of a hundred keywords still has few.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from digest.rules.syntax import And, DayRange, Not, NumberRange, Or

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.rules.rule import Rule
    from digest.rules.syntax import Leaf, Node

    Truth: TypeAlias = "Bit | AllOf | AnyOf | NoneOf"

MASK_BITS = 62
"""Bits of a rule that fit into one machine word; a rule with more is evaluated by itself."""


# Tuples, for the thousands of rules of a few shapes are told apart by them; `kind` keeps two that
# have the same children from being equal.


class Bit(NamedTuple):
    """True where any leaf of this bit matches."""

    number: int


class AllOf(NamedTuple):
    """True where all are."""

    children: tuple[Truth, ...]
    kind: Literal["all"] = "all"


class AnyOf(NamedTuple):
    """True where any is."""

    children: tuple[Truth, ...]
    kind: Literal["any"] = "any"


class NoneOf(NamedTuple):
    """True where `child` is not."""

    child: Truth
    kind: Literal["none"] = "none"


def holds(truth: Truth, mask: int) -> bool:
    """Evaluate `truth` for a paper whose set bits are those of `mask`."""
    if isinstance(truth, Bit):
        return bool(mask >> truth.number & 1)
    if isinstance(truth, NoneOf):
        return not holds(truth.child, mask)
    test = all if isinstance(truth, AllOf) else any
    return test(holds(child, mask) for child in truth.children)


class Use(NamedTuple):
    """What one leaf is to one rule."""

    leaf: int
    rule: int
    bit: int
    points: float
    """For a match outside the title, rule weight included; twice that in the title."""
    scores: bool
    """Whether it counts: not under NOT, `require` or `exclude`, and no comparison without boost."""


class RulePlan(NamedTuple):
    """One rule, compiled."""

    rule: Rule
    truth: Truth
    bits: int
    uses: tuple[Use, ...]
    scoring: tuple[int, ...]
    """Leaves that count, in the order in which the rule names them."""

    @property
    def always(self) -> bool:
        """Whether it selects a paper in which none of its leaves matches."""
        return not isinstance(self.truth, Bit) and holds(self.truth, 0)


class Plan:
    """All rules of a matcher. `leaves[i]` is leaf number i; boosts live in the uses."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.leaves: list[Leaf] = []
        self._numbers: dict[Leaf, int] = {}
        self.rules = [self._compile(number, rule) for number, rule in enumerate(rules)]

    def _number(self, leaf: Leaf) -> int:
        plain = bare(leaf)
        number = self._numbers.setdefault(plain, len(self.leaves))
        if number == len(self.leaves):
            self.leaves.append(plain)
        return number

    def _compile(self, number: int, rule: Rule) -> RulePlan:
        selecting = rule.selecting
        if not (isinstance(selecting, (And, Or, Not)) or rule.require or rule.exclude):
            return self._compile_leaf(number, rule, selecting)
        builder = _Builder(self._number)
        truth = builder.build(selecting, counts=True)
        parts = [truth]
        if rule.require:
            parts.append(builder.build(_any(rule.require)))
        if rule.exclude:
            parts.append(NoneOf(builder.build(_any(rule.exclude))))
        if len(parts) > 1:
            truth = AllOf(tuple(parts))
        return RulePlan(
            rule, truth, builder.bits, builder.uses(number, rule.weight), tuple(builder.boosts)
        )

    def _compile_leaf(self, number: int, rule: Rule, leaf: Leaf) -> RulePlan:
        """Do as `_compile` for a rule of a single keyword or comparison: every other one."""
        place = self._number(leaf)
        scores = leaf.boost is not None
        points = 0.0 if leaf.boost is None else leaf.boost * rule.weight
        use = Use(place, number, 0, points, scores)
        return RulePlan(rule, _bit(0), 1, (use,), (place,) if scores else ())


class _Builder:
    """Turns one rule's trees into a truth over bits."""

    def __init__(self, number: Callable[[Leaf], int]) -> None:
        self._number = number
        self._bits: dict[tuple[int, ...], int] = {}
        self._leaf_bits: list[tuple[int, int]] = []
        self.boosts: dict[int, float] = {}
        """Of the leaves that give points. A keyword counts once, however often the rule names it:
        with its highest boost."""

    @property
    def bits(self) -> int:
        return len(self._bits)

    def build(self, node: Node, *, counts: bool = False) -> Truth:
        """Return the truth of `node`; with `counts`, its keywords give points."""
        if isinstance(node, Or):
            return self._either(node, counts=counts)
        if isinstance(node, And):
            return AllOf(tuple(self.build(child, counts=counts) for child in node.children))
        if isinstance(node, Not):
            return NoneOf(self.build(node.child))
        return self._bit((self._leaf(node, counts=counts),))

    def uses(self, rule: int, weight: float) -> tuple[Use, ...]:
        """Return what each leaf is to the rule; one of several bits counts once."""
        left = dict(self.boosts)
        return tuple(
            Use(leaf, rule, bit, left.pop(leaf) * weight, scores=True)
            if leaf in left
            else Use(leaf, rule, bit, 0.0, scores=False)
            for leaf, bit in self._leaf_bits
        )

    def _either(self, node: Or, *, counts: bool) -> Truth:
        """Give all leaves among the alternatives one bit."""
        numbers: list[int] = []
        rest: list[Truth] = []
        for child in _alternatives(node):
            if isinstance(child, (And, Or, Not)):
                rest.append(self.build(child, counts=counts))
            else:
                numbers.append(self._leaf(child, counts=counts))
        if not numbers:
            return AnyOf(tuple(rest))
        bit = self._bit(tuple(dict.fromkeys(numbers)))
        return AnyOf((bit, *rest)) if rest else bit

    def _leaf(self, leaf: Leaf, *, counts: bool) -> int:
        number = self._number(leaf)
        if counts and leaf.boost is not None:
            self.boosts[number] = max(leaf.boost, self.boosts.get(number, leaf.boost))
        return number

    def _bit(self, leaves: tuple[int, ...]) -> Bit:
        number = self._bits.get(leaves)
        if number is None:
            number = self._bits[leaves] = len(self._bits)
            self._leaf_bits += ((leaf, number) for leaf in leaves)
        return _bit(number)


@lru_cache(maxsize=256)
def _bit(number: int) -> Bit:
    return Bit(number)  # most rules have one, two or three, all alike


def bare(leaf: Leaf) -> Leaf:
    """Return `leaf` without its boost: what makes two keywords of a rule the same."""
    plain = None if isinstance(leaf, (DayRange, NumberRange)) else 1.0
    if leaf.boost == plain:
        return leaf  # nearly all of them
    if isinstance(leaf, (DayRange, NumberRange)):
        return leaf._replace(boost=None)
    return leaf._replace(boost=1.0)


def leaves_of(node: Node) -> Iterator[Leaf]:
    """Yield every leaf under `node`, those under NOT too, in the order of the text."""
    if isinstance(node, (And, Or)):
        for child in node.children:
            yield from leaves_of(child)
    elif isinstance(node, Not):
        yield from leaves_of(node.child)
    else:
        yield node


def _any(nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(nodes)


def _alternatives(node: Or) -> Iterator[Node]:
    for child in node.children:
        if isinstance(child, Or):
            yield from _alternatives(child)
        else:
            yield child
