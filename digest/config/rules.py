"""Read the `rules` and `aliases` of the config.

`digest.rules` defines the meaning of a rule. This module finds its parts and reports those that do
not parse. A rule with a fault is never left out silently: the whole config is refused.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from digest.config.values import (
    Section,
    fault,
    line,
    list_entries,
    number,
    one_of,
    prose,
    quoted,
    text,
    whole_number,
    yes_or_no,
)
from digest.config.yaml_tree import Table, Text
from digest.errors import ConfigError, QueryError
from digest.rules import Aliases, Rule, connect, parse_author, parse_keyword, parse_query
from digest.rules.rule_text import LISTS, queries_of
from digest.rules.syntax import Phrase, leaves_of
from digest.text.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digest.config.values import Faults
    from digest.config.yaml_tree import Node
    from digest.model import Order
    from digest.rules.syntax import Node as Query

KEYS: Final = (
    "name", "keywords", "require", "exclude", "query", "authors", "prefer", "avoid", "weight",
    "limit", "min", "min_score", "order", "paused", "until", "note", "must_match",
    "must_not_match",
)  # fmt: skip


ORDERS: Final[tuple[Order, ...]] = ("score", "upvotes", "comments", "newest", "learned", "library")
_LEAST_TERMS: Final = 2


def read_aliases(node: Node) -> Aliases:
    """Return the groups of terms of `aliases`; raise ConfigError if they are invalid."""
    groups: list[tuple[str, ...]] = []
    for group in list_entries(node):
        terms = tuple(line(entry) for entry in list_entries(group))
        if len(terms) < _LEAST_TERMS:
            raise fault(group, "a group of aliases has at least two terms that mean the same")
        for entry, term in zip(list_entries(group), terms, strict=True):
            keyword = _parsed(entry, parse_keyword)
            if not isinstance(keyword, Phrase) or keyword.boost != 1:
                raise fault(
                    entry, f"{quoted(term)} is not a plain term: an alias has no *, ?, = and ^"
                )
        groups.append(terms)
    return Aliases(groups)


def read_rules(
    nodes: tuple[Node, ...], faults: Faults, aliases: Aliases | None = None
) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """Return the valid rules, and the names of all, so that no name is reported missing twice."""
    rules: list[Rule] = []
    sections: dict[str, Section] = {}
    names: dict[str, Node] = {}
    for position, node in enumerate(nodes, 1):
        name = _name_of(node)
        within = f"rule {quoted(name)}" if name else f"rule {position}"
        section = Section(node, KEYS, faults, within=within)
        before = len(faults)
        if section.read("name", line, None) is None and "name" not in section:
            section.add(fault(node, "the rule has no name; it is the heading of its section"))
        if name in names:
            first = names[name].line
            section.add(fault(node, f"there is a rule of this name already, on line {first}"))
        names.setdefault(name, node)
        rule = _read_rule(name, section, before)
        if rule is not None:
            rules.append(rule)
            sections.setdefault(name, section)
    if len(rules) < len(nodes):
        return tuple(rules), tuple(names)  # the config is refused anyway
    return _connected(rules, sections, aliases), tuple(names)


def _connected(
    rules: Sequence[Rule], sections: dict[str, Section], aliases: Aliases | None
) -> tuple[Rule, ...]:
    """Return the rules with aliases, each connected to the rules that it names."""
    try:
        return connect(rules, aliases)
    except QueryError as error:
        at_fault = next(
            (
                rule.name
                for rule in rules
                if any(leaf.text == error.text for node in rule.nodes for leaf in leaves_of(node))
            ),
            rules[0].name,
        )
        section = sections[at_fault]
        section.add(_query_fault(section.node, error))
        return tuple(rules)


def _name_of(node: Node) -> str:
    """Return the rule's name, if possible, for messages about the rule."""
    if isinstance(node, Table):
        for key, value in node.entries:
            if key.text == "name" and isinstance(value, Text):
                return value.text.strip()
    return ""


