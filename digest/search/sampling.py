"""Search a sample of a library that is too large to be searched completely.

Papers are taken by groups, spread evenly over the library and so over the years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.rules.syntax import leaves_of
from digest.search.queries import batch_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.library import Library
    from digest.matching.matcher import Matcher
    from digest.matching.word_index import WordIndex
    from digest.model import Paper

BUDGET: Final = 4_000
"""Budget in papers read and matched: about a second of processor time."""
GROUP_COST: Final = 120
"""Cost of searching the index of a group, in papers read and matched."""
_GOLDEN: Final = 0.6180339887498949


class SearchedGroup(Struct, frozen=True):
    """One group of papers that was searched."""

    searched: int
    papers: tuple[Paper, ...]
    """Those that any rule selects."""
    words: WordIndex
    """The words of all papers of the group, two texts per paper."""


def spread(groups: Sequence[int]) -> list[int]:
    """Return the numbers of groups in an order of which every prefix is spread evenly."""
    order = sorted(range(len(groups)), key=lambda place: (place * _GOLDEN) % 1.0)
    return [groups[place] for place in order]


def look_at(
    library: Library, matcher: Matcher, *, budget: int | None = BUDGET
) -> Iterator[SearchedGroup]:
    """Yield groups with the selected papers; all groups without a budget."""
    spent = 0
    read = library.forms.some_texts if _texts_alone(matcher) else library.forms.some
    for number in spread(library.forms.groups()):
        if budget is not None and spent >= budget:
            return
        batch = batch_of(library, [number])
        chosen = sorted(set(matcher.select_batch(batch).paper.tolist()))
        papers = read(number, chosen) if chosen else ()
        yield SearchedGroup(batch.size, papers, batch.words[0])
        spent += GROUP_COST + len(chosen)


def _texts_alone(matcher: Matcher) -> bool:
    """Return whether no rule needs more than titles and abstracts."""
    fields = {
        leaf.field
        for rule in matcher.rules
        for node in (rule.selecting, *rule.require, *rule.exclude)
        for leaf in leaves_of(node)
    }
    return fields <= {None, "title", "abstract"}
