"""The plan of rules: shared leaves, truths, scoring."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.matching.boolean_logic import Bit, NoneOf, holds
from digest.matching.plan import Plan, RulePlan, bare
from digest.rules.syntax import And, AtLeast, Node, Not, Or, Phrase, leaves_of
from digest.text.words import Words
from tests.reference.match import Query, RuleSpec
from tests.rules.implementations import TODAY, rule_of


def plan_of(*specs: RuleSpec) -> Plan:
    return Plan([rule_of(spec, name=f"rule {n}") for n, spec in enumerate(specs)], TODAY)


def texts(plan: Plan, rule: int = 0) -> list[str]:
    return [plan.leaves[leaf].text for leaf, _ in plan.rules[rule].scoring]


def test_rules_share_their_leaves_whatever_the_boost() -> None:
    plan = plan_of(
        RuleSpec(("model^3", "fine-tuning")),
        RuleSpec(query="model^0.5 OR title:model OR cat:cs.*^2"),
        RuleSpec(query="model upvotes:>=3^2 upvotes:>=3"),
    )
    assert [leaf.text for leaf in plan.leaves] == [
        "model", "fine-tuning", "model", "cs.*", "upvotes:>=3",
    ]  # fmt: skip
    assert all(leaf == bare(leaf) for leaf in plan.leaves)


def test_spellings_that_are_written_differently_are_two_keywords() -> None:
    plan = plan_of(RuleSpec(("fine-tuning", "finetuning", "fine-tuning^2")))
    assert texts(plan) == ["fine-tuning", "finetuning"]


def test_the_keywords_of_a_rule_share_a_bit() -> None:
    (plan,) = plan_of(RuleSpec(tuple(f"k{n}" for n in range(100)))).rules
    assert plan.shape.truth == Bit(0)
    assert plan.shape.bits == 1
    assert len(plan.scoring) == 100


def test_every_part_that_truth_depends_on_has_its_bit() -> None:
    spec = RuleSpec(("a", "b"), query="c d", require=("e", "f"), exclude=("a",))
    (plan,) = plan_of(spec).rules
    assert plan.shape.bits == 5  # a or b; c; d; e or f; a
    assert {use.leaf for use in plan.uses if use.scores} == {leaf for leaf, _ in plan.scoring}


USES: list[tuple[RuleSpec, dict[str, float]]] = [
    (RuleSpec(("a^2", "b"), weight=3), {"a": 6, "b": 3}),
    (RuleSpec(("a",), query="b OR a^4"), {"a": 4, "b": 1}),
    (RuleSpec(query="a^4 OR a"), {"a": 4}),
    (RuleSpec(query="a NOT b"), {"a": 1}),
    (RuleSpec(query="a NOT (b NOT c)"), {"a": 1}),
    (RuleSpec(query="a OR (b NOT a)"), {"a": 1, "b": 1}),
    (RuleSpec(("a",), require=("b",), exclude=("c",)), {"a": 1}),
    (RuleSpec(("a",), require=("a^9",)), {"a": 1}),
    (RuleSpec(("a", "b"), require=("a",)), {"a": 1, "b": 1}),
    (RuleSpec(query="upvotes:>=2 a"), {"a": 1}),
    (RuleSpec(query="upvotes:>=2^3 a"), {"upvotes:>=2": 3, "a": 1}),
    (RuleSpec(query="(upvotes:>=2 a)^3"), {"a": 3}),
    (RuleSpec(query="(upvotes:>=2^2 a)^3"), {"upvotes:>=2": 6, "a": 3}),
    (RuleSpec(query="((a^2 b)^2 OR c)^3"), {"a": 12, "b": 6, "c": 3}),
    (RuleSpec(query="(a NOT b^7)^2"), {"a": 2}),
    (RuleSpec(("a^0",)), {"a": 0}),
]


@pytest.mark.parametrize(("spec", "points"), USES)
def test_each_keyword_that_counts_does_so_once(spec: RuleSpec, points: dict[str, float]) -> None:
    plan = plan_of(spec)
    (rule,) = plan.rules
    weight = rule.rule.weight
    counted = [(plan.leaves[leaf].text, boost * weight) for leaf, boost in rule.scoring]
    assert len(counted) == len(points)
    assert dict(counted) == points
    assert sorted(leaf for leaf, _ in rule.scoring) == sorted(
        use.leaf for use in rule.uses if use.scores
    )
    assert all(use.points == 0 for use in rule.uses if not use.scores)


# --- truth ---------------------------------------------------------------------------------------

ALWAYS: list[tuple[str, bool]] = [
    ("a", False),
    ("a NOT b", False),
    ("a OR NOT b", True),
    ("NOT (a b) OR c", True),
    ("(a OR NOT b) c", False),
    ("a OR NOT (b NOT c)", True),
    ("a OR NOT (NOT b OR c)", False),
]


@pytest.mark.parametrize(("query", "always"), ALWAYS)
def test_a_rule_may_select_what_it_does_not_touch(query: str, always: bool) -> None:
    (plan,) = plan_of(RuleSpec(query=query)).rules
    assert plan.shape.always is always


def true(node: Node, hit: set[str]) -> bool:
    """Evaluate a tree as the rule language reads."""
    if isinstance(node, And):
        return all(true(child, hit) for child in node.children)
    if isinstance(node, Or):
        return any(true(child, hit) for child in node.children)
    if isinstance(node, Not):
        return not true(node.child, hit)
    assert not isinstance(node, AtLeast)
    return node.text in hit


def mask_of(plan: RulePlan, leaves: list[str], hit: set[str]) -> int:
    mask = 0
    for use in plan.uses:
        if leaves[use.leaf] in hit:
            mask |= 1 << use.bit
    return mask


names = st.sampled_from("abcd")
queries = st.recursive(
    names,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" ", " OR ", " OR ", " NOT "]), inner).map("".join),
        inner.map("({})".format),
        inner.map("NOT ({})".format),
    ),
    max_leaves=8,
)


@given(queries, st.lists(names, max_size=2), st.lists(queries, max_size=2))
def test_the_truth_over_bits_is_the_truth_over_keywords(
    query: str, require: list[str], exclude: list[str]
) -> None:
    """For each set of keywords that may match: as the tree, `require` and `exclude` say."""
    spec = RuleSpec(("d",), query=query, require=tuple(require), exclude=tuple(map(Query, exclude)))
    whole = plan_of(spec)
    (plan,), rule = whole.rules, rule_of(spec)
    leaves = [leaf.text for leaf in whole.leaves]
    for chosen in product([False, True], repeat=4):
        hit = {name for name, there in zip("abcd", chosen, strict=True) if there}
        expected = (
            true(rule.selecting, hit)
            and (not require or bool(hit & set(require)))
            and not any(true(node, hit) for node in rule.exclude)
        )
        assert holds(plan.shape.truth, mask_of(plan, leaves, hit)) is expected


def test_leaves_are_named_in_the_order_of_the_text() -> None:
    rule = rule_of(RuleSpec(query="a OR (b NOT (c OR a)) d^2"))
    assert [leaf.text for leaf in leaves_of(rule.selecting)] == ["a", "b", "c", "a", "d"]
    assert bare(Phrase("d", Words(("d",), ()), boost=2.0)) == Phrase("d", Words(("d",), ()))
    assert holds(NoneOf(Bit(3)), 0b0111)
