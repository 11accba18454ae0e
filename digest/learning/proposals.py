"""Propose keywords that distinguish what a reader liked from what was dropped.

Every proposal is a keyword of the rule language and is counted by the matcher, so that its counts
are those of `digest match`. Nothing is changed: the reader decides what to do with it.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import compress
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from digest.errors import QueryError
from digest.learning.candidates import find_candidates
from digest.learning.log_odds import Counts, is_unwanted, is_wanted, weigh
from digest.linting.subsumption import Cover, suspects
from digest.matching import compile_rules
from digest.matching.plan import bare
from digest.rules import Rule, parse_keyword
from digest.rules.syntax import (
    And,
    AtLeast,
    DayRange,
    Near,
    Not,
    NumberRange,
    Or,
    Pattern,
    Phrase,
    SelectedBy,
)
from digest.text.words import fold_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from digest.learning.judged_papers import JudgedPapers
    from digest.learning.log_odds import Floats
    from digest.model import Paper
    from digest.rules.syntax import Keyword, Leaf, Node

MOST: Final = 15
"""Maximum number of proposals of either kind."""
MOST_WORDS: Final = 5
"""Maximum number of single words among them: they find much that is not meant."""
EXAMPLES: Final = 3
"""Number of example papers for each."""
_SAME: Final = 0.6
"""Share of common papers from which two keywords with a common word are the same finding."""
_EQUAL: Final = 0.9
"""The same for two without a common word, such as a phrase and its abbreviation."""


class Proposal(Struct, frozen=True):
    """A keyword in liked papers but not in dropped ones, or the reverse."""

    keyword: str
    liked: int
    dropped: int
    """Judged papers that it matches and that were dropped."""
    papers: int
    """Papers of the library that it matches."""
    log_odds: float
    """Lower bound of the log-odds ratio's size, for either kind."""
    examples: tuple[Paper, ...]
    """Of its kind, the last marked first."""


class Proposals(Struct, frozen=True):
    """All proposals, the clearest first."""

    wanted: tuple[Proposal, ...] = ()
    """For the `keywords` of a rule."""
    unwanted: tuple[Proposal, ...] = ()
    """For `exclude`: none of them matches a liked paper."""


class _TriedKeyword(Struct, frozen=True):
    """A keyword and the judged papers that it matches, by their number in `JudgedPapers.papers`."""

    leaf: Keyword
    papers: frozenset[int]
    least: float = 0.0
    """How clearly it stands out: `digest.learning.log_odds.LogOdds.least`."""
    in_library: int = 0


def propose(  # noqa: PLR0913 - keywords
    judged: JudgedPapers,
    rules: Sequence[Rule],
    *,
    count: Callable[[Sequence[Rule]], Sequence[int]],
    of: int,
    today: date,
    background: Sequence[Paper] = (),
) -> Proposals:
    """Return the keywords that `judged` suggests for `rules`; none if too few papers are liked.

    `count` returns how many papers of the library each of the given rules selects; the library has
    `of` papers. Wanted keywords set liked papers apart from dropped ones and from `background`, a
    sample of the library; unwanted ones come from marked papers alone, if there are enough.
    """
    known = {paper.id for paper in judged.papers}
    other_papers = tuple(paper for paper in background if paper.id not in known)
    wider = replace(judged, dropped=(*judged.dropped, *other_papers))
    context = _RuleContext(rules, count, of, today)
    liked = _wanted(judged, wider, context) if wider.enough else []
    disliked = _unwanted(judged, context) if judged.enough else []
    return Proposals(_proposals(liked, judged), _proposals(disliked, judged))


class _RuleContext(Struct, frozen=True):
    """The rules that there are, and whom to ask about others."""

    rules: Sequence[Rule]
    counted: Callable[[Sequence[Rule]], Sequence[int]]
    of: int
    today: date


