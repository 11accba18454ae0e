"""Choose the sentences of an abstract that show the matches, and mark them."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from digest.digests.sentences import sentences
from digest.model import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.digests.sentences import Span
    from digest.model import MarkedText

MAX_SENTENCES = 2
"""Maximum number of sentences of one text in the terminal."""
MAX_LENGTH = 420
"""Maximum length of such a sentence in characters."""


def mark(text: str, spans: Iterable[Span], start: int = 0, end: int | None = None) -> MarkedText:
    """Split `text[start:end]` into segments, marked where any of `spans` (of `text`) covers it."""
    end = len(text) if end is None else end
    segments: list[Segment] = []
    position = start
    for first, last in _merged(spans):
        low, high = max(first, position), min(last, end)
        if low < high:
            if position < low:
                segments.append(Segment(text[position:low]))
            segments.append(Segment(text[low:high], marked=True))
            position = high
    if position < end:
        segments.append(Segment(text[position:end]))
    return tuple(segments)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def excerpt(text: str, spans: Sequence[tuple[str, Span]]) -> tuple[MarkedText, ...]:
    """Return the sentences of `text` with most of the keywords, marked, in order.

    `spans` pairs each keyword with a place. The sentence with most keywords comes first, then the
    one that adds most new ones; earlier sentences win ties. For the terminal: a sentence of more
    than `MAX_LENGTH` characters is cut around its first match.
    """
    bounds = sentences(text)
    inside = _keywords_in(bounds, spans)
    chosen: list[Span] = []
    shown: set[str] = set()
    while len(chosen) < MAX_SENTENCES:
        best = max(range(len(bounds)), key=lambda n: (len(inside[n] - shown), -n), default=None)
        if best is None or not inside[best] - shown:
            break
        chosen.append(bounds[best])
        shown |= inside[best]
    places = [span for _, span in spans]
    return tuple(_cut(text, places, *span) for span in sorted(chosen))


def best_sentence(text: str, spans: Sequence[tuple[str, Span]], longest: int) -> MarkedText:
    """Return the sentence of at most `longest` characters with most keywords, or nothing."""
    bounds = [(low, high) for low, high in sentences(text) if high - low <= longest]
    inside = _keywords_in(bounds, spans)
    best = max(range(len(bounds)), key=lambda n: (len(inside[n]), -n), default=None)
    if best is None or not inside[best]:
        return ()
    return _whole_sentence(text, [span for _, span in spans], bounds[best])


def _keywords_in(bounds: Sequence[Span], spans: Iterable[tuple[str, Span]]) -> list[set[str]]:
    """Return the keywords that are, at least in part, in each sentence at `bounds`."""
    starts = [start for start, _ in bounds]
    inside: list[set[str]] = [set() for _ in bounds]
    for keyword, (low, high) in spans:
        first = max(bisect_right(starts, low) - 1, 0)
        for number in range(first, bisect_right(starts, high - 1)):
            if low < bounds[number][1]:
                inside[number].add(keyword)
    return inside


def _cut(text: str, places: Sequence[Span], start: int, end: int) -> MarkedText:
    """Mark one sentence; cut a very long one at spaces around its first match."""
    if end - start <= MAX_LENGTH:
        return _whole_sentence(text, places, (start, end))
    first = min((low for low, high in places if low < end and high > start), default=start)
    low = max(start, first - MAX_LENGTH // 3)
    high = min(end, low + MAX_LENGTH)
    if low > start:
        low = text.find(" ", low, first) + 1 or low
    if high < end:
        high = max(text.rfind(" ", first, high), min(first + MAX_LENGTH // 2, high))
    before = (Segment("… "),) if low > start else ()
    after = (Segment(" …"),) if high < end else ()
    return (*before, *mark(text, places, low, high), *after)


def _whole_sentence(text: str, places: Sequence[Span], span: Span) -> MarkedText:
    """Mark one sentence, without the white space after it."""
    start, end = span
    while end > start and text[end - 1].isspace():
        end -= 1
    return mark(text, places, start, end)
