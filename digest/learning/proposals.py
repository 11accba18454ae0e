"""Propose keywords that set what a reader liked apart from what was dropped.

Every proposal is a keyword of the rule language and is counted by the matcher, so that its counts
are those of `digest match`. Nothing is changed: what to do with it is for the reader to say.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

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

    from digest.learning.judged_papers import Judged
    from digest.learning.log_odds import Floats
    from digest.model import Paper
    from digest.rules.syntax import Keyword, Leaf, Node

MOST: Final = 15
"""Proposals of either kind."""
MOST_WORDS: Final = 5
"""Single words among them: they bring much that is not meant."""
EXAMPLES: Final = 3
"""Papers that are named for each."""
_SAME: Final = 0.6
"""Share of papers from which on two keywords with a word in common are one finding."""
_EQUAL: Final = 0.9
"""The same for two that have no word in common, such as a phrase and its abbreviation."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A keyword that stands in liked papers and not in dropped ones, or the other way round."""

    keyword: str
    liked: int
    dropped: int
    """Papers that were judged and that it matches."""
    papers: int
    """Papers of the library that it matches."""
    log_odds: float
    """What the log-odds ratio is at least, whichever kind it stands for."""
    examples: tuple[Paper, ...]
    """Of the kind that it stands for, the last marked first."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """The clearest first."""

    wanted: tuple[Proposal, ...] = ()
    """For the `keywords` of a rule."""
    unwanted: tuple[Proposal, ...] = ()
    """For `exclude`: none of them stands in a liked paper."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """A keyword and the judged papers that it matches, by their number in `Judged.papers`."""

    leaf: Keyword
    papers: frozenset[int]
    least: float = 0.0
    """How clearly it stands out: `digest.learning.log_odds.Odds.least`."""
    in_library: int = 0


def propose(  # noqa: PLR0913 - keywords
    judged: Judged,
    rules: Sequence[Rule],
    *,
    count: Callable[[Sequence[Rule]], Sequence[int]],
    of: int,
    today: date,
    rest: Sequence[Paper] = (),
) -> Proposals:
    """Return what `judged` suggests beside `rules`; nothing where too few papers are liked.

    `count` says how many papers of the library each of some rules selects, `of` how many it has.
    What is wanted is told from what was dropped and from `rest`, a sample of the library; what is
    not wanted from marked papers alone, where there are enough of them.
    """
    known = {paper.id for paper in judged.papers}
    others = tuple(paper for paper in rest if paper.id not in known)
    wider = judged._replace(dropped=(*judged.dropped, *others))
    asked = _Asked(rules, count, of, today)
    wanted = _wanted(judged, wider, asked) if wider.enough else []
    unwanted = _unwanted(judged, asked) if judged.enough else []
    return Proposals(_proposals(wanted, judged), _proposals(unwanted, judged))


class _Asked(NamedTuple):
    """The rules that there are, and whom to ask about others."""

    rules: Sequence[Rule]
    counted: Callable[[Sequence[Rule]], Sequence[int]]
    of: int
    today: date


def _wanted(judged: Judged, wider: Judged, asked: _Asked) -> list[_Tried]:
    """Return the keywords that tell liked papers from the others, phrases first."""
    found = find_candidates(wider)
    weighed, counts = _weighed(found.phrases, wider, asked)
    chosen = compress(weighed, is_wanted(counts) & (_least(weighed) > found.wanted_from))
    marked = range(len(judged.liked), len(judged.papers))
    more_liked = (
        each
        for each in chosen
        if sum(number < marked.start for number in each.papers)
        > sum(number in marked for number in each.papers)
    )
    keywords = _entries(rule.selecting for rule in asked.rules)
    return _phrases_first(_new(more_liked, _try(keywords, wider, asked.today)))


def _unwanted(judged: Judged, asked: _Asked) -> list[_Tried]:
    """Return the keywords that stand in dropped papers and in no liked one."""
    found = find_candidates(judged)
    weighed, counts = _weighed(found.phrases, judged, asked)
    chosen = compress(weighed, is_unwanted(counts) & (_least(weighed) > found.unwanted_from))
    selecting = _try(_entries(rule.selecting for rule in asked.rules), judged, asked.today)
    excluded = _entries(node for rule in asked.rules for node in rule.exclude)
    return _new(_sparing(list(chosen), selecting), _try(excluded, judged, asked.today))


def _weighed(phrases: Iterable[str], judged: Judged, asked: _Asked) -> tuple[list[_Tried], Counts]:
    """Try phrases as keywords, and weigh what they match."""
    tried = _try(_keywords(phrases), judged, asked.today)
    in_library = asked.counted([_rule(each.leaf) for each in tried])
    counts = _counts(tried, judged)
    clear = weigh(counts, np.minimum(np.array(in_library) / max(asked.of, 1), 1.0)).least
    weighed = [
        replace(each, least=least, in_library=papers)
        for each, least, papers in zip(tried, clear.tolist(), in_library, strict=True)
    ]
    return weighed, counts


def _least(weighed: Sequence[_Tried]) -> Floats:
    return np.array([each.least for each in weighed], dtype=np.float64)


def _keywords(phrases: Iterable[str]) -> Iterator[Keyword]:
    """Yield the phrases as keywords; one that cannot be one is none."""
    for phrase in phrases:
        try:
            yield parse_keyword(phrase)
        except QueryError:
            continue


def _rule(leaf: Keyword) -> Rule:
    return Rule("tried", keywords=(leaf,))


def _try(leaves: Iterable[Keyword], judged: Judged, today: date) -> list[_Tried]:
    """Return which judged papers each keyword matches."""
    leaves = list(dict.fromkeys(leaves))
    found: dict[int, set[int]] = defaultdict(set)
    selected = compile_rules([_rule(leaf) for leaf in leaves], today=today).select(judged.papers)
    for rule, paper in zip(selected.rule.tolist(), selected.paper.tolist(), strict=True):
        found[rule].add(paper)
    return [_Tried(leaf, frozenset(found[number])) for number, leaf in enumerate(leaves)]


def _counts(tried: Sequence[_Tried], judged: Judged) -> Counts:
    boundary = len(judged.liked)
    liked = [sum(number < boundary for number in each.papers) for each in tried]
    total = np.array([len(each.papers) for each in tried], dtype=np.int64)
    among = np.array(liked, dtype=np.int64)
    return Counts(among, boundary, total - among, len(judged.dropped))


# --- what is new ---------------------------------------------------------------------------------


def _entries(nodes: Iterable[Node]) -> Iterator[Keyword]:
    """Yield the keywords that select by themselves, boosts left out."""
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


def _new(found: Iterable[_Tried], existing: Sequence[_Tried]) -> list[_Tried]:
    """Return the best of `found` that neither an existing keyword nor a better one stands for."""
    # Of phrases that say the same, the longer one says it more clearly.
    ranked = sorted(found, key=lambda each: (-each.least, -len(each.leaf.text), each.leaf.text))
    pairs = suspects([each.leaf for each in ranked], [each.leaf for each in (*existing, *ranked)])
    cover = Cover(pairs)
    covering: dict[Leaf, set[Leaf]] = defaultdict(set)
    for inner, outer in pairs:
        if cover.covers_words(outer, inner):
            covering[inner].add(outer)
    known: set[Leaf] = {each.leaf for each in existing}
    new: list[_Tried] = []
    for each in ranked:
        if each.leaf in known or not known.isdisjoint(covering[each.leaf]):
            continue
        if any(_is_same(each, other) for other in existing) or any(
            _adds_little(each, other) for other in new
        ):
            continue
        known.add(each.leaf)
        new.append(each)
        if len(new) == MOST:
            break
    return new


def _phrases_first(found: Sequence[_Tried]) -> list[_Tried]:
    """Return phrases, then a few single words: a phrase says what is meant, a word rarely does."""
    words = [each for each in found if _is_word(each.leaf.text)]
    return [each for each in found if each not in words] + words[:MOST_WORDS]


def _is_word(text: str) -> bool:
    # A Chinese or Japanese keyword has no spaces.
    return " " not in text and text.isascii()


def _sparing(unwanted: Sequence[_Tried], keywords: Sequence[_Tried]) -> list[_Tried]:
    """Return what is not itself a keyword, in whatever spelling.

    Of a keyword that brings only what is dropped `digest.learning.fruitless_keywords` tells.
    """
    leaves, tried = [each.leaf for each in keywords], [each.leaf for each in unwanted]
    pairs = suspects(leaves, tried)
    cover = Cover(pairs)
    same: set[Leaf] = {*leaves}
    same.update(
        outer
        for inner, outer in pairs
        if cover.covers_words(outer, inner) and cover.covers_words(inner, outer)
    )
    return [each for each in unwanted if each.leaf not in same]


def _is_same(one: _Tried, other: _Tried) -> bool:
    """Whether two keywords, by their papers, are two names of one thing.

    Not whether one's papers are among the other's: every marked paper came by an existing keyword.
    """
    both, either = len(one.papers & other.papers), len(one.papers | other.papers)
    related = not _words(one.leaf).isdisjoint(_words(other.leaf))
    return both >= (_SAME if related else _EQUAL) * either


def _adds_little(one: _Tried, better: _Tried) -> bool:
    """Whether a keyword, beside a better one with a word of it, would hardly match any more."""
    if _words(one.leaf).isdisjoint(_words(better.leaf)):
        return _is_same(one, better)
    return len(one.papers & better.papers) >= _SAME * len(one.papers)


def _words(leaf: Keyword) -> frozenset[str]:
    words = leaf.words if isinstance(leaf, (Phrase, Pattern, Near)) else ()
    return frozenset(map(fold_word, words))


def _proposals(found: Iterable[_Tried], judged: Judged) -> tuple[Proposal, ...]:
    return tuple(_proposal(each, judged) for each in found)


def _proposal(tried: _Tried, judged: Judged) -> Proposal:
    papers = judged.papers
    own = [number for number in sorted(tried.papers) if number < len(papers)]
    liked = [papers[number] for number in own if number < len(judged.liked)]
    dropped = [papers[number] for number in own if number >= len(judged.liked)]
    return Proposal(
        keyword=tried.leaf.text,
        liked=len(liked),
        dropped=len(dropped),
        papers=tried.in_library,
        log_odds=round(tried.least, 2),
        examples=tuple((liked or dropped)[:EXAMPLES]),
    )
