"""Lists joined by operators from the file: sections, authors, keywords, `and_or: +AND+`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.rule_import import phrases
from digest.rule_import.key_roles import role_of
from digest.rule_import.result import shown
from digest.rule_import.value_kinds import texts_of

if TYPE_CHECKING:
    from digest.rule_import.parse_file import Value
    from digest.rule_import.result import Notes

_PREFIX: Final = "and_or"
_OPERATORS: Final = ("AND", "OR", "ANDNOT")
_FIELDS: Final = {"categories": "cat", "authors": "au", "include": "all"}


def is_operators(table: dict[str, Value]) -> bool:
    """Return whether the mapping specifies operators."""
    return any(key.startswith(_PREFIX) for key in table)


def operator_query(table: dict[str, Value], notes: Notes) -> tuple[str, tuple[str, ...]]:
    """Return the query of the lists and operators, and the keys that were not read.

    `and_or_X` joins the list X within itself; `and_or` alone joins the lists. Both default to OR.
    """
    groups = []
    unread = []
    for key, value in table.items():
        field = None if key.startswith(_PREFIX) else _FIELDS.get(role_of(key))
        if field is not None:
            operator = _operator(table.get(f"{_PREFIX}_{key}"), notes)
            terms = [f'{field}:"{_unquoted(text)}"' for text in texts_of(value)]
            if terms:
                groups.append(f"({f' {operator} '.join(terms)})")
        elif not key.startswith(_PREFIX):
            unread.append(key)
    between = _operator(table.get(_PREFIX), notes)
    return f" {between} ".join(groups), tuple(unread)


def _unquoted(text: str) -> str:
    return phrases.tidy(text).replace('"', "")


def _operator(value: Value, notes: Notes) -> str:
    if value is None:
        return "OR"
    name = value.strip(" +").upper().replace(" ", "") if isinstance(value, str) else ""
    if name not in _OPERATORS:
        notes.say(f"{shown(str(value))} is not an operator; it is read as OR.")
        return "OR"
    return name
