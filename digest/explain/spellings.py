"""Count the spellings of a keyword: how the papers write what it matches.

Spellings that differ only in capitals are one, shown in its commonest form.

Pure: the papers come in batches, and the matcher decides what the keyword matches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.matching.scan import text_of
from digest.matching.values import label_values
from digest.rules.syntax import LABEL_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digest.matching.matcher import Matcher
    from digest.model import Match, Paper


class Spelling(Struct, frozen=True):
    """One spelling of a keyword."""

    text: str
    """Its commonest form."""
    occurrences: int
    papers: int


class Spellings(Struct, frozen=True):
    """Every spelling of a keyword in some papers."""

    papers: int
    """Papers that the keyword matches."""
    searched: int
    occurrences: int
    found: tuple[Spelling, ...]
    """The most frequent first."""


def count_spellings(matcher: Matcher, looked: Iterable[tuple[int, Sequence[Paper]]]) -> Spellings:
    """Count what the rules of `matcher`, taken as one rule, match in papers.

    `looked` yields how many papers were searched, and those of them that may match.
    """
    searched = matched = 0
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    papers: Counter[str] = Counter()
    for count, batch in looked:
        searched += count
        for paper, rules in zip(batch, matcher.match(batch), strict=True):
            texts = [*_texts(paper, (match for rule in rules for match in rule.matches))]
            matched += bool(rules)
            for text in texts:
                forms[text.casefold()][text] += 1
            papers.update({text.casefold() for text in texts})
    spellings = [
        Spelling(_commonest(counts), counts.total(), papers[key]) for key, counts in forms.items()
    ]
    spellings.sort(key=lambda spelling: (-spelling.occurrences, spelling.text))
    return Spellings(
        matched, searched, sum(spelling.occurrences for spelling in spellings), tuple(spellings)
    )


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda text: (-counts[text], text))


def _texts(paper: Paper, matches: Iterable[Match]) -> Iterator[str]:
    """Yield the text of each place; what two keywords match in one place counts once."""
    places = dict.fromkeys((match.field, match.index, match.start, match.end) for match in matches)
    for field, index, start, end in places:
        if field in LABEL_FIELDS:
            yield label_values(paper, field)[index]
        elif start is not None:
            yield text_of(paper, field, index)[start:end]
