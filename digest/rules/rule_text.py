"""What decides which papers a rule selects, as text for the library, and back.

Limits, order, notes and tests are not included; what only adds or subtracts points is included if
the rule has a `min_score`.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec

from digest.rules.aliases import Aliases
from digest.rules.parse import parse_query
from digest.rules.syntax import Rule
from digest.rules.terms import parse_author, parse_keyword

if TYPE_CHECKING:
    from digest.rules.syntax import Node

LISTS: Final = ("keywords", "require", "exclude", "prefer", "avoid")
"""The keys of a rule whose entries are keywords or `{query: …}`."""
_QUERIES: Final = " queries"
"""Suffix of the key of those entries of a list that are queries."""
_POINTS: Final = ("prefer", "avoid")
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def queries_of(key: str) -> str:
    """Return the name in `Rule.written` of those entries of `key` that are queries."""
    return key + _QUERIES


def rule_to_text(rule: Rule) -> str:
    """Return what decides which papers a rule selects; order and repetition do not."""
    form: dict[str, Any] = {
        key: sorted(set(entries))
        for key, entries in rule.written
        if rule.min_score is not None or not key.startswith(_POINTS)
    }
    if rule.query is not None:
        form["query"] = rule.query_text.strip()
    if rule.min_score is not None:
        form |= {"min_score": rule.min_score, "weight": rule.weight}
    if rule.paused:
        form["paused"] = True
    if rule.until is not None:
        form["until"] = rule.until.isoformat()
    return _ENCODER.encode(form).decode()


def rule_from_text(name: str, text: str) -> Rule:
    """Return the rule that `rule_to_text` wrote.

    Raise `QueryError` if a part of it no longer parses.
    """
    form: dict[str, Any] = json.loads(text)

    def nodes(key: str) -> tuple[Node, ...]:
        keywords = map(parse_keyword, form.get(key, ()))
        return (*keywords, *map(parse_query, form.get(queries_of(key), ())))

    query, until = form.get("query"), form.get("until")
    return Rule(
        name,
        keywords=nodes("keywords"),
        require=nodes("require"),
        exclude=nodes("exclude"),
        prefer=nodes("prefer"),
        avoid=nodes("avoid"),
        authors=tuple(map(parse_author, form.get("authors", ()))),
        query=None if query is None else parse_query(query),
        query_text=query or "",
        min_score=form.get("min_score"),
        weight=form.get("weight", 1.0),
        paused=form.get("paused", False),
        until=None if until is None else date.fromisoformat(until),
    )


def aliases_to_text(aliases: Aliases | None) -> str:
    """Return the groups of terms with the same meaning; their order does not matter."""
    groups = sorted(sorted(group) for group in aliases.groups) if aliases else []
    return json.dumps(groups, ensure_ascii=False)


def aliases_from_text(text: str) -> Aliases | None:
    """Parse the result of `aliases_to_text`."""
    groups = json.loads(text)
    return Aliases(groups) if groups else None
