"""What the keywords of a query give a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tests.reference.tree import And, Any, Bracket, Leaf, Node, Not, Or, Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.reference.fields import Place

Key: TypeAlias = tuple[str, str | None, str]
"""What makes two leaves one keyword: kind, field, text as written."""


Places: TypeAlias = "Callable[[Leaf | Pair], list[Place]]"


def counted(node: Node, places: Places, boost: float = 1.0) -> dict[Key, float]:
    """Return what each matching keyword gives; of two boosts the higher counts.

    "the sum, over the keywords of the rule that match, of `boost × 2` if it matches in the title,
    else `boost × 1`. Every keyword counts once, the ones on branches that were not needed too; what
    stands under NOT (…) does not count; (…) A boost on a bracket multiplies what is inside."
    """
    match node:
        case Leaf() | Pair():
            return one(node, places, boost)
        case And(parts) | Or(parts) | Any(_, parts):
            return together(counted(part, places, boost) for part in parts)
        case Bracket(Or(parts), factor):
            # The page: "The alternatives of one bracket of ORs inside a query give the points of
            # the best of them, not their sum"
            alternatives = [counted(part, places, boost * factor) for part in parts]
            matching = [keys for keys in alternatives if keys]
            return max(matching, key=lambda keys: sum(keys.values()), default={})
        case Bracket(part, factor):
            return counted(part, places, boost * factor)
        case Not():
            return {}


def one(leaf: Leaf | Pair, places: Places, boost: float) -> dict[Key, float]:
    """Return what one keyword gives; "a comparison gives no points unless it has a boost"."""
    kind = leaf.kind if isinstance(leaf, Leaf) else "pair"
    own = leaf.boost if isinstance(leaf, Leaf) else None
    there = [] if kind == "comparison" and own is None else places(leaf)
    if not there:
        return {}
    factor = 2 if any(place.field == "title" for place in there) else 1
    return {(kind, leaf.field, leaf.text): boost * (1.0 if own is None else own) * factor}


def together(parts: Iterable[dict[Key, float]]) -> dict[Key, float]:
    """Count each keyword once."""
    keys: dict[Key, float] = {}
    for part in parts:
        for key, points in part.items():
            keys[key] = max(keys.get(key, points), points)
    return keys
