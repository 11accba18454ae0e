"""Work out what rules of one shape share: their logic over bits, and what their keywords give.

Two rules have one shape if they differ in their words only: `(a OR b) NOT c` and
`(x OR y) NOT z`. Of ten thousand rules few shapes are different, and each is worked out once. A
shape knows a leaf by its place among the different leaves of the rule.

Neighbouring alternatives, such as the keywords of a rule, share a bit, so that a rule of a hundred
keywords still has few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.matching.boolean_logic import AllOf, AnyOf, Bit, NoneOf, SomeOf, holds
from digest.matching.points import Best, Grading, KeywordPoints, Sum
from digest.rules.syntax import And, AtLeast, Not, Or, SelectedBy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from digest.matching.boolean_logic import Truth
    from digest.matching.points import Scores
    from digest.rules.syntax import Leaf, Node, Rule

_NEVER = AnyOf(())


class Use(Struct, frozen=True):
    """What one leaf is to one rule."""

    leaf: int
    bit: int
    points: float
    """For a match outside the title, rule weight included; twice that in the title.

    In a rule with a grading: the power of 3 that stands for the leaf.
    """
    scores: bool
    """Whether it counts: not under NOT, `require` or `exclude`, and no comparison without boost."""


class Shape(Struct, frozen=True):
    """What rules that differ in their words only have in common."""

    truth: Truth
    bits: int
    uses: tuple[Use, ...]
    scoring: tuple[tuple[int, float], ...]
    """Leaves that count and their boosts, in the order in which the rule names them."""
    grading: Grading | None = None
    """How points are worked out where they are not just added up."""
    graded: tuple[int, ...] = ()
    """The leaves that the grading is about."""

    @classmethod
    def of(cls, rule: Rule, place_of: Callable[[Leaf], int], today: date) -> Shape:
        """Return the shape of `rule`; `place_of` returns the place of a leaf."""
        builder = _Builder(place_of, today)
        truth = builder.build_rule(rule, counts=True)
        scoring = tuple(builder.boosts.items())
        if not (rule.prefer or rule.avoid or _has_best(rule.selecting)):
            return cls(truth, builder.bits, builder.uses(rule.weight), scoring)
        grading, graded = builder.grade(rule)
        if isinstance(truth, Bit):  # which says that any leaf of the rule selects
            truth = AllOf((truth,))
        return cls(truth, builder.bits, builder.graded_uses(graded), scoring, grading, graded)

    @property
    def is_single(self) -> bool:
        """Whether a rule selects where its only leaf matches."""
        return isinstance(self.truth, Bit) and len(self.uses) == 1

    @property
    def always(self) -> bool:
        """Whether a rule selects a paper in which none of its leaves matches."""
        return not isinstance(self.truth, Bit) and holds(self.truth, 0)


RESTING = Shape(_NEVER, 0, (), ())
"""A rule that selects nothing on the day."""


def _has_best(node: Node) -> bool:
    """Whether a bracket in `node` gives the points of its best alternative."""
    if isinstance(node, (And, Or, AtLeast)):
        return (isinstance(node, Or) and node.best) or any(map(_has_best, node.children))
    return False


class _Builder:
    """Turns one rule's trees into a truth over bits."""

    def __init__(self, place_of: Callable[[Leaf], int], today: date) -> None:
        self._place_of = place_of
        self._today = today
        self._bits: dict[tuple[int, ...], int] = {}
        self._leaf_bits: list[tuple[int, int]] = []
        self.boosts: dict[int, float] = {}
        """Of the leaves that give points. A keyword counts once, however often the rule names it:
        with its highest boost."""

    @property
    def bits(self) -> int:
        return len(self._bits)

    def build_rule(self, rule: Rule, *, counts: bool = False) -> Truth:
        """Return where `rule` selects, without its `min_score`."""
        if rule.rests(self._today):
            return _NEVER
        parts = [self.build(rule.selecting, counts=counts)]
        if rule.require:
            parts.append(self.build(_any(rule.require)))
        if rule.exclude:
            parts.append(NoneOf(self.build(_any(rule.exclude))))
        return AllOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def build(self, node: Node, *, counts: bool = False) -> Truth:
        """Return the truth of `node`; with `counts`, its keywords give points."""
        if isinstance(node, Or):
            return self._shared_bit(node, counts=counts)
        if isinstance(node, And):
            return AllOf(tuple(self.build(child, counts=counts) for child in node.children))
        if isinstance(node, AtLeast):
            children = tuple(self.build(child, counts=counts) for child in node.children)
            return SomeOf(node.least, children)
        if isinstance(node, Not):
            return NoneOf(self.build(node.child))
        if isinstance(node, SelectedBy) and node.rule is not None and node.rule.min_score is None:
            return self.build_rule(node.rule)
        return self._bit((self._leaf(node, counts=counts),))

    def uses(self, weight: float) -> tuple[Use, ...]:
        """Return what each leaf is to the rule; one of several bits counts once."""
        boosts = dict(self.boosts)
        return tuple(
            Use(leaf, bit, boosts.pop(leaf) * weight, scores=True)
            if leaf in boosts
            else Use(leaf, bit, 0.0, scores=False)
            for leaf, bit in self._leaf_bits
        )

    def graded_uses(self, graded: Sequence[int]) -> tuple[Use, ...]:
        """Like `uses`, for a rule with a grading of the leaves `graded`."""
        boosts = {leaf: 3.0**place for place, leaf in enumerate(graded)}
        return tuple(
            Use(leaf, bit, boosts.pop(leaf, 0.0), scores=leaf in self.boosts)
            for leaf, bit in self._leaf_bits
        )

    def grade(self, rule: Rule) -> tuple[Grading, tuple[int, ...]]:
        """Return how `rule` is scored, and the leaves that decide it."""
        numbers = {leaf: place for place, leaf in enumerate(self.boosts)}
        scores = self._scores(rule.selecting, numbers)
        prefer = Sum(tuple(self._scores(node, numbers) for node in rule.prefer))
        inner = _Builder(self._place_of, self._today)
        truths = [(inner.build(node), _penalty(node)) for node in rule.avoid]
        bit_leaves = {bit: leaves for leaves, bit in inner._bits.items()}
        avoid = tuple(
            (_over_keywords(truth, bit_leaves, numbers), penalty) for truth, penalty in truths
        )
        graded = tuple(numbers)
        extra = tuple(leaf for leaf in graded if leaf not in dict(self._leaf_bits))
        if extra:  # what only scores has a bit that nothing depends on
            self._bit(extra)
        return Grading(len(graded), scores, prefer, avoid, rule.weight), graded

    def _scores(self, node: Node, numbers: dict[int, int]) -> Scores:
        """Return what `node` gives; leaves that are new get a number."""
        if isinstance(node, (And, Or, AtLeast)):
            children = tuple(self._scores(child, numbers) for child in node.children)
            return Best(children) if isinstance(node, Or) and node.best else Sum(children)
        if isinstance(node, Not) or node.boost is None:
            return Sum(())
        leaf = self._place_of(node)
        return KeywordPoints(numbers.setdefault(leaf, len(numbers)), node.boost)

    def _shared_bit(self, node: Or, *, counts: bool) -> Truth:
        """Give all leaves among the alternatives one bit."""
        numbers: list[int] = []
        rest: list[Truth] = []
        for child in _alternatives(node):
            if isinstance(child, (And, Or, AtLeast, Not, SelectedBy)):
                rest.append(self.build(child, counts=counts))
            else:
                numbers.append(self._leaf(child, counts=counts))
        if not numbers:
            return AnyOf(tuple(rest))
        bit = self._bit(tuple(dict.fromkeys(numbers)))
        return AnyOf((bit, *rest)) if rest else bit

    def _leaf(self, leaf: Leaf, *, counts: bool) -> int:
        number = self._place_of(leaf)
        if counts and leaf.boost is not None:
            self.boosts[number] = max(leaf.boost, self.boosts.get(number, leaf.boost))
        return number

    def _bit(self, leaves: tuple[int, ...]) -> Bit:
        number = self._bits.get(leaves)
        if number is None:
            number = self._bits[leaves] = len(self._bits)
            self._leaf_bits += ((leaf, number) for leaf in leaves)
        return Bit(number)


def _penalty(node: Node) -> float:
    """Return what a matching entry of `avoid` takes."""
    if isinstance(node, (And, Or, AtLeast, Not)) or node.boost is None:
        return 1.0
    return node.boost


def _over_keywords(
    truth: Truth, bit_leaves: dict[int, tuple[int, ...]], numbers: dict[int, int]
) -> Truth:
    """Return `truth` with a bit for each keyword; leaves that are new get a number."""
    if isinstance(truth, Bit):
        leaves = bit_leaves[truth.number]
        bits = tuple(Bit(numbers.setdefault(leaf, len(numbers))) for leaf in leaves)
        return bits[0] if len(bits) == 1 else AnyOf(bits)
    if isinstance(truth, NoneOf):
        return NoneOf(_over_keywords(truth.child, bit_leaves, numbers))
    children = tuple(_over_keywords(child, bit_leaves, numbers) for child in truth.children)
    return replace(truth, children=children)


def _any(nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(nodes)


def _alternatives(node: Or) -> Iterator[Node]:
    for child in node.children:
        if isinstance(child, Or):
            yield from _alternatives(child)
        else:
            yield child
