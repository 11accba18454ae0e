"""Find words near each other: `"…"~5`, `NEAR/5` and `PRE/5`.

Words in the bracket of an abbreviation are not counted: *Language Model (LLM) agents*.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

import numpy as np

from digest.matching.arrays import ascending, is_among
from digest.matching.patterns import Spans, smallest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.matching.arrays import Ints
    from digest.matching.word_index import WordIndex

    Place = tuple[int, int]
    """First word and end of a match of one unit."""

_MOST_TRIED: Final = 50_000
"""Combinations of places tried in one text before the longer spellings are given up."""


class Distances:
    """Counts the words between places of an index, without brackets."""

    def __init__(self, index: WordIndex) -> None:
        self.index = index
        self.counted: Ints = np.concatenate(([0], np.cumsum(~index.bracketed)))
        """By word: how many words before it count."""

    def between(self, end: Ints, start: Ints) -> Ints:
        """Return how many words there are from `end` up to `start`."""
        return self.counted[start] - self.counted[end]


def find_pairs(
    left: Spans, right: Spans, distance: int, distances: Distances, *, ordered: bool
) -> Spans:
    """Return the smallest runs from a place of `left` to one of `right`, without overlap."""
    runs = _followed(left, right, distance, distances)
    if not ordered:
        runs = Spans.joined([runs, _followed(right, left, distance, distances)])
    return smallest(runs)


def _followed(first: Spans, second: Spans, distance: int, distances: Distances) -> Spans:
    """Return the runs from a place of `first` to the next nearby place of `second`."""
    if not len(second.start) or not len(first.start):
        return Spans(first.start[:0], first.end[:0])
    place = np.searchsorted(second.start, first.end)
    known = np.flatnonzero(place < len(second.start))
    first, place = first.select(known), place[known]
    near = distances.between(first.end, second.start[place]) <= distance
    text_of = distances.index.text_of
    near &= text_of(first.start) == text_of(second.start[place])
    first, place = first.select(near), place[near]
    return Spans.of(first.start, second.end[place])


def find_near(units: Sequence[Spans], distance: int, distances: Distances) -> Spans:
    """Return the smallest runs that contain all units, each at its own place."""
    if len(units) == 1:
        return smallest(units[0])
    if len(units) == 2:
        return find_pairs(units[0], units[1], distance, distances, ordered=False)
    index = distances.index
    texts = ascending(index.text_of(units[0].start))
    for unit in units[1:]:
        texts = texts[is_among(texts, ascending(index.text_of(unit.start)))]
    places: list[Place] = []
    for text in texts.tolist():
        first, end = int(index.first[text]), int(index.first[text + 1])
        inside: list[list[Place]] = []
        for unit in units:
            part = slice(*np.searchsorted(unit.start, (first, end)))
            pairs = zip(unit.start[part].tolist(), unit.end[part].tolist(), strict=True)
            inside.append(list(pairs))
        counted = (distances.counted[first : end + 1] - distances.counted[first]).tolist()
        places += _near_in_text(inside, distance, counted, first)
    runs = np.array(places, dtype=np.int64).reshape(-1, 2)
    return smallest(Spans.of(runs[:, 0], runs[:, 1]))


def _near_in_text(
    units: Sequence[Sequence[Place]], distance: int, counted: Sequence[int], first: int
) -> list[Place]:
    """Return runs of one text that begins at `first`; `counted` is that of `Distances`."""
    single = all(
        end == start + 1 and counted[start - first] < counted[end - first]
        for places in units
        for start, end in places
    )
    if not single:
        runs = _tried(units, distance, counted, first)
        if runs is not None:
            return runs
        units = [[place for place in places if place[1] == place[0] + 1] for places in units]
    # Remove the words that do not count: brackets vanish, and every place is one word.
    word_of = {counted[start - first]: start for places in units for start, _ in places}
    positions = [[counted[start - first] for start, _ in places] for places in units]
    windows = smallest_windows(positions, len(units) + distance)
    return [(word_of[begin], word_of[last] + 1) for begin, last in windows]


def _tried(
    units: Sequence[Sequence[Place]], distance: int, counted: Sequence[int], first: int
) -> list[Place] | None:
    """Try every combination of places that do not overlap; None if there are too many."""
    runs: list[Place] = []
    order = sorted(units, key=len)
    widest = [max((end - start for start, end in places), default=0) for places in order]
    tries = 0

    def weight(start: int, end: int) -> int:
        return counted[end - first] - counted[start - first]

    def choose(number: int, chosen: tuple[Place, ...], begin: int, last: int, taken: int) -> bool:
        nonlocal tries
        if number == len(order):
            runs.append((begin, last))
            return True
        spare = distance + taken + sum(widest[number:])
        for start, end in order[number]:
            if any(start < other_end and other < end for other, other_end in chosen):
                continue
            low, high = (min(begin, start), max(last, end)) if chosen else (start, end)
            unit_weight = weight(start, end)
            later_weight = sum(widest[number + 1 :])
            if weight(low, high) > min(spare, distance + taken + unit_weight + later_weight):
                continue
            tries += 1
            if tries > _MOST_TRIED or not choose(
                number + 1, (*chosen, (start, end)), low, high, taken + unit_weight
            ):
                return False
        return True

    return runs if choose(0, (), 0, 0, 0) else None


def smallest_windows(places: Sequence[Sequence[int]], reach: int) -> list[tuple[int, int]]:
    """Return the windows (first, last) of at most `reach` places that contain no smaller one.

    A window has one place of each of `places`, all different.
    """
    positions = sorted({place for group in places for place in group})
    windows: list[tuple[int, int]] = []
    end = 0
    for number, first in enumerate(positions):
        # A later beginning never ends earlier, so `end` only moves forward.
        end = max(end, number)
        while end < len(positions) and not _assignable(places, first, positions[end]):
            end += 1
        if end == len(positions):
            break
        last = positions[end]
        if windows and windows[-1][1] == last:
            windows.pop()  # the same end from a later beginning is smaller
        if last - first < reach:
            windows.append((first, last))
    return windows


def _assignable(places: Sequence[Sequence[int]], first: int, last: int) -> bool:
    """Return whether each group can have its own place in `first`..`last` (augmenting paths)."""
    # More places than there are groups never help a group.
    inside = [
        group[bisect_left(group, first) : bisect_right(group, last)][: len(places)]
        for group in places
    ]
    owner: dict[int, int] = {}

    def settle(group: int, tried: set[int]) -> bool:
        for place in inside[group]:
            if place not in tried:
                tried.add(place)
                if place not in owner or settle(owner[place], tried):
                    owner[place] = group
                    return True
        return False

    return all(settle(group, set()) for group in range(len(places)))
