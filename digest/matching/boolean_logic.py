"""The logic of a rule over bits: a bit for each thing that it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    Truth: TypeAlias = "Bit | AllOf | AnyOf | SomeOf | NoneOf"

# Tuples, because the thousands of rules of a few shapes are told apart by them; `kind` keeps two
# that have the same children from being equal.


class Bit(Struct, frozen=True):
    """True where any leaf of this bit matches."""

    number: int


class AllOf(Struct, frozen=True):
    """True where all are."""

    children: tuple[Truth, ...]
    kind: Literal["all"] = "all"


class AnyOf(Struct, frozen=True):
    """True where any is."""

    children: tuple[Truth, ...]
    kind: Literal["any"] = "any"


class SomeOf(Struct, frozen=True):
    """True where at least `least` are."""

    least: int
    children: tuple[Truth, ...]
    kind: Literal["some"] = "some"


class NoneOf(Struct, frozen=True):
    """True where `child` is not."""

    child: Truth
    kind: Literal["none"] = "none"


def holds(truth: Truth, mask: int) -> bool:
    """Evaluate `truth` for a paper whose set bits are those of `mask`."""
    if isinstance(truth, Bit):
        return bool(mask >> truth.number & 1)
    if isinstance(truth, NoneOf):
        return not holds(truth.child, mask)
    if isinstance(truth, SomeOf):
        return sum(holds(child, mask) for child in truth.children) >= truth.least
    test = all if isinstance(truth, AllOf) else any
    return test(holds(child, mask) for child in truth.children)
