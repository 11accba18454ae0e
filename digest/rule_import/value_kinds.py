"""Recognize plain values: a number, a list of phrases, weighted keywords, a topic, prose."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeGuard

from digest.rule_import.boolean import is_boolean
from digest.rule_import.key_roles import KEYS_OF_TERMS, KEYS_OF_WEIGHTS, role_of
from digest.rule_import.parse_file import Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rule_import.parse_file import Value

_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_WEIGHTED_LINE = re.compile(r"([^,;:\t|]{1,200})[,;:\t|]\s*([+-]?\d+(?:\.\d+)?)")
_ADDRESS = re.compile(r"^\S+@\S+\.\w+$|://|^[~.]?/|^\w+\.(?:json|md|txt|ya?ml|html|csv)$")
"""An e-mail address, a URL or the path of a file."""
_BETWEEN = re.compile(r"[\n;|]|,(?=\s|\D)")


def number_of(value: Value) -> float | None:
    """Return `value` as a number."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        number = float(value)
        return number if math.isfinite(number) else None
    return None


def texts_of(value: Value) -> tuple[str, ...]:
    """Return the texts of a list, or the parts of one text between commas or on lines.

    Numbers and booleans are not texts.
    """
    if isinstance(value, Scalar):
        return ()
    if isinstance(value, str):
        parts = [value] if is_boolean(value) else _BETWEEN.split(value)
        return tuple(part.strip() for part in parts if part.strip())
    if isinstance(value, list):
        return tuple(text for text in value if is_text(text) and text.strip())
    return ()


def is_text(value: Value) -> TypeGuard[str]:
    """Return whether `value` is a text, and neither a number nor a boolean."""
    return isinstance(value, str) and not isinstance(value, Scalar)


def weighted_terms(value: Value) -> tuple[tuple[str, float], ...]:
    """Return keywords with their weights: `{word: 3}` or `[{term: word, weight: 3}]`.

    Empty if `value` is neither; an entry without a weight has 1.
    """
    if isinstance(value, dict):
        weights = {term: number_of(weight) for term, weight in value.items()}
        if any(weight is None for weight in weights.values()):
            return ()
        return tuple((term, weight) for term, weight in weights.items() if weight is not None)
    terms = []
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Scalar):
            continue
        if isinstance(item, str):
            terms.append((item, 1.0))
            continue
        weighted = _weighted_term(item) if isinstance(item, dict) else None
        if weighted is None:
            return ()
        terms.append(weighted)
    return tuple(terms)


def weighted_lines(lines: Sequence[str]) -> dict[str, Value]:
    """Return keywords and weights if each of several lines ends with one, as `llm: 3`."""
    matches = [_WEIGHTED_LINE.fullmatch(line) for line in lines]
    pairs = {match[1].strip(): match[2] for match in matches if match is not None}
    return dict(pairs) if len(pairs) > 1 and all(matches) else {}


def _weighted_term(item: dict[str, Value]) -> tuple[str, float] | None:
    for key in KEYS_OF_TERMS:
        term = item.get(key)
        if isinstance(term, str):
            weights = (number_of(item.get(name)) for name in KEYS_OF_WEIGHTS)
            return term, next((weight for weight in weights if weight is not None), 1.0)
    return None


def is_topic(value: Value) -> bool:
    """Return whether `value`, under an unknown name, is a topic of that name."""
    if isinstance(value, str):
        return is_boolean(value)
    if isinstance(value, list):
        texts = [item for item in value if is_text(item)]
        listed = all(isinstance(item, str) for item in value)
        return listed and any(not _ADDRESS.search(text) for text in texts)
    return isinstance(value, dict) and any(
        role_of(key) in ("include", "queries", "weak") and item for key, item in value.items()
    )


def is_prose(value: Value) -> bool:
    """Return whether `value` is a text that someone, or a language model, must read and judge."""
    if not isinstance(value, str) or is_boolean(value):
        return False
    return any(len(part.split()) > 8 for part in _BETWEEN.split(value)) or len(value) > 400
