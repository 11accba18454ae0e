"""Nodes are equal by kind and content."""

from __future__ import annotations

from itertools import combinations

import pytest
from msgspec.structs import replace

from digest.rules.syntax import And, Exact, Label, Node, Not, Or, Pattern, Phrase, Regex
from digest.text.words import Words

A = Phrase("a", Words(("a",), ()))

# As tuples, some of these are equal.
NODES: tuple[Node, ...] = (
    A, Pattern("a", Words(("a",), ())), Exact("a", "b"), Regex("a", "b"), Label("a", "b", "id"),
    Or((A,)), And((A,)), Not(A), Not(Or((A,))), Not(And((A,))), And((Or((A,)),)),
)  # fmt: skip


@pytest.mark.parametrize("node", NODES, ids=repr)
def test_a_node_equals_one_of_the_same_content(node: Node) -> None:
    same = replace(node)
    assert same is not node
    assert same == node
    assert not same != node  # noqa: SIM202 - the other operator
    assert hash(same) == hash(node)


def test_a_node_equals_none_of_another_kind() -> None:
    for one, other in combinations(NODES, 2):
        assert one != other
        assert not one == other  # noqa: SIM201 - the other operator
    assert len(set(NODES)) == len(NODES)
