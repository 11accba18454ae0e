"""Make small papers that a keyword matches: another keyword must match them to cover it.

A keyword stands for infinitely many texts; these are its usual spellings (not `fine/tuning` or a
hyphen inside a word). Callers first ask the matcher whether the keyword matches its own samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.model import Name, Paper
from digest.rules.syntax import Exact, Label, Near, Pattern, Person, Phrase
from digest.text.words import ANY_ONE, ANY_RUN, Break

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.rules.syntax import Leaf

_FILLERS = (("", "q"), ("qzx", "z"), ("7", "7"))
"""Replacements for `*` and for `?`; only a very wide keyword matches these by chance."""
_NOTHING = Paper(id="", title="")


class Sample(Struct, frozen=True):
    """A paper that contains only one keyword."""

    paper: Paper
    joined: bool = False
    """Whether several words are written as one, because a break of the keyword may be missing."""


def samples(leaf: Leaf) -> tuple[Sample, ...]:
    """Return papers that `leaf` matches; none if a few texts cannot represent it."""
    match leaf:
        case Label():
            values = (leaf.value.replace("*", filler) for filler, _ in _FILLERS)
            return tuple(Sample(_labelled(leaf, value)) for value in dict.fromkeys(values))
        case Person():
            names = (leaf.name.replace("*", run).replace("?", one) for run, one in _FILLERS)
            return tuple(
                Sample(replace(_NOTHING, authors=(Name(literal=name),)))
                for name in dict.fromkeys(names)
            )
        case Phrase() | Pattern() | Near() | Exact():
            return tuple(
                Sample(paper, joined)
                for text, joined in dict.fromkeys(_texts(leaf))
                for paper in _holding(leaf, text)
            )
    return ()


def _texts(leaf: Phrase | Pattern | Near | Exact) -> Iterator[tuple[str, bool]]:
    """Yield texts of the keyword, and whether they are written in one word."""
    if isinstance(leaf, Exact):
        yield leaf.literal, False
        return
    for run, one in _FILLERS if any(map(_is_wild, leaf.words)) else _FILLERS[:1]:
        words = [word.replace(ANY_RUN, run).replace(ANY_ONE, one) for word in leaf.words]
        yield " ".join(words), False
        if not isinstance(leaf, Near) and Break.STOP in leaf.spelling.gaps:
            # Only a keyword that has a stop itself runs over one.
            yield _with_stops(words, leaf.spelling.gaps), False
        yield " ".join(words).upper(), False
        if isinstance(leaf, Near):
            yield " ".join(reversed(words)), False
        elif len(words) > 1:
            yield "-".join(words), False
            yield "".join(words), True


def _with_stops(words: list[str], gaps: tuple[Break, ...]) -> str:
    breaks = [". " if gap == Break.STOP else " " for gap in gaps]
    return "".join(part for pair in zip(words, [*breaks, ""], strict=True) for part in pair)


def _is_wild(word: str) -> bool:
    return ANY_RUN in word or ANY_ONE in word


def _holding(leaf: Phrase | Pattern | Near | Exact, text: str) -> Iterator[Paper]:
    match leaf.field:
        case "author" | "first_author" | "last_author":
            yield replace(_NOTHING, authors=(Name(literal=text),))
        case "journal":
            yield replace(_NOTHING, journal=text)
        case "comment":
            yield replace(_NOTHING, comment=text)
        case "org":
            yield replace(_NOTHING, organization=text)
        case _:
            if leaf.field != "abstract":
                yield replace(_NOTHING, title=text)
            if leaf.field != "title":
                yield replace(_NOTHING, abstract=text)


def _labelled(leaf: Label, value: str) -> Paper:
    match leaf.field:
        case "category":
            return replace(_NOTHING, categories=(value,))
        case "source":
            return replace(_NOTHING, sources=(value,))
        case "id":
            return replace(_NOTHING, id=value)
        case "primary":
            return replace(_NOTHING, primary=value)
        case "doi":
            return replace(_NOTHING, doi=value)
        case _:  # `type:` and `has:` have no values that a sample could stand for
            return _NOTHING
