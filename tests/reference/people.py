"""Compare the names of people.

A name is read as given names and a family name. Where the cut between them is not certain, all cuts
are tried.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from tests.reference.characters import APOSTROPHES, LATIN, is_mark

if TYPE_CHECKING:
    from digest.model import Name

PARTICLE_WORDS = """
van von der den de del della di da dos das do du la le el al bin ibn ter ten zu zur vom zum af av st
"""
PARTICLES = frozenset(PARTICLE_WORDS.split())
# "Jr., Sr., II–IV are ignored"
SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}
HYPHENS = "-\u2010\u2011\u2013\u2212"

Token: TypeAlias = tuple[str, ...]
"""One name between blanks: its parts between hyphens and dots, case folded."""


@dataclass(frozen=True, slots=True)
class Person:
    """Given names, particles and family name."""

    given: tuple[Token, ...]
    particles: tuple[Token, ...]
    family: tuple[Token, ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All names in reading order."""
        return self.given + self.particles + self.family


# --- letters -------------------------------------------------------------------------------------


def readings(name: str) -> set[str]:
    """Return a folded name without accents, and with ä, ö, ü as ae, oe, ue.

    "Mueller equals Müller, Müller equals Muller, Mueller not Muller."
    """
    choices = []
    for char in unicodedata.normalize("NFC", name):
        plain = "".join(
            LATIN.get(base, base)
            for base in unicodedata.normalize("NFD", char)
            if not is_mark(base)
        )
        choices.append([plain, UMLAUTS[char]] if char in UMLAUTS else [plain])
    return {"".join(chosen) for chosen in product(*choices)}


def equal(a: str, b: str) -> bool:
    """Compare two names whole."""
    return not readings(a).isdisjoint(readings(b))


def agree(a: str, b: str) -> bool:
    """Do: "a given name agrees with itself and with its initial"."""
    if equal(a, b):
        return True
    return any(
        (len(x) == 1 and y.startswith(x)) or (len(y) == 1 and x.startswith(y))
        for x in readings(a)
        for y in readings(b)
    )


