"""Evidence for or against two records of one title being the same work.

Authors, organisations and abstracts, folded so that spellings do not matter. Two pieces of evidence
*agree*, *contradict* each other, or say nothing where one of them is missing:

- Authors agree where at least half of the shorter list is in the other, by family name and,
  where both are known, by the first letter of the given name.
- Organisations agree where one name holds the other (*Google*, *Google DeepMind*).
- Abstracts agree where the shorter one has half of its longer words in common with the other.

Abstracts that are the same except for a few words outweigh authors and organisations: of these,
sources have parts, and in other spellings.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from digest.model import Record

MAX_AUTHORS: Final = 50
"""Maximum number of compared authors of one record."""
_CHARACTERS: Final = 1_500
"""Length of the compared part of an abstract; sources cut abstracts at any length."""
_WORD: Final = re.compile(r"[^\W_]{4,}")
_LEAST_WORDS: Final = 5
"""Minimum number of different words for comparing abstracts."""
_SIMILAR: Final = 0.5
_SAME: Final = 0.85
_SAME_WORDS: Final = 15
"""Minimum number of words for equal abstracts to count more than the authors."""

Person = tuple[str, str]
"""Family name and given names, folded."""


class Evidence(NamedTuple):
    """Everything known of the work behind one identifier, from all its records."""

    authors: frozenset[Person] = frozenset()
    organizations: frozenset[str] = frozenset()
    abstracts: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return any(self[:])

    @property
    def richness(self) -> int:
        """How many kinds of evidence there are."""
        return sum(map(bool, self[:]))

    def __or__(self, other: Evidence) -> Evidence:
        """Return the joint evidence of several records of one identifier."""
        return Evidence(
            self.authors | other.authors,
            self.organizations | other.organizations,
            self.abstracts | other.abstracts,
        )


def fold(text: str) -> str:
    """Return the text without case and accents, with compatibility characters replaced."""
    if text.isascii():
        return text.lower()
    # Case folding can undo a decomposition (U+0345 becomes iota), hence the second pass.
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKD", decomposed)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def evidence_of(record: Record) -> Evidence:
    """Return the evidence of a record besides its title."""
    people = ((_letters(name.surname), _letters(name.given)) for name in record.authors or ())
    authors = frozenset(person for person, _ in zip(people, range(MAX_AUTHORS), strict=False))
    organization = _letters(record.organization or "")
    # The ellipsis of a shortened abstract is not part of it.
    abstract = " ".join(fold((record.abstract or "")[:_CHARACTERS]).rstrip(" .…").split())
    return Evidence(
        authors - {("", "")},
        frozenset({organization} if organization else ()),
        frozenset({abstract} if abstract else ()),
    )


def agreement(first: Evidence, second: Evidence) -> int | None:
    """Return in how many ways two pieces of evidence agree; None if they contradict."""
    if not (first and second):
        return 0
    likeness = max(
        (
            _likeness(abstract, other_abstract)
            for abstract in first.abstracts
            for other_abstract in second.abstracts
        ),
        default=_Likeness(-1, 0),
    )
    if 0 <= likeness.share < _SIMILAR:
        return None
    same = likeness.share >= _SAME and likeness.words >= _SAME_WORDS
    score = int(likeness.share >= 0)
    agreeing = (
        _authors_agree(first.authors, second.authors),
        _organizations_agree(first.organizations, second.organizations),
    )
    if False in agreeing and not same:
        return None
    return score + agreeing.count(True)


def _authors_agree(fewer: frozenset[Person], more: frozenset[Person]) -> bool | None:
    """Return whether enough authors are the same; None if one list is unknown."""
    if not (fewer and more):
        return None
    if len(fewer) > len(more):
        fewer, more = more, fewer
    shared = sum(any(_same_person(author, other) for other in more) for author in fewer)
    return 2 * shared >= len(fewer)


def _same_person(one: Person, other: Person) -> bool:
    if one[0] == other[0]:
        return not (one[1] and other[1]) or one[1][0] == other[1][0]
    # A source that does not know which name is the family's swaps them.
    return one == other[::-1]


def _organizations_agree(
    organizations: frozenset[str], other_organizations: frozenset[str]
) -> bool | None:
    if not (organizations and other_organizations):
        return None
    return any(
        organization in other or other in organization
        for organization in organizations
        for other in other_organizations
    )


class _Likeness(NamedTuple):
    share: float
    """The share of the shorter abstract's words that the other has; -1: one is unknown."""
    words: int
    """Number of words in the shorter abstract."""


def _likeness(one: str, other: str) -> _Likeness:
    if one == other:
        return _Likeness(1.0, len(set(_WORD.findall(one))))
    shorter, longer = sorted((set(_WORD.findall(one)), set(_WORD.findall(other))), key=len)
    if len(shorter) < _LEAST_WORDS:
        return _Likeness(float(one.startswith(other) or other.startswith(one)), len(shorter))
    return _Likeness(len(shorter & longer) / len(shorter), len(shorter))
