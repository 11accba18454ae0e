"""Choose the sentences of an abstract that show what matched, and mark it in them."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from digest.digests.sentences import sentences
from digest.model import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.digests.sentences import Span
    from digest.model import Marked

MAX_SENTENCES = 2
"""Sentences of an excerpt; docs: "the one or two sentences in which its keywords stand"."""
MAX_LENGTH = 420
"""Characters of one quoted sentence; a longer one is cut around its first match."""


def mark(text: str, spans: Iterable[Span], start: int = 0, end: int | None = None) -> Marked:
    """Cut `text[start:end]` into segments, marked where any of `spans` (of `text`) covers it."""
    end = len(text) if end is None else end
    segments: list[Segment] = []
    done = start
    for first, last in _merged(spans):
        low, high = max(first, done), min(last, end)
        if low < high:
            if done < low:
                segments.append(Segment(text[done:low]))
            segments.append(Segment(text[low:high], marked=True))
            done = high
    if done < end:
        segments.append(Segment(text[done:end]))
    return tuple(segments)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def excerpt(text: str, spans: Sequence[tuple[str, Span]]) -> tuple[Marked, ...]:
    """Return the sentences of `text` that show most of the keywords, marked, in their order.

    `spans` pairs each keyword with a place. Sentences are taken greedily: the one with most
    keywords, then the one that adds most new ones; earlier ones first.
    """
    places = [span for _, span in spans]
    chosen: list[Span] = []
    shown: set[str] = set()
    bounds = sentences(text)
    inside = _keywords_in(bounds, spans)
    while len(chosen) < MAX_SENTENCES:
        best = max(range(len(bounds)), key=lambda n: (len(inside[n] - shown), -n), default=None)
        if best is None or not inside[best] - shown:
            break
        chosen.append(bounds[best])
        shown |= inside[best]
    return tuple(_quoted(text, places, start, end) for start, end in sorted(chosen))


def _keywords_in(bounds: Sequence[Span], spans: Iterable[tuple[str, Span]]) -> list[set[str]]:
    """Return which keywords stand, at least in part, in each of the sentences at `bounds`."""
    starts = [start for start, _ in bounds]
    inside: list[set[str]] = [set() for _ in bounds]
    for keyword, (low, high) in spans:
        first = max(bisect_right(starts, low) - 1, 0)
        for number in range(first, bisect_right(starts, high - 1)):
            inside[number].add(keyword)
    return inside


def _quoted(text: str, places: Sequence[Span], start: int, end: int) -> Marked:
    """Mark one sentence; cut a very long one at spaces around its first match."""
    while end > start and text[end - 1].isspace():
        end -= 1
    if end - start <= MAX_LENGTH:
        return mark(text, places, start, end)
    first = min((low for low, high in places if low < end and high > start), default=start)
    low = max(start, first - MAX_LENGTH // 3)
    high = min(end, low + MAX_LENGTH)
    if low > start:
        low = text.find(" ", low, first) + 1 or low
    if high < end:
        high = max(text.rfind(" ", first, high), min(first + MAX_LENGTH // 2, high))
    segments = mark(text, places, low, high)
    before = (Segment("… "),) if low > start else ()
    after = (Segment(" …"),) if high < end else ()
    return (*before, *segments, *after)


def brief(sentences: Sequence[Marked], room: int) -> tuple[Marked, ...]:
    """Cut marked sentences to some `room` characters together, around what is marked in them.

    Each gets an equal share, and what the ones before it did not need. Where one ends cut and the
    next begins so, one ellipsis stands for both.
    """
    shown: list[Marked] = []
    left = room
    for number, sentence in enumerate(sentences):
        share = left // (len(sentences) - number)
        piece = _cut(sentence, share)
        if shown and _is_ellipsis(shown[-1][-1]) and _is_ellipsis(piece[0]):
            piece = piece[1:]
        shown.append(piece)
        left -= sum(len(segment.text) for segment in shown[-1])
    return tuple(shown)


def _is_ellipsis(segment: Segment) -> bool:
    return segment.text.strip() == "…"


def _cut(sentence: Marked, room: int) -> Marked:
    text = "".join(segment.text for segment in sentence)
    if len(text) <= room:
        return sentence
    places: list[Span] = []
    at = 0
    for segment in sentence:
        if segment.marked:
            places.append((at, at + len(segment.text)))
        at += len(segment.text)
    first, last = (places[0][0], places[-1][1]) if places else (0, 0)
    # From the beginning where all marks are near it, else with a third of the room before them.
    low = 0 if last <= room else max(0, min(first - room // 3, len(text) - room))
    if low:
        low = text.find(" ", low, max(first, low + 1)) + 1 or low
    high = min(low + room, len(text))
    if high < len(text):
        high = max(text.rfind(" ", low + room // 2, high), low + room // 2)
    # Tied by no-break spaces, so that no ellipsis has a line of its own.
    before = (Segment("…\u00a0"),) if low else ()
    after = (Segment("\u00a0…"),) if high < len(text) else ()
    return (*before, *mark(text, places, low, high), *after)
