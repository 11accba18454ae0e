"""Find faults of rules that parse, from the rules alone, without papers.

Parts that can never match, keywords that are repeated or contained in another, operators that are
read as words, boosts that cancel a keyword. Only a rule that can never select anything is an error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from digest.linting.contradiction import dead_parts, never_selects, sides
from digest.linting.dead_rules import Fault, dead_rule, explain_clash, quoted
from digest.linting.precedence import narrow_nots
from digest.linting.subsumption import Cover, suspects
from digest.matching.plan import bare
from digest.matching.verdict import describe
from digest.rules.parse import FIELD_NAMES
from digest.rules.syntax import (
    And,
    AtLeast,
    DayRange,
    Not,
    NumberRange,
    Or,
    Pattern,
    Phrase,
    Regex,
    leaves_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.linting.contradiction import Clash
    from digest.rules.syntax import Leaf, Node, Rule

    _Pair: TypeAlias = tuple[Leaf, Leaf]

_WORDS = {"and": "AND", "or": "OR", "not": "NOT"}
_OPERATOR = re.compile(r"(?:^|\s)(AND|OR|NOT|&&|\|\|)(?=\s|$)")
_FIELD = re.compile(r"(\w+):")
_EXPRESSION = re.compile(r"\\[bBdDsSwW]|\.\*|\(\?")


def faults_of(rules: Sequence[Rule]) -> tuple[Fault, ...]:
    """Return the faults of the rules, rule by rule."""
    doubts = [_OpenQuestions.about(rule) for rule in rules]
    cover = Cover(pair for doubt in doubts for pair in (*doubt.against, *doubt.beside))
    faults: list[Fault] = []
    for rule, doubt in zip(rules, doubts, strict=True):
        if doubt.at_odds or any(cover.covers_words(outer, inner) for inner, outer in doubt.against):
            dead = dead_rule(rule, cover)
            faults += _dead_keywords(rule, cover) if dead is None else [dead]
        covered = {pair for pair in doubt.beside if cover.covers_words(pair[1], pair[0])}
        faults += _superfluous(rule, covered)
        faults += _operators(rule)
        faults += _worthless(rule)
    return tuple(faults)


class _OpenQuestions(Struct, frozen=True):
    """The open questions about one rule; few in most rules, which keeps many rules fast."""

    at_odds: bool
    """Whether it wants and excludes the same keyword, or compares, so that it may contradict
    itself."""
    against: tuple[_Pair, ...]
    """Keywords (inner, outer) of which the outer one excludes and may cover the inner one."""
    beside: tuple[_Pair, ...]
    """The same for keywords in one list."""

    @classmethod
    def about(cls, rule: Rule) -> _OpenQuestions:
        helpful, harmful = sides(rule)
        at_odds = not set(harmful).isdisjoint(helpful) or any(
            isinstance(leaf, (DayRange, NumberRange)) for leaf in helpful
        )
        pairs: list[_Pair] = []
        for _, leaves in _lists(rule):
            distinct = list(dict.fromkeys(map(bare, leaves)))
            pairs += suspects(distinct, distinct)
        return cls(at_odds, tuple(suspects(helpful, harmful)), tuple(pairs))


# --- what can never match ------------------------------------------------------------------------


def _dead_keywords(rule: Rule, cover: Cover) -> Iterator[Fault]:
    always = dead_parts(rule, cover.covers)
    for part in always:
        reason, advice = explain_clash(part.clash)
        yield Fault("warning", rule.name, _written(part.node), f"never matches: {reason}", advice)
    known = {part.node for part in always}
    parts = dead_parts(rule, cover.covers_words)
    clash = never_selects(rule, cover.covers_words)
    if clash is not None and not parts:
        yield _nearly_dead(rule, clash.leaf, clash)
    for part in parts:
        if part.node not in known:
            yield _nearly_dead(rule, part.node, part.clash)


def _nearly_dead(rule: Rule, part: Node, clash: Clash) -> Fault:
    reason, advice = explain_clash(clash)
    message = f"matches only where it is written as one word: {reason}"
    return Fault("warning", rule.name, _written(part), message, advice)


# --- what stands twice ---------------------------------------------------------------------------


def _lists(rule: Rule) -> Iterator[tuple[str, list[Leaf]]]:
    """Yield the lists of a rule in which any entry is enough, with the keyword entries."""
    lists = (("keywords", (rule.selecting,)), ("require", rule.require), ("exclude", rule.exclude))
    for name, nodes in lists:
        entries = [entry for node in nodes for entry in _entries(node)]
        yield name, [entry for entry in entries if not isinstance(entry, (And, Or, AtLeast, Not))]


def _entries(node: Node) -> Iterator[Node]:
    if isinstance(node, Or):
        for child in node.children:
            yield from _entries(child)
    else:
        yield node


def _superfluous(rule: Rule, pairs: set[_Pair]) -> Iterator[Fault]:
    """Yield each entry that another entry of its list makes superfluous.

    `pairs` are the different keywords (inner, outer) of which the outer one matches wherever the
    inner one does.
    """
    wider_than: dict[Leaf, list[Leaf]] = defaultdict(list)
    for inner, outer in pairs:
        wider_than[inner].append(outer)
    for name, leaves in _lists(rule):
        first: dict[Leaf, Leaf] = {}
        for leaf in leaves:
            plain = bare(leaf)
            twins = (wider for wider in wider_than[plain] if (wider, plain) in pairs)
            same = next((first[key] for key in (plain, *twins) if key in first), None)
            if same is not None:
                yield _repeated(rule, name, leaf, same)
                continue
            first[plain] = leaf
        places = {plain: place for place, plain in enumerate(first)}
        for plain, leaf in first.items():
            known = (wider for wider in wider_than[plain] if wider in first)
            wider = min(known, key=places.__getitem__, default=None)
            if wider is not None and not _for_points(rule, name, leaf, first[wider]):
                yield _contained(rule, name, leaf, first[wider])


def _for_points(rule: Rule, name: str, leaf: Leaf, wider: Leaf) -> bool:
    """Return whether a keyword that selects nothing of its own is there for its points."""
    return name == "keywords" and (rule.min_score is not None or leaf.boost != wider.boost)


def _repeated(rule: Rule, name: str, leaf: Leaf, first: Leaf) -> Fault:
    twice = "stands twice" if leaf.text == first.text else f"is the same keyword as {quoted(first)}"
    counts = "; where both match, both give points" if _both_count(name, leaf, first) else ""
    message = f"{twice} in {_place(rule, name)}{counts}"
    return Fault("warning", rule.name, describe(leaf), message, "leave one of them out")


def _both_count(name: str, leaf: Leaf, first: Leaf) -> bool:
    return name == "keywords" and bare(leaf) != bare(first)


def _contained(rule: Rule, name: str, leaf: Leaf, wider: Leaf) -> Fault:
    effect = "only adds points" if name == "keywords" else "changes nothing"
    message = f"{effect}: {quoted(wider)} matches wherever it does"
    advice = "leave it out" if name != "keywords" else (
        "leave one of the two out, or give it a boost such as "
        f"{describe(leaf)}^2 if the points are what you want"
    )  # fmt: skip
    return Fault("warning", rule.name, describe(leaf), message, advice)


def _place(rule: Rule, name: str) -> str:
    if name != "keywords":
        return f"`{name}`"
    return "the rule" if rule.query is not None else "`keywords`"


# --- operators that are words, and words that are worth nothing ----------------------------------


def _operators(rule: Rule) -> Iterator[Fault]:
    for slip in narrow_nots(rule.query_text):
        message = (
            f"excludes only where “{slip.alternative}” matches, because NOT binds tighter than OR"
        )
        advice = (
            f"write {slip.instead}, or put brackets around “{slip.alternative} {slip.excluded}”"
        )
        yield Fault("warning", rule.name, slip.excluded, message, advice)
    for query in _queries(rule):
        for leaf in leaves_of(query):
            operator = _WORDS.get(leaf.text)
            if operator and isinstance(leaf, Phrase):
                message = "asks in a query for the word itself"
                advice = f'write {operator}, or "{leaf.text}" if you mean the word'
                yield Fault("warning", rule.name, leaf.text, message, advice)
    for entry in (*rule.keywords, *rule.require, *rule.exclude):
        if isinstance(entry, (Phrase, Pattern)) and entry.field is None:
            yield from _query_in_keyword(rule, entry.text)


def _queries(rule: Rule) -> Iterator[Node]:
    """Yield the trees that were written as queries; a keyword of the config is one leaf."""
    if rule.query is not None:
        yield rule.query
    for entry in (*rule.keywords, *rule.require, *rule.exclude):
        if isinstance(entry, (And, Or, AtLeast, Not)):
            yield entry


def _query_in_keyword(rule: Rule, text: str) -> Iterator[Fault]:
    """Yield a fault if a keyword, which has no operators, looks like a query."""
    advice = f"write {{query: '{text}'}}, or put it into the rule's `query`"
    if match := _OPERATOR.search(text):
        message = f"holds {match[1]}, which is a word in a keyword, no operator"
        yield Fault("warning", rule.name, text, message, advice)
    elif (match := _FIELD.match(text)) and match[1].lower() in FIELD_NAMES:
        message = f"begins with {match[0]}, which is text in a keyword, no field"
        yield Fault("warning", rule.name, text, message, advice)
    elif _EXPRESSION.search(text):
        message = "looks like a regular expression, which is text in a keyword"
        yield Fault("warning", rule.name, text, message, f"write {{query: '/{text}/'}}")
    elif text.startswith("-"):
        message = "begins with a minus, which excludes nothing in a keyword"
        yield Fault("warning", rule.name, text, message, f"put {text[1:]} into `exclude`")


def _worthless(rule: Rule) -> Iterator[Fault]:
    if rule.weight == 0:
        message = "has the weight 0, which makes each of its papers worth 0 points"
        yield Fault("warning", rule.name, "", message, "give it a weight above 0, or none")
    for leaf in dict.fromkeys(leaves_of(rule.selecting)):
        if leaf.boost == 0:
            message = "has the boost 0: it selects, and gives no point"
            advice = "leave ^0 out; what must match too, but not count, goes into `require`"
            yield Fault("warning", rule.name, describe(leaf), message, advice)
    nodes = (rule.selecting, *rule.require, *rule.exclude)
    for leaf in dict.fromkeys(leaf for node in nodes for leaf in leaves_of(node)):
        if isinstance(leaf, Regex) and _matches_nothing(leaf):
            message = "matches the empty text, and so every paper"
            advice = "ask for at least one character, as in /x+/ in place of /x*/"
            yield Fault("warning", rule.name, describe(leaf), message, advice)


def _matches_nothing(leaf: Regex) -> bool:
    """Return whether the expression matches the empty text, even in the middle of a word."""
    import re2  # here and not above: most configs have no regular expression

    options = re2.Options()
    options.log_errors = False
    return bool(re2.compile(leaf.pattern, options).search(""))


def _written(node: Node) -> str:
    """Return a part of a rule as text: a keyword as written, else all of its keywords."""
    if isinstance(node, (And, Or, AtLeast, Not)):
        return " … ".join(dict.fromkeys(map(describe, leaves_of(node))))
    return describe(node)
