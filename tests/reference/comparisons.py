"""Compare counts and days with what a query asks of them.

A value is a stretch on both sides: a year stands for all its days, a count for itself alone.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from digest.model import PartialDate

if TYPE_CHECKING:
    from digest.model import Paper
    from tests.reference.tree import Leaf

Stretch: TypeAlias = tuple[int, int]

DAYS = {"published", "first_seen", "updated"}


def known(paper: Paper, field: str) -> Stretch | None:
    """Return what the paper has in a field that is compared, from the least to the most."""
    if field in DAYS:
        value: date | PartialDate | None = getattr(paper, field, None)
        if isinstance(value, PartialDate):
            return value.first.toordinal(), value.last.toordinal()
        return None if value is None else (value.toordinal(), value.toordinal())
    count = paper.author_count if field == "authors" else getattr(paper, field)
    if field == "authors" and count is None and paper.authors:  # an empty list tells nothing
        count = len(paper.authors)
    return None if count is None else (count, count)


def compare(leaf: Leaf, value: Stretch | None, today: date) -> bool:
    """Compare; "A paper that lacks the value matches no comparison."

    "Where only the month or year of publication is known (…), a comparison holds if it holds for
    any day of that span."
    """
    if value is None:
        return False
    least, most = value
    if leaf.value.startswith("["):  # "`[a TO b]`, both ends in, `*` for open"
        low, high = re.split(r"\s+TO\s+", leaf.value.strip("[] "))
        first = None if low == "*" else bounds(low, leaf, today)[0]
        last = None if high == "*" else bounds(high, leaf, today)[1]
        return any(
            (first is None or first <= x) and (last is None or x <= last)
            for x in range(least, most + 1)
        )
    operator = re.match(r">=|<=|>|<|=|", leaf.value)
    assert operator is not None
    first, last = bounds(leaf.value[operator.end() :].strip(), leaf, today)
    return {
        ">": most > last,
        ">=": most >= first,
        "<": least < first,
        "<=": least <= last,
    }.get(operator.group(), first <= most and least <= last)


def bounds(text: str, leaf: Leaf, today: date) -> Stretch:
    """Return the first and the last value that a day, month, year or count stands for."""
    if leaf.field not in DAYS:
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
