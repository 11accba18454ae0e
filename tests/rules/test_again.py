"""After a change few rules are compiled, and all is as if every one had been."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import QueryError
from digest.rules import Compiler, compile_rules
from digest.rules import matcher as module
from digest.rules.index import build_index
from digest.rules.scan import Batch
from tests.reference.match import RuleSpec
from tests.rules.readings import TODAY, paper, rule_of
from tests.rules.strategies import papers, rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.model import Paper
    from digest.rules import Rule
    from digest.rules.matcher import Matcher

MANY = 40


def numbered(number: int, keyword: str = "", **fields: Any) -> Rule:
    return rule_of(RuleSpec((keyword or f"k{number}x",), **fields), name=f"rule {number}")


def many(count: int = MANY) -> list[Rule]:
    """Return rules each of a keyword of its own; they fit into one list with two changes."""
    return [numbered(number) for number in range(count)]


def answers(matcher: Matcher, found: Sequence[Paper]) -> list[Any]:
    """Return all that a matcher says of some papers."""
    words = [build_index([text for each in found for text in (each.title, each.abstract or "")])]
    batches = [Batch.of(found), Batch(len(found), lambda: found, words)]
    selections = [matcher.select(found), *map(matcher.select_batch, batches)]
    return [
        matcher.rules,
        [[column.tolist() for column in selected] for selected in selections],
        [matcher.count_batch(batch).tolist() for batch in batches],
        matcher.match(found),
        [matcher.explain(each) for each in found],
    ]


def asked_again(
    before: Matcher, given_rules: Sequence[Rule], found: Sequence[Paper], *, today: date = TODAY
) -> Matcher:
    """Compile with what was there before; hold all answers against those without."""
    matcher = compile_rules(given_rules, today=today, before=before)
    whole = compile_rules(given_rules, today=today)
    assert answers(matcher, found) == answers(whole, found)
    return matcher


# --- what is compiled ----------------------------------------------------------------------------


def test_of_many_rules_one_that_changed_is_compiled(compiled: list[str]) -> None:
    compiler = Compiler()
    changed = many()
    compiler.compile(many(), today=TODAY)
    assert len(compiled) == MANY
    changed[20] = numbered(20, "other")
    compiled.clear()
    compiler.compile(changed, today=TODAY)
    assert compiled == ["rule 20"]


def test_the_few_that_have_changed_are_compiled_together(compiled: list[str]) -> None:
    matcher = compile_rules(many(), today=TODAY)
    changed = many()
    compiled.clear()
    for number in (20, 10):
        changed[number] = numbered(number, "other")
        matcher = compile_rules(changed, today=TODAY, before=matcher)
        assert len(matcher.parts) == 2
    assert compiled == ["rule 20", "rule 10", "rule 20"]


@pytest.mark.parametrize("changes", [0, 1, 2])
def test_nothing_is_compiled_where_nothing_changed(compiled: list[str], changes: int) -> None:
    """Rules that were read anew are the same; so are those that had changed a day before."""
    changed = [numbered(n, "other") for n in range(changes)] + many()[changes:]
    before = compile_rules(many(), today=TODAY)
    before = compile_rules(changed, today=TODAY, before=before)
    rule_of.cache_clear()
    compiled.clear()
    for day in range(3):
        again = [numbered(n, "other") for n in range(changes)] + many()[changes:]
        assert again[-1] is not changed[-1]
        before = compile_rules(again, today=TODAY + timedelta(days=day), before=before)
    assert compiled == []


def test_a_change_that_is_taken_back_leaves_no_second_part(compiled: list[str]) -> None:
    before = compile_rules(many(), today=TODAY)
    changed = compile_rules([*many(), numbered(MANY)], today=TODAY, before=before)
    compiled.clear()
    assert len(compile_rules(many(), today=TODAY, before=changed).parts) == 1
    assert compiled == []


@pytest.mark.parametrize(
    "changed",
    [
        [*many(), *(numbered(MANY + number) for number in range(3))],
        [numbered(0, "a"), numbered(1, "b"), numbered(2, "c"), *many()[3:]],
        many()[3:],
        many(4),
        [],
    ],
)
def test_after_many_changes_all_are_compiled_together(
    compiled: list[str], changed: list[Rule]
) -> None:
    """Gone rules too would be looked for in every paper."""
    before = compile_rules(many(), today=TODAY)
    compiled.clear()
    assert len(compile_rules(changed, today=TODAY, before=before).parts) == 1
    assert compiled == [rule.name for rule in changed]


def test_papers_are_cut_into_words_once_for_both_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[Sequence[str]] = []

    def counted(texts: Sequence[str]) -> Any:
        cut.append(texts)
        return build_index(texts)

    before = compile_rules(many(), today=TODAY)
    matcher = compile_rules([*many(), numbered(MANY)], today=TODAY, before=before)
    monkeypatch.setattr("digest.rules.scan.build_index", counted)
    found = [paper(f"k0x k{MANY}x")]
    assert matcher.select(found).rule.tolist() == [0, MANY]
    assert len(cut) == 1


# --- that nobody notices -------------------------------------------------------------------------


SAME = [rule for number, rule in enumerate(many()) if number not in {7, 20}]
CHANGES = {
    "nothing": many(),
    "another keyword": [*many()[:20], numbered(20, "other"), *many()[21:]],
    "another weight": [*many()[:20], numbered(20, weight=3.0), *many()[21:]],
    "a least score": [*many()[:20], numbered(20, min_score=1.5), *many()[21:]],
    "another name": [*many()[:20], numbered(90, "k20x"), *many()[21:]],
    "two keywords change places": [
        *many()[:7], numbered(7, "k20x"), *many()[8:20], numbered(20, "k7x"), *many()[21:],
    ],
    "one is new, first": [numbered(90, "k7x"), *many()],
    "one is new, last": [*many(), numbered(90, "k7x")],
    "two are gone": SAME,
    "one is gone, one new": [*SAME, numbered(20), numbered(90, "k7x^0.5")],
    "another order": many()[::-1],
    "another order, and a change": [*many()[:20:-1], numbered(20, "k1x"), *many()[:20]],
    "one selects what it does not touch": [*many(), rule_of(RuleSpec(query="a OR NOT k7x"), "z")],
    "one stands twice": [*many(), numbered(7)],
    "one of a name that is there": [numbered(7, "k20x"), *many()],
}  # fmt: skip
FOUND = [
    paper("k7x", "k20x and k1x"), paper("k20x k39x", "k7x"), paper("other", "k1x"), paper("k0x"),
    paper("k20x", "other"), paper("of no matter"),
]  # fmt: skip


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_a_change_means_what_it_says(changed: list[Rule]) -> None:
    first = compile_rules(many(), today=TODAY)
    second = asked_again(first, changed, FOUND)
    assert len(second.parts) <= 2
    asked_again(asked_again(second, changed, FOUND), many(), FOUND)


def test_rules_that_share_a_name_are_told_apart() -> None:
    keywords = [f"k{number}x" for number in range(MANY)]
    before = compile_rules([], today=TODAY)
    for asked in (keywords, keywords, keywords[::-1], ["k7x", *keywords], keywords[1:], ["k7x"]):
        rules_ = [rule_of(RuleSpec((keyword,)), "same") for keyword in asked]
        before = asked_again(before, rules_, FOUND)


def test_days_are_counted_from_the_day_that_is_asked_on() -> None:
    recent = rule_of(RuleSpec(query="published:>=today-1"), "recent")
    found = [paper("k1x", published=TODAY + timedelta(days=day)) for day in range(5)]
    before = compile_rules([recent, *many()], today=TODAY)
    for day in range(4):
        given_rules = [recent, *many(MANY + day % 2)]
        before = asked_again(before, given_rules, found, today=TODAY + timedelta(days=day))
        counts = before.count_batch(Batch.of(found)).tolist()
        assert counts[0] == len(found) - max(0, day - 1)


def test_more_papers_than_are_asked_about_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.rules.scan.CHUNK", 4)
    monkeypatch.setattr(module, "AT_ONCE", 10)
    found = [paper(f"k{number}x", f"k{number + 1}x other") for number in range(27)]
    before = compile_rules(many(), today=TODAY)
    changed = [numbered(90, "other"), *many()[:20], numbered(20, "k9x"), *many()[21:]]
    asked_again(before, changed, found)


# --- by chance -----------------------------------------------------------------------------------


@st.composite
def edited(draw: st.DrawFn, pool: Sequence[RuleSpec]) -> list[list[RuleSpec]]:
    """Return a list of rules as it is edited, step by step."""
    specs = st.sampled_from(pool)
    steps = [draw(st.lists(specs, min_size=1, max_size=6))]
    for _ in range(draw(st.integers(1, 5))):
        now = list(steps[-1])
        for _ in range(draw(st.integers(0, 2))):
            at = draw(st.integers(0, len(now)))
            kept = draw(st.integers(0, 1))
            now[at : at + kept] = draw(st.lists(specs, max_size=2))
        steps.append(draw(st.permutations(now)) if draw(st.booleans()) else now)
    return steps


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Paper], list[tuple[date, list[Rule]]]]:
    """Return papers, and what rules there are from day to day."""
    found = draw(st.lists(papers, min_size=1, max_size=3))
    pool = draw(st.lists(rules(tuple(found)).filter(is_rule), min_size=2, max_size=6))
    names = st.sampled_from(["a", "b", "c", "d", "e", "f"])
    days = [TODAY + timedelta(days=draw(st.sampled_from([0, 0, 1, 400]))) for _ in range(6)]
    named = {spec: draw(names) for spec in pool}
    steps = [[rule_of(spec, named[spec]) for spec in step] for step in draw(edited(pool))]
    return found, list(zip(days, steps, strict=False))


def is_rule(spec: RuleSpec) -> bool:
    try:
        rule_of(spec)
    except QueryError:
        return False
    return True


@given(histories(), st.sampled_from([0, 1, 2, 16]))
@settings(max_examples=40)
def test_edits_of_chance_are_as_compiled_whole(
    history: tuple[list[Paper], list[tuple[date, list[Rule]]]], share: int
) -> None:
    """Also where ever so many may have changed before all are compiled together."""
    found, ((today, given_rules), *days) = history
    before = compile_rules(given_rules, today=today)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SHARE", share)
        for today, given_rules in days:
            before = asked_again(before, given_rules, found, today=today)
