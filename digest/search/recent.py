"""Ask rules about the papers that were first seen in some days, by the words that are cut already.

Bounded: of very many papers the newest are looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from digest.library.word_index import GROUP_BITS
from digest.matching import compile_rules
from digest.search.queries import AT_ONCE, batch_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.library import Library
    from digest.rules import Rule

MOST_GROUPS: Final = 32
"""Groups of 1,024 papers that are looked at: half a second for a few rules."""


class Recent(NamedTuple):
    """What rules take of the papers of some days."""

    papers: int
    """How many papers were looked at."""
    taken: tuple[frozenset[int], ...]
    """For each rule the keys of the papers that it takes."""


def select_recent(
    library: Library, rules: Sequence[Rule], *, first: date, last: date, today: date
) -> Recent:
    """Return what each of `rules` takes of the papers first seen from `first` to `last`."""
    wanted = np.array(library.papers.keys_first_seen(first, last), dtype=np.int64)
    groups = np.unique(wanted >> GROUP_BITS)[-MOST_GROUPS:].tolist()
    if not groups or not rules:
        return Recent(len(wanted), (frozenset(),) * len(rules))
    wanted = wanted[wanted >> GROUP_BITS >= groups[0]]
    matcher = compile_rules(rules, today=today)
    taken: list[set[int]] = [set() for _ in rules]
    for start in range(0, len(groups), AT_ONCE):
        numbers = groups[start : start + AT_ONCE]
        selected = matcher.select_batch(batch_of(library, numbers))
        keys = np.array(
            [key for number in numbers for key in library.forms.keys(number)], dtype=np.int64
        )[selected.paper]
        recent = np.isin(keys, wanted)
        for rule, key in zip(selected.rule[recent].tolist(), keys[recent].tolist(), strict=True):
            taken[rule].add(key)
    return Recent(len(wanted), tuple(map(frozenset, taken)))
