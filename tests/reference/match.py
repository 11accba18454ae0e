"""Ask one rule about one paper, keyword by keyword, place by place.

No plan, no index: every keyword is tried at every word of every text. Returns all places; decides
nothing about order or limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from tests.reference.aliases import Aliases, TooManySpellingsError, spellings
from tests.reference.comparisons import compare, known
from tests.reference.fields import Place, places_of
from tests.reference.points import counted, together
from tests.reference.query import parse_keyword, parse_person, parse_query
from tests.reference.tree import (
    COMPARED,
    And,
    Any,
    Bracket,
    Leaf,
    Node,
    Not,
    Or,
    Pair,
    ReferenceQueryError,
    is_negation_alone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from digest.model import Paper

Rules: TypeAlias = "Mapping[str, RuleSpec]"


@dataclass(frozen=True, slots=True)
class Hit:
    """One keyword in one place."""

    keyword: str
    field: str
    index: int
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Query:
    """An entry written `{query: …}`."""

    text: str


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule as `config.yaml` has it; entries are keywords or `Query`."""

    keywords: tuple[str, ...] = ()
    require: tuple[str | Query, ...] = ()
    exclude: tuple[str | Query, ...] = ()
    query: str | None = None
    weight: float = 1.0
    min_score: float | None = None
    authors: tuple[str, ...] = ()
    prefer: tuple[str | Query, ...] = ()
    avoid: tuple[str | Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule says of one paper."""

    selected: bool
    points: float
    hits: frozenset[Hit]


@dataclass(frozen=True, slots=True)
class Trees:
    """A rule, read: what selects, what must be there too, what must not, what only scores."""

    wanted: tuple[Node, ...]
    require: tuple[Node, ...]
    exclude: tuple[Node, ...]
    prefer: tuple[Node, ...]
    avoid: tuple[Node, ...]


@lru_cache(maxsize=10_000)
def parse_rule(rule: RuleSpec) -> Trees:
    """Parse all that the rule holds; raise `ReferenceQueryError` if it is not one."""
    expected: tuple[Node, ...] = tuple(parse_keyword(keyword) for keyword in rule.keywords)
    # The page: "people one follows: any of them selects"
    expected += tuple(parse_person(name) for name in rule.authors)
    if rule.query is not None:
        query = parse_query(rule.query)
        # "as a whole rule it is an error", of a negation alone
        if not expected and is_negation_alone(query):
            raise ReferenceQueryError(f"{rule.query!r} asks for nothing")
        # "the full language; joined with keywords by OR"
        expected = (*expected, query)
    entries = (rule.require, rule.exclude, rule.prefer, rule.avoid)
    return Trees(expected, *(tuple(_entry(entry) for entry in part) for part in entries))


def _entry(entry: str | Query) -> Node:
    return parse_query(entry.text) if isinstance(entry, Query) else parse_keyword(entry)


def read_rule(rule: RuleSpec, aliases: Aliases = (), rules: Rules | None = None) -> Trees:
    """Parse a rule, and check its aliases and the rules that it names."""
    trees = parse_rule(rule)
    _check_names(rule, rules or {}, ())
    for leaf in _leaves(trees):
        try:
            _spelled(leaf, aliases)
        except TooManySpellingsError as error:
            raise ReferenceQueryError(f"too many spellings: {error}") from error
    return trees


def _spelled(leaf: Leaf, aliases: Aliases) -> None:
    if leaf.kind in ("words", "near") and leaf.field not in ("org", "journal", "comment"):
        spellings(leaf.value, aliases, plurals=True)


def _check_names(rule: RuleSpec, rules: Rules, above: tuple[str, ...]) -> None:
    """Do: "circles are an error"; a rule that is not there is one too."""
    for leaf in _leaves(parse_rule(rule)):
        if leaf.kind != "rule":
            continue
        if leaf.value in above or leaf.value not in rules:
            raise ReferenceQueryError(f"no rule {leaf.value!r}, or a circle")
        _check_names(rules[leaf.value], rules, (*above, leaf.value))


def _leaves(trees: Trees) -> Iterator[Leaf]:
    for part in (trees.wanted, trees.require, trees.exclude, trees.prefer, trees.avoid):
        for node in part:
            yield from _leaves_of(node)


def _leaves_of(node: Node) -> Iterator[Leaf]:
    match node:
        case Leaf():
            yield node
        case And(parts) | Or(parts) | Any(_, parts):
            for part in parts:
                yield from _leaves_of(part)
        case Bracket(part, _) | Not(part):
            yield from _leaves_of(part)
        case Pair():
            yield from (*node.left, *node.right)


def evaluate(
    rule: str | RuleSpec,
    paper: Paper,
    today: date,
    aliases: Aliases = (),
    rules: Rules | None = None,
) -> Result:
    """Apply a rule, or a query as a rule of its own."""
    if isinstance(rule, str):
        rule = RuleSpec(query=rule)
    trees = read_rule(rule, aliases, rules)
    asked = _Asked(paper, today, aliases, rules or {})
    selected = any(asked.holds(node) for node in trees.wanted)
    # "if given, at least one of these must match too"
    if trees.require:
        selected = selected and any(asked.holds(node) for node in trees.require)
    # "if any of these matches, the rule does not select the paper"
    selected = selected and not any(asked.holds(node) for node in trees.exclude)
    points, hits = asked.points(trees, rule.weight)
    # Said of `min_score`: "fewer points than this: not selected"
    if rule.min_score is not None and points < rule.min_score:
        selected = False
    return Result(True, points, hits) if selected else Result(False, 0.0, frozenset())


class _Asked:
    """A paper that is asked about on a day."""

    def __init__(self, paper: Paper, today: date, aliases: Aliases, rules: Rules) -> None:
        self.paper = paper
        self.today = today
        self.aliases = aliases
        self.rules = rules
        self._places: dict[Leaf | Pair, list[Place]] = {}

    def holds(self, node: Node) -> bool:
        match node:
            case And(parts):
                holds = all(self.holds(part) for part in parts)
            case Or(parts):
                holds = any(self.holds(part) for part in parts)
            case Any(least, parts):
                holds = sum(self.holds(part) for part in parts) >= least
            case Not(part):
                holds = not self.holds(part)
            case Bracket(part, _):
                holds = self.holds(part)
            case Leaf(kind="rule"):
                # Of rule: "holds where that rule of the config selects"
                named = self.rules[node.value]
                holds = evaluate(named, self.paper, self.today, self.aliases, self.rules).selected
            case _:
                holds = bool(self.places(node))
        return holds

    def places(self, node: Leaf | Pair) -> list[Place]:
        """Return every place where a keyword stands; one without span for a comparison."""
        if node not in self._places:
            self._places[node] = self._find(node)
        return self._places[node]

    def _find(self, node: Leaf | Pair) -> list[Place]:
        if isinstance(node, Leaf) and node.kind == "rule":
            return []
        if node.field in COMPARED:
            assert isinstance(node, Leaf)
            assert node.field is not None
            holds = compare(node, known(self.paper, node.field), self.today)
            return [Place(node.field, 0, None, None)] if holds else []
        return places_of(node, self.paper, self.aliases)

    def points(self, trees: Trees, weight: float) -> tuple[float, frozenset[Hit]]:
        """Add up what the keywords give, each once."""
        given = together(counted(root, self.places) for root in trees.wanted)
        hits = frozenset(hit for root in trees.wanted for hit in self.hits(root))
        # "A paper that the rule selects though none of its keywords matches (by comparisons alone)
        # gets `weight`"
        points = sum(given.values()) if hits else 1.0
        points += sum(together(counted(node, self.places) for node in trees.prefer).values())
        # Of avoid: "takes points from it (a boost each), down to 0"
        for node in trees.avoid:
            if self.holds(node):
                points -= _boost_of(node)
        if trees.avoid:
            points = max(points, 0.0)
        return weight * points, hits

    def hits(self, node: Node) -> set[Hit]:
        """Return the places of the keywords that count.

        "the ones on branches that were not needed too; what stands under NOT (…) does not count; a
        comparison gives no points unless it has a boost"
        """
        match node:
            case And(parts) | Or(parts) | Any(_, parts):
                return {hit for part in parts for hit in self.hits(part)}
            case Bracket(part, _):
                return self.hits(part)
            case Leaf(kind="comparison", boost=None) | Not():
                return set()
        return {Hit(node.text, p.field, p.index, p.start, p.end) for p in self.places(node)}


def _boost_of(node: Node) -> float:
    """Return what an entry of `avoid` takes: its boost, with that of a bracket around it."""
    if isinstance(node, Bracket):
        return node.boost * _boost_of(node.part)
    return 1.0 if not isinstance(node, Leaf) or node.boost is None else node.boost
