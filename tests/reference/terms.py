"""Refuse terms and comparisons that can match nothing, nearly everything, or only be slips."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import re2

from digest.text.clean import clean_text
from tests.reference.text import cut
from tests.reference.tree import VALUES, Leaf, ReferenceQueryError

# "an operator of another program (`WITHIN 3`, `W/3`, `ADJ`, `TI=`, `TS=`, `TITLE-ABS-KEY(`,
# `[tiab]`)"; NEAR and PRE without a number likewise
SLIPS = re.compile(
    r"WITHIN\s+\d|W/\d+(?=[\s()]|$)|ADJ\d*(?=[\s()]|$)|(?:TI|TS)=|TITLE-ABS-KEY\("
    r"|NEAR(?=[\s()]|$)|(?:NEAR|PRE)/"
)
TAG = re.compile(r"""("[^"]*"|[^\s()"]+)\[tiab\]""")


def check_slips(text: str, at: int) -> None:
    """Refuse what only another program understands."""
    if SLIPS.match(text, at) or TAG.match(text, at):
        raise ReferenceQueryError(f"{text[at:]!r} is for another program")


def checked(leaf: Leaf) -> Leaf:
    """Return the leaf, its LaTeX cleaned, unless it can match nothing or nearly everything."""
    if leaf.kind == "exact" and not leaf.value.strip():
        raise ReferenceQueryError("nothing after the =")
    if leaf.kind == "regex":
        _check_regex(leaf.value)
    if leaf.kind in ("words", "near"):
        leaf = replace(leaf, value=without_latex(leaf.value))
        words = cut(leaf.value, keyword=True).words
        if not words:  # "Something without a single word (`++`, `""`) is an error."
            raise ReferenceQueryError(f"{leaf.text!r} holds no word")
        for word in words:
            # "at least two characters of the word must be literal, or it is an error"
            if word.wild and len(word.plain.replace("*", "").replace("?", "")) < 2:
                raise ReferenceQueryError(f"{word.plain!r} is too wild, write ={leaf.value}")
    if leaf.kind == "label" and leaf.field in VALUES:
        pattern = label_pattern(leaf.value)
        if not any(re.fullmatch(pattern, value) for value in VALUES[leaf.field]):
            raise ReferenceQueryError(f"{leaf.field}: knows no {leaf.value!r}")
    return leaf


def label_pattern(value: str) -> str:
    """Do: "as a whole, case ignored, `*` allowed"."""
    return "(?s:" + ".*".join(re.escape(part) for part in value.casefold().split("*")) + ")"


def without_latex(value: str) -> str:
    """Clean LaTeX.

    "A keyword or phrase that holds LaTeX (a backslash and a letter or an accent, or a `$`) is
    cleaned in the same way before it is cut."
    """
    if re.search(r"\\(?:[^\W\d_]|['`^\"~=.])|\$", value):
        return clean_text(value)
    return value


def _check_regex(pattern: str) -> None:
    options = re2.Options()
    options.log_errors = False
    if not pattern:
        raise ReferenceQueryError("an empty regex")
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        raise ReferenceQueryError(f"no regex: {pattern!r}") from error


def check_comparison(leaf: Leaf) -> None:
    """Refuse values that are no count or no day."""
    count = r"\d+"
    day = r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?|today(?:[-+]\d+)?)"
    days = leaf.field in ("published", "first_seen", "updated")
    value = day if days else count
    span = rf"\[\s*(?:\*|{value})\s+TO\s+(?:\*|{value})\s*\]"
    if not re.fullmatch(rf"(?:>=|<=|>|<|=)?\s*{value}|{span}", leaf.value):
        raise ReferenceQueryError(f"{leaf.value!r} is no comparison of {leaf.field}")
    if days:
        for year, month, day in re.findall(
            r"(?<![\d+-])(\d{4})(?:-(\d\d))?(?:-(\d\d))?", leaf.value
        ):
            _check_day(int(year), int(month or 1), int(day or 1))


def _check_day(year: int, month: int, day: int) -> None:
    try:
        date(year, month, day)
    except ValueError as error:
        raise ReferenceQueryError(f"no day: {year}-{month}-{day}") from error
