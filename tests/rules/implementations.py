"""One interface to the program and the reference."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from digest.errors import QueryError
from digest.matching import compile_rules
from digest.model import Paper, PartialDate
from digest.rules import Rule, parse_author, parse_keyword, parse_query
from tests.people import people
from tests.reference.match import Hit, Query, Result, RuleSpec, evaluate, read_rule
from tests.reference.tree import ReferenceQueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.model import RuleMatch
    from digest.rules.syntax import Node

    Reading: TypeAlias = Callable[[RuleSpec, Sequence[Paper], date], list[Result] | None]
    """What a rule says of each paper; None where it is no rule."""

TODAY = date(2026, 1, 5)


def by_reference(spec: RuleSpec, papers: Sequence[Paper], today: date) -> list[Result] | None:
    """Ask the slow reading."""
    try:
        read_rule(spec)
    except ReferenceQueryError:
        return None
    return [evaluate(spec, paper, today) for paper in papers]


def by_digest(spec: RuleSpec, papers: Sequence[Paper], today: date) -> list[Result] | None:
    """Ask the program."""
    try:
        rule = rule_of(spec)
    except QueryError:
        return None
    matched = compile_rules([rule], today=today).match(papers)
    return [result_of(rule_matches) for rule_matches in matched]


@lru_cache(maxsize=10_000)
def rule_of(spec: RuleSpec, name: str = "r") -> Rule:
    """Parse a rule as the config does."""
    return Rule(
        name=name,
        keywords=tuple(parse_keyword(keyword) for keyword in spec.keywords),
        query=None if spec.query is None else parse_query(spec.query),
        require=tuple(_entry(entry) for entry in spec.require),
        exclude=tuple(_entry(entry) for entry in spec.exclude),
        weight=spec.weight,
        min_score=spec.min_score,
        authors=tuple(parse_author(name) for name in spec.authors),
        prefer=tuple(_entry(entry) for entry in spec.prefer),
        avoid=tuple(_entry(entry) for entry in spec.avoid),
    )


def _entry(entry: str | Query) -> Node:
    return parse_query(entry.text) if isinstance(entry, Query) else parse_keyword(entry)


def result_of(rule_matches: tuple[RuleMatch, ...]) -> Result:
    """Put what the program says of one paper, asked by one rule, into the reference's words."""
    if not rule_matches:
        return Result(False, 0.0, frozenset())
    (result,) = rule_matches
    hits = (Hit(m.keyword, m.field, m.index, m.start, m.end) for m in result.matches)
    return Result(True, result.points, frozenset(hits))


def paper(title: str = "", abstract: str | None = None, **fields: object) -> Paper:
    return Paper(id="2601.00001", title=title, abstract=abstract, **fields)  # type: ignore[arg-type]  # tables hold what each field takes


def ask(reading: Reading, spec: RuleSpec, target: Paper) -> Result:
    results = reading(spec, [target], TODAY)
    assert results is not None, f"{spec} is refused"
    return results[0]


KNOWN = paper(
    "A survey of SLAM",
    "It maps rooms; robots localise.",
    authors=people("Ada Rivers", "Ben Stone"),
    author_count=3,
    organization="SLAM Labs",
    published=PartialDate(2025, 3, 14),
    arxiv_id="2601.00001",
    doi="10.1000/xyz",
    categories=("cs.RO", "cs.CV"),
    upvotes=20,
    sources=("huggingface",),
)
"""A paper of which nearly everything is known."""
