"""Cut clean text into the words and breaks that rules match on.

This module is the one place that says what a word is: `cut` (words, their places and the breaks
between them) and `fold_plural`. `digest.matching.word_index` cuts thousands of papers at once with
numpy; a property test compares the two. Meaning and order of
the steps: docs/rule-language.md, "Words", "Plurals" and "Breaks".
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Replace = Callable[[re.Match[str]], str]


class Break(IntEnum):
    """What stands between two neighbouring words."""

    SPACE = 0
    HYPHEN = 1
    GLUE = 2
    STOP = 3

    # That of enumerations goes through Python, and keywords are hashed by the ten thousand.
    __hash__ = int.__hash__


class Word(NamedTuple):
    """One word of a text."""

    text: str
    """Normalised, plurals not folded."""
    start: int
    """Its first character in the clean text."""
    end: int
    """One past its last, combining marks included."""
    gap: Break
    """The break before it; `STOP` for the first word."""


# Normalised text is made of letters, digits, ASCII punctuation and these. `cut` and the index
# need no further knowledge of Unicode.
EM_DASH = "\x05"
"""A stop even on its own."""
SEAM = "\x06"
"""Stands on both sides of a Han, Hiragana or Katakana character, which is a word of its own."""
ANY_RUN = "\x01"
"""The wildcard `*`, in the words of a keyword only."""
ANY_ONE = "\x02"
"""The wildcard `?`."""

# What single characters become; any other that is no letter or digit becomes "/".
_FOLDED_MARKS = {
    **dict.fromkeys("\u2010\u2011\u2013\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u201b\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u301d\u301e\u301f", ""),
    "\u2014": EM_DASH,
}
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
# A letter in front lets the engine skip ahead; what stands before it is checked after: roughly by
# the engine (letters that are no small ones of ASCII), for good by `_without_s`.
_LAST_S = re.compile(r"s(?<=[^\W\d_a-z]{2}s)(?![^\W_])")
_DROPS = re.compile(r'["`*_$]+')
_POSSESSIVE = re.compile(r"'s(?![^\W_])")
_ENDS_IN_WORD = re.compile(r"[^\W_]$|\x06$|(?<![^\W_])[^\W\d_](?:\+\+|#)$")
_APOSTROPHE = re.compile("'+")
# Ranges and no expression: compiling so large a one takes longer than a run asks for its answers.
_CJK = (
    ("\u3005", "\u3005"), ("\u3007", "\u3007"), ("\u3040", "\u30ff"), ("\u31f0", "\u31ff"),
    ("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"),
    ("\U0001b000", "\U0001b16f"), ("\U00020000", "\U0003ffff"),
)  # fmt: skip
_WORD = re.compile(r"(?<!\w)[^\W\d](?:\+\+|#)|\w+(?:(?<=\d)[.,](?=\d)\w+)*")
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+")
_PLAIN_LMS = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2})s\b")
_PLAIN_GAPS = {" ": Break.SPACE, "-": Break.HYPHEN}
_WILDCARD_ONE = re.compile(r"\?")
_WILD_WORD = re.compile(
    r"(?<![\w\x01\x02])[^\W\d](?:\+\+|#)|[\w\x01\x02]+(?:(?<=\d)[.,](?=\d)[\w\x01\x02]+)*"
)


def fold_unicode(text: str) -> str:
    """Do the steps that concern characters beyond ASCII; what is left of those is letters.

    ASCII capitals stay: `digest.matching.word_index` lowers them later, after it has dropped the s
    of LMs; but not where a character beyond ASCII has a say in what two capitals are.
    """
    text = _replaced(text, _compatible_character, set(_NON_ASCII.findall(text)))
    characters = set(_NON_ASCII.findall(text))
    if any(map(_concerns_capitals, characters)):
        return _replaced(_LAST_S.sub(_without_s, text), _fold_character, characters).lower()
    return _replaced(text, _fold_character, characters)


def _replaced(text: str, replace: Callable[[str], str], characters: set[str]) -> str:
    """Replace each of `characters`, which are those beyond ASCII in `text`."""
    new = {character: replace(character) for character in characters}
    # One by one where few are new, which is most often: none may then become another of them.
    few = [character for character in characters if new[character] != character]
    if len(few) > _ONE_BY_ONE or not all(new[character].isascii() for character in few):
        return _NON_ASCII.sub(lambda match: new[match[0]], text)
    for character in few:
        text = text.replace(character, new[character])
    return text


@lru_cache(maxsize=1 << 14)
def _concerns_capitals(character: str) -> bool:
    """Whether it is a capital, or goes when characters are folded and lets others meet."""
    return character.isupper() or not _fold_character(character)


def cut(text: str, *, wildcards: bool = False) -> tuple[Word, ...]:
    """Cut `text` into its words, with their places in it.

    With `wildcards` (for the keywords of rules) `*` and `?` stay in the words as `ANY_RUN` and
    `ANY_ONE`; a `?` that does not stand between two letters or digits is punctuation.
    """
    if wildcards:
        text = _WILDCARD_ONE.sub(_wildcard_one, text.replace("*", ANY_RUN))
    normal, places = _normalise_tracked(text)
    words: list[Word] = []
    done = 0
    for match in (_WILD_WORD if wildcards else _WORD).finditer(normal):
        gap = classify(normal[done : match.start()]) if words else Break.STOP
        start, end = _place(text, places, *match.span())
        words.append(Word(match[0], start, end, gap))
        done = match.end()
    return tuple(words)


class Words(NamedTuple):
    """The words of a keyword, and the breaks between them."""

    texts: tuple[str, ...]
    """Normalised, plurals not folded; wildcards as `ANY_RUN` and `ANY_ONE`."""
    gaps: tuple[Break, ...]


def plain_words_of(keyword: str) -> Words:
    """Do as `words_of` for ASCII letters and digits between single spaces and hyphens.

    That is what most keywords are.
    """
    if not keyword.islower():
        keyword = _PLAIN_LMS.sub(r"\1", keyword).lower()
    if "-" not in keyword:
        texts = tuple(keyword.split(" "))
        return Words(texts, (Break.SPACE,) * (len(texts) - 1))
    gaps = tuple(_PLAIN_GAPS[sign] for sign in keyword if sign in _PLAIN_GAPS)
    return Words(tuple(_PLAIN_WORD.findall(keyword)), gaps)


def words_of(keyword: str) -> Words:
    """Return what `cut` with wildcards makes of `keyword`, without the places."""
    if _PLAIN.fullmatch(keyword):
        return plain_words_of(keyword)
    words = cut(keyword, wildcards=True)
    return Words(tuple(word.text for word in words), tuple(word.gap for word in words[1:]))


def places_of(text: str, wanted: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return where in `text` some words begin and end, by their numbers; as `cut` has them."""
    normal, places = _normalise_tracked(text)
    # Only as far as the last of them: most keywords stand in the first half of a text.
    words = islice(_WORD.finditer(normal), max(wanted, default=-1) + 1)
    asked = frozenset(wanted)
    return {
        number: _place(text, places, *match.span())
        for number, match in enumerate(words)
        if number in asked
    }


