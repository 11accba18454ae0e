"""The logic of a rule over bits: one bit for each thing that the rule depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    Truth: TypeAlias = "Bit | AllOf | AnyOf | SomeOf | NoneOf"


class Bit(Struct, frozen=True):
    """True if any leaf of this bit matches."""

    number: int


class AllOf(Struct, frozen=True):
    """True if all children are."""

    children: tuple[Truth, ...]


class AnyOf(Struct, frozen=True):
    """True if any child is."""

    children: tuple[Truth, ...]


class SomeOf(Struct, frozen=True):
    """True if at least `least` children are."""

    least: int
    children: tuple[Truth, ...]


class NoneOf(Struct, frozen=True):
    """True if `child` is not."""

    child: Truth


def holds(truth: Truth, mask: int) -> bool:
    """Evaluate `truth` for a paper; `mask` has the bits that are set."""
    if isinstance(truth, Bit):
        return bool(mask >> truth.number & 1)
    if isinstance(truth, NoneOf):
        return not holds(truth.child, mask)
    if isinstance(truth, SomeOf):
        return sum(holds(child, mask) for child in truth.children) >= truth.least
    test = all if isinstance(truth, AllOf) else any
    return test(holds(child, mask) for child in truth.children)
