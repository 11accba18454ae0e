"""The evidence from words agrees with the order of a section."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, note, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.digests.selection import in_order
from digest.errors import QueryError
from digest.matching import compile_rules
from digest.matching.scan import Batch
from digest.model import Pick
from tests.rules.implementations import TODAY, rule_of
from tests.rules.strategies import cases

if TYPE_CHECKING:
    from digest.model import Paper
    from tests.reference.match import RuleSpec


@given(st.data())
@settings(max_examples=60)
def test_papers_in_order_have_their_evidence_in_order(data: st.DataObject) -> None:
    spec: RuleSpec
    papers: tuple[Paper, ...]
    spec, papers = data.draw(cases())
    try:
        rule = rule_of(spec, "r")
    except QueryError:
        return
    matcher = compile_rules([rule], today=TODAY)
    numbered = [replace(paper, id=str(number)) for number, paper in enumerate(papers)]
    matched = zip(numbered, matcher.match(numbered), strict=True)
    picks = [Pick(paper, rules[0].points, rules) for paper, rules in matched if rules]
    evidence = dict(matcher.evidence(Batch.of(numbered)))
    assert sorted(evidence) == sorted(int(pick.paper.id) for pick in picks)
    ordered = [evidence[int(pick.paper.id)] for pick in in_order(picks)]
    note(f"{spec} {ordered}")
    assert all(one <= other for one, other in pairwise(ordered))
