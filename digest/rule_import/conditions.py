"""What a mapping has besides keywords → the frame of its rules: gates, categories, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.rule_import import entries, fields, phrases
from digest.rule_import.key_roles import role_of
from digest.rule_import.keys_by_role import by_role
from digest.rule_import.result import listed, shown
from digest.rule_import.shared_conditions import Frame
from digest.rule_import.value_kinds import number_of, texts_of, weighted_terms

if TYPE_CHECKING:
    from digest.rule_import.entries import Entries
    from digest.rule_import.keys_by_role import Parts, Table
    from digest.rule_import.parse_file import Value
    from digest.rule_import.result import Notes, Options

_MOST = 1_000_000
"""The largest limit and score that a config accepts."""


def frame_of(parts: Parts, options: Options, notes: Notes) -> Frame:
    """Return the conditions that `parts` set for their rules."""
    require: Entries = []
    exclude: Entries = []
    boosts: Entries = []
    gates = [by_role(value) for _, value in parts.get("gate", ()) if isinstance(value, dict)]
    loose = [value for _, value in parts.get("gate", ()) if not isinstance(value, dict)]
    for part in (parts, *gates):
        for _, value in (*part.get("require", ()), *_positive(part, parts)):
            require += entries.of_value(value, notes)
        for key, value in part.get("exclude", ()):
            exclude += _excluded(key, value, notes)
    for value in loose:
        require += entries.of_value(value, notes)
    for _, value in parts.get("boost", ()):
        boosts += entries.of_value(value, notes)
    for key, value in (*parts.get("include", ()), *parts.get("layers", ())):
        exclude += _negative(key, value, notes)
    weak = [number_of(value) for _, value in parts.get("weak factor", ())]
    return Frame(
        categories=_categories(parts, options, notes),
        require=phrases.once(require, notes),
        exclude=phrases.once(exclude, notes),
        boosts=phrases.once(boosts, notes),
        weak=next((factor for factor in weak if factor and factor > 0), 1.0),
        limit=_limit(parts, notes),
        min_score=_min_score(parts, notes),
    )


def _positive(gate: Parts, parts: Parts) -> list[tuple[str, Value]]:
    """Return a gate's lists of what must match: `context: {positive_terms: [robot]}`."""
    return [] if gate is parts else gate.get("include", [])


def note_exclusion(subject: str, notes: Notes) -> None:
    """Note that what subtracted points there excludes here."""
    notes.say(f"{subject} took points away; here these keywords exclude a paper altogether.")


def _excluded(key: str, value: Value, notes: Notes) -> Entries:
    terms = weighted_terms(value)
    if terms and any(weight != 1 for _, weight in terms):
        note_exclusion(shown(key), notes)
    if terms:
        return entries.of_texts([text for text, _ in terms], notes)
    if isinstance(value, dict):
        return [
            entry for inner in value.values() for entry in entries.of_texts(texts_of(inner), notes)
        ]
    return entries.of_value(value, notes)


def _negative(key: str, value: Value, notes: Notes) -> Entries:
    """Return the keywords with weights below 0."""
    texts = [text for text, weight in weighted_terms(value) if weight < 0]
    if texts:
        note_exclusion(f"Of {shown(key)}, {listed(texts)}", notes)
    return entries.of_texts(texts, notes)


def _categories(parts: Parts, options: Options, notes: Notes) -> tuple[str, ...]:
    categories: list[str | None] = []
    for key, value in (*parts.get("categories", ()), *parts.get("url", ())):
        texts = texts_of(value)
        if isinstance(value, dict):
            texts = _weighted_categories(key, value, notes)
        elif role_of(key) == "url":
            texts = tuple(text for text in texts if "arxiv.org/" in text)
        categories += [fields.category(text, notes) for text in texts]
    queries = tuple(dict.fromkeys(query for query in categories if query))
    if queries and not options.categories:
        notes.say(f"The categories are left out, as asked: {listed(queries)}.")
        return ()
    if queries:
        notes.say(
            "Papers without categories, such as those of the Hugging Face pages, do not match "
            "these rules; import with --no-categories where the dumps have none."
        )
    return queries


def _weighted_categories(key: str, weights: Table, notes: Notes) -> tuple[str, ...]:
    """Return the categories of `{cs.RO: 20, …}`; of `{core: [cs.RO], weight: 1}` none."""
    if any(isinstance(value, list) for value in weights.values()):
        notes.say(
            f"{shown(key)} gave points to some categories and asked for none; it is left out."
        )
        return ()
    notes.say(
        f"The weights under {shown(key)} are not carried over: a category selects here or does not."
    )
    return tuple(name for name, weight in weights.items() if number_of(weight) != 0)


def _limit(parts: Parts, notes: Notes) -> int | None:
    numbers = [number_of(value) for _, value in parts.get("limit", ())]
    limits = [int(number) for number in numbers if number is not None and number >= 1]
    if not limits:
        return None
    notes.say(
        "Their limit held for the whole list and dropped the rest; here it holds for each "
        "section, and the rest is carried over."
    )
    return min(*limits, _MOST)


def _min_score(parts: Parts, notes: Notes) -> float | None:
    for key, value in parts.get("threshold", ()):
        number = number_of(value)
        if number is None or number <= 0:
            continue
        condition = shown(f"{key}: {value}")
        if "prose" in parts or (number <= 1 and "threshold" in key.lower()):
            notes.say(
                f"{condition} is not carried over: it is a threshold of a similarity, or of what a "
                "language model says."
            )
            continue
        notes.say(
            f"{condition} is carried over as min_score; here a keyword in the title gives twice "
            "the points of one in the abstract."
        )
        return min(number, float(_MOST))
    return None