def _place(text: str, places: Sequence[int], first: int, last: int) -> tuple[int, int]:
    """Return the characters of `text` that became those from `first` to `last`."""
    end = places[last - 1] + 1
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    return places[first], end


def classify(between: str) -> Break:
    """Name the break that the normalised characters `between` two words make."""
    between = between.replace(SEAM, "")
    if not between:
        return Break.GLUE
    if between.isspace():
        return Break.SPACE
    if between == "-":
        return Break.HYPHEN
    spaced = any(character.isspace() for character in between)
    if spaced or EM_DASH in between or between.count("-") > 1:
        return Break.STOP
    return Break.GLUE


_ONE_BY_ONE = 8
"""Different characters of a text that are replaced one after the other."""
_IRREGULAR = {
    "biases": "bias", "lenses": "lens", "viruses": "virus", "analyses": "analysis",
    "hypotheses": "hypothesis", "matrices": "matrix", "vertices": "vertex", "indices": "index",
    "corpora": "corpus", "criteria": "criterion",
    # These end like plurals and are none.
    "bias": "bias", "lens": "lens", "analysis": "analysis", "hypothesis": "hypothesis",
    "series": "series", "species": "species",
}  # fmt: skip
_SUFFIXES = (
    # The first line that applies: ending, replacement, endings that pass on to the next line.
    ("sses", "ss", ()),
    ("xes", "x", ()),
    ("ches", "ch", ()),
    ("shes", "sh", ()),
    ("ies", "y", ("eies", "aies")),
    ("es", "e", ("aes", "ees", "oes")),
    ("s", "", ("us", "ss", "is")),
)
_SINGULAR_SUFFIXES = (("ie", "y"), ("che", "ch"), ("xe", "x"), ("she", "sh"))


