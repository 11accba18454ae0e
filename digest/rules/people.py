"""Compare the names of people: `author:"Yann LeCun"` is LeCun, Yann and Y. LeCun.

docs/rule-language.md, "People". A name has given names, particles (*van der*) and a family name. If
a query does not show which of its words are which, every reading is tried. A word of a name has
parts (Fei-Fei, J.-P.).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from digest.text.normalise import compatible, fold_character

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Name

_Part: TypeAlias = tuple[str, ...]
"""One word of a name, cut at hyphens and dots, in lower case."""
_Parts: TypeAlias = tuple[_Part, ...]

_PARTICLES = """
van von der den de del della di da dos das do du la le el al bin ibn ter ten zu zur vom zum af av st
"""
PARTICLES: Final = frozenset(_PARTICLES.split())
SUFFIXES: Final = frozenset(("jr", "sr", "ii", "iii", "iv"))
_UMLAUTS: Final = {"ä": "ae", "ö": "oe", "ü": "ue"}
_HYPHENS: Final = "-\u2010\u2011\u2013\u2212"
_DROPPED = re.compile("['\"`‘’‛ʼ′“”]")
# J.A. are two names, J.-P. is one with two parts.
_WORD = re.compile(rf"[^.]+\.?(?:[{_HYPHENS}][^.]+\.?)*")
_PART = re.compile(r"[\w*?]+")
_PUBMED = re.compile(r"(.*\S)\s+([^\W\d_]{1,3})")
_MAX_WORDS: Final = 12
"""Maximum number of words in a name: every cut between them is tried."""


class Reading(Struct, frozen=True):
    """One way to read a name."""

    given: _Parts
    particles: _Parts
    family: _Parts

    @property
    def words(self) -> _Parts:
        """All words in reading order."""
        return self.given + self.particles + self.family


class Query:
    """A name in a query, parsed once and compared with many."""

    def __init__(self, text: str) -> None:
        self._words = words_of(text)
        self.is_wild = "*" in text or "?" in text
        self._globs = [_glob("".join(word)) for word in self._words] if self.is_wild else []
        self.single = "".join(self._words[0]) if len(self._words) == 1 and "," not in text else ""
        self.readings = () if self.is_wild else _readings(text, self._words)

    @property
    def is_empty(self) -> bool:
        """Whether it contains no name."""
        return not self._words

    def matches(self, author: Name | str) -> bool:
        """Return whether it is the name of `author`."""
        author_reading = reading_of(author)
        if self.is_wild:
            return self._matches_by_word(author_reading)
        if self.single and any(_is_word(self.single, word) for word in author_reading.words):
            return True
        return any(_same(reading, author_reading) for reading in self.readings)

    def _matches_by_word(self, known: Reading) -> bool:
        """Match each word of a name with wildcards in order."""
        rest = ["".join(word) for word in known.words]
        for patterns in self._globs:
            place = next(
                (
                    number
                    for number, word in enumerate(rest)
                    if any(pattern.fullmatch(form) for form in _forms(word) for pattern in patterns)
                ),
                None,
            )
            if place is None:
                return False
            rest = rest[place + 1 :]
        return True


def keys_of(query: Query) -> frozenset[str] | None:
    """Return the keys of the names that `query` may match (see `keys_of_author`); None: all."""
    if query.is_wild:
        return None
    people = {query.single} if query.single else set()
    people.update(_joined(read.particles + read.family) for read in query.readings)
    return frozenset(form for word in people for form in _forms(word))


@lru_cache(maxsize=1 << 16)
def keys_of_author(author: Name | str) -> frozenset[str]:
    """Return how a query may refer to an author: every word and part, and the name's endings."""
    known = reading_of(author)
    words = known.words
    keys = {part for word in words for part in (*word, "".join(word))}
    keys.update(_joined(words[place:]) for place in range(len(words)))
    keys.add(_joined(known.family))
    return frozenset(form for key in keys for form in _forms(key))


# --- letters -------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 16)
def _forms(word: str) -> frozenset[str]:
    """Return `word` without accents, and with ä, ö, ü as ae, oe, ue."""
    if word.isascii():
        return frozenset((word,))
    choices = []
    for character in unicodedata.normalize("NFC", word):
        plain = character if character.isascii() else _plain(character)
        umlaut = _UMLAUTS.get(character)
        choices.append((plain, umlaut) if umlaut else (plain,))
    return frozenset("".join(chosen) for chosen in product(*choices))


def _plain(character: str) -> str:
    """Return a letter without its accents; other alphabets are unchanged."""
    folded = fold_character(character)
    return folded if folded.isascii() and folded.isalpha() else character


def _equal(first: str, second: str) -> bool:
    return first == second or not _forms(first).isdisjoint(_forms(second))


def _agree(first: str, second: str) -> bool:
    """Return whether two given names are equal, or one is the other's initial."""
    if _equal(first, second):
        return True
    return any(
        (len(a) == 1 and b.startswith(a)) or (len(b) == 1 and a.startswith(b))
        for a in _forms(first)
        for b in _forms(second)
    )