def _wanted(
    judged: JudgedPapers, wider: JudgedPapers, context: _RuleContext
) -> list[_TriedKeyword]:
    """Return the keywords that distinguish liked papers from the others, phrases first."""
    candidates = find_candidates(wider)
    weighed, counts = _weighed(candidates.phrases, wider, context)
    chosen = compress(weighed, is_wanted(counts) & (_least(weighed) > candidates.wanted_from))
    marked = range(len(judged.liked), len(judged.papers))
    more_liked = (
        tried
        for tried in chosen
        if sum(number < marked.start for number in tried.papers)
        > sum(number in marked for number in tried.papers)
    )
    keywords = _entries(rule.selecting for rule in context.rules)
    return _phrases_first(_new(more_liked, _try(keywords, wider, context.today)))


def _unwanted(judged: JudgedPapers, context: _RuleContext) -> list[_TriedKeyword]:
    """Return the keywords that match dropped papers and no liked one."""
    candidates = find_candidates(judged)
    weighed, counts = _weighed(candidates.phrases, judged, context)
    chosen = compress(weighed, is_unwanted(counts) & (_least(weighed) > candidates.unwanted_from))
    selecting = _try(_entries(rule.selecting for rule in context.rules), judged, context.today)
    excluded = _entries(node for rule in context.rules for node in rule.exclude)
    return _new(_sparing(list(chosen), selecting), _try(excluded, judged, context.today))


def _weighed(
    phrases: Iterable[str], judged: JudgedPapers, context: _RuleContext
) -> tuple[list[_TriedKeyword], Counts]:
    """Match phrases as keywords, and weigh the results."""
    tried = _try(_keywords(phrases), judged, context.today)
    in_library = context.counted([_rule(keyword.leaf) for keyword in tried])
    counts = _counts(tried, judged)
    least_odds = weigh(counts, np.minimum(np.array(in_library) / max(context.of, 1), 1.0)).least
    weighed = [
        replace(keyword, least=least, in_library=papers)
        for keyword, least, papers in zip(tried, least_odds.tolist(), in_library, strict=True)
    ]
    return weighed, counts


def _least(weighed: Sequence[_TriedKeyword]) -> Floats:
    return np.array([keyword.least for keyword in weighed], dtype=np.float64)


def _keywords(phrases: Iterable[str]) -> Iterator[Keyword]:
    """Yield the phrases as keywords, without those that cannot be one."""
    for phrase in phrases:
        try:
            yield parse_keyword(phrase)
        except QueryError:
            continue


def _rule(leaf: Keyword) -> Rule:
    return Rule("tried", keywords=(leaf,))


def _try(leaves: Iterable[Keyword], judged: JudgedPapers, today: date) -> list[_TriedKeyword]:
    """Return which judged papers each keyword matches."""
    leaves = list(dict.fromkeys(leaves))
    papers: dict[int, set[int]] = defaultdict(set)
    selected = compile_rules([_rule(leaf) for leaf in leaves], today=today).select(judged.papers)
    for rule, paper in zip(selected.rule.tolist(), selected.paper.tolist(), strict=True):
        papers[rule].add(paper)
    return [_TriedKeyword(leaf, frozenset(papers[number])) for number, leaf in enumerate(leaves)]


def _counts(tried: Sequence[_TriedKeyword], judged: JudgedPapers) -> Counts:
    boundary = len(judged.liked)
    liked = [sum(number < boundary for number in keyword.papers) for keyword in tried]
    total = np.array([len(keyword.papers) for keyword in tried], dtype=np.int64)
    among = np.array(liked, dtype=np.int64)
    return Counts(among, boundary, total - among, len(judged.dropped))


# --- what is new ---------------------------------------------------------------------------------


def _entries(nodes: Iterable[Node]) -> Iterator[Keyword]:
    """Yield the keywords that select by themselves, without boosts."""
    for node in nodes:
        match node:
            case Or():
                yield from _entries(node.children)
            case And() | AtLeast() | Not() | DayRange() | NumberRange() | SelectedBy():
                pass
            case leaf:
                keyword = bare(leaf)
                if not isinstance(keyword, (DayRange, NumberRange, SelectedBy)):
                    yield keyword


