"""Fold singular and plural, and British and American spelling, to one form.

docs/rule-language.md, "Plurals" and "British and American". Words come normalised: in lower case
and without accents.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from digest.text.word_tables import (
    PLURALS,
    SPELLED_PREFIXES,
    SPELLED_SUFFIXES,
    SPELLED_WORDS,
    WHOLE_ONLY,
)

_ENDING_FROM: Final = 6
"""Minimum length of a word in `PLURALS` that applies at the end of longer words (reanalyses)."""
_LONG_PLURALS: Final = {
    word: singular
    for word, singular in PLURALS.items()
    if len(word) >= _ENDING_FROM and word not in WHOLE_ONLY
}
_ENDINGS: Final = frozenset(word[-_ENDING_FROM:] for word in _LONG_PLURALS)
_LENGTHS: Final = tuple(sorted({len(word) for word in _LONG_PLURALS}, reverse=True))
_SUFFIXES: Final = (
    # The first line that applies: ending, replacement, endings that pass on to the next line.
    ("sses", "ss", ()),
    ("xes", "x", ()),
    ("ches", "ch", ()),
    ("shes", "sh", ()),
    ("ies", "y", ("eies", "aies")),
    ("es", "e", ("aes", "ees", "oes")),
    ("s", "", ("us", "ss", "is")),
)
_SINGULAR_SUFFIXES: Final = (("ie", "y"), ("che", "ch"), ("xe", "x"), ("she", "sh"))
_PREFIX_LENGTH: Final = min(map(len, SPELLED_PREFIXES))
_BY_PREFIX: Final[dict[str, list[tuple[str, str]]]] = {}
for _prefix, _spelled in SPELLED_PREFIXES.items():
    _BY_PREFIX.setdefault(_prefix[:_PREFIX_LENGTH], []).append((_prefix, _spelled))
_SPELLED_ENDINGS: Final = tuple(SPELLED_SUFFIXES)
_SUFFIX_FROM: Final = 6
"""Minimum length of a word that may have one of `SPELLED_SUFFIXES`."""


@lru_cache(maxsize=1 << 16)
def fold_word(word: str) -> str:
    """Return the common form of all numbers and spellings of `word`: `tumours` → `tumor`."""
    return spell(fold_plural(word))


def fold_plural(word: str) -> str:
    """Return the common form of the singular and the plural of `word`."""
    singular = PLURALS.get(word)
    if singular is not None:
        return singular
    if len(word) <= 3 or not word.isalpha():
        return word
    if word[-_ENDING_FROM:] in _ENDINGS:
        return _fold_ending(word)
    return _fold_suffix(word)


def _fold_ending(word: str) -> str:
    """Fold a word that may end in one of `PLURALS`: reanalyses."""
    for length in _LENGTHS:
        singular = _LONG_PLURALS.get(word[-length:]) if length < len(word) else None
        if singular is not None:
            return word[:-length] + singular
    return _fold_suffix(word)


def _fold_suffix(word: str) -> str:
    if word[-1] == "s":
        for ending, replacement, exceptions in _SUFFIXES:
            if word.endswith(ending) and not word.endswith(exceptions):
                word = word.removesuffix(ending) + replacement
                break
    if word[-1] == "e":
        for ending, replacement in _SINGULAR_SUFFIXES:
            if word.endswith(ending):
                return word.removesuffix(ending) + replacement
    return word


def spell(word: str) -> str:
    """Return the American spelling of `word`, whose plural is folded: `tumour` → `tumor`."""
    if not word.isalpha():
        return word
    spelling = SPELLED_WORDS.get(word)
    if spelling is not None:
        return spelling
    for prefix, spelled in _BY_PREFIX.get(word[:_PREFIX_LENGTH], ()):
        if word.startswith(prefix):
            return spelled + word[len(prefix) :]
    if len(word) >= _SUFFIX_FROM and word.endswith(_SPELLED_ENDINGS):
        for suffix, spelled in SPELLED_SUFFIXES.items():
            if word.endswith(suffix):
                return word.removesuffix(suffix) + spelled
    return word
