"""Cut clean text into the words and breaks that rules match on.

Only this module defines what a word is: `cut` returns words, their places and the breaks between
them. `digest.matching.word_index` cuts thousands of papers at once with numpy; a property test
compares the two. docs/rule-language.md has the meaning and the order of the steps: "Words"
(`digest.text.normalise`), "Plurals" (`digest.text.folding`) and "Breaks".
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.text.folding import fold_word
from digest.text.normalise import (
    ANY_ONE,
    ANY_RUN,
    CAPITAL_S,
    CLOSES,
    DOT,
    EITHER_S,
    FIRST_DOT,
    HALT,
    OPENS,
    SEAM,
    is_seen,
    normalise,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ANY_ONE", "ANY_RUN", "Break", "Plural", "Word", "Words", "classify", "cut", "fold_word",
    "places_of", "plain_words_of", "words_of",
]  # fmt: skip


class Break(IntEnum):
    """What is between two neighbouring words."""

    SPACE = 0
    HYPHEN = 1
    GLUE = 2
    STOP = 3

    # The hash of enumerations goes through Python, and keywords are hashed by the ten thousand.
    __hash__ = int.__hash__


class Plural(IntEnum):
    """Whether a word is folded (docs/rule-language.md, "Plurals")."""

    FOLDED = 0
    KEPT = 1
    """A word of four or five capitals that ends in S: SARS."""
    EITHER = 2
    """The same in a text without lower-case letters: SARS, or the plural of SAR."""


class Word(Struct, frozen=True, gc=False):
    """One word of a text."""

    text: str
    """Normalised, plurals not folded."""
    start: int
    """Its first character in the clean text."""
    end: int
    """One past its last, combining marks included."""
    gap: Break
    """The break before it; `STOP` for the first word."""
    plural: Plural = Plural.FOLDED
    bracketed: bool = False
    """Whether it is in the bracket of an abbreviation: LLM in *Model (LLM) agents*."""
    dotted: bool = False
    """Whether it begins with a dot: .NET."""


_WORD_CHARACTER = f"\\w{DOT}{CAPITAL_S}{EITHER_S}"
_WORD = re.compile(
    rf"(?<![{_WORD_CHARACTER}])[^\W\d](?:\+\+|#)"
    rf"|[{_WORD_CHARACTER}]+(?:(?<=\d)[.,](?=\d)[{_WORD_CHARACTER}]+)*"
)
_WILD = f"{ANY_RUN}{ANY_ONE}"
_WILD_CHARACTER = f"{_WORD_CHARACTER}{_WILD}"
_WILD_WORD = re.compile(
    rf"(?<![{_WILD_CHARACTER}])[^\W\d](?:\+\+|#)"
    rf"|[{_WILD_CHARACTER}]+"
    rf"(?:(?:(?<=\d)[.,](?=[\d{_WILD}])|(?<=[{_WILD}])[.,](?=\d))[{_WILD_CHARACTER}]+)*"
)
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+")
_PLAIN_PLURAL = re.compile(r"(?<=[A-Za-z][A-Z])s\b")
_PLAIN_CAPITALS = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3,4}S(?![A-Za-z0-9])")
_SPACE = (Break.SPACE,)
_PLAIN_GAPS = {" ": Break.SPACE, "-": Break.HYPHEN}
_WILDCARD_ONE = re.compile(r"\?")
_CONTROLS = re.compile("[\x00-\x1f]+")
_GLUED = re.compile(r"\s+[&+/]\s+")


def cut(text: str, *, wildcards: bool = False) -> tuple[Word, ...]:
    """Cut `text` into its words, with their places in it.

    With `wildcards` (for the keywords of rules) `*` and `?` stay in the words as `ANY_RUN` and
    `ANY_ONE`; a `?` that is not between two letters or digits is punctuation.
    """
    if wildcards:
        text = _CONTROLS.sub(" ", text).replace("*", ANY_RUN)
        text = _WILDCARD_ONE.sub(_wildcard_one, text)
    normal, places = normalise(text, keyword=wildcards)
    words: list[Word] = []
    position = 0
    bracketed = False
    for match in (_WILD_WORD if wildcards else _WORD).finditer(normal):
        between = normal[position : match.start()]
        if OPENS in between or CLOSES in between:
            bracketed = OPENS in between
        start, end = _place(text, places, *match.span())
        word, plural = _reading(match[0])
        gap = classify(between) if words else Break.STOP
        dotted = between.rstrip(SEAM)[-1:] == FIRST_DOT
        words.append(Word(word, start, end, gap, plural, bracketed, dotted))
        position = match.end()
    if len(words) == 1 and words[0].plural == Plural.EITHER:
        words[0] = replace(words[0], plural=Plural.KEPT)
    return tuple(words)


def _reading(word: str) -> tuple[str, Plural]:
    """Return a word of normalised text without its marks, and how its plural is read."""
    word = word.replace(DOT, ".")
    if word.endswith(CAPITAL_S):
        return word[:-1] + "s", Plural.KEPT
    if word.endswith(EITHER_S):
        return word[:-1] + "s", Plural.EITHER
    return word, Plural.FOLDED


class Words(Struct, frozen=True, gc=False):
    """The words of a keyword, and the breaks between them."""

    texts: tuple[str, ...]
    """Normalised, plurals not folded; wildcards as `ANY_RUN` and `ANY_ONE`."""
    gaps: tuple[Break, ...]
    """One fewer than there are words."""
    kept: tuple[int, ...] = ()
    """Indices of the words whose plural is not folded (SARS)."""
    dotted: bool = False
    """Whether the first word begins with a dot (.NET)."""


def plain_words_of(keyword: str) -> Words:
    """Like `words_of`, for ASCII letters and digits between single spaces and hyphens.

    Most keywords have this form.
    """
    if not keyword.islower():
        if _PLAIN_CAPITALS.search(keyword):
            return _words_of(keyword)
        keyword = _PLAIN_PLURAL.sub("", keyword).lower()
    if keyword.isalnum():
        return Words((keyword,), ())
    if "-" not in keyword:
        texts = tuple(keyword.split(" "))
        return Words(texts, _SPACE * (len(texts) - 1))
    gaps = tuple(_PLAIN_GAPS[sign] for sign in keyword if sign in _PLAIN_GAPS)
    return Words(tuple(_PLAIN_WORD.findall(keyword)), gaps)


def words_of(keyword: str) -> Words:
    """Return the words of `keyword`, as `cut` with wildcards finds them."""
    return plain_words_of(keyword) if _PLAIN.fullmatch(keyword) else _words_of(keyword)


def _words_of(keyword: str) -> Words:
    words = cut(keyword, wildcards=True)
    return Words(
        tuple(word.text for word in words),
        tuple(word.gap for word in words[1:]),
        tuple(place for place, word in enumerate(words) if word.plural == Plural.KEPT),
        bool(words) and words[0].dotted and keyword.lstrip("\"'`*_$ ").startswith("."),
    )


def places_of(text: str, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return the start and end of the words of `text` with these numbers, as `cut` does."""
    normal, places = normalise(text)
    # Only as far as the last of them: most keywords are in the first half of a text.
    words = islice(_WORD.finditer(normal), max(numbers, default=-1) + 1)
    number_set = frozenset(numbers)
    return {
        number: _place(text, places, *match.span())
        for number, match in enumerate(words)
        if number in number_set
    }


def _place(text: str, places: Sequence[int], first: int, last: int) -> tuple[int, int]:
    """Return the characters of `text` that became those from `first` to `last`."""
    end = places[last - 1] + 1
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    return places[first], end


def classify(between: str) -> Break:
    """Classify the break that the normalised characters `between` two words form."""
    between = between.replace(SEAM, "")
    if CLOSES in between:
        return Break.SPACE  # "(LLM) agents": nothing else is possible there
    if not between:
        return Break.GLUE
    if between.isspace():
        return Break.SPACE
    if between == "-":
        return Break.HYPHEN
    if _GLUED.fullmatch(between):
        return Break.GLUE
    spaced = any(character.isspace() for character in between)
    return Break.STOP if spaced or HALT in between or between.count("-") > 1 else Break.GLUE


def _wildcard_one(match: re.Match[str]) -> str:
    """Turn a `?` between two letters or digits into a wildcard, ignoring combining marks."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    before_character = next((character for character in reversed(before) if is_seen(character)), "")
    right = next((character for character in after if is_seen(character)), "")
    return ANY_ONE if before_character.isalnum() and right.isalnum() else match[0]
