"""Normalise a clean text, one step a function.

A text is a list of `Char`: one character, and the stretch of clean text that it came from.
Each step makes a new list. What is left is cut into words by `tests.reference.text`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import NamedTuple

EM_DASH = "\u2014"
INNER_DOT = "\ue000"
"""The dot inside U.S. or i.i.d.: a letter of its word."""
GLUE = "!"
"""Any punctuation that means nothing else."""
# "any apostrophe": straight, curly both ways, reversed, the letter, the prime
APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u2032"
# Those that are glue "between a small `s` and three or more letters"
GLUE_APOSTROPHES = "'\u2018\u2019\u02bc"
# "Double quotation marks, backquotes, `*`, `_`, `$` are dropped"
DROPPED = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u301d\u301e\u301f`*_$'

# "a Greek letter becomes its Latin name"
GREEK_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
LATIN_NAMES = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu
nu xi omicron pi rho sigma tau upsilon phi chi psi omega
"""
GREEK = dict(zip(GREEK_LETTERS, LATIN_NAMES.split(), strict=True))
# "letters that do not decompose become ł l, ø o, đ d, ħ h, ı i, ŧ t, æ ae, œ oe, þ th, ð d, ŋ ng"
LATIN = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t"} | {
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ð": "d",
    "ŋ": "ng",
}


class Char(NamedTuple):
    """One character on its way, and the stretch of clean text that it stands for."""

    char: str
    start: int
    end: int
    unit: int = 0
    """The number of the NFKC character that it comes from: β gives four of one unit."""
    capital: bool = False
    greek: bool = False


@cache
def is_mark(char: str) -> bool:
    """Recognise combining marks of all three kinds."""
    return unicodedata.category(char).startswith("M")


