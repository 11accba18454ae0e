"""Lay all rules out for one pass: every different leaf once, and who uses it for what.

Compiling a rule gives its leaves numbers that all rules share, and its logic a `Logic`: a bit for
each thing that its truth depends on. Neighbouring alternatives (the keywords of a rule, most of
all) share a bit, so that a rule of a hundred keywords still has few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from digest.rules.syntax import And, DayRange, Not, NumberRange, Or

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from digest.rules.rule import Rule
    from digest.rules.syntax import Leaf, Node

    Truth: TypeAlias = "Bit | AllOf | AnyOf | NoneOf"

MASK_BITS = 62
"""Bits of a rule that fit into one machine word; a rule with more is evaluated by itself."""


@dataclass(frozen=True, slots=True)
class Bit:
    """True where any leaf of this bit matches."""

    number: int


@dataclass(frozen=True, slots=True)
class AllOf:
    """True where all are."""

    children: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where any is."""

    children: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """True where `child` is not."""

    child: Truth


def holds(truth: Truth, mask: int) -> bool:
    """Evaluate `truth` for a paper whose set bits are those of `mask`."""
    if isinstance(truth, Bit):
        return bool(mask >> truth.number & 1)
    if isinstance(truth, NoneOf):
        return not holds(truth.child, mask)
    test = all if isinstance(truth, AllOf) else any
    return test(holds(child, mask) for child in truth.children)


@dataclass(frozen=True, slots=True)
class Use:
    """What one leaf is to one rule."""

    leaf: int
    rule: int
    bit: int
    points: float
    """For a match outside the title, rule weight included; twice that in the title."""
    scores: bool
    """Whether it counts: not under NOT, `require` or `exclude`, and no comparison without boost."""


@dataclass(frozen=True, slots=True)
class RulePlan:
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
        return holds(self.truth, 0)


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
        builder = _Builder(self._number)
        parts = [builder.build(rule.selecting)]
        if rule.require:
            parts.append(builder.build(_any(rule.require)))
        if rule.exclude:
            parts.append(NoneOf(builder.build(_any(rule.exclude))))
        boosts = _boosts(rule.selecting)
        points = {self._number(leaf): boost * rule.weight for leaf, boost in boosts.items()}
        uses: list[Use] = []
        scored: set[int] = set()
        for leaf, bit in builder.leaf_bits:
            scores = leaf in points and leaf not in scored
            scored.add(leaf)
            uses.append(Use(leaf, number, bit, points.get(leaf, 0.0) if scores else 0.0, scores))
        truth: Truth = parts[0] if len(parts) == 1 else AllOf(tuple(parts))
        return RulePlan(rule, truth, builder.bits, tuple(uses), tuple(points))


class _Builder:
    """Turns one rule's trees into a truth over bits."""

    def __init__(self, number: Callable[[Leaf], int]) -> None:
        self._number = number
        self._bits: dict[tuple[int, ...], int] = {}
        self.leaf_bits: list[tuple[int, int]] = []

    @property
    def bits(self) -> int:
        return len(self._bits)

    def build(self, node: Node) -> Truth:
        if isinstance(node, Not):
            return NoneOf(self.build(node.child))
        if isinstance(node, And):
            return AllOf(tuple(self.build(child) for child in node.children))
        if isinstance(node, Or):
            return self._either(node)
        return self._bit([node])

    def _either(self, node: Or) -> Truth:
        """Give all leaves among the alternatives one bit."""
        flat = list(_alternatives(node))
        leaves = [child for child in flat if not isinstance(child, (And, Or, Not))]
        rest = [self.build(child) for child in flat if isinstance(child, (And, Or, Not))]
        if leaves:
            rest.insert(0, self._bit(leaves))
        return rest[0] if len(rest) == 1 else AnyOf(tuple(rest))

    def _bit(self, leaves: Iterable[Leaf]) -> Bit:
        numbers = tuple(dict.fromkeys(self._number(leaf) for leaf in leaves))
        bit = self._bits.get(numbers)
        if bit is None:
            bit = self._bits[numbers] = len(self._bits)
            self.leaf_bits += ((leaf, bit) for leaf in numbers)
        return Bit(bit)


def bare(leaf: Leaf) -> Leaf:
    """Return `leaf` without its boost: what makes two keywords of a rule the same."""
    plain = None if isinstance(leaf, (DayRange, NumberRange)) else 1.0
    if leaf.boost == plain:
        return leaf  # nearly all of them
    if isinstance(leaf, (DayRange, NumberRange)):
        return replace(leaf, boost=None)
    return replace(leaf, boost=1.0)


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


def _boosts(node: Node) -> dict[Leaf, float]:
    """Return the leaves of `node` that give points, with their boosts.

    A keyword counts once, however often the rule names it: with its highest boost.
    """
    found: dict[Leaf, float] = {}
    for leaf in _positive(node):
        if leaf.boost is not None:
            key = bare(leaf)
            found[key] = max(leaf.boost, found.get(key, leaf.boost))
    return found


def _positive(node: Node) -> Iterator[Leaf]:
    if isinstance(node, (And, Or)):
        for child in node.children:
            yield from _positive(child)
    elif not isinstance(node, Not):
        yield node
