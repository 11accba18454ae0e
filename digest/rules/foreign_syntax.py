"""Refuse operators of other programs and fields that do not exist.

Without an error such text would be a query of harmless words that selects nothing, and the reader
would never know.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.errors import QueryError
from digest.text.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.rules.terms import Place

RESERVED: Final = r"(?:AND|OR|NOT|NEAR|ANY|ADJ\d*|WITHIN|TITLE-ABS-KEY)"
"""A plain word that may be an operator of this language or another."""
_SLIP = re.compile(
    r"(?P<within>WITHIN\s+\d+|W/\d+(?=[\s()]|$)|ADJ\d*(?=[\s()]|$))"
    r"|(?P<near>NEAR(?=[\s()]|$)|(?:NEAR|PRE)/\S*)"
    r"|(?P<scopus>TITLE-ABS-KEY\()"
    r"|(?P<field>T[IS])="
)
_TAG = re.compile(r"""("[^"]*"|[^\s()"\[]+)\[tiab\]""")


def check_slips(text: str, at: int) -> None:
    """Raise `QueryError` if an operator of another program is at `at` in the query."""
    if tag := _TAG.match(text, at):
        raise QueryError(
            "[tiab] belongs to PubMed", text=text, start=at, end=tag.end(),
            hint=f"Write {tag[1]}: a term without a field stands for title and abstract.",
        )  # fmt: skip
    slip = _SLIP.match(text, at)
    if slip is None:
        return
    raise QueryError(
        f"{slip[0].strip()!r} is not an operator here", text=text, start=at, end=slip.end(),
        hint=_proposal(slip),
    )  # fmt: skip


def _proposal(slip: re.Match[str]) -> str:
    if slip["within"]:
        number = re.search(r"\d+", slip[0])
        return f"Write a NEAR/{number[0] if number else 5} b."
    if slip["near"]:
        return f"Write a {slip[0][:4].rstrip('/').strip()}/5 b."
    if slip["scopus"]:
        return "Leave it out: a term without a field stands for title and abstract."
    return "Write title:word." if slip["field"] == "TI" else "Leave it out: write the words alone."


def no_such_field(name: str, fields: Iterable[str], word: str, place: Place) -> QueryError:
    """Return the error for `name:`, which is no field, with the nearest field."""
    near = nearest(name, fields)
    return place.error(
        f"{name!r} is not a field",
        (f"Did you mean {near}:? " if near else "")
        + f'To search for the text, quote it: "{word}".',
    )
