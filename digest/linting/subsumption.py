"""Which keywords cover others, that is match wherever the other does, by the matcher's answer.

A cheap comparison of letters narrows the pairs to test, and never decides: most rules have no such
pair, and then nothing is compiled, which keeps `digest run` fast.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from digest.linting.ranges import is_within
from digest.matching import compile_rules
from digest.rules import Rule
from digest.rules.people import words_of
from digest.rules.syntax import (
    DayRange,
    Exact,
    Label,
    Near,
    NumberRange,
    Pattern,
    Person,
    Phrase,
    Regex,
)
from digest.text.words import ANY_ONE, ANY_RUN, cut, fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digest.linting.samples import Sample
    from digest.model import Paper
    from digest.rules.syntax import Leaf

    Pair: TypeAlias = tuple[Leaf, Leaf]
    _Answer: TypeAlias = tuple[bool, bool]

_ANY_DAY = date(2000, 1, 1)
"""No sample has a day, and no comparison is compiled."""
MOST_OPEN_PAIRS = 20_000
"""Maximum number of regular expressions times keywords: beyond it, they are not compared."""


class Cover:
    """Answers for keywords without boosts; those of `pairs` (inner, outer) are tested together.

    Any other pair is tested when it is asked for, which suits a caller that expects few.
    """

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self._answers: dict[Pair, _Answer] = {}
        self._ask(set(pairs))

    def covers(self, outer: Leaf, inner: Leaf) -> bool:
        """Return whether `outer` matches wherever `inner` does."""
        always, _ = self._answer(inner, outer)
        return always

    def covers_words(self, outer: Leaf, inner: Leaf) -> bool:
        """Return whether it does so at least if the words of `inner` are not written as one."""
        _, in_words = self._answer(inner, outer)
        return in_words

    def _answer(self, inner: Leaf, outer: Leaf) -> _Answer:
        """Return whether `outer` covers always, and whether it does if words are not joined."""
        if inner == outer:
            return True, True
        if isinstance(inner, (DayRange, NumberRange)):
            within = isinstance(outer, (DayRange, NumberRange)) and is_within(inner, outer)
            return within, within
        pair = (inner, outer)
        if pair not in self._answers:
            if not (_same_ground(inner, outer) and _stand_in(_pieces(outer), _letters(inner))):
                return False, False
            self._ask({pair})
        return self._answers[pair]

    def _ask(self, pairs: set[Pair]) -> None:
        """Return which samples of each inner keyword each outer keyword matches."""
        if not pairs:
            return
        from digest.linting.samples import samples  # here and not above: few runs get this far

        rows = [
            (inner, sample)
            for inner in dict.fromkeys(inner for inner, _ in pairs)
            for sample in samples(inner)
        ]
        leaves = list(dict.fromkeys(leaf for pair in pairs for leaf in pair))
        matching = _matching(leaves, [sample.paper for _, sample in rows])
        samples_by_keyword: dict[Leaf, list[tuple[int, Sample]]] = defaultdict(list)
        for number, (inner, sample) in enumerate(rows):
            if number in matching[inner]:
                samples_by_keyword[inner].append((number, sample))
        for inner, outer in pairs:
            missed = [
                sample
                for number, sample in samples_by_keyword[inner]
                if number not in matching[outer]
            ]
            self._answers[inner, outer] = (
                bool(samples_by_keyword[inner]) and not missed,
                bool(samples_by_keyword[inner]) and all(sample.joined for sample in missed),
            )


def _matching(leaves: Sequence[Leaf], papers: Sequence[Paper]) -> dict[Leaf, set[int]]:
    """Return which of `papers` each leaf matches."""
    papers_by_leaf: dict[Leaf, set[int]] = {leaf: set() for leaf in leaves}
    if papers:
        rules = [Rule("", keywords=(leaf,)) for leaf in leaves]
        selected = compile_rules(rules, today=_ANY_DAY).select(papers)
        for rule, paper in zip(selected.rule.tolist(), selected.paper.tolist(), strict=True):
            papers_by_leaf[leaves[rule]].add(paper)
    return papers_by_leaf


# --- narrowing -----------------------------------------------------------------------------------


def suspects(inners: Iterable[Leaf], outers: Iterable[Leaf]) -> list[Pair]:
    """Return the pairs (inner, outer) that are worth testing; no other pair covers.

    Equal keywords and pairs of comparisons need no matcher, and are not included. The time grows
    with the number of keywords, not with that of the pairs: each outer keyword is found by one
    piece of it, among all pieces of each inner one.
    """
    by_piece: dict[str, list[tuple[Leaf, tuple[str, ...]]]] = defaultdict(list)
    anywhere: list[tuple[Leaf, tuple[str, ...]]] = []
    for outer in outers:
        pieces = _pieces(outer)
        place = by_piece[max(pieces, key=len)] if pieces else anywhere
        place.append((outer, pieces))
    lengths = sorted({len(piece) for piece in by_piece})
    inners = list(inners)
    if len(anywhere) * len(inners) > MOST_OPEN_PAIRS:
        anywhere = []
    pairs: list[Pair] = []
    for inner in inners:
        letters = _letters(inner)
        pairs += (
            (inner, outer)
            for outer, pieces in [*_with_a_piece_of(letters, by_piece, lengths), *anywhere]
            if _stand_in(pieces, letters) and inner != outer and _same_ground(inner, outer)
        )
    return pairs


_Wide: TypeAlias = "tuple[Leaf, tuple[str, ...]]"
"""An outer keyword, and the letters that every match of it contains."""


def _with_a_piece_of(
    runs: tuple[str, ...], by_piece: dict[str, list[_Wide]], lengths: Sequence[int]
) -> Iterator[_Wide]:
    """Yield the outer keywords whose longest piece occurs in one of some runs of letters."""
    parts = {
        run[start : start + length]
        for run in dict.fromkeys(runs)
        for length in lengths
        for start in range(len(run) - length + 1)
    }
    for part in parts if len(parts) < len(by_piece) else by_piece.keys() & parts:
        yield from by_piece.get(part, ())


def _stand_in(pieces: tuple[str, ...], letters: tuple[str, str]) -> bool:
    """Whether all of `pieces` are in the letters of a keyword, as written or folded."""
    plain, folded = letters
    return all(piece in plain or piece in folded for piece in pieces)


def _same_ground(inner: Leaf, outer: Leaf) -> bool:
    """Return whether `outer` is searched in the fields of `inner`, in the same kind of value."""
    if isinstance(inner, Label) != isinstance(outer, Label):
        return False
    askable = not isinstance(inner, (Regex, DayRange, NumberRange))
    everywhere = outer.field is None and inner.field in ("title", "abstract")
    return askable and (outer.field == inner.field or everywhere)


@lru_cache(maxsize=1 << 14)
def _letters(leaf: Leaf) -> tuple[str, str]:
    """Return all words of a keyword joined, without wildcards, and with plurals folded."""
    words = _words(leaf)
    return "".join(words), "".join(map(fold_word, words))


@lru_cache(maxsize=1 << 14)
def _pieces(leaf: Leaf) -> tuple[str, ...]:
    """Return runs of letters that every match of a keyword contains."""
    match leaf:
        case Pattern():
            return tuple(piece for word in leaf.words for piece in _literal(word).split())
        case Phrase():
            return ("".join(map(fold_word, leaf.words)),)
        case Near():
            return tuple(piece for word in leaf.words for piece in _near_pieces(word))
        case Label():
            return tuple(leaf.value.casefold().split("*"))
        case DayRange() | NumberRange():
            return ("\0",)  # occurs in no keyword
    return tuple(_words(leaf))  # none for a regular expression


def _near_pieces(word: str) -> list[str]:
    pieces = _literal(word).split()
    return pieces if pieces != [word] else [fold_word(word)]


def _words(leaf: Leaf) -> list[str]:
    match leaf:
        case Exact():
            return [word.text for word in cut(leaf.literal)]
        case Phrase() | Pattern() | Near():
            return [_literal(word).replace(" ", "") for word in leaf.words]
        case Label():
            return [leaf.value.casefold()]
        case Person():
            return _name_pieces(leaf)
    return []


def _name_pieces(leaf: Person) -> list[str]:
    """Return the letters of a name, cut at blanks and wildcards."""
    words = ("".join(word) for word in words_of(leaf.name))
    return [piece for word in words for piece in re.split(r"[*?]+", word) if piece]


def _literal(word: str) -> str:
    return word.replace(ANY_RUN, " ").replace(ANY_ONE, " ")