@cache
def is_east_asian(char: str) -> bool:
    """Recognise characters that are a word of their own.

    "a Han, Hiragana or Katakana character is a word of its own"
    """
    name = unicodedata.name(char, "") if char else ""
    kinds = ("CJK UNIFIED", "CJK COMPATIBILITY", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA")
    return char.isalnum() and name.startswith(kinds)


@cache
def in_word(char: str) -> bool:
    """Recognise letters and digits that share a word with their neighbours."""
    return char.isalnum() and not is_east_asian(char)


# --- links ---------------------------------------------------------------------------------------


NAME = r"(?:[^\W_]|-)+"
"""A name in an address: letters, digits and hyphens."""


def without_links(text: str) -> str:
    """Replace each link by em dashes: "a link is no text and counts as one break, a stop"."""
    at = 0
    while at < len(text):
        if starts_link(text, at):
            end = at
            while end < len(text) and not text[end].isspace() and not is_east_asian(text[end]):
                end += 1
            text = text[:at] + EM_DASH * (end - at) + text[end:]
            at = end
        at += 1
    return text


SCHEME = re.compile(rf"{NAME}://")
HOST = re.compile(rf"(?:{NAME}\.)+[^\W\d_]{{2,}}/")


def starts_link(text: str, at: int) -> bool:
    """Return whether a link begins here.

    "it begins at its scheme (`name://`), at `www.` or at its host (`name.name/`, the last name of
    two or more letters), both with no letter or digit (Han, Hiragana and Katakana apart), `.`,
    `/`, `-` or `@` before it"
    """
    before = text[at - 1] if at else " "
    if in_word(before):
        return False
    scheme = SCHEME.match(text, at)
    if scheme and not any(is_east_asian(char) for char in scheme.group()):
        return True
    if before in "./-@":
        return False
    if text[at : at + 4].lower() == "www.":
        return True
    host = HOST.match(text, at)
    return host is not None and not any(is_east_asian(char) for char in host.group())


# --- "Clean text is normalised: NFKC" ------------------------------------------------------------


def nfkc(text: str) -> list[Char]:
    """Normalise, keeping for each character the smallest stretch that can be told apart.

    Combining marks stay with the character that they stand on, so that no span splits a letter.
    """
    chars: list[Char] = []
    # No ASCII character composes with what stands before it: each begins a piece of its own.
    for piece in re.finditer(r"[\x00-\x7f][^\x00-\x7f]*|[^\x00-\x7f]+", text):
        chars += _nfkc_piece(piece.group(), piece.start())
    return [
        char._replace(unit=unit, capital=unicodedata.category(char.char) == "Lu")
        for unit, char in enumerate(chars)
    ]


def _nfkc_piece(piece: str, offset: int) -> list[Char]:
    if len(piece) == 1 and piece.isascii():
        return [Char(piece, offset, offset + 1)]
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


# --- steps that need the case of letters ---------------------------------------------------------


def char_at(chars: list[Char], i: int) -> str:
    """Return a character, a space beyond either end."""
    return chars[i].char if 0 <= i < len(chars) else " "


def is_single_letter(chars: list[Char], i: int) -> bool:
    """Recognise a letter with neither letter nor digit beside it."""
    char = char_at(chars, i)
    alone = not in_word(char_at(chars, i - 1)) and not in_word(char_at(chars, i + 1))
    return char.isalpha() and in_word(char) and alone


def with_dotted_words(chars: list[Char]) -> list[Char]:
    """Keep the dots of U.S. as letters.

    "a run of single letters with a dot between each two (U.S., i.i.d., e.g.) keeps its inner dots
    and is one word, a dot after the last letter is dropped"
    """
    kept: list[Char] = []
    i = 0
    while i < len(chars):
        last = i
        if is_single_letter(chars, i):
            while char_at(chars, last + 1) == "." and is_single_letter(chars, last + 2):
                last += 2
        if last == i:
            kept.append(chars[i])
        else:
            run = chars[i : last + 1]
            kept += [c._replace(char=INNER_DOT) if c.char == "." else c for c in run]
            # A dot before a letter or digit parts two words ("U.S.based") and stays.
            if char_at(chars, last + 1) == "." and not in_word(char_at(chars, last + 2)):
                last += 1
        i = last + 1
    return kept


def without_dots_of_initials(chars: list[Char]) -> list[Char]:
    """Do: "the dot of a single capital before white space and a small letter is dropped"."""
    kept = []
    for i, char in enumerate(chars):
        initial = (
            char.char == "."
            and i > 0
            and chars[i - 1].capital
            and not in_word(char_at(chars, i - 2))
            and char_at(chars, i + 1).isspace()
            and unicodedata.category(char_at(chars, i + 2)) == "Ll"
        )
        if not initial:
            kept.append(char)
    return kept


def with_glue_apostrophes(chars: list[Char]) -> list[Char]:
    """Turn the apostrophe of models'pre-training into glue.

    "an apostrophe (' ‘ ’ ʼ) between a small `s` and three or more letters is glue"
    """
    return [
        char._replace(char=GLUE)
        if char.char in GLUE_APOSTROPHES
        and char_at(chars, i - 1) == "s"
        and all(char_at(chars, i + n).isalpha() for n in (1, 2, 3))
        else char
        for i, char in enumerate(chars)
    ]


def without_s_of_acronyms(chars: list[Char], *, keyword: bool) -> list[Char]:
    """Drop the s of GPUs.

    "a small `s` right after a capital at the end of a word with another letter before that capital
    is dropped"
    """
    kept = []
    for i, char in enumerate(chars):
        before, after = char_at(chars, i - 2), char_at(chars, i + 1)
        goes_on = in_word(after) or (
            keyword and (after == "*" or (after == "?" and char_at(chars, i + 2).isalnum()))
        )
        plural = i >= 2 and char.char == "s" and chars[i - 1].capital and not goes_on
        if not (plural and before.isalpha() and in_word(before)):
            kept.append(char)
    return kept


# --- steps that look at letters alone ------------------------------------------------------------


def spelled_out(chars: list[Char]) -> list[Char]:
    """Do the steps that look at one character at a time.

    "case folded, NFD and combining marks dropped, format characters (Unicode Cf: …) dropped, a
    Greek letter becomes its Latin name", "letters that do not decompose become …"
    """
    result: list[Char] = []
    for char in chars:
        for base in unicodedata.normalize("NFD", char.char.casefold()):
            if is_mark(base) or unicodedata.category(base) == "Cf":
                continue
            name = GREEK.get(base) or LATIN.get(base) or base
            result += [char._replace(char=letter, greek=base in GREEK) for letter in name]
    return result


def _visible(text: str) -> str:
    """Return `text` without combining marks and format characters."""
    return "".join(c for c in text if not is_mark(c) and unicodedata.category(c) != "Cf")


def only_wild_question_marks(text: str) -> str:
    """Turn each `?` of a keyword that is no wildcard into other punctuation.

    "`?` between two letters or digits for exactly one (elsewhere `?` is punctuation)"; what is
    dropped without a trace, marks and format characters, stands between nothing.
    """
    return "".join(
        GLUE
        if char == "?"
        and not (_visible(text[:i])[-1:].isalnum() and _visible(text[i:])[1:2].isalnum())
        else char
        for i, char in enumerate(text)
    )


def without_quotes(chars: list[Char], *, keep: str = "") -> list[Char]:
    """Drop what stands inside words without being of them, and possessives.

    "Double quotation marks, backquotes, `*`, `_`, `$` are dropped; `'s` (any apostrophe) at a
    word's end is dropped whole, (…) every other apostrophe is dropped."
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
    """Return whether a word, `c++` and `c#` among them, ends where this text does."""
    symbol = re.search(r"(.?)(.)(?:\+\+|#)$", text)
    if symbol:
        return symbol[2].isalpha() and not goes_on(symbol[1], "")
    return text[-1:].isalnum()


def goes_on(char: str, keep: str) -> bool:
    """Return whether a word goes on with this character; it does not with none."""
    return in_word(char) or (char != "" and char in keep)


def normalised(text: str, *, keyword: bool) -> list[Char]:
    """Do all steps; a keyword keeps its wildcards."""
    if keyword:
        text = only_wild_question_marks(text)
    chars = nfkc(without_links(text))
    chars = without_dots_of_initials(with_dotted_words(chars))
    # "seen before GPUs loses its s"
    chars = without_s_of_acronyms(with_glue_apostrophes(chars), keyword=keyword)
    chars = spelled_out(chars)
    return without_quotes(chars, keep="*?" if keyword else "")


def without_small_letters(text: str) -> bool:
    """Recognise a text that has, links apart, no small letter."""
    whole = unicodedata.normalize("NFKC", without_links(text))
    return not any(unicodedata.category(char) == "Ll" for char in whole)
