"""The findings of `digest check` about rules on the library's papers.

In a large library only some groups of papers are searched; words are counted in all papers.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from digest.linting.keyword_words import (
    definition_faults,
    inside_faults,
    small_letters_fault,
    stem_fault,
    stems,
    word_keywords,
)
from digest.linting.on_papers import FEW_PAPERS, Trial
from digest.matching import compile_rules
from digest.matching.abbreviations import Definitions
from digest.rules import Rule, parse_keyword
from digest.search import batch_of, look_at, spread, vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from digest.config import Config
    from digest.library import Library
    from digest.linting.dead_rules import Fault
    from digest.linting.keyword_words import WordKeyword
    from digest.model import Paper, RuleMatch

MOST_GROUPS: Final = 24
"""Maximum number of searched groups of 1,024 papers: half a second of processor time for a few
rules."""
AT_ONCE: Final = 4
READ: Final = 1_000
"""Budget for reading papers, in the unit of `digest.search.look_at`."""
SHORT: Final = 4
"""Longest keyword in capitals, in letters, that may be a common word in lower case, such as US."""
MOST_SHORT: Final = 40


def library_faults(config: Config, library: Library, today: date) -> Iterator[Fault]:
    """Yield the findings on the library's papers; a small library gives none."""
    papers = library.papers.count()
    if papers < FEW_PAPERS:
        return
    vocabulary = vocabulary_of(library)
    trial = Trial(config.rules, config.profiles, vocabulary, today=today, library=papers)
    keywords = word_keywords(config.rules)
    definitions = Definitions([keyword.word for keyword in keywords if keyword.abbreviates])
    groups = spread(library.forms.groups())[:MOST_GROUPS]
    for start in range(0, len(groups), AT_ONCE):
        numbers = groups[start : start + AT_ONCE]
        batch = batch_of(library, numbers)
        known: Counter[str] = Counter()
        for number in numbers if trial.fields else ():
            known.update(library.forms.known(number))
        trial.add(batch, known)
        for index in batch.words:
            definitions.add(index)
    yield from trial.faults()
    stemmed = stems(keywords, trial, vocabulary)
    counts = _count_stems(library, list(stemmed), groups, today)
    for keyword, count in zip(stemmed, counts, strict=True):
        yield stem_fault(keyword, stemmed[keyword], trial, count)
    yield from inside_faults(keywords, vocabulary, stemmed)
    yield from definition_faults(
        keywords, definitions.counts, config.aliases.groups if config.aliases else ()
    )
    yield from _small_letters(library, keywords, today)


def _count_stems(
    library: Library, keywords: Sequence[WordKeyword], groups: Sequence[int], today: date
) -> list[int]:
    """Return, for each keyword, in how many of the searched papers a word begins with it."""
    if not keywords:
        return []
    rules = [Rule("", keywords=(parse_keyword(f"{keyword.word}*"),)) for keyword in keywords]
    matcher = compile_rules(rules, today=today)
    totals = [0] * len(rules)
    for start in range(0, len(groups), AT_ONCE):
        counts = matcher.count_batch(batch_of(library, groups[start : start + AT_ONCE]))
        totals = [total + int(count) for total, count in zip(totals, counts, strict=True)]
    return totals


def _small_letters(
    library: Library, keywords: Sequence[WordKeyword], today: date
) -> Iterator[Fault]:
    """Yield a warning for each keyword in capitals that mostly finds a lower-case word."""
    short = [keyword for keyword in keywords if _may_be_a_word(keyword.leaf.text)][:MOST_SHORT]
    if not short:
        return
    matcher = compile_rules(
        [Rule(str(number), keywords=(keyword.leaf,)) for number, keyword in enumerate(short)],
        today=today,
    )
    read: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for looked in look_at(library, matcher, budget=READ):
        for paper, matches in zip(looked.papers, matcher.match(looked.papers), strict=True):
            for match in matches:
                read[match.rule] += 1
                small[match.rule] += all(text.islower() for text in _texts(paper, match))
    for number, keyword in enumerate(short):
        fault = small_letters_fault(keyword, small[str(number)], read[str(number)])
        if fault is not None:
            yield fault


def _may_be_a_word(text: str) -> bool:
    return text.isupper() and text.isalpha() and 1 < len(text) <= SHORT


def _texts(paper: Paper, match: RuleMatch) -> Iterator[str]:
    for place in match.matches:
        text = paper.title if place.field == "title" else paper.abstract or ""
        yield text[place.start : place.end]
