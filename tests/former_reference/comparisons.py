"""Compare counts and days with what a query asks of them.

A value of a query is a stretch: a year stands for all its days, a count for itself alone.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.model import Paper
    from tests.former_reference.query import Leaf


def known(paper: Paper, field: str) -> date | int | None:
    """Return what the paper has in a field that is compared."""
    if field == "authors" and paper.author_count is None:
        return len(paper.authors) if paper.authors else None  # an empty list tells nothing
    counts = {"upvotes": paper.upvotes, "comments": paper.comments, "authors": paper.author_count}
    return paper.published if field == "published" else counts[field]


def compare(leaf: Leaf, value: date | int | None, today: date) -> bool:
    """Compare; "A paper that lacks the value matches no comparison."""
    if value is None:
        return False
    number = value.toordinal() if isinstance(value, date) else value
    if leaf.value.startswith("["):  # "`[a TO b]`, both ends in, `*` for open"
        low, high = re.split(r"\s+TO\s+", leaf.value.strip("[] "))
        return (low == "*" or bounds(low, leaf, today)[0] <= number) and (
            high == "*" or number <= bounds(high, leaf, today)[1]
        )
    operator = re.match(r">=|<=|>|<|=|", leaf.value)
    assert operator is not None
    first, last = bounds(leaf.value[operator.end() :].strip(), leaf, today)
    return {
        ">": number > last,
        ">=": number >= first,
        "<": number < first,
        "<=": number <= last,
    }.get(operator.group(), first <= number <= last)


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
