"""A rule in words: what its keywords and its query ask for, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.model import Segment
from digest.rules.syntax import And, AtLeast, Not, Or, leaves_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from digest.model import Marked
    from digest.rules import Rule
    from digest.rules.syntax import Leaf, Node

_MOST: Final = 60
"""Keywords that are named; a rule may have thousands."""


def rule_sentences(rule: Rule) -> tuple[Marked, ...]:
    """Return what the rule asks for, sentence by sentence, its terms marked."""
    sentences: list[Marked] = []
    if rule.keywords:
        sentences.append(_sentence("Papers that mention ", rule.keywords, "or"))
    if rule.query is not None:
        lead = "Also papers with " if rule.keywords else "Papers with "
        sentences.append((Segment(lead), *_words(rule.query), Segment(".")))
    if rule.authors:
        lead = "Also papers by " if sentences else "Papers by "
        sentences.append(_sentence(lead, rule.authors, "or"))
    if rule.require:
        sentences.append(_sentence("All of them must mention ", rule.require, "and"))
    if rule.exclude:
        sentences.append(_sentence("None of them may mention ", rule.exclude, "or"))
    if rule.prefer:
        sentences.append(_sentence("More points if they mention ", rule.prefer, "or"))
    if rule.avoid:
        sentences.append(_sentence("Fewer points if they mention ", rule.avoid, "or"))
    if rule.paused:
        sentences.append((Segment("The rule is paused."),))
    elif rule.until is not None:
        sentences.append((Segment(f"The rule ends after {rule.until}."),))
    return tuple(sentences)


def _sentence(lead: str, nodes: Sequence[Node], word: str) -> Marked:
    rest = len(nodes) - _MOST
    shown = [tuple(_words(node, nested=True)) for node in nodes[:_MOST]]
    joined = tuple(_joined(shown, word if rest <= 0 else ","))
    end = "." if rest <= 0 else f" and {rest} more."
    return (Segment(lead), *joined, Segment(end))


def _joined(parts: Sequence[Iterable[Segment]], word: str) -> Iterator[Segment]:
    for place, part in enumerate(parts):
        if place:
            last = place == len(parts) - 1 and word != ","
            yield Segment(f" {word} " if last else ", ")
        yield from part


def _words(node: Node, *, nested: bool = False) -> Iterator[Segment]:
    match node:
        case And() | Or():
            word = "and" if isinstance(node, And) else "or"
            parts = [tuple(_words(child, nested=True)) for child in node.children]
            yield from _bracketed(_joined(parts, word), nested=nested)
        case AtLeast():
            parts = [tuple(_words(child, nested=True)) for child in node.children]
            yield Segment(f"at least {node.least} of ")
            yield from _bracketed(_joined(parts, ","), nested=True)
        case Not():
            yield Segment("not ")
            yield from _words(node.child, nested=True)
        case _:
            yield from _leaf(node)


def _bracketed(inner: Iterable[Segment], *, nested: bool) -> Iterator[Segment]:
    if nested:
        yield Segment("(")
    yield from inner
    if nested:
        yield Segment(")")


_FIELDS: Final = {
    "title": "in the title", "abstract": "in the abstract", "org": "as organisation",
    "journal": "as journal", "comment": "in the authors’ comment",
    "first_author": "as first author", "last_author": "as last author",
}  # fmt: skip


def _leaf(leaf: Leaf) -> Iterator[Segment]:
    if leaf.kind == "rule":
        yield Segment("what the rule ")
        yield Segment(leaf.name, marked=True)
        yield Segment(" selects")
        return
    if leaf.kind in ("day range", "number range"):
        yield Segment(leaf.text)
        return
    if leaf.kind == "label":
        yield Segment(f"the {leaf.field} ")
    yield Segment(_shown(leaf), marked=True)
    notes = []
    if leaf.kind == "exact":
        notes.append("exactly so")
    if leaf.field in _FIELDS:
        notes.append(_FIELDS[leaf.field])
    if leaf.boost not in (None, 1.0):
        notes.append(f"counts {leaf.boost:g} times")
    if notes:
        yield Segment(f" ({', '.join(notes)})")


def _shown(leaf: Leaf) -> str:
    """Return a term as a person says it: without quotes, `…` for a wildcard."""
    match leaf.kind:
        case "person":
            return leaf.name
        case "exact":
            return leaf.literal
        case "label":
            return leaf.value
        case "phrase" | "pattern":
            return leaf.text.strip('"').replace("*", "…")
    return leaf.text


def asks_for(rules: Iterable[Rule]) -> Callable[[str], str]:
    """Return a function that names the rule one of whose keywords holds a term, or holds it."""
    words: dict[str, str] = {}
    for rule in rules:
        for node in rule.nodes:
            for leaf in leaves_of(node):
                if leaf.kind in ("phrase", "pattern", "near", "exact"):
                    text = leaf.text.lower().strip('"=').rstrip("*")
                    words.setdefault(text, rule.name)

    def rule_of(term: str) -> str:
        for text, name in words.items():
            if text and (f" {text}" in f" {term}" or f" {term}" in f" {text}"):
                return name
        return ""

    return rule_of
