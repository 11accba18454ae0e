"""Report which words keywords find in a library, and which they miss.

A word that mostly occurs inside longer ones, an abbreviation that papers define or that is part of
others, a keyword in capitals that mostly finds a lower-case word. The counts come from the papers
of a `Trial` and from the library's vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.linting.dead_rules import Fault
from digest.matching.abbreviations import may_abbreviate
from digest.matching.verdict import describe
from digest.rules.syntax import Phrase

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence

    from digest.linting.on_papers import Trial
    from digest.matching.vocabulary import Vocabulary
    from digest.rules import Rule
    from digest.rules.syntax import Leaf

TIMES_AS_LONG: Final = 10
"""How many times as many papers must have the longer words for a stem to be meant."""
SHORTEST_STEM: Final = 3
LEAST_PAPERS: Final = 20
"""Minimum number of papers with other words that contain an abbreviation."""
SHARE_INSIDE: Final = 0.03
LETTERS_MORE: Final = 2
"""Maximum number of additional letters of a longer abbreviation."""
DEFINED: Final = 5
"""Minimum number of papers that define an abbreviation in the same way."""
SHARE_DEFINED: Final = 0.6
MOSTLY: Final = 0.5
"""Share of the papers with a keyword in lower case from which a warning is given."""
SHOWN: Final = 3
"""Number of example words."""


class WordKeyword(Struct, frozen=True):
    """A keyword of one plain word."""

    rule: str
    leaf: Phrase
    word: str
    """Normalised."""

    @property
    def abbreviates(self) -> bool:
        """Whether it looks like an abbreviation."""
        return may_abbreviate(self.leaf.text)


def word_keywords(rules: Sequence[Rule]) -> tuple[WordKeyword, ...]:
    """Return the one-word keywords with which the rules select; of equal ones the first."""
    different: dict[str, WordKeyword] = {}
    for rule in rules:
        for leaf in selecting_leaves(rule):
            if not isinstance(leaf, Phrase) or leaf.field not in (None, "title", "abstract"):
                continue
            if len(leaf.words) == 1 and leaf.words[0].isalpha():
                different.setdefault(leaf.text, WordKeyword(rule.name, leaf, leaf.words[0]))
    return tuple(different.values())


def selecting_leaves(rule: Rule) -> Iterator[Leaf]:
    """Yield the keywords that help to select."""
    from digest.linting.contradiction import sides

    helpful, _ = sides(rule)
    yield from helpful


def stems(
    keywords: Sequence[WordKeyword], trial: Trial, vocabulary: Vocabulary
) -> dict[WordKeyword, list[str]]:
    """Return the keywords that may be meant as beginnings, with the commonest longer words."""
    longer_words: dict[WordKeyword, list[str]] = {}
    for keyword in keywords:
        if len(keyword.word) < SHORTEST_STEM:
            continue
        longer = vocabulary.beginning(keyword.word)
        if not longer:
            continue
        papers = trial.count(keyword.leaf) * max(1.0, vocabulary.papers / max(1, trial.papers))
        if longer[0][1] >= max(LEAST_PAPERS, TIMES_AS_LONG * papers):
            longer_words[keyword] = [word for word, _ in longer[:SHOWN]]
    return longer_words


def stem_fault(keyword: WordKeyword, longer: Sequence[str], trial: Trial, papers: int) -> Fault:
    """Return a fault: how much more the stem of a keyword finds, in `papers` papers."""
    papers_as_word = trial.count(keyword.leaf)
    words = ", ".join(longer)
    message = (
        f"as a word: {_papers(papers_as_word)}; "
        f"as the beginning of a word ({words}, …): {_papers(papers)}"
    )
    return Fault(
        "warning", keyword.rule, describe(keyword.leaf), message, f"did you mean {keyword.word}*?"
    )


def inside_faults(
    keywords: Sequence[WordKeyword], vocabulary: Vocabulary, stemmed: Mapping[WordKeyword, object]
) -> Iterator[Fault]:
    """Yield a note for each abbreviation that is part of other words."""
    for keyword in keywords:
        if not keyword.abbreviates or keyword in stemmed or len(keyword.word) < SHORTEST_STEM:
            continue
        least = max(LEAST_PAPERS, SHARE_INSIDE * vocabulary.count(keyword.word))
        words = [*vocabulary.containing(keyword.word), *vocabulary.beginning(keyword.word)]
        # MLLM, not enrollment: an abbreviation is part of a slightly longer one.
        longest = len(keyword.word) + LETTERS_MORE
        words = [pair for pair in words if pair[1] >= least and len(pair[0]) <= longest]
        words.sort(key=lambda pair: -pair[1])
        if words:
            shown = ", ".join(f"{word} {_papers(count)}" for word, count in words[:SHOWN])
            message = f"is also inside other words, which it does not match: {shown}"
            advice = "add them as keywords if you want them"
            yield Fault("note", keyword.rule, describe(keyword.leaf), message, advice)


def definition_faults(
    keywords: Sequence[WordKeyword],
    definitions: Mapping[str, Counter[str]],
    known: Sequence[Sequence[str]],
) -> Iterator[Fault]:
    """Yield a note for each abbreviation that the papers define, unless `known` has its alias."""
    aliased = {term.casefold() for group in known for term in group}
    for keyword in keywords:
        counts = definitions.get(keyword.word)
        if not counts or keyword.leaf.text.casefold() in aliased:
            continue
        phrase, count = counts.most_common(1)[0]
        if count >= DEFINED and count >= SHARE_DEFINED * counts.total():
            message = f"is defined as “{phrase}” in {_papers(count)}"
            advice = f"make them one: aliases: [[{keyword.leaf.text}, {phrase}]]"
            yield Fault("note", keyword.rule, describe(keyword.leaf), message, advice)


def small_letters_fault(keyword: WordKeyword, small: int, read: int) -> Fault | None:
    """Return a warning if a keyword in capitals mostly finds a lower-case word."""
    if small < DEFINED or small < MOSTLY * read:
        return None
    message = f"is also found as “{keyword.word}”: {small:,} of {_papers(read)}"
    advice = f"write ={keyword.leaf.text} for these letters as they are"
    return Fault("warning", keyword.rule, describe(keyword.leaf), message, advice)


def _papers(count: int) -> str:
    return f"{count:,} paper" if count == 1 else f"{count:,} papers"
