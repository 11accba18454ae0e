"""Cut clean text into words and breaks, the obvious way.

A text is carried through the steps of "Words" as a list of `Char`: one character and the stretch
of clean text that it came from. Every step makes a new list. Nothing is remembered but the result
(`cut` is cached). Folds plurals; knows nothing of keywords but that their `*` and `?` are kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

Break: TypeAlias = Literal["hyphen", "space", "stop", "glue", "none"]
"""What stands between two neighbouring words; `none`: they touch, as in `C++11`."""

# "one of `-`, U+2010, U+2011, U+2013, U+2212"
HYPHENS = "-\u2010\u2011\u2013\u2212"
EM_DASH = "\u2014"
# "any apostrophe": straight, curly both ways, reversed, the letter, the prime
APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u2032"
# "Double quotation marks, backquotes, `*`, `_`, `$` are dropped"
DROPPED = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u301d\u301e\u301f`*_$'

# "a Greek letter becomes its Latin name"
GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "ο": "omicron",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
}

# "First a short table"
IRREGULAR = {
    "biases": "bias",
    "lenses": "lens",
    "viruses": "virus",
    "analyses": "analysis",
    "hypotheses": "hypothesis",
    "matrices": "matrix",
    "vertices": "vertex",
    "indices": "index",
    "corpora": "corpus",
    "criteria": "criterion",
}
# "and `bias`, … stay"
STAYING = {"bias", "lens", "analysis", "hypothesis", "series", "species"}
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


class Char(NamedTuple):
    """One character on its way, and the stretch of clean text that it stands for."""

    char: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """One word: normalised, folded, and where it stands in the clean text."""

    plain: str
    folded: str
    start: int
    end: int

    @property
    def wild(self) -> bool:
        """Whether it holds a wildcard; only the words of keywords can."""
        return "*" in self.plain or "?" in self.plain


@dataclass(frozen=True, slots=True)
class Cut:
    """A text as words, and the break after each word but the last."""

    words: tuple[Word, ...]
    breaks: tuple[Break, ...]
    folded: str
    """All folded words written as one: what does not stand in it needs no search by words."""
    plain: str
    """The same of the unfolded words."""

    def run(self, *, plurals: bool) -> str:
        """Return `folded` or `plain`."""
        return self.folded if plurals else self.plain


# --- "Words." ------------------------------------------------------------------------------------


def nfkc(text: str) -> list[Char]:
    """Normalise, keeping for each character the smallest stretch that can be told apart.

    Combining marks stay with the character that they stand on, so that no span splits a letter.
    """
    chars: list[Char] = []
    # No ASCII character composes with what stands before it: each begins a piece of its own.
    for piece in re.finditer(r"[\x00-\x7f][^\x00-\x7f]*|[^\x00-\x7f]+", text):
        chars += _nfkc_piece(piece.group(), piece.start())
    return chars


def _nfkc_piece(piece: str, offset: int) -> list[Char]:
    whole = unicodedata.normalize("NFKC", piece)
    seams = [0]
    for i in range(1, len(piece)):
        left = unicodedata.normalize("NFKC", piece[:i])
        right = unicodedata.normalize("NFKC", piece[i:])
        if left + right == whole and not is_mark(piece[i]):
            seams.append(i)
    seams.append(len(piece))
    chars = [
        Char(char, offset + start, offset + end)
        for start, end in pairwise(seams)
        for char in unicodedata.normalize("NFKC", piece[start:end])
    ]
    assert "".join(c.char for c in chars) == whole, f"seams of {piece!r} do not hold"
    return chars


def is_mark(char: str) -> bool:
    """Tell combining marks of all three kinds."""
    return unicodedata.category(char).startswith("M")


def is_east_asian(char: str) -> bool:
    """Tell characters that are a word of their own.

    "a Han, Hiragana or Katakana character is a word of its own"
    """
    name = unicodedata.name(char, "")
    kinds = ("CJK UNIFIED", "CJK COMPATIBILITY", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA")
    return char.isalnum() and name.startswith(kinds)


def without_s_of_abbreviations(chars: list[Char]) -> list[Char]:
    """Do: "then a word of two capitals and a small `s` (LMs, VMs) loses the `s`"."""
    kept: list[Char] = []
    for i, char in enumerate(chars):
        if char.char == "s" and i >= 2:
            capitals = all(unicodedata.category(c.char) == "Lu" for c in chars[i - 2 : i])
            open_left = i == 2 or not chars[i - 3].char.isalnum()
            open_right = i + 1 == len(chars) or not chars[i + 1].char.isalnum()
            if capitals and open_left and open_right:
                continue
        kept.append(char)
    return kept


def spelled_out(chars: list[Char]) -> list[Char]:
    """Do the steps that look at one character at a time.

    "case folded, NFD and combining marks dropped, format characters (Unicode Cf: …) dropped, a
    Greek letter becomes its Latin name"
    """
    result: list[Char] = []
    for char, start, end in chars:
        for base in unicodedata.normalize("NFD", char.casefold()):
            if is_mark(base) or unicodedata.category(base) == "Cf":
                continue
            result += [Char(letter, start, end) for letter in GREEK.get(base, base)]
    return result


def only_wild_question_marks(chars: list[Char]) -> list[Char]:
    """Turn each `?` that is no wildcard into other punctuation.

    "`?` between two letters or digits for exactly one (elsewhere `?` is punctuation)"
    """
    padded = [Char(" ", 0, 0), *chars, Char(" ", 0, 0)]
    return [
        char
        if char.char != "?" or (left.char.isalnum() and right.char.isalnum())
        else Char("!", char.start, char.end)
        for left, char, right in zip(padded, chars, padded[2:], strict=False)
    ]


def without_quotes(chars: list[Char], *, keep: str = "") -> list[Char]:
    """Drop what stands inside words without being of them, and possessives.

    "Double quotation marks, backquotes, `*`, `_`, `$` are dropped; `'s` (any apostrophe) at a
    word's end is dropped whole, every other apostrophe is dropped."
    """
    chars = [c for c in chars if c.char not in DROPPED or c.char in keep]
    kept: list[Char] = []
    possessive = False
    for i, char in enumerate(chars):
        if possessive:
            possessive = False
            continue
        if char.char in APOSTROPHES:
            after = "".join(c.char for c in chars[i + 1 : i + 3])
            before = "".join(c.char for c in chars[max(0, i - 4) : i])
            possessive = after[:1] == "s" and not goes_on(after[1:], keep) and is_end(before)
            continue
        kept.append(char)
    return kept


def is_end(text: str) -> bool:
    """Tell whether a word, `c++` and `c#` among them, ends where this text does."""
    symbol = re.search(r"(.?)(.)(?:\+\+|#)$", text)
    if symbol:
        return symbol[2].isalpha() and not goes_on(symbol[1], "")
    return text[-1:].isalnum()


def goes_on(char: str, keep: str) -> bool:
    """Tell whether a word goes on with this character; it does not with none."""
    return (char.isalnum() and not is_east_asian(char)) or (char == "*" and "*" in keep)


# --- words and breaks ----------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def cut(text: str, *, keyword: bool = False) -> Cut:
    """Cut a clean text, or a keyword (whose wildcards are then letters), into words and breaks."""
    chars = spelled_out(without_s_of_abbreviations(nfkc(text)))
    if keyword:
        chars = only_wild_question_marks(chars)
    chars = without_quotes(chars, keep="*" if keyword else "")
    words: list[Word] = []
    breaks: list[Break] = []
    between: list[str] = []
    i = 0
    while i < len(chars):
        end = _word_end(chars, i, keyword=keyword)
        if end == i:
            between.append(chars[i].char)
            i += 1
            continue
        if words:
            breaks.append(kind_of_break("".join(between)))
        between = []
        plain = "".join(c.char for c in chars[i:end])
        words.append(Word(plain, fold(plain), chars[i].start, chars[end - 1].end))
        i = end
    folded = "".join(word.folded for word in words)
    return Cut(tuple(words), tuple(breaks), folded, "".join(word.plain for word in words))


def _word_end(chars: list[Char], start: int, *, keyword: bool) -> int:
    """Return where the word that begins at `start` ends; `start` where none begins there.

    "A word is then a maximal run of letters and digits; `.` and `,` between two digits belong to
    it (…); `++` or `#` right after a one-letter word belongs to it (`c++`, `c#`)"
    """

    def at(i: int) -> str:
        return chars[i].char if 0 <= i < len(chars) else " "

    if is_east_asian(at(start)):
        return start + 1
    end = start
    while _belongs(at(end - 1), at(end), at(end + 1), keyword=keyword):
        end += 1
    if end == start + 1 and at(start).isalpha():
        if at(end) == "+" and at(end + 1) == "+":
            return end + 2
        if at(end) == "#":
            return end + 1
    return end


def _belongs(before: str, char: str, after: str, *, keyword: bool) -> bool:
    if char in ".,":
        return before.isdigit() and after.isdigit()
    if keyword and char in "*?":
        return True
    return char.isalnum() and not is_east_asian(char)


def kind_of_break(between: str) -> Break:
    """Name what stands between two neighbouring words.

    "a *hyphen* (one of … and nothing else), a *space* (white space alone), a *stop* (white space
    and punctuation together, an em dash, or two or more hyphens) or *glue* (any other punctuation)"
    """
    if not between:
        return "none"
    if between.isspace():
        return "space"
    if any(char.isspace() for char in between) or EM_DASH in between:
        return "stop"
    if sum(between.count(hyphen) for hyphen in HYPHENS) >= 2:
        return "stop"
    return "hyphen" if between in HYPHENS else "glue"


def fold(word: str) -> str:
    """Fold a plural: "Words of more than three letters, all letters, are folded on both sides"."""
    if len(word) <= 3 or not word.isalpha() or word in STAYING:
        return word
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending, instead, exceptions in ENDINGS:
        if word.endswith(ending) and not word.endswith(exceptions):
            word = word.removesuffix(ending) + instead
            break
    for ending, instead in LAST:
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word