def _glob(word: str) -> list[re.Pattern[str]]:
    return [
        re.compile(re.escape(form).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
        for form in _forms(word)
    ]


# --- names to parts ------------------------------------------------------------------------------


def words_of(text: str) -> _Parts:
    """Cut a name at blanks, and its words at hyphens and dots; suffixes are left out."""
    if not text.isascii():
        text = "".join(map(compatible, text))
    text = _DROPPED.sub("", text.casefold())
    words = [
        parts
        for word in text.split()
        for piece in _WORD.findall(word)
        if (parts := tuple(_PART.findall(piece)))
    ]
    return tuple(word for word in words if "".join(word) not in SUFFIXES) or tuple(words)


def _joined(words: _Parts) -> str:
    """Join names to one word: a family name is compared without hyphens and blanks."""
    return "".join("".join(word) for word in words)


def _is_particle(word: _Part) -> bool:
    return "".join(word) in PARTICLES


def _split_particles(words: _Parts) -> tuple[_Parts, _Parts]:
    lead = 0
    while lead < len(words) - 1 and _is_particle(words[lead]):
        lead += 1
    return words[:lead], words[lead:]


def _by_comma(text: str) -> Reading:
    """Parse `Last, First` and `Last, First, Jr.`."""
    family, *rest = text.split(",")
    named = (words_of(part) for part in rest)
    given: _Parts = next(
        (words for words in named if words and any("".join(w) not in SUFFIXES for w in words)), ()
    )
    trailing: _Parts = ()
    while given and _is_particle(given[-1]):  # Maaten, Laurens van der
        trailing, given = (given[-1], *trailing), given[:-1]
    particles, family_words = _split_particles(words_of(family))
    return Reading(given, trailing + particles, family_words)


def _in_order(text: str) -> Reading:
    """Parse `First van Last`: the first particle after a given name begins the family name."""
    words = words_of(text)
    inner = range(1, len(words) - 1)
    start = next((place for place in inner if _is_particle(words[place])), None)
    if start is None:
        start = 0 if len(words) > 1 and _is_particle(words[0]) else max(0, len(words) - 1)
    particles, family = _split_particles(words[start:])
    return Reading(words[:start], particles, family)


@lru_cache(maxsize=1 << 16)
def reading_of(author: Name | str) -> Reading:
    """Parse the name of a paper's author."""
    if isinstance(author, str):
        return _by_comma(author) if "," in author else _in_order(author)
    if author.literal:
        return _by_comma(author.literal) if "," in author.literal else _in_order(author.literal)
    if not author.given and not author.particle:
        return _in_order(author.family)
    particles, family = _split_particles(words_of(author.family))
    return Reading(words_of(author.given), words_of(author.particle) + particles, family)


def _readings(text: str, words: _Parts) -> tuple[Reading, ...]:
    """Return the possible readings of a query's name."""
    if "," in text:
        return (_by_comma(text),)
    readings = [_in_order(text)]
    # "García Márquez" and "Juan García Márquez": any cut, but no initial in the family name.
    readings += [
        Reading(words[:cut], (), words[cut:])
        for cut in range(len(words) if len(words) <= _MAX_WORDS else 0)
        if not any(all(len(part) == 1 for part in word) for word in words[cut:])
    ]
    pubmed = _PUBMED.fullmatch(text.strip())
    if pubmed and pubmed[2].isupper():
        particles, family = _split_particles(words_of(pubmed[1]))
        initials = tuple((letter,) for letter in pubmed[2].casefold())
        readings.append(Reading(initials, particles, family))
    return tuple(readings)


# --- comparing -----------------------------------------------------------------------------------


def _is_word(name: str, word: _Part) -> bool:
    """Compare a single name with a word of a name, or one part of it."""
    return _equal(name, "".join(word)) or any(_equal(name, part) for part in word)


def _same(query: Reading, known: Reading) -> bool:
    """Compare family names, then given names."""
    family = _joined(query.particles + query.family)
    if not family:
        return False
    cuts = [(known.family, known.given), (known.particles + known.family, known.given)]
    cuts += [
        (known.given[cut:] + known.particles + known.family, known.given[:cut])
        for cut in range(min(len(known.given), _MAX_WORDS))
    ]
    return any(
        _equal(family, _joined(family_words)) and _given_agree(query.given, given_words)
        for family_words, given_words in cuts
    )


def _given_agree(first: _Parts, second: _Parts) -> bool:
    """Compare given names in every way in which hyphenated names are written."""
    return any(_in_order_agree(a, b) for a in _written(first) for b in _written(second))


def _written(given: _Parts) -> list[list[str]]:
    choices = [[list(word), ["".join(word)]] if len(word) > 1 else [list(word)] for word in given]
    return [[name for names in chosen for name in names] for chosen in product(*choices[:8])]


def _in_order_agree(first: Sequence[str], second: Sequence[str]) -> bool:
    """Compare first names; the shorter list's middle names must occur in order in the longer."""
    if not first or not second:
        return True
    if not _agree(first[0], second[0]):
        return False
    shorter, longer = sorted((first[1:], second[1:]), key=len)
    rest = iter(longer)
    return all(any(_agree(name, theirs) for theirs in rest) for name in shorter)
