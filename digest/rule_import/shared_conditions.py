"""Conditions around the topics of a file that apply to each: categories, gates, limits.

A `Frame` is passed inward, from a file to its topics; `rule` makes a rule of entries in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.errors import QueryError
from digest.rule_import import phrases
from digest.rule_import.result import Entry, ImportedRule, Notes, shown
from digest.rules import Rule, parse_keyword, parse_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.rules.syntax import Node

MAX_PART: Final = 6_000
"""Maximum length of a query part that joins many entries; a query ends at 20,000."""
MAX_WHOLE: Final = 18_000


class Frame(Struct, frozen=True):
    """Conditions that apply to every rule inside."""

    categories: tuple[str, ...] = ()
    """Queries, one per category."""
    require: tuple[Entry, ...] = ()
    exclude: tuple[Entry, ...] = ()
    boosts: tuple[Entry, ...] = ()
    """What adds points to a paper that is selected anyway."""
    weak: float = 1.0
    """Factor of a topic's weak keywords."""
    limit: int | None = None
    min_score: float | None = None
    authors: bool = False
    """Whether phrases are also searched among the authors' names."""

    def inside(self, other: Frame) -> Frame:
        """Return the frame of a part of the file that has the conditions `other`."""
        return replace(
            other,
            categories=other.categories or self.categories,
            require=other.require or self.require,
            exclude=(*self.exclude, *other.exclude),
            boosts=(*self.boosts, *other.boosts),
            weak=other.weak if other.weak != 1 else self.weak,
            limit=self.limit if other.limit is None else other.limit,
            min_score=self.min_score if other.min_score is None else other.min_score,
            authors=self.authors or other.authors,
        )


def rule(
    name: str,
    entries: Iterable[Entry | None],
    frame: Frame,
    notes: Notes,
    *,
    weight: float = 1.0,
) -> ImportedRule | None:
    """Return the rule that selects by `entries` in `frame`; None if there are no entries."""
    unique = phrases.once(tuple(entries), notes)
    if not unique:
        return None
    queries = []
    if frame.boosts and (boosting := _boosting(unique, frame.boosts, notes)):
        queries.append(boosting)
    if frame.authors and (names := _names(unique, notes)):
        queries.append(names)
    require, exclude = frame.require, phrases.once(frame.exclude, notes)
    query = " OR ".join(f"({query})" if len(queries) > 1 else query for query in queries)
    if frame.categories:
        require = _with_categories(require, " OR ".join(frame.categories), notes)
    keywords = unique
    if len(unique) == 1 and not unique[0].keyword and not query:
        keywords, query = (), unique[0].boosted_query
    made = ImportedRule(
        name, keywords, query, require, exclude, min(max(weight, 0.0), phrases.MAX_BOOST),
        frame.limit, frame.min_score,
    )  # fmt: skip
    return replace(made, notes=notes.all()) if _passes(made, notes) else None


def _with_categories(gate: tuple[Entry, ...], categories: str, notes: Notes) -> tuple[Entry, ...]:
    """Return a `require` for the gate, if there is one, and one of the categories."""
    if not gate:
        return (phrases.query_entry(categories),)
    query = f"({categories}) AND ({' OR '.join(entry.query for entry in gate)})"
    if len(query) > MAX_WHOLE:
        notes.say("The categories are left out: the gate is too long to be joined with them.")
        return gate
    return (phrases.query_entry(query),)


def _any_of(entries: Sequence[Entry], notes: Notes) -> str:
    """Return the query for any of `entries`, as many as fit into one query."""
    query = ""
    for number, entry in enumerate(entries):
        longer = f"{query} OR {entry.boosted_query}" if query else entry.boosted_query
        if len(longer) > MAX_PART:
            notes.say(f"Only the first {number} of {len(entries)} fit into one query.")
            break
        query = longer
    return query


def _boosting(entries: Sequence[Entry], boosts: Sequence[Entry], notes: Notes) -> str:
    """Return the query that gives points for `boosts` if `entries` select.

    It is beside the keywords, which count already: ^0 keeps them from counting twice.
    """
    notes.say("The query adds points to papers that the keywords select; it selects no others.")
    return f"({_any_of(boosts, notes)}) AND ({_any_of(entries, notes)})^0"


def _names(entries: Sequence[Entry], notes: Notes) -> str:
    """Return the query that searches for the entries' phrases among the authors."""
    names = [Entry(phrases.as_quoted(entry.keyword)) for entry in entries if " " in entry.keyword]
    return f"author:({_any_of(names, notes)})" if names else ""


def _passes(made: ImportedRule, notes: Notes) -> bool:
    """Return whether the config accepts the rule, which it must for every written rule."""
    try:
        as_rule(made)
    except QueryError as error:
        notes.say(f"{shown(made.name)} is left out: {error.reason}.")
        return False
    return True


def as_rule(made: ImportedRule) -> Rule:
    """Return the rule as the config would read it; raise `QueryError`."""
    return Rule(
        made.name,
        keywords=tuple(map(_node, made.keywords)),
        query=parse_query(made.query) if made.query else None,
        require=tuple(map(_node, made.require)),
        exclude=tuple(map(_node, made.exclude)),
        min_score=made.min_score,
    )


def _node(entry: Entry) -> Node:
    if entry.keyword:
        return parse_keyword(entry.boosted_keyword)
    return parse_query(entry.boosted_query)
