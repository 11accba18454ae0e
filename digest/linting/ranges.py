"""Compare ranges of days and numbers: which are empty, which exclude each other.

Days relative to today are compared only with each other: their place in the calendar changes from
run to run.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.rules.syntax import DayRange, NumberRange

if TYPE_CHECKING:
    from digest.rules.syntax import Comparison, DayBound


class _Bound(Struct, frozen=True):
    """An end of a range: a number, relative to the run's day or not."""

    value: int
    from_today: bool = False

    def before(self, other: _Bound | None) -> bool:
        """Return whether this is certainly smaller; an open end (None) never is known to be."""
        if other is None or self.from_today != other.from_today:
            return False
        return self.value < other.value


def is_empty_range(comparison: Comparison) -> bool:
    """Return whether the range is empty, such as `upvotes:<0`."""
    low, high = _ends(comparison)
    return high is not None and high.before(low)


def exclude_each_other(first: Comparison, second: Comparison) -> bool:
    """Return whether two ranges have no common value, such as `upvotes:>10` and `upvotes:<5`."""
    if first.field != second.field:
        return False
    (low, high), (other_low, other_high) = _ends(first), _ends(second)
    return (high is not None and high.before(other_low)) or (
        other_high is not None and other_high.before(low)
    )


def is_within(inner: Comparison, outer: Comparison) -> bool:
    """Return whether every value of `inner` is certainly in `outer`."""
    if inner.field != outer.field:
        return False
    (low, high), (outer_low, outer_high) = _ends(inner), _ends(outer)
    return _not_below(low, outer_low) and _not_above(high, outer_high)


def swapped_ends(comparison: Comparison) -> str | None:
    """Return the comparison with its ends swapped, if that makes it valid."""
    if not is_empty_range(comparison) or " TO " not in comparison.text:
        return None
    name, _, range_text = comparison.text.partition("[")
    low, _, high = range_text.rstrip("]").partition(" TO ")
    return f"{name}[{high.strip()} TO {low.strip()}]"


def _not_below(low: _Bound | None, limit: _Bound | None) -> bool:
    if limit is None:
        return True
    return low is not None and low.from_today == limit.from_today and low.value >= limit.value


def _not_above(high: _Bound | None, limit: _Bound | None) -> bool:
    if limit is None:
        return True
    return high is not None and high.from_today == limit.from_today and high.value <= limit.value


def _ends(comparison: Comparison) -> tuple[_Bound | None, _Bound | None]:
    match comparison:
        case NumberRange(low=low, high=high):
            # A count is never below 0.
            return _Bound(low or 0), None if high is None else _Bound(high)
        case DayRange(low=first, high=last):
            return _day(first), _day(last)


def _day(bound: DayBound | None) -> _Bound | None:
    if bound is None:
        return None
    if bound.iso:
        return _Bound(date.fromisoformat(bound.iso).toordinal())
    return _Bound(bound.offset, from_today=True)
