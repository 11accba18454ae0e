"""List the spellings that aliases give a keyword."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tests.reference.phrases import Spelling, as_written, find
from tests.reference.text import Break, Cut, Word, cut

if TYPE_CHECKING:
    from collections.abc import Iterator

Aliases: TypeAlias = tuple[tuple[str, ...], ...]

MOST_SPELLINGS = 64


class TooManySpellingsError(Exception):
    """ "Up to 64 spellings of one keyword; more is an error." """


@lru_cache(maxsize=50_000)
def spellings(value: str, aliases: Aliases, *, plurals: bool) -> tuple[Spelling, ...]:
    """Return a keyword as written, and with each alias of each run of its words in its place.

    "Wherever a keyword or phrase (…) holds a run of words that equals one of a group, it also
    matches with any other of that group in its place. (…) runs do not overlap; what is put in is
    not looked at again"
    """
    keyword = cut(value, keyword=True)
    runs = list(_runs(keyword, aliases, plurals=plurals))
    different: dict[object, Spelling] = {}
    for pieces in _pieces(0, len(keyword.words), runs):
        spelling = _joined(keyword, pieces)
        key = (tuple(word.plain for word in spelling.words), spelling.breaks, spelling.terms)
        different.setdefault(key, spelling)
        if len(different) > MOST_SPELLINGS:
            raise TooManySpellingsError(value)
    return tuple(different.values())


class Piece(NamedTuple):
    """Some words of a keyword, and the term that is put in for them, if one is."""

    start: int
    end: int
    term: Cut | None = None


def _runs(keyword: Cut, aliases: Aliases, *, plurals: bool) -> Iterator[Piece]:
    """Yield each run that equals a term, with each other term of the group."""
    for group in aliases:
        for term in group:
            expected = as_written(cut(term, keyword=True))
            # "A term equals a run if it would match it as a keyword"
            for path in find(expected, keyword, plurals=plurals):
                if any(keyword.words[i].wild for i in path):
                    continue
                for other in group:
                    if other != term:
                        yield Piece(path[0], path[-1] + 1, cut(other, keyword=True))


def _pieces(at: int, end: int, runs: list[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Yield all ways to keep words or replace runs, from the word `at` on."""
    if at == end:
        yield ()
        return
    for piece in [Piece(at, at + 1), *(run for run in runs if run.start == at)]:
        for rest in _pieces(piece.end, end, runs):
            yield (piece, *rest)


def _joined(keyword: Cut, pieces: tuple[Piece, ...]) -> Spelling:
    """Write the pieces behind each other, with the keyword's breaks between them."""
    words: list[Word] = []
    breaks: list[Break] = []
    terms: list[int] = []
    for number, piece in enumerate(pieces, 1):
        if piece.start:
            breaks.append(keyword.breaks[piece.start - 1])
        if piece.term is None:
            words.append(keyword.words[piece.start])
            terms.append(0)
        else:
            words += piece.term.words
            breaks += piece.term.breaks
            terms += [number] * len(piece.term.words)
    return Spelling(tuple(words), tuple(breaks), tuple(terms))
