"""Many rules together give the same answers as each alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.matching import compile_rules
from digest.matching.compiled import TABLE_BITS
from digest.matching.plan import MASK_BITS, Plan
from tests.reference.match import Query, RuleSpec
from tests.rules.implementations import TODAY, by_digest, paper, result_of, rule_of
from tests.rules.strategies import papers, rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Paper
    from tests.reference.match import Result

NAMES = [f"k{n}x" for n in range(80)]


def together(specs: Sequence[RuleSpec], papers: Sequence[Paper]) -> list[list[Result]]:
    """Ask all rules at once; for each rule what it says of each paper."""
    compiled = [rule_of(spec, name=f"rule {n}") for n, spec in enumerate(specs)]
    matched = compile_rules(compiled, today=TODAY).match(papers)
    return [
        [result_of(tuple(m for m in item if m.rule == rule.name)) for item in matched]
        for rule in compiled
    ]


def alone(specs: Sequence[RuleSpec], papers: Sequence[Paper]) -> list[list[Result] | None]:
    return [by_digest(spec, papers, TODAY) for spec in specs]


def selected(*specs: RuleSpec, papers: Sequence[Paper]) -> list[list[bool]]:
    return [[result.selected for result in row] for row in together(specs, papers)]


# --- rules of many parts -------------------------------------------------------------------------

# At each edge of how rules are evaluated: by one bit, a table, a machine word, by themselves.
SIZES = [1, 2, TABLE_BITS - 1, TABLE_BITS, TABLE_BITS + 1, 20, MASK_BITS - 1, MASK_BITS,
         MASK_BITS + 1, 64, 65, 80]  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_all_of_many_words_must_stand_there(size: int) -> None:
    names = NAMES[:size]
    spec = RuleSpec(query=" AND ".join(names))
    assert Plan([rule_of(spec)], TODAY).rules[0].shape.bits == size
    one_lacks = [" ".join(name for name in names if name != lacking) for lacking in names]
    papers = [paper(" ".join(names)), paper("x", " ".join(reversed(names))), *map(paper, one_lacks)]
    (results,) = together([spec], papers)
    assert [result.selected for result in results] == [True, True] + [False] * size
    assert [result.points for result in results[:2]] == [2.0 * size, size]


@pytest.mark.parametrize("size", [*SIZES[2:], 79])
def test_any_of_many_excluding_words_excludes(size: int) -> None:
    """In brackets of their own, so that they share no part."""
    names = NAMES[: size - 1]
    spec = RuleSpec(query="wanted " + " ".join(f"NOT {name}" for name in names))
    assert Plan([rule_of(spec)], TODAY).rules[0].shape.bits == size
    papers = [paper("wanted"), *(paper("Wanted", f"but {name}") for name in names), paper("x")]
    assert selected(spec, papers=papers) == [[True] + [False] * len(papers[1:])]


@pytest.mark.parametrize("size", [TABLE_BITS - 2, TABLE_BITS, MASK_BITS - 2, MASK_BITS, 70])
def test_a_wide_rule_may_select_what_it_does_not_touch(size: int) -> None:
    spec = RuleSpec(query=f"({' '.join(NAMES[:size])}) OR NOT unwanted", weight=3)
    whole = " ".join(NAMES[:size])
    papers = [paper("y"), paper("unwanted"), paper("unwanted " + whole), paper(NAMES[0])]
    (results,) = together([spec], papers)
    assert [result.selected for result in results] == [True, False, True, True]
    assert [result.points for result in results] == [3, 0, 6 * size, 6]


@pytest.mark.parametrize("bits", [3, TABLE_BITS + 2, MASK_BITS + 5])
def test_rules_of_one_shape_are_told_apart(bits: int) -> None:
    """Same keywords, another logic; and the same logic, other keywords."""
    names = NAMES[:bits]
    rest = " ".join(names[2:])
    first, second = names[:2]
    specs = [
        RuleSpec(query=f"{first} {second} {rest}"),
        RuleSpec(query=f"{first} {rest} NOT {second}"),
        RuleSpec(query=f"{second} {rest} NOT {first}"),
        RuleSpec((first,), require=(second,)),
        RuleSpec((first,), exclude=(second,)),
        RuleSpec((second,), exclude=(first,)),
    ]
    papers = [
        paper(f"{first} {second} {rest}"),
        paper(f"{first} {rest}"),
        paper(f"{second} {rest}"),
    ]
    yes, no = True, False
    assert selected(*specs, papers=papers) == [
        [yes, no, no], [no, yes, no], [no, no, yes], [yes, no, no], [no, yes, no], [no, no, yes],
    ]  # fmt: skip


def test_a_hundred_wide_rules_are_each_themselves() -> None:
    chance = random.Random(7)
    sizes = [chance.choice([2, 9, 30, 64]) for _ in range(100)]
    specs = [RuleSpec(query=" ".join(chance.sample(NAMES, size))) for size in sizes]
    papers = [paper(" ".join(chance.sample(NAMES, chance.choice([40, 78, 80])))) for _ in range(5)]
    assert together(specs, papers) == alone(specs, papers)


# --- rules that select without a keyword ---------------------------------------------------------


def test_thousands_of_rules_and_papers_are_told_apart() -> None:
    """Rule, paper and keyword together need more than 32 bits."""
    rules_, papers_ = 2_000, 1_000
    matcher = compile_rules(
        [rule_of(RuleSpec(query=f"a{n} OR (b{n} NOT c)", weight=n)) for n in range(rules_)],
        today=TODAY,
    )
    result = matcher.select(
        [paper(f"a{n} b{n + 1}", f"b{n + 2} c" if n % 2 else f"b{n + 2}") for n in range(papers_)]
    )
    columns = (result.rule.tolist(), result.paper.tolist(), result.points.tolist())
    expected = {(n, n, 2.0 * n) for n in range(papers_)}
    expected |= {(n + 1, n, 2.0 * (n + 1)) for n in range(0, papers_, 2)}
    expected |= {(n + 2, n, n + 2.0) for n in range(0, papers_, 2)}
    assert sorted(zip(*columns, strict=True)) == sorted(expected)


def test_rules_that_always_select_stand_among_others() -> None:
    specs = [
        RuleSpec(("a",)),
        RuleSpec(query="b OR NOT a", weight=2),
        RuleSpec(query="NOT a OR NOT b OR c", min_score=1.0),
        RuleSpec(query="c OR NOT c", min_score=1.5),
        RuleSpec(("z",)),
    ]
    papers = [paper("x"), paper("a"), paper("b"), paper("a b"), paper("c")]
    results = together(specs, papers)
    assert [[result.points for result in row] for row in results] == [
        [0, 2, 0, 2, 0],
        [2, 0, 4, 4, 2],
        [1, 1, 1, 0, 2],
        [0, 0, 0, 0, 2],
        [0, 0, 0, 0, 0],
    ]


def test_no_rules_and_no_papers_are_no_matter() -> None:
    assert compile_rules([], today=TODAY).match([paper("a")]) == [()]
    always = rule_of(RuleSpec(query="a OR NOT b"))
    assert compile_rules([always], today=TODAY).match([]) == []
    assert compile_rules([always], today=TODAY).select([]).rule.tolist() == []


# --- points --------------------------------------------------------------------------------------

POINTS: list[tuple[RuleSpec, str, str, float]] = [
    (RuleSpec(query="a OR NOT b"), "x", "a b", 1),
    (RuleSpec(query="a OR NOT b^5"), "b", "a", 1),
    (RuleSpec(("a",), require=("b^5",)), "b", "a", 1),
    (RuleSpec(("a^0",), weight=3), "x", "a", 0),
    (RuleSpec(query="a OR (a b)"), "x", "a b", 2),
    (RuleSpec(query="(a OR b) (b OR c)"), "b", "a b c", 2),
    (RuleSpec(query="a^3 OR a"), "x", "a", 3),
    (RuleSpec(query="a OR a^3"), "x", "a", 3),
    (RuleSpec(("a^0.1", "b^0.2")), "x", "a b", 0.3),
    (RuleSpec(("fine-tuning", "finetuning")), "x", "fine tuning", 2),
    (RuleSpec(query="(upvotes:>=1 a)^3"), "x", "a", 3),
    (RuleSpec(query="title:a OR abs:a"), "a", "a", 3),
]


@pytest.mark.parametrize(("spec", "title", "abstract", "points"), POINTS)
def test_points_are_the_sum_over_what_counts(
    spec: RuleSpec, title: str, abstract: str, points: float
) -> None:
    rule, asked = rule_of(spec), paper(title, abstract, upvotes=2)
    matcher = compile_rules([rule], today=TODAY)
    ((found,),) = matcher.match([asked])
    assert found.points == points
    assert matcher.select([asked]).points.tolist() == [points]
    assert matcher.explain(asked)[0].points == points
    # What each keyword gives, once for all of its places, adds up to the rule's points.
    each = {(match.keyword, match.field): match.points for match in found.matches}
    parts = {keyword: most for (keyword, _), most in sorted(each.items(), key=lambda item: item[1])}
    if "abs:a" not in (spec.query or "") and " OR b) (" not in (spec.query or ""):
        assert sum(parts.values()) == pytest.approx(points)


def test_every_place_of_a_keyword_tells_what_the_keyword_gives() -> None:
    rule = rule_of(RuleSpec(("a^3", "b"), weight=2))
    ((result,),) = compile_rules([rule], today=TODAY).match([paper("a", "b a, b")])
    assert [(m.keyword, m.field, m.start, m.points) for m in result.matches] == [
        ("a", "title", 0, 12),
        ("b", "abstract", 0, 2),
        ("a", "abstract", 2, 12),
        ("b", "abstract", 5, 2),
    ]


def test_the_rules_of_a_paper_stand_by_points_then_as_they_were_given() -> None:
    given_rules = [
        rule_of(RuleSpec((keyword,)), name)
        for keyword, name in [("b", "One"), ("a^2", "Two"), ("a^3", "Most"), ("a^2", "Three")]
    ]
    (result,) = compile_rules(given_rules, today=TODAY).match([paper("x", "a b")])
    assert [match.rule for match in result] == ["Most", "Two", "Three", "One"]


# --- phrases of many rules -----------------------------------------------------------------------


def test_spellings_of_the_same_letters_keep_their_own_breaks() -> None:
    """One look-up finds them all; what lies between the words decides for each."""
    keywords = ["fine tuning", "fine, tuning", "finetuning", "fine-tuning", "fi netuning"]
    titles = ["fine tuning", "fine, tuning", "finetuning", "fine/tuning", "fi netuning"]
    specs = [RuleSpec((keyword,)) for keyword in keywords]
    yes, no = True, False
    assert selected(*specs, papers=[paper(title) for title in titles]) == [
        [yes, no, yes, yes, no],
        [yes, yes, no, yes, no],
        [yes, no, yes, no, no],
        [yes, no, yes, yes, no],
        [yes, no, yes, no, yes],
    ]


def test_one_spelling_in_several_fields_and_rules() -> None:
    specs = [RuleSpec(query=query) for query in ("title:model", "abs:models", "model", "Models^2")]
    papers = [paper("models", "x"), paper("x", "model")]
    results = together(specs, papers)
    assert [[result.points for result in row] for row in results] == [
        [2, 0], [0, 1], [2, 1], [4, 2],
    ]  # fmt: skip


def test_the_longest_phrase_of_all_is_found() -> None:
    long = " ".join(NAMES[:60])
    specs = [RuleSpec(("a",)), RuleSpec((long,)), RuleSpec((long.replace(" ", "-"),))]
    papers = [paper(long), paper(long.replace(" ", "")), paper(long[:-2])]
    assert selected(*specs, papers=papers) == [
        [False] * 3,
        [True, True, False],
        [True, True, False],
    ]


def test_words_made_to_share_a_hash_are_not_confused() -> None:
    """Thue–Morse words of 1,024 letters share any polynomial hash modulo 2**64."""
    one = "".join("ab"[bin(n).count("1") % 2] for n in range(2048))
    other = one.translate(str.maketrans("ab", "ba"))
    specs = [RuleSpec((one,)), RuleSpec((other,)), RuleSpec((f"{one} x",))]
    papers = [paper(one), paper(other), paper(f"{other} x")]
    yes, no = True, False
    assert selected(*specs, papers=papers) == [[yes, no, no], [no, yes, yes], [no, no, no]]


def test_a_title_and_its_abstract_are_two_texts() -> None:
    specs = [RuleSpec((keyword,)) for keyword in ("slam it", "slam. It", "slam, it maps", "slamit")]
    papers = [paper("slam", "it maps"), paper("slam it maps"), paper("slam. It maps")]
    yes, no = True, False
    assert selected(*specs, papers=papers) == [
        [no, yes, no], [no, yes, yes], [no, yes, yes], [no, no, no],
    ]  # fmt: skip


# --- by chance -----------------------------------------------------------------------------------


@given(st.lists(papers, min_size=1, max_size=3).flatmap(
    lambda found: st.tuples(st.just(found), st.lists(rules(tuple(found)), min_size=2, max_size=4))
))  # fmt: skip
@settings(max_examples=25)
def test_rules_of_chance_together_are_as_alone(case: tuple[list[Paper], list[RuleSpec]]) -> None:
    found, specs = case
    valid = [spec for spec in specs if by_digest(spec, found, TODAY) is not None]
    assert together(valid, found) == alone(valid, found)


def test_queries_in_require_and_exclude_are_whole_queries() -> None:
    spec = RuleSpec(("a",), require=(Query("b OR NOT c"),), exclude=(Query("d e"),))
    titles = ["a", "a c", "a b c", "a d", "a d e", "b"]
    assert selected(spec, papers=[paper(title) for title in titles]) == [
        [True, False, True, True, False, False]
    ]