def _new(
    candidates: Iterable[_TriedKeyword], existing: Sequence[_TriedKeyword]
) -> list[_TriedKeyword]:
    """Return the best `candidates` that no existing keyword and no better candidate covers."""
    # Of phrases that say the same, the longer one says it more clearly.
    ranked = sorted(
        candidates,
        key=lambda candidate: (-candidate.least, -len(candidate.leaf.text), candidate.leaf.text),
    )
    pairs = suspects(
        [candidate.leaf for candidate in ranked],
        [candidate.leaf for candidate in (*existing, *ranked)],
    )
    cover = Cover(pairs)
    covering: dict[Leaf, set[Leaf]] = defaultdict(set)
    for inner, outer in pairs:
        if cover.covers_words(outer, inner):
            covering[inner].add(outer)
    known: set[Leaf] = {candidate.leaf for candidate in existing}
    new: list[_TriedKeyword] = []
    for candidate in ranked:
        if candidate.leaf in known or not known.isdisjoint(covering[candidate.leaf]):
            continue
        if any(_is_same(candidate, other) for other in existing) or any(
            _adds_little(candidate, other) for other in new
        ):
            continue
        known.add(candidate.leaf)
        new.append(candidate)
        if len(new) == MOST:
            break
    return new


def _phrases_first(candidates: Sequence[_TriedKeyword]) -> list[_TriedKeyword]:
    """Return phrases, then a few single words: a phrase says what is meant, a word rarely does."""
    words = [candidate for candidate in candidates if _is_word(candidate.leaf.text)]
    return [candidate for candidate in candidates if candidate not in words] + words[:MOST_WORDS]


def _is_word(text: str) -> bool:
    # A Chinese or Japanese keyword has no spaces.
    return " " not in text and text.isascii()


def _sparing(
    unwanted: Sequence[_TriedKeyword], keywords: Sequence[_TriedKeyword]
) -> list[_TriedKeyword]:
    """Return the candidates that are not themselves keywords, in any spelling.

    `digest.learning.fruitless_keywords` reports keywords that bring only dropped papers.
    """
    leaves, tried = (
        [candidate.leaf for candidate in keywords],
        [candidate.leaf for candidate in unwanted],
    )
    pairs = suspects(leaves, tried)
    cover = Cover(pairs)
    same: set[Leaf] = {*leaves}
    same.update(
        outer
        for inner, outer in pairs
        if cover.covers_words(outer, inner) and cover.covers_words(inner, outer)
    )
    return [candidate for candidate in unwanted if candidate.leaf not in same]


def _is_same(first: _TriedKeyword, second: _TriedKeyword) -> bool:
    """Return whether two keywords, by their papers, mean the same.

    It is not enough that one's papers are among the other's: every marked paper came by an existing
    keyword.
    """
    shared, either = len(first.papers & second.papers), len(first.papers | second.papers)
    related = not _words(first.leaf).isdisjoint(_words(second.leaf))
    return shared >= (_SAME if related else _EQUAL) * either


def _adds_little(candidate: _TriedKeyword, better: _TriedKeyword) -> bool:
    """Return whether a keyword would add hardly any papers to a better one with a common word."""
    if _words(candidate.leaf).isdisjoint(_words(better.leaf)):
        return _is_same(candidate, better)
    return len(candidate.papers & better.papers) >= _SAME * len(candidate.papers)


def _words(leaf: Keyword) -> frozenset[str]:
    words = leaf.words if isinstance(leaf, (Phrase, Pattern, Near)) else ()
    return frozenset(map(fold_word, words))


def _proposals(keywords: Iterable[_TriedKeyword], judged: JudgedPapers) -> tuple[Proposal, ...]:
    return tuple(_proposal(keyword, judged) for keyword in keywords)


def _proposal(tried: _TriedKeyword, judged: JudgedPapers) -> Proposal:
    papers = judged.papers
    numbers = [number for number in sorted(tried.papers) if number < len(papers)]
    liked = [papers[number] for number in numbers if number < len(judged.liked)]
    dropped = [papers[number] for number in numbers if number >= len(judged.liked)]
    return Proposal(
        keyword=tried.leaf.text,
        liked=len(liked),
        dropped=len(dropped),
        papers=tried.in_library,
        log_odds=round(tried.least, 2),
        examples=tuple((liked or dropped)[:EXAMPLES]),
    )