# --- cutting a name ------------------------------------------------------------------------------


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a name at its blanks, and each of these at hyphens and dots."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(char for char in text if char not in APOSTROPHES and char not in '"“”`')
    result = []
    for word in text.split():
        # J.A. are two names; J.-P. is one name of two parts
        for piece in re.findall(rf"[^.]+\.?(?:[{HYPHENS}][^.]+\.?)*", word):
            parts = tuple(re.findall(r"[\w*?]+", piece))
            if parts:
                result.append(parts)
    named = [token for token in result if "".join(token) not in SUFFIXES]
    return tuple(named) if named else tuple(result)


def is_particle(token: Token) -> bool:
    """Recognise van, de and their like."""
    return "".join(token) in PARTICLES


def is_initial(token: Token) -> bool:
    """Recognise J. and J.-P."""
    return all(len(part) == 1 for part in token)


def joined(names: tuple[Token, ...]) -> str:
    """Write names as one: in a family name hyphens and blanks are ignored."""
    return "".join("".join(token) for token in names)


def by_comma(text: str) -> Person:
    """Read `Last, First` and `Last, First, Jr.`."""
    family, _, rest = text.partition(",")
    parts = [tokens(part) for part in rest.split(",")]
    given = next((part for part in parts if part and not is_suffix(part)), ())
    particles: tuple[Token, ...] = ()
    while given and is_particle(given[-1]):  # Maaten, Laurens van der
        particles, given = (given[-1], *particles), given[:-1]
    names = tokens(family)
    lead = 0
    while lead < len(names) - 1 and is_particle(names[lead]):
        lead += 1
    return Person(given, particles + names[:lead], names[lead:])


def is_suffix(names: tuple[Token, ...]) -> bool:
    return all("".join(token) in SUFFIXES for token in names)


def in_order(text: str) -> Person:
    """Read `First van Last`: the first particle behind a given name begins the family name."""
    names = tokens(text)
    start = next((i for i in range(1, len(names) - 1) if is_particle(names[i])), None)
    if start is None:
        start = 0 if len(names) > 1 and is_particle(names[0]) else len(names) - 1
    end = start
    while end < len(names) - 1 and is_particle(names[end]):
        end += 1
    return Person(names[:start], names[start:end], names[end:])


@lru_cache(maxsize=20_000)
def person(name: str | Name) -> Person:
    """Read an author of a paper."""
    if isinstance(name, str):
        return by_comma(name) if "," in name else in_order(name)
    if name.literal:
        return person(name.literal)
    read = in_order(str(name._replace(suffix="")))
    family = tokens(name.family)
    if not name.given and not name.particle:
        return in_order(name.family)
    lead = 0
    while lead < len(family) - 1 and is_particle(family[lead]):
        lead += 1
    given, particles = tokens(name.given), tokens(name.particle)
    return Person(given, particles + family[:lead], family[lead:]) if family else read


# --- what a query asks for -----------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def asked_for(text: str) -> tuple[Person, ...]:
    """Return the ways to read the name of a query."""
    if "," in text:
        return (by_comma(text),)
    names = tokens(text)
    read = [in_order(text)]
    # "A name without initials also matches the last words of an author's name": any cut, then,
    # where no initial comes to stand in the family name.
    read += [
        Person(names[:i], (), names[i:])
        for i in range(len(names))
        if not any(is_initial(token) for token in names[i:])
    ]
    # "The PubMed form is a last part of one to three capitals without dots; both readings are
    # tried."
    pubmed = re.fullmatch(r"(.*\S)\s+([^\W\d_]{1,3})", text)
    if pubmed and pubmed[2].isupper():
        initials = tuple((letter,) for letter in pubmed[2].casefold())
        family = by_comma(pubmed[1] + ",")
        read.append(Person(initials, family.particles, family.family))
    return tuple(read)


def is_author(text: str, author: str | Name) -> bool:
    """Return whether the name of a query is an author's."""
    who = person(author)
    if "*" in text or "?" in text:
        return by_names(text, who)
    names = tokens(text)
    if len(names) == 1 and "," not in text and any(one_name(names[0], t) for t in who.tokens):
        return True  # "`author:LeCun` is the family name alone, or any one name"
    return any(same(asked, who) for asked in asked_for(text))


def one_name(query_token: Token, token: Token) -> bool:
    """Compare a name that stands alone with one name, or with one part of it."""
    written = "".join(query_token)
    return equal(written, "".join(token)) or any(equal(written, part) for part in token)


def by_names(text: str, who: Person) -> bool:
    """Do: "A name with a wildcard is compared name by name": each must be found, in order."""
    parts = ["".join(token) for token in who.tokens]
    for token in tokens(text):
        glob = re.escape("".join(token)).replace(r"\*", ".*").replace(r"\?", ".")
        fitting = [
            i
            for i, part in enumerate(parts)
            if any(re.fullmatch(pattern, x) for x in readings(part) for pattern in readings(glob))
        ]
        if not fitting:
            return False
        parts = parts[fitting[0] + 1 :]
    return True


def same(query_person: Person, who: Person) -> bool:
    """Compare family names, then given names."""
    family = joined(query_person.particles + query_person.family)
    if not family:
        return False
    # The page: "Particles (…) belong to the family name and may be missing in the query"
    cuts = [(who.family, who.given), (who.particles + who.family, who.given)]
    cuts += [
        (who.given[i:] + who.particles + who.family, who.given[:i]) for i in range(len(who.given))
    ]
    return any(
        equal(family, joined(theirs)) and given_agree(query_person.given, given)
        for theirs, given in cuts
    )


def given_agree(a: tuple[Token, ...], b: tuple[Token, ...]) -> bool:
    """Compare given names in all ways in which those with hyphens are read.

    "Parts of a given name joined by a hyphen are names of their own (J.-P., Jean-Pierre, Jean
    Pierre; Xiaoming, Xiao-Ming)"
    """
    return any(agree_in_order(x, y) for x in written(a) for y in written(b))


def written(given: tuple[Token, ...]) -> list[list[str]]:
    """Return the given names with hyphens as breaks, and with some of them joined."""
    choices = [[list(token), ["".join(token)]] for token in given]
    return [[name for names in chosen for name in names] for chosen in product(*choices)]


def agree_in_order(a: list[str], b: list[str]) -> bool:
    """Compare first names, then middle names.

    "given names agree as far as both sides go: (…) a missing middle name with any"; "of middle
    names those of the shorter list must be found in order in the longer"
    """
    if not a or not b:
        return True
    if not agree(a[0], b[0]):
        return False
    shorter, longer = sorted((a[1:], b[1:]), key=len)
    rest = iter(longer)
    return all(any(agree(name, other) for other in rest) for name in shorter)
