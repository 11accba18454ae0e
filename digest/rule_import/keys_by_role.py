"""Sort the entries of a foreign mapping by what their keys mean.

A key whose value does not fit its role is "other": a topic called "Search" or "Weight" is a topic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from digest.rule_import import fields
from digest.rule_import.boolean import is_boolean
from digest.rule_import.key_roles import role_of
from digest.rule_import.value_kinds import (
    is_prose,
    is_text,
    is_topic,
    number_of,
    texts_of,
    weighted_terms,
)

if TYPE_CHECKING:
    from digest.rule_import.key_roles import Role
    from digest.rule_import.parse_file import Value

Table: TypeAlias = "dict[str, Value]"
Parts: TypeAlias = "dict[Role, list[tuple[str, Value]]]"

NUMBERS: Final = ("weight", "limit", "threshold", "weak factor")
_LISTS: Final = ("include", "exclude", "require", "boost", "weak", "queries")
_HEADINGS: Final = ("Words", "Terms", "Phrases", "Patterns", "Any")
"""Keys for keywords that, written so, are rather the names of topics."""
_FIELDS: Final = {"title", "abstract", "author", "authors", "category", "categories", "venue"}


def by_role(table: Table) -> Parts:
    """Return the entries of `table`, key and value, by their roles."""
    parts: Parts = {}
    for key, value in table.items():
        parts.setdefault(_role(key, value), []).append((key, value))
    return parts


def _role(key: str, value: Value) -> Role:  # noqa: C901, PLR0911, PLR0912 - a case a line
    role = role_of(key)
    if role != "exclude" and fields.are_categories(value):
        return "categories"
    if is_text(value) and is_boolean(value) and role not in _LISTS:
        return "other"
    match role:
        case "prose" if isinstance(value, dict):
            return "wrapper"
        case "prose" if key.lower().startswith(("interest", "research")) and not is_prose(value):
            return "include"
        case "include" if key in _HEADINGS:
            return "other"
        case "topics" if is_prose(value):
            return "prose"
        case "topics" if is_text(value) and key.lower() == "topic":
            return "name"
        case "categories" if isinstance(value, dict) and not fields.has_categories(value):
            return "other"  # topics, used if nothing beside them selects
        case "wrapper" if not isinstance(value, dict):
            return "other"
        case "name" if not is_text(value):
            return "other"
        case "weight" if isinstance(value, dict) and weighted_terms(value):
            role = "layers"
    if role == "layers" and isinstance(value, dict) and _FIELDS.intersection(value):
        return "other"  # weights of fields, not of keywords
    if role in NUMBERS and number_of(value) is None:
        return "other"
    if role in _LISTS and not _selects(value):
        return "setting"
    return role


def _selects(value: Value) -> bool:
    """Return whether a list, text or mapping contains anything that could select a paper."""
    if isinstance(value, dict):
        return bool(value)
    if isinstance(value, list):
        return any(is_text(item) or isinstance(item, dict) for item in value) or not value
    return value is None or is_text(value)


def holds_topics(value: Value) -> bool:
    """Return whether `value` is a topic, or contains topics at some depth."""
    if is_topic(value):
        return True
    return isinstance(value, dict) and any(
        holds_topics(inner) for key, inner in value.items() if role_of(key) != "setting"
    )


def is_terms(value: Value) -> bool:
    """Return whether a list or mapping contains keywords, not topics."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return True
    return bool(weighted_terms(value))


def label_of(topic: Value) -> str:
    """Return the topic's own name; empty if it has none."""
    for key in ("label", "name", "title", "topic", "topic_name", "id"):
        label = topic.get(key) if isinstance(topic, dict) else None
        if is_text(label) and label.strip():
            return label
    return ""


def weight_of(topic: Value) -> float:
    """Return the topic's own weight, else 1."""
    if isinstance(topic, dict):
        for key, value in topic.items():
            number = number_of(value)
            if role_of(key) == "weight" and number is not None:
                return number
    return 1.0


def categories_inside(value: Value) -> tuple[str, ...]:
    """Return the arXiv categories that settings such as `arxiv: {categories: [cs.CL]}` fetch.

    None if there are other services beside arXiv: their papers have no such categories.
    """
    if not isinstance(value, dict) or holds_topics(
        {key: inner for key, inner in value.items() if not fields.are_categories(inner)}
    ):
        return ()
    categories: list[str] = []
    for key, inner in value.items():
        if fields.are_categories(inner) and role_of(key) != "exclude":
            categories += texts_of(inner)
        else:
            categories += categories_inside(inner)
    services = {key.lower() for key in value} & _SERVICES
    return () if services - {"arxiv"} else tuple(dict.fromkeys(categories))


_SERVICES: Final = {
    "arxiv", "biorxiv", "medrxiv", "pubmed", "europepmc", "openalex", "crossref", "chemrxiv", "hal",
    "ieee", "acm", "springer", "semantic_scholar", "semanticscholar", "s2", "huggingface",
    "hf_daily", "dblp", "openreview",
}  # fmt: skip