@lru_cache(maxsize=1 << 16)
def fold_plural(word: str) -> str:
    """Return the form that the singular and the plural of `word` (normalised) share."""
    if len(word) <= 3 or not word.isalpha():
        return word
    irregular = _IRREGULAR.get(word)
    if irregular is not None:
        return irregular
    for ending, replacement, exceptions in _SUFFIXES:
        if word.endswith(ending) and not word.endswith(exceptions):
            word = word.removesuffix(ending) + replacement
            break
    for ending, replacement in _SINGULAR_SUFFIXES:
        if word.endswith(ending):
            return word.removesuffix(ending) + replacement
    return word


def _normalise_tracked(text: str) -> tuple[str, Sequence[int]]:
    """Do as `normalise` and say for each character from which one of `text` it came."""
    places: Sequence[int] = range(len(text))
    text, places = _sub(_NON_ASCII, _compatible, text, places)
    text, places = _sub(_LAST_S, _without_s, text, places)
    text, places = _sub(_NON_ASCII, _folded, text, places)
    text, places = _sub(_DROPS, _nothing, text.lower(), places)
    text, places = _sub(_POSSESSIVE, _without_possessive, text, places)
    return _sub(_APOSTROPHE, _nothing, text, places)


def _sub(
    pattern: re.Pattern[str], replace: Replace, text: str, places: Sequence[int]
) -> tuple[str, Sequence[int]]:
    """Do as `pattern.sub`; a replacement keeps the places of the beginning that it keeps."""
    pieces: list[str] = []
    new_places: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        new = replace(match)
        if new == match[0]:
            continue
        kept = len(new) if match[0].startswith(new) else 0
        pieces += text[done:start], new
        new_places += places[done : start + kept]
        new_places += [places[start]] * (len(new) - kept)
        done = end
    if not done:
        return text, places  # most texts need most steps not at all
    pieces.append(text[done:])
    new_places += places[done:]
    return "".join(pieces), new_places


def _wildcard_one(match: re.Match[str]) -> str:
    """Make a wildcard of a `?` between two letters or digits; combining marks are not seen."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    left = next((character for character in reversed(before) if _is_seen(character)), "")
    right = next((character for character in after if _is_seen(character)), "")
    return ANY_ONE if left.isalnum() and right.isalnum() else match[0]


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] != "M" and category != "Cf"


def _nothing(_match: re.Match[str]) -> str:
    return ""


def _without_s(match: re.Match[str]) -> str:
    """Drop the s of LMs, where that is a whole word of two capitals and it."""
    text, place = match.string, match.start()
    two = text[max(0, place - 2) : place]
    capitals = len(two) == 2 and two.isalpha() and two[0].isupper() and two[1].isupper()
    before = text[place - 3 : place - 2] if place > 2 else ""
    return "" if capitals and not before.isalnum() else "s"


def _without_possessive(match: re.Match[str]) -> str:
    """Drop 's right after a word; a word that ends in signs (C++'s) is one, too."""
    start = match.start()
    return "" if _ENDS_IN_WORD.search(match.string[max(0, start - 4) : start]) else match[0]


def _compatible(match: re.Match[str]) -> str:
    return _compatible_character(match[0])


@lru_cache(maxsize=1 << 14)
def _compatible_character(character: str) -> str:
    return unicodedata.normalize("NFKC", character)


def _folded(match: re.Match[str]) -> str:
    return _fold_character(match[0])


@lru_cache(maxsize=1 << 14)
def _fold_character(character: str) -> str:
    """Fold one non-ASCII character that is already in compatibility form.

    One by one gives what folding the whole text would: NFD undoes every composition that NFKC
    makes, and case folding does not look at neighbours.
    """
    decomposed = unicodedata.normalize("NFD", character.casefold())
    return "".join(map(_simple, decomposed)).lower()


def _simple(character: str) -> str:
    """Name one case-folded, decomposed character in the alphabet of normalised text."""
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if character in _FOLDED_MARKS:
        return _FOLDED_MARKS[character]
    if category[0] == "M" or category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character.isalnum():
        return _letter(character)
    return " " if character.isspace() else "/"


def _letter(character: str) -> str:
    """Spell a Greek letter out and set a Han or Kana character apart."""
    name = unicodedata.name(character, "")
    if name.startswith(("GREEK SMALL LETTER ", "GREEK LETTER ")):
        return name.rsplit(" ", 1)[-1].lower().replace("lamda", "lambda")
    if any(first <= character <= last for first, last in _CJK):
        return f"{SEAM}{character}{SEAM}"
    return character
