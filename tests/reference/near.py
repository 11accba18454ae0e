"""Find words that stand near each other: `"…"~N`, `NEAR/N` and `PRE/N`.

A stretch is reported if no smaller stretch in it does as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tests.reference.phrases import Path, Spelling, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reference.text import Cut

Span: TypeAlias = tuple[int, int]


def units(spelling: Spelling) -> list[Spelling]:
    """Part the phrase of a near into what stands at one place each.

    "a plain word, or words joined by hyphens, in any spelling that it would have as a keyword of
    its own"; of aliases: "in near it is one place"
    """
    parts, start = [], 0
    for i, seam in enumerate(spelling.breaks, 1):
        same_term = spelling.terms[i - 1] == spelling.terms[i] != 0
        if seam != "hyphen" and not same_term:
            parts.append(spelling.part(start, i))
            start = i
    return [*parts, spelling.part(start, len(spelling.words))]


def find_near(spelling: Spelling, distance: int, text: Cut, *, plurals: bool) -> set[Span]:
    """Return the smallest stretches that hold all units, as numbers of the first and last word.

    "every word of the phrase (…) stands in one text at different places (…), and between the first
    and the last place stand at most 5 words that belong to no place and to no bracket of an
    abbreviation; order and breaks do not matter"
    """
    places = [sorted(find(unit, text, plurals=plurals)) for unit in units(spelling)]
    longest = sum(max(map(len, paths), default=0) for paths in places)
    bracketed = text.bracketed

    def stretches(chosen: tuple[Path, ...]) -> Iterator[Span]:
        taken = {i for path in chosen for i in path}
        if chosen:
            span = range(min(taken), max(taken) + 1)
            free = sum(1 for i in span if i not in bracketed and i not in taken)
            still = longest - len(taken) if len(chosen) < len(places) else 0
            if free > distance + still:
                return
        if len(chosen) == len(places):
            yield min(taken), max(taken)
            return
        for path in places[len(chosen)]:
            if taken.isdisjoint(path):
                yield from stretches((*chosen, path))

    return smallest(set(stretches(()))) if all(places) else set()


def find_pair(
    left: set[Span], right: set[Span], distance: int, text: Cut, *, ordered: bool
) -> set[Span]:
    """Return the smallest stretches from one of `left` to one of `right`, in characters.

    "`a NEAR/5 b` holds where both stand in one text with at most five words between them, in any
    order; `a PRE/5 b` in this order (…) Places may not overlap"
    """
    bracketed = text.bracketed
    pairs = [(a, b) for a in left for b in right]
    if not ordered:
        pairs += [(b, a) for a, b in pairs]
    result = set()
    for (start, first_end), (last_start, end) in pairs:
        if first_end > last_start:
            continue
        between = [
            i
            for i, word in enumerate(text.words)
            if word.start >= first_end and word.end <= last_start and i not in bracketed
        ]
        if len(between) <= distance:
            result.add((start, end))
    return smallest(result)


def smallest(spans: set[Span]) -> set[Span]:
    """Leave out the spans that hold another."""
    return {
        (start, end)
        for start, end in spans
        if not any(start <= a and b <= end and (a, b) != (start, end) for a, b in spans)
    }
