"""Sort the keys of a mapping by what they mean, where the values under them bear it out.

A key of a known name whose value has another shape than that name asks for is "other": a topic
that is called "Search" or "Weight" stays a topic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from digest.rule_import import arxiv
from digest.rule_import.boolean import is_boolean
from digest.rule_import.key_roles import role_of
from digest.rule_import.value_kinds import is_prose, is_topic, number_of, weighted_terms

if TYPE_CHECKING:
    from digest.rule_import.key_roles import Role
    from digest.rule_import.parse_file import Value

Table: TypeAlias = "dict[str, Value]"
Parts: TypeAlias = "dict[Role, list[tuple[str, Value]]]"

_LISTS: Final = ("include", "exclude", "require", "queries")
NUMBERS: Final = ("weight", "limit", "threshold", "weak factor")
_HEADINGS: Final = ("Words", "Terms", "Phrases", "Patterns", "Any")
"""Keys for keywords that, written so, are rather the names of topics."""
_FIELDS: Final = {"title", "abstract", "author", "authors", "category", "categories", "venue"}


def by_role(table: Table) -> Parts:
    """Return the entries of `table`, key and value, under their roles."""
    parts: Parts = {}
    for key, value in table.items():
        parts.setdefault(_role(key, value), []).append((key, value))
    return parts


def _role(key: str, value: Value) -> Role:  # noqa: PLR0911 — a case a line
    role = role_of(key)
    if isinstance(value, str) and is_boolean(value) and role not in _LISTS:
        return "other"
    match role:
        case "prose" if key.lower().startswith(("interest", "research")) and not is_prose(value):
            return "include"
        case "include" if key in _HEADINGS:
            return "other"
        case "topics" if is_prose(value):
            return "prose"
        case "categories" if isinstance(value, dict) and not arxiv.has_categories(value):
            return "other"
        case "wrapper" if not isinstance(value, dict):
            return "other"
        case "name" if not isinstance(value, str):
            return "other"
        case "layers" if isinstance(value, dict) and _FIELDS.intersection(value):
            return "other"  # weights of fields, not of keywords
        case _ if role in NUMBERS and number_of(value) is None:
            return "other"
    return role


def holds_topics(value: Value) -> bool:
    """Tell whether there are topics in `value`, or it is one."""
    return is_topic(value) or (isinstance(value, dict) and any(map(is_topic, value.values())))


def is_terms(value: Value) -> bool:
    """Tell whether a list or mapping holds keywords, not topics."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return True
    return bool(weighted_terms(value))


def label_of(topic: Value) -> str:
    """Return the name that a topic gives itself; empty where it has none."""
    for key in ("label", "name", "title", "topic", "id"):
        label = topic.get(key) if isinstance(topic, dict) else None
        if isinstance(label, str) and label.strip():
            return label
    return ""


def weight_of(topic: Value) -> float:
    """Return the weight that a topic gives itself, else 1."""
    if isinstance(topic, dict):
        for key, value in topic.items():
            number = number_of(value)
            if role_of(key) == "weight" and number is not None:
                return number
    return 1.0
