"""Cut an author's name into the parts that bibliographies have, and put such parts together.

Names come as people write them, first name first, or as `Last, First`. Where the parts cannot be
told (one word, a group of people, words that would be read as a list of names) the name stays
whole. What a name is in another script is not guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from digest.bibliography.plain import one_line

_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV", re.IGNORECASE)
_COMPANY = re.compile(r"(?:Inc|Ltd|LLC|GmbH|Corp|Co|AG)\.?", re.IGNORECASE)
_GROUP: Final = frozenset({
    "AI", "Academy", "Association", "Center", "Centre", "Collaboration", "Committee", "Company",
    "Consortium", "Corporation", "Department", "Foundation", "Group", "Inc", "Inc.", "Initiative",
    "Institute", "Lab", "Laboratory", "Labs", "Ltd", "Network", "Organization", "Project",
    "Research", "School", "Society", "Team", "University", "and", "for", "of", "team", "the",
})  # fmt: skip
"""Words of the names of groups, and not of people. Ai and The are people's names."""
_PARTICLES: Final = frozenset({
    "van", "von", "de", "del", "della", "der", "den", "di", "da", "das", "do", "dos", "du", "la",
    "le", "el", "al", "ter", "ten", "st.",
})  # fmt: skip
"""What belongs to the last name also where it has a capital: Luc Van Gool, Vincent Le Guen."""
_MAX_WORDS: Final = 12
"""Nobody's name has more; what has is text that stands where a name should."""


class Name(NamedTuple):
    """A person's name in parts or, where it has but a `literal`, a name that stays whole."""

    family: str = ""
    given: str = ""
    particle: str = ""
    """Words in small letters before the last name: `van der`."""
    suffix: str = ""
    literal: str = ""

    @property
    def sorting(self) -> str:
        """The name as `van Last, First, Jr`, or whole."""
        if self.literal:
            return self.literal
        last = " ".join(part for part in (self.particle, self.family) if part)
        return ", ".join(part for part in (last, self.given, self.suffix) if part)

    @property
    def shown(self) -> str:
        """The name as people say it: first name first, but for Chinese names, which turn round."""
        parts = [self.given, self.particle, self.family, self.suffix]
        if self.family and _is_han(self.family) and _is_han(self.given):
            parts = [self.family, self.given]
        return self.literal or " ".join(part for part in parts if part)


def parse_name(text: str) -> Name:
    """Return the parts of one author's name."""
    text = one_line(text).strip(" ,;")
    parts = [part.strip() for part in text.split(",")]
    words = text.replace(",", " ").split()
    group = any(word in _GROUP or word.lower() == "and" for word in words)
    if len(words) > _MAX_WORDS or group or not all(parts):
        return Name(literal=text)
    if len(parts) == 1:
        return _in_order(words)
    if len(parts) == 2 and _SUFFIX.fullmatch(parts[1]):
        return _in_order(words[:-1])._replace(suffix=parts[1])
    if len(parts) > 3 or any(map(_COMPANY.fullmatch, parts[1:])):
        return Name(literal=text)
    return _last_first(parts)


def _last_first(parts: list[str]) -> Name:
    """Return the name of `von Last, First`, with a suffix in the middle or at the end."""
    last, *rest = parts
    suffix = next((part for part in rest if _SUFFIX.fullmatch(part)), "")
    given = [part for part in rest if part != suffix]
    if len(given) != 1:
        return Name(literal=", ".join(parts))
    words = last.split()
    first = next((i for i, word in enumerate(words) if not _is_small(word)), len(words) - 1)
    return Name(" ".join(words[first:]), given[0], " ".join(words[:first]), suffix)


def _in_order(words: list[str]) -> Name:
    """Return the name of words in the order in which people say them."""
    suffix = ""
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        *words, suffix = words
    if len(words) < 2:
        return Name(literal=" ".join([*words, suffix]).strip())
    if all(map(_is_han, words)):  # written apart, the last name stands first
        return Name(words[0], " ".join(words[1:]))
    start = len(words) - 1
    for place in range(1, len(words) - 1):
        if words[place].lower() in _PARTICLES or _is_small(words[place]):
            start = place
            break
    last = start
    while last < len(words) - 1 and _is_small(words[last]):
        last += 1
    given, particle = " ".join(words[:start]), " ".join(words[start:last])
    return Name(" ".join(words[last:]), given, particle, suffix)


def _is_small(word: str) -> bool:
    """Tell whether BibTeX would take a word for a `von`: its first letter is a small one."""
    letter = next((character for character in word if character.isalpha()), "")
    return letter.islower()


def _is_han(word: str) -> bool:
    return all(unicodedata.name(character, "").startswith("CJK") for character in word)
