"""Who wrote a paper, short enough for one line.

1, 2, 3 authors       Ada Lie · Ada Lie and Bo Ek · Ada Lie, Bo Ek, Cy Moe
4 or more             Ada Lie … Zoe Park · 7 authors
with one you follow   Ada Lie, [Ingrid Solheim] … Zoe Park · 6 authors
a collaboration       Example Collaboration: Ada Lie … Zoe Park · 412 authors
only a number known   9 authors
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.model import Segment

if TYPE_CHECKING:
    from collections.abc import Collection

    from digest.model import MarkedText, Paper
    from digest.wording.languages import Words

ALL_SHOWN: Final = 3
"""Up to this many authors are all named."""
MOST_FOLLOWED: Final = 3
"""Maximum number of followed authors that are named between the first and the last."""

_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def people(paper: Paper, words: Words, followed: Collection[int] = ()) -> MarkedText:
    """Return the authors, their number and their organisation; empty if nothing is known.

    `followed` has the indices of authors that a rule asked for: they are always named, and marked.
    """
    names = [str(name) for name in paper.authors or ()]
    total = max(paper.author_count or 0, len(names))
    parts: list[MarkedText] = []
    if names:
        by_group = bool(paper.authors and paper.authors[0].literal and " " in names[0])
        parts.append(_closed(_names(names, total, words, set(followed), by_group=by_group)))
    if total > ALL_SHOWN or (total and not names):
        number = words.count("{number} author", "{number} authors", total)
        parts.append((Segment(number.replace(" ", "\u00a0")),))
    if paper.organization:
        parts.append(_closed((Segment(paper.organization),)))
    return _joined(parts)


def _joined(parts: list[MarkedText]) -> MarkedText:
    result: list[Segment] = []
    for part in parts:
        result += (Segment(" · "), *part) if result else part
    return tuple(result)


def _names(
    names: list[str], total: int, words: Words, marked: set[int], *, by_group: bool
) -> MarkedText:

    def name(place: int) -> Segment:
        return Segment(names[place], place in marked)

    last = len(names) - 1
    if total <= ALL_SHOWN and total == len(names):
        comma = words.text(", ")
        separator = words.text("{first} and {last}", first="\0", last="\0").strip("\0")
        gap = separator if len(names) == 2 else comma
        result = [name(0)]
        for place in range(1, len(names)):
            result += (Segment(gap), name(place))
        return tuple(result)
    is_complete = total == len(names)
    lead: list[Segment] = []
    first = 0
    if by_group and last > 1:
        lead, first = [name(0), Segment(": ")], 1
    result = [*lead, name(first)]
    between = [
        place for place in sorted(marked) if first < place < (last if is_complete else total)
    ]
    for place in between[:MOST_FOLLOWED]:
        result += (Segment(words.text(", ")), name(place))
    hidden = len(between) - MOST_FOLLOWED
    if hidden > 0:
        more = words.count("and {number} more you follow", "and {number} more you follow", hidden)
        result.append(Segment(f" {more}"))
    # A list that its source cut short does not have the last author.
    result += (Segment(" … "), name(last)) if is_complete else (Segment(" …"),)
    return tuple(result)


def _closed(marked: MarkedText) -> MarkedText:
    """End right-to-left names with a direction mark, so that the following text is not mixed in."""
    text = "".join(segment.text for segment in marked)
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return marked
    return (*marked, Segment("\u200e"))
