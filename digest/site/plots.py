"""The geometry of the site's plots: x in per cent, y in pixels, so that text keeps its size."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from digest.wording.languages import Words

WEEKS: Final = 13
_BASE: Final = 120
_TALLEST: Final = 99
_SMALL: Final = 60
"""Height of a small plot."""


class Bar(Struct, frozen=True):
    """One bar with its value, and the label below it if it has one."""

    name: str
    value: int
    x: float
    middle: float
    y: int
    height: int
    label: str


class Bars(Struct, frozen=True):
    """A plot of bars; the last one is the newest."""

    bars: tuple[Bar, ...]
    width: float
    label: str
    column: str


class RuleWeeks(Struct, frozen=True):
    """A rule's papers per week, as one of several small plots on one scale."""

    name: str
    bars: tuple[Bar, ...]
    width: float
    label: str

    @property
    def latest(self) -> int:
        """Papers of the last week."""
        return self.bars[-1].value


class Line(Struct, frozen=True):
    """A segment of a line."""

    x1: float
    x2: float
    y1: float
    y2: float


class Point(Struct, frozen=True):
    """An end of a line, with its value and its day."""

    x: float
    y: float
    value: str
    day: str


class Steps(Struct, frozen=True):
    """A number that grows in steps."""

    lines: tuple[Line, ...]
    ends: tuple[Point, ...]
    rows: tuple[tuple[str, str], ...]
    label: str


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weekly(days: Iterable[date], last: date, weeks: int = WEEKS) -> list[int]:
    """Count the days in each of the last weeks up to that of `last`, oldest week first."""
    first = monday_of(last) - timedelta(weeks=weeks - 1)
    counts = [0] * weeks
    for day in days:
        week = (monday_of(day) - first).days // 7
        if 0 <= week < weeks:
            counts[week] += 1
    return counts


def week_bars(counts: Sequence[int], last: date, words: Words) -> Bars:
    """Plot papers per week; the last week is that of `last`."""
    most = max(counts) or 1
    step = 100 / len(counts)
    width = round(step * 0.6, 2)
    bars = []
    for place, value in enumerate(counts):
        monday = monday_of(last) - timedelta(weeks=len(counts) - 1 - place)
        height = round(value / most * _TALLEST)
        x = round(place * step + step * 0.2, 2)
        labelled = place % 4 == 0
        bars.append(
            Bar(
                name=words.day(monday),
                value=value,
                x=x,
                middle=round(x + width / 2, 2),
                y=_BASE - height,
                height=height,
                label=words.narrow_day(monday) if labelled else "",
            )
        )
    label = words.text(
        "Papers a week from {first} to {last}: between {least} and {most}, latest {latest}",
        first=bars[0].name,
        last=bars[-1].name,
        least=words.number(min(counts)),
        most=words.number(max(counts)),
        latest=words.number(counts[-1]),
    )
    return Bars(tuple(bars), width, label, words.text("Week of"))


def small_multiples(
    counts: Mapping[str, Sequence[int]], last: date, words: Words
) -> tuple[RuleWeeks, ...]:
    """Plot the papers per week of several rules, all on one scale."""
    most = max((max(values) for values in counts.values()), default=0) or 1
    plots = []
    for rule, values in counts.items():
        step = 100 / len(values)
        bars = []
        for place, value in enumerate(values):
            monday = monday_of(last) - timedelta(weeks=len(values) - 1 - place)
            height = round(value / most * (_SMALL - 6))
            x = round(place * step, 2)
            name = words.narrow_day(monday)
            bars.append(Bar(name, value, x, x, _SMALL - height, height, ""))
        numbers = words.text(", ").join(words.number(value) for value in values)
        label = words.text("{rule}: papers a week {numbers}", rule=rule, numbers=numbers)
        plots.append(RuleWeeks(rule, tuple(bars), round(step * 0.6, 2), label))
    return tuple(plots)


def steps(values: Sequence[tuple[date, int]], words: Words) -> Steps | None:
    """Plot upvotes by day; None if there is no change to show."""
    if len({value for _, value in values}) < 2:
        return None
    first, last = values[0][0], values[-1][0]
    span = max((last - first).days, 1)
    most = max(value for _, value in values)

    def at(day: date, value: int) -> tuple[float, float]:
        return (
            round(1 + (day - first).days / span * 90, 2),
            round(_BASE - value / most * (_TALLEST - 5), 1),
        )

    lines: list[Line] = []
    for (day, value), (next_day, next_value) in pairwise(values):
        x1, y1 = at(day, value)
        x2, y2 = at(next_day, next_value)
        lines += (Line(x1, x2, y1, y1), Line(x2, x2, y1, y2))
    ends = []
    for day, value in (values[0], values[-1]):
        x, y = at(day, value)
        ends.append(Point(x, y, words.number(value), words.day(day)))
    label = words.text(
        "Upvotes: {first} on {first_day}, {last} on {last_day}",
        first=ends[0].value,
        first_day=ends[0].day,
        last=ends[1].value,
        last_day=ends[1].day,
    )
    rows = tuple((words.day(day), words.number(value)) for day, value in values)
    return Steps(tuple(lines), tuple(ends), rows, label)


def spark(values: Sequence[int]) -> str:
    """Return the points of a small line, 96 by 22 pixels."""
    most = max(values) or 1
    step = 96 / max(len(values) - 1, 1)
    return " ".join(
        f"{round(place * step, 1)},{round(20 - value / most * 18, 1)}"
        for place, value in enumerate(values)
    )
