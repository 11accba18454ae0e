"""Lists, texts and queries of a foreign file → entries of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.errors import UsageError
from digest.rule_import import fields, phrases
from digest.rule_import.boolean import is_boolean
from digest.rule_import.keys_by_role import by_role, label_of
from digest.rule_import.parse_file import Scalar
from digest.rule_import.result import listed, shown
from digest.rule_import.value_kinds import is_prose, texts_of, weighted_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rule_import.parse_file import Value
    from digest.rule_import.result import Entry, Notes

    Entries = list[Entry | None]

PROSE: Final = (
    "is prose for a reader, or a language model, to judge, and rules know words alone: write the "
    "phrases that such papers contain as keywords."
)
MAX_TEXTS: Final = 50_000
_ESCAPED_LETTER = re.compile(r"\\[A-Za-z]")


def of_value(value: Value, notes: Notes, *, factor: float = 1.0) -> Entries:
    """Return the entries of a list, of a text with commas, or of weighted keywords.

    Keywords with weights below 0 are left out: they are exclusions.
    """
    numbers_left_out(value, notes)
    if isinstance(value, dict) or (isinstance(value, list) and not _all_texts(value)):
        terms = weighted_terms(value)
        if idle := [text for text, weight in terms if weight == 0]:
            notes.say(f"Left out because they weigh nothing: {listed(idle)}.")
        return [
            phrases.phrase(text, notes, boost=weight * factor)
            for text, weight in terms
            if weight > 0
        ]
    if isinstance(value, str) and is_prose(value):
        notes.say(f"{shown(value)} {PROSE}")
        return []
    return of_texts(texts_of(value), notes, factor=factor)


def of_texts(texts: Sequence[str], notes: Notes, *, factor: float = 1.0) -> Entries:
    """Return the entries of phrases; if one is a regular expression, all of them are."""
    if len(texts) > MAX_TEXTS:
        raise UsageError(f"a list in it has more than {MAX_TEXTS:,} keywords")
    if any(phrases.is_regex(text) and not is_boolean(text) for text in texts):
        ignore_case = not any(_has_capitals(text) for text in texts)
        return [phrases.regex(text, notes, ignore_case=ignore_case, boost=factor) for text in texts]
    keywords: Entries = []
    for text in texts:
        if is_boolean(text):
            keywords += fields.translate(text, notes)
        else:
            keywords.append(phrases.phrase(text, notes, boost=factor))
    return keywords


def of_queries(value: Value, notes: Notes) -> Entries:
    """Return the entries of search queries, whose words side by side must all occur."""
    keywords: Entries = []
    for query in value if isinstance(value, list) else [value]:
        if isinstance(query, dict):
            for _, inner in by_role(query).get("queries", ()):
                keywords += of_queries(inner, notes)
        elif isinstance(query, str):
            keywords += fields.translate(query, notes)
    return keywords


def numbers_left_out(value: Value, notes: Notes) -> None:
    """Note the numbers and booleans of a list, which are never keywords."""
    items = value if isinstance(value, list) else []
    numbers = [str(item) for item in items if isinstance(item, Scalar)]
    if numbers:
        notes.say(
            f"Left out because they are numbers or booleans: {listed(numbers)}. "
            "If one is meant as a keyword, put it in quotation marks."
        )


def of_topic(topic: Value, notes: Notes, *, factor: float = 1.0) -> Entries:
    """Return the entries of a list, or of the lists in a mapping that select."""
    if not isinstance(topic, dict) or weighted_terms(topic):
        return of_value(topic, notes, factor=factor)
    included = by_role(topic).get("include", ())
    return [entry for _, value in included for entry in of_value(value, notes, factor=factor)]


def of_authors(value: Value, notes: Notes) -> Entries:
    """Return the entries for people: names in a list, on lines, or as `Name, number`."""
    if isinstance(value, dict):
        value = list(value)
    if isinstance(value, list):
        lines = [label_of(item) or item for item in value]
    else:
        lines = list((value or "").splitlines())
    keywords: Entries = []
    for line in lines:
        parts = line.partition("#")[0].split(",") if isinstance(line, str) else []
        known = [part.strip() for part in parts if part.strip() and not part.strip().isdigit()]
        if len(known) < len(parts):
            notes.say("The authors' numbers are left out: people are known here by name alone.")
        query = fields.author(", ".join(known), notes) if known else None
        keywords.append(None if query is None else phrases.query_entry(query))
    return keywords


def _all_texts(values: list[Value]) -> bool:
    return all(isinstance(value, str) or value is None for value in values)


def _has_capitals(pattern: str) -> bool:
    return any(character.isupper() for character in _ESCAPED_LETTER.sub("", pattern))
