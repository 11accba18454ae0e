"""The name of a person or group, as one type for readers, rules and references."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_SUFFIX: Final = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV", re.IGNORECASE)
_COMPANY: Final = re.compile(r"(?:Inc|Ltd|LLC|GmbH|Corp|Co|AG)\.?", re.IGNORECASE)
_GROUP: Final = frozenset({
    "AI", "Academy", "Association", "Center", "Centre", "Collaboration", "Committee", "Company",
    "Consortium", "Corporation", "Department", "Foundation", "Group", "Inc", "Inc.", "Initiative",
    "Institute", "Lab", "Laboratory", "Labs", "Ltd", "Network", "Organization", "Project",
    "Research", "School", "Society", "Team", "University", "and", "And", "AND", "for", "of", "the",
    "collaboration", "consortium", "group", "initiative", "project", "team",
})  # fmt: skip
"""Words in the names of groups, but not of people: Ai and The are names of people."""
_PARTICLES: Final = frozenset({
    "van", "von", "de", "del", "della", "der", "den", "di", "da", "das", "do", "dos", "du", "la",
    "le", "el", "al", "ter", "ten", "st.",
})  # fmt: skip
"""Words that belong to the family name even when capitalized: Luc Van Gool, Vincent Le Guen."""
_NO_NAME: Final = re.compile(r'[][<>@"&/\\\d]')
"""Characters that no person's name has: an address or markup is not parsed."""
_MAX_WORDS: Final = 12
"""Maximum number of words in a person's name; a longer text is not a name."""
_PLAIN: Final = re.compile(r"([A-Z][a-z]+) ([A-Z][a-z]+)|([A-Z][a-z]+ [A-Z]\.) ([A-Z][a-z]{3,})")
"""Two words, or an initial between them: most names of arXiv."""
_HAN: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


class Name(NamedTuple):
    """An author: a person with the parts of the name, or a group with a literal name.

    `Name("Berg", given="Ada B.", particle="van der")` is shown as *Ada B. van der Berg*. A name
    with only one known part is a family name. The fields are those of CSL-JSON's names.
    """

    family: str = ""
    given: str = ""
    particle: str = ""
    """Lower-case words that belong to the family name: *van der*, *de*."""
    suffix: str = ""
    """*Jr.*, *III*."""
    literal: str = ""
    """A group, or a name that must not be split; the other parts are then empty."""

    @classmethod
    def parse(cls, text: str) -> Name:
        """Parse a name written as `First Last` or `Last, First`.

        A group, a single word, or a text that might be several names becomes a literal name.
        """
        text = " ".join(text.split())
        if _NO_NAME.search(text):
            return cls(literal=text)
        text = text.strip(" ,;")
        parts = [part.strip() for part in text.split(",")] if "," in text else [text]
        words = text.replace(",", " ").split()
        if len(words) > _MAX_WORDS or not _GROUP.isdisjoint(words) or not all(parts):
            return cls(literal=text)
        if len(parts) == 1:
            return _in_reading_order(words)
        if len(parts) == 2 and _SUFFIX.fullmatch(parts[1]):
            name = _in_reading_order(words[:-1])
            return cls(literal=text) if name.literal else name._replace(suffix=parts[1])
        if len(parts) > 3 or any(map(_COMPANY.fullmatch, parts[1:])):
            return cls(literal=text)
        return _family_first(parts)

    @classmethod
    def of_parts(cls, family: str, given: str = "", suffix: str = "") -> Name:
        """Return a name from separate parts, with the particle still in `family`."""
        words = family.split()
        if not (given or suffix) and (len(words) == 1 or not _GROUP.isdisjoint(words)):
            return cls(literal=family)
        first = next((i for i, word in enumerate(words) if not _is_lower(word)), len(words) - 1)
        if first <= 0:
            return cls(family, given, "", suffix)
        return cls(" ".join(words[first:]), given, " ".join(words[:first]), suffix)

    def __str__(self) -> str:
        """Return the name in reading order; a Chinese name has the family name first."""
        if self.literal:
            return self.literal
        parts = (self.given, self.particle, self.family, self.suffix)
        if "\u3400" <= self.family[:1] <= "\ud7a3":  # Chinese, Korean: the family name comes first
            parts = (self.particle, self.family, self.given, self.suffix)
        return " ".join(part for part in parts if part)

    @property
    def surname(self) -> str:
        """The family name with its particle, or the literal name."""
        return self.literal or " ".join(part for part in (self.particle, self.family) if part)

    @property
    def sorting(self) -> str:
        """The name with the family name first: `van der Berg, Ada B., Jr.`."""
        parts = (self.surname, self.given, self.suffix)
        return self.literal or ", ".join(part for part in parts if part)


def plain_name(text: str) -> Name | None:
    """Return `Name.parse` of `Ada Berg` or `Ada B. Berg`; None for other texts.

    Four times as fast: a day's papers have thousands of names.
    """
    match = _PLAIN.fullmatch(text)
    if match is None or not _GROUP.isdisjoint(text.split()):
        return None
    given, family, first, last = match.groups()
    return Name(family or last, given or first)


def _family_first(parts: list[str]) -> Name:
    """Return the name of `von Last, First`, with a suffix in the middle or at the end."""
    family, *rest = parts
    suffix = next((part for part in rest if _SUFFIX.fullmatch(part)), "")
    given = [part for part in rest if part != suffix]
    if len(given) != 1:
        return Name(literal=", ".join(parts))
    return Name.of_parts(family, given[0], suffix)


def _in_reading_order(words: list[str]) -> Name:
    """Return the name of `First von Last Jr.`."""
    end = len(words)
    while end > 2 and _SUFFIX.fullmatch(words[end - 1]):
        end -= 1
    words, suffix = words[:end], " ".join(words[end:])
    if len(words) < 2:
        return Name(literal=" ".join([*words, suffix]).strip())
    if all(map(_HAN.fullmatch, words)):  # written apart, the family name comes first
        return Name(words[0], " ".join(words[1:]))
    start = len(words) - 1
    for place in range(1, len(words) - 1):
        if words[place].lower() in _PARTICLES or _is_lower(words[place]):
            start = place
            break
    last = start
    while last < len(words) - 1 and _is_lower(words[last]):
        last += 1
    given, particle = " ".join(words[:start]), " ".join(words[start:last])
    return Name(" ".join(words[last:]), given, particle, suffix)


def _is_lower(word: str) -> bool:
    """Return whether BibTeX takes a word for a particle: its first letter is lower case."""
    first = word[0]
    if not first.isalpha():
        first = next((character for character in word if character.isalpha()), "")
    return first.islower()
