"""Fold plurals and British spellings, by the two tables beside this file.

A table has one entry a line, parted by tabs; its first line says how it is used.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent


def table(name: str) -> list[tuple[str, str, str]]:
    """Return the lines of a table as (kind, from, to)."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(kind, old, new) for kind, old, new in rows]


PLURALS = {old: new for _, old, new in table("plurals.tsv")}
SPELLINGS = table("spelling.tsv")
# Of the table: "A word of six or more letters holds at the end of a longer word too (…), except: …"
WHOLE_WORDS_ONLY = frozenset(
    {"halves", "shelves", "knives", "wolves", "genera", "graphics"}
    | {"aesthetics", "always", "perhaps", "whereas"}
)
ENDS_OF_LONGER_WORDS = sorted(
    (word for word in PLURALS if len(word) >= 6 and word not in WHOLE_WORDS_ONLY),
    key=len,
    reverse=True,
)

# "the first line that applies, an exception passing on to the next"
ENDINGS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("sses", "ss", ()),
    ("xes", "x", ()),
    ("ches", "ch", ()),
    ("shes", "sh", ()),
    ("ies", "y", ("eies", "aies")),
    ("es", "e", ("aes", "ees", "oes")),
    ("s", "", ("us", "ss", "is")),
)
# "Afterwards a final `ie`→`y`, `che`→`ch`, `xe`→`x`, `she`→`sh`"
LAST = (("ie", "y"), ("che", "ch"), ("xe", "x"), ("she", "sh"))


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Fold a plural, then make British and American spelling one."""
    return spelling(singular(word)) if word.isalpha() else word


def singular(word: str) -> str:
    """Fold a plural: "Words of more than three letters, all letters, are folded on both sides"."""
    if not word.isalpha():
        return word
    # "First, whatever the word's length, the tables"
    if word in PLURALS:
        return PLURALS[word]
    for ending in ENDS_OF_LONGER_WORDS:
        if word.endswith(ending):
            return word.removesuffix(ending) + PLURALS[ending]
    if len(word) <= 3:
        return word
    for ending, instead, exceptions in ENDINGS:
        if word.endswith(ending) and not word.endswith(exceptions):
            word = word.removesuffix(ending) + instead
            break
    for ending, instead in LAST:
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word


def spelling(word: str) -> str:
    """Return the American spelling.

    "Applied once to the word after plurals are folded, the first line that applies: prefix (the
    word begins so), word (is so), suffix (ends so, and has more than five letters)."
    """
    for kind, old, new in SPELLINGS:
        if kind == "prefix" and word.startswith(old):
            return new + word.removeprefix(old)
        if kind == "word" and word == old:
            return new
        if kind == "suffix" and word.endswith(old) and len(word) > 5:
            return word.removesuffix(old) + new
    return word