def _read_rule(name: str, section: Section, faults_before: int) -> Rule | None:
    if isinstance(section.node, Table) and _SELECTING.isdisjoint(section.nodes):
        section.add(fault(section.node, "the rule needs `keywords`, a `query` or `authors`"))
    # Only existing keys are read: ten thousand rules have two or three each.
    values: dict[str, Any] = {}
    for key in section.nodes:
        if key in _LISTS_OF:
            values[key] = section.read_list(key, _LISTS_OF[key], ())
        elif key in _VALUES:
            attribute, convert = _VALUES[key]
            values[attribute] = section.read(key, convert, None)
    if len(section.faults) > faults_before:
        return None
    if "query" in values:
        values["query_text"] = text(section.node_of("query"))
    try:
        return Rule(name, **values, written=_written(section))
    except QueryError as error:  # a rule that only excludes
        section.add(_query_fault(section.node_of("query"), error))
        return None


def _written(section: Section) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the entries of a rule's lists as they are in the file, keywords before queries."""
    written = []
    for key, node in section.nodes.items():
        if key in _WRITTEN:
            entries = list_entries(node)
            keywords = tuple([entry.text for entry in entries if isinstance(entry, Text)])
            if keywords:
                written.append((key, keywords))
            if len(keywords) < len(entries):
                queries = (entry.entries[0][1] for entry in entries if isinstance(entry, Table))
                written.append((queries_of(key), tuple(map(text, queries))))
    return tuple(written)


def _author(node: Node) -> Query:
    return _parsed(node, parse_author)


def _order(node: Node) -> Order:
    name = one_of(ORDERS, "order")(node)
    return next(order for order in ORDERS if order == name)


def _day(node: Node) -> date:
    value = line(node)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise fault(node, f"{quoted(value)} is not a day such as 2026-12-31") from None


def _entry(node: Node) -> Query:
    """Convert an entry of `keywords`, `require` or `exclude`: a keyword, or `{query: …}`."""
    if isinstance(node, Text):
        return _parsed(node, parse_keyword)
    if isinstance(node, Table):
        match node.entries:
            case [(Text(text="query"), value)]:
                return _query(value)
            case [(key, Text())] if not nearest(key.text, ["query"]):
                pass  # a keyword with a colon: `text` says what to write
            case _:
                raise fault(node, "an entry is a keyword or {query: …}, nothing else")
    return _parsed(node, parse_keyword)


def _query(node: Node) -> Query:
    return _parsed(node, parse_query)


_SELECTING: Final = frozenset({"keywords", "query", "authors"})
"""A rule has at least one of these keys."""
_WRITTEN: Final = frozenset((*LISTS, "authors"))
_LISTS_OF: Final[Mapping[str, Callable[[Node], object]]] = {
    **dict.fromkeys(LISTS, _entry),
    "authors": _author,
    "must_match": prose,
    "must_not_match": prose,
}
"""The keys of a rule that are lists, and the converter of an entry."""
_VALUES: Final[Mapping[str, tuple[str, Callable[[Node], object]]]] = {
    "query": ("query", _query),
    "weight": ("weight", number),
    "limit": ("limit", whole_number),
    "min": ("minimum", whole_number),
    "min_score": ("min_score", number),
    "order": ("order", _order),
    "paused": ("paused", yes_or_no),
    "until": ("until", _day),
    "note": ("note", prose),
}
"""The other keys of a rule but its name: the attribute of `Rule`, and the value's converter."""


def _parsed(node: Node, parse: Callable[[str], Query]) -> Query:
    try:
        return parse(text(node))
    except QueryError as error:
        raise _query_fault(node, error) from None


def _query_fault(node: Node, error: QueryError) -> ConfigError:
    """Point at the characters at fault, in the file and in the message."""
    at_fault = error.text[error.start : error.end]
    place = f", at {quoted(at_fault)}" if at_fault and at_fault != error.text else ""
    hint = f". {error.hint}" if error.hint else ""
    reason = f"{error.reason}{place} in {quoted(error.text)}{hint}"
    return fault(node, reason, offset=error.start)
