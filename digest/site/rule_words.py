"""Describe a rule in sentences: what its keywords and its query ask for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from digest.model import Segment
from digest.rules.syntax import (
    And,
    AtLeast,
    DayRange,
    Exact,
    Label,
    Near,
    Not,
    NumberRange,
    Or,
    Pattern,
    Person,
    Phrase,
    SelectedBy,
    leaves_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from digest.model import MarkedText
    from digest.rules import Rule
    from digest.rules.syntax import Leaf, Node
    from digest.wording.languages import Words

_MOST: Final = 60
"""Maximum number of keywords that are named; a rule may have thousands."""


def rule_sentences(rule: Rule, words: Words) -> tuple[MarkedText, ...]:
    """Return what the rule asks for, sentence by sentence, with its terms marked."""
    teller = _RuleDescriber(words)
    any_of = teller.any_of
    sentences: list[tuple[str, Iterable[Segment]]] = []
    if rule.keywords:
        text = words.text("Papers that mention {terms}.", terms=_HOLE)
        sentences.append((text, any_of(rule.keywords)))
    if rule.query is not None:
        also = words.text("Also papers with {terms}.", terms=_HOLE)
        alone = words.text("Papers with {terms}.", terms=_HOLE)
        sentences.append((also if sentences else alone, teller.node(rule.query)))
    if rule.authors:
        also = words.text("Also papers by {terms}.", terms=_HOLE)
        alone = words.text("Papers by {terms}.", terms=_HOLE)
        sentences.append((also if sentences else alone, any_of(rule.authors)))
    conditions = (
        (words.text("All of them must mention {terms}.", terms=_HOLE), rule.require),
        (words.text("None of them may mention {terms}.", terms=_HOLE), rule.exclude),
        (words.text("More points if they mention {terms}.", terms=_HOLE), rule.prefer),
        (words.text("Fewer points if they mention {terms}.", terms=_HOLE), rule.avoid),
    )
    sentences += [(text, any_of(nodes)) for text, nodes in conditions if nodes]
    if rule.paused:
        sentences.append((words.text("The rule is paused."), ()))
    elif rule.until is not None:
        day = words.day(rule.until)
        sentences.append((words.text("The rule ends after {day}.", day=day), ()))
    return tuple(tuple(_filled(text, terms)) for text, terms in sentences)


_HOLE: Final = "\0"
"""Placeholder for marked terms in a phrase; no phrase has it."""


class _RuleDescriber:
    """Describes terms in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def any_of(self, nodes: Sequence[Node]) -> Iterator[Segment]:
        """Yield the words for terms of which one is enough: A, B or C."""
        words = self._words
        return self._cut(nodes, words.text("{first} or {last}", first=_HOLE, last=_HOLE))

    def _cut(self, nodes: Sequence[Node], last: str) -> Iterator[Segment]:
        """Yield the words for at most `_MOST` terms, and how many more there are."""
        words, hidden = self._words, len(nodes) - _MOST
        parts = [tuple(self.node(node, nested=True)) for node in nodes[:_MOST]]
        if hidden <= 0:
            return self._joined(parts, last)
        more = words.count(
            "{list} and {number} more", "{list} and {number} more", hidden, list=_HOLE
        )
        return _filled(more, tuple(self._joined(parts, "")))

    def _joined(self, parts: Sequence[Iterable[Segment]], last: str) -> Iterator[Segment]:
        """Put commas between parts; `last` joins the last two, unless it is empty."""
        comma = self._words.text(", ")
        *lead, end = last.split(_HOLE) if last else ("", comma, "")
        for place, part in enumerate(parts):
            if place:
                yield Segment(lead[-1] if place == len(parts) - 1 else comma)
            yield from part
        if end:
            yield Segment(end)

    def node(self, node: Node, *, nested: bool = False) -> Iterator[Segment]:
        """Yield the words for a part of a query, with brackets around nested ones."""
        words = self._words
        match node:
            case And() | Or():
                parts = [tuple(self.node(child, nested=True)) for child in node.children]
                last = words.text("{first} or {last}", first=_HOLE, last=_HOLE)
                if isinstance(node, And):
                    last = words.text("{first} and {last}", first=_HOLE, last=_HOLE)
                yield from _bracketed(self._joined(parts, last), nested=nested)
            case AtLeast():
                parts = [tuple(self.node(child, nested=True)) for child in node.children]
                list_words = _bracketed(self._joined(parts, ""), nested=True)
                phrase = words.text("at least {number} of {terms}", number=node.least, terms=_HOLE)
                yield from _filled(phrase, list_words)
            case Not():
                phrase = words.text("not {term}", term=_HOLE)
                yield from _filled(phrase, self.node(node.child, nested=True))
            case _:
                yield from self._leaf(node)

    def _leaf(self, leaf: Leaf) -> Iterator[Segment]:
        words = self._words
        if isinstance(leaf, SelectedBy):
            phrase = words.text("what the rule {rule} selects", rule=_HOLE)
            yield from _filled(phrase, (Segment(leaf.name, marked=True),))
            return
        if isinstance(leaf, (DayRange, NumberRange)):
            yield Segment(leaf.text)
            return
        if isinstance(leaf, Label):
            yield Segment(f"{leaf.field} ")
        yield Segment(_shown(leaf), marked=True)
        notes = []
        if isinstance(leaf, Exact):
            notes.append(words.text("exactly so"))
        if leaf.field in self._places:
            notes.append(self._places[leaf.field])
        if leaf.boost not in (None, 1.0):
            notes.append(words.text("counts {factor} times", factor=f"{leaf.boost:g}"))
        if notes:
            yield Segment(f" ({words.text(', ').join(notes)})")

    @cached_property
    def _places(self) -> Mapping[str | None, str]:
        """Return where a term has to occur, by the field."""
        words = self._words
        return {
            "title": words.text("in the title"),
            "abstract": words.text("in the abstract"),
            "org": words.text("as organisation"),
            "journal": words.text("as journal"),
            "comment": words.text("in the authors’ comment"),
            "first_author": words.text("as first author"),
            "last_author": words.text("as last author"),
        }


def _filled(phrase: str, terms: Iterable[Segment]) -> Iterator[Segment]:
    """Yield a phrase with terms in place of its placeholder."""
    before, _, after = phrase.partition(_HOLE)
    if before:
        yield Segment(before)
    yield from terms
    if after:
        yield Segment(after)


def _bracketed(inner: Iterable[Segment], *, nested: bool) -> Iterator[Segment]:
    if nested:
        yield Segment("(")
    yield from inner
    if nested:
        yield Segment(")")


def _shown(leaf: Leaf) -> str:
    """Return a term as a person says it: without quotes, `…` for a wildcard."""
    match leaf:
        case Person():
            return leaf.name
        case Exact():
            return leaf.literal
        case Label():
            return leaf.value
        case Phrase() | Pattern():
            return leaf.text.strip('"').replace("*", "…")
    return leaf.text


def asks_for(rules: Iterable[Rule]) -> Callable[[str], str]:
    """Return a function that names the rule with a keyword that contains a term, or the reverse."""
    words: dict[str, str] = {}
    for rule in rules:
        for node in rule.nodes:
            for leaf in leaves_of(node):
                if isinstance(leaf, (Phrase, Pattern, Near, Exact)):
                    text = leaf.text.lower().strip('"=').rstrip("*")
                    words.setdefault(text, rule.name)

    def rule_of(term: str) -> str:
        for text, name in words.items():
            if text and (f" {text}" in f" {term}" or f" {term}" in f" {text}"):
                return name
        return ""

    return rule_of
