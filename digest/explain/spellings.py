"""Count the spellings of a keyword: how the papers write what it matches.

Spellings that differ by capitals alone are one, shown in its commonest form.
Pure: the papers come in by batches, and the matcher decides what the keyword matches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digest.matching.matcher import Matcher
    from digest.model import Match, Paper


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a keyword."""

    text: str
    """As it stands most often."""
    occurrences: int
    papers: int


@dataclass(frozen=True, slots=True)
class Spellings:
    """Every way in which some papers write a keyword."""

    papers: int
    """Papers that the keyword matches."""
    searched: int
    occurrences: int
    found: tuple[Spelling, ...]
    """The most frequent first."""


def count_spellings(matcher: Matcher, looked: Iterable[tuple[int, Sequence[Paper]]]) -> Spellings:
    """Count what the rules of `matcher`, as a rule one, match in papers.

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
    found = [
        Spelling(_commonest(counts), counts.total(), papers[key]) for key, counts in forms.items()
    ]
    found.sort(key=lambda each: (-each.occurrences, each.text))
    return Spellings(matched, searched, sum(each.occurrences for each in found), tuple(found))


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda text: (-counts[text], text))


def _texts(paper: Paper, matches: Iterable[Match]) -> Iterator[str]:
    """Yield what stands in each place; what two keywords match in one place counts once."""
    places = dict.fromkeys((match.field, match.index, match.start, match.end) for match in matches)
    authors, organization = paper.authors or (), paper.organization or ""
    for field, index, start, end in places:
        match field:
            case "title":
                yield paper.title[start:end]
            case "abstract":
                yield (paper.abstract or "")[start:end]
            case "author":
                yield str(authors[index])[start:end]
            case "org":
                yield organization[start:end]
            case "category":
                yield paper.categories[index]
            case "source":
                yield paper.sources[index]
