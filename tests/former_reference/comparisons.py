"""Compare counts and days with what a query asks of them.

A value of a query is a stretch: a year stands for all its days, a count for itself alone.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from digest.model import Paper
    from tests.former_reference.query import Leaf


Span: TypeAlias = tuple[int, int]
"""The least and the greatest value that may be the paper's."""


def known(paper: Paper, field: str) -> Span | None:
    """Return what the paper has in a field that is compared; days as their ordinals."""
    if field == "published":
        day = paper.published
        return None if day is None else (day.first.toordinal(), day.last.toordinal())
    if field == "authors" and paper.author_count is None:
        # An empty list tells nothing.
        return (len(paper.authors), len(paper.authors)) if paper.authors else None
    counts = {"upvotes": paper.upvotes, "comments": paper.comments, "authors": paper.author_count}
    count = counts[field]
    return None if count is None else (count, count)


def compare(leaf: Leaf, value: Span | None, today: date) -> bool:
    """Compare; "A paper that lacks the value matches no comparison."

    Of a month or year a comparison holds if it holds for any of its days.
    """
    if value is None:
        return False
    least, greatest = value
    if leaf.value.startswith("["):  # "`[a TO b]`, both ends in, `*` for open"
        low, high = re.split(r"\s+TO\s+", leaf.value.strip("[] "))
        return (low == "*" or bounds(low, leaf, today)[0] <= greatest) and (
            high == "*" or least <= bounds(high, leaf, today)[1]
        )
    operator = re.match(r">=|<=|>|<|=|", leaf.value)
    assert operator is not None
    first, last = bounds(leaf.value[operator.end() :].strip(), leaf, today)
    return {
        ">": greatest > last,
        ">=": greatest >= first,
        "<": least < first,
        "<=": least <= last,
    }.get(operator.group(), first <= greatest and least <= last)


def bounds(text: str, leaf: Leaf, today: date) -> tuple[int, int]:
    """Return the first and the last value that a day, month, year or count stands for."""
    if leaf.field != "published":
        return int(text), int(text)
    if text.startswith("today"):
        day = today.toordinal() + int(text.removeprefix("today") or 0)
        return day, day
    # Of years and months: "`published:2025` and `published:2025-03` (any day of it)"
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        day = date(*parts).toordinal()
        return day, day
    first, last = (parts[1], parts[1]) if len(parts) == 2 else (1, 12)
    length = calendar.monthrange(parts[0], last)[1]
    return date(parts[0], first, 1).toordinal(), date(parts[0], last, length).toordinal()
