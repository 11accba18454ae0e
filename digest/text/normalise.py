"""Normalise clean text for matching, character by character.

docs/rule-language.md, "Words", lists the steps and their order. The result has lower-case letters,
digits, ASCII punctuation and the marks below; `digest.text.words` cuts it into words. `normalise`
also tracks the origin of each character. `digest.matching.normalise_batch` normalises thousands of
texts at once; it leaves every unusual text to this module.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Replace = Callable[[re.Match[str]], str]

# Marks in normalised text. Clean text has no control characters, so nothing else is one of them.
ANY_RUN: Final = "\x01"
"""The wildcard `*`, in keywords only."""
ANY_ONE: Final = "\x02"
"""The wildcard `?`."""
HALT: Final = "\x05"
"""An em dash or a link: a stop even without white space."""
SEAM: Final = "\x06"
"""On both sides of a Han, Hiragana or Katakana character, which is a separate word."""
DOT: Final = "\x07"
"""A dot inside a word of single letters (U.S.)."""
CAPITAL_S: Final = "\x08"
"""The last letter of a word of four or five capitals (SARS), which is not a plural."""
EITHER_S: Final = "\x14"
"""The same in a text without lower-case letters, where the word may be a plural as well."""
OPENS: Final = "\x0e"
"""The bracket before an abbreviation: Large Language Model (LLM) agents."""
CLOSES: Final = "\x0f"
GREEK: Final = "\x10"
"""Before the Latin name of a Greek letter, until the breaks around it are known."""
GREEK_END: Final = "\x11"
FIRST_DOT: Final = "\x12"
"""The dot that begins a name (.NET)."""

QUOTES: Final = "“”„‟«»〝〞〟"
_APOSTROPHES: Final = "‘’‛ʼ"
_DROPPED: Final = f"[\"`*_${QUOTES}'{_APOSTROPHES}]"
"""Characters that may be between the words of an abbreviation and its bracket."""
# Replacements of single characters; any other that is not a letter or digit becomes "|".
_FOLDED_MARKS = {
    **dict.fromkeys("\u2010\u2011\u2013\u2212", "-"),
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(QUOTES, '"'),
    "\u2014": HALT,
}
_LATIN_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th",
    "ð": "d", "ŋ": "ng",
}  # fmt: skip
"""Letters that Unicode does not decompose."""
# Ranges rather than an expression: compiling one this large takes longer than a short run.
_CJK = (
    ("\u3005", "\u3005"), ("\u3007", "\u3007"), ("\u3040", "\u30ff"), ("\u31f0", "\u31ff"),
    ("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"),
    ("\U0001b000", "\U0001b16f"), ("\U00020000", "\U0003ffff"),
)  # fmt: skip

_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_LINK = re.compile(r"://|[wW]{3}\.|/")
_HOST_AND_SLASH = re.compile(r"\.[^\W\d_]{2,}/")
_HOST = re.compile(r"(?:(?:[^\W_]|-)+\.)+[^\W\d_]{2,}$")
_MAX_HOST = 253  # characters, RFC 1035
_GLUE_APOSTROPHE = re.compile(rf"s['{_APOSTROPHES.replace('‛', '')}](?=[^\W\d_]{{3}})")
_INITIALS = re.compile(r"(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])(?:\.(?![^\W_]))?")
_DOT_AND_LETTER = re.compile(r"\.[^\W\d_]")
_CAPITAL_DOT = re.compile(r"\.(?<=[^\W\d_]\.)(?<![^\W_]{2}\.)(?=\s[^\W\d_])")
_ABBREVIATION = re.compile(rf"\(([^\s()]{{1,12}})\)(?={_DROPPED}*\s{_DROPPED}*[^\W_])")
_BEFORE_BRACKET = re.compile(rf"(?:(?<![^\W_])[^\W\d_](?:\+\+|#)|[^\W_]){_DROPPED}*\s{_DROPPED}*$")
_NEAR_BRACKET = 20
"""Characters before a bracket among which a word must end."""
# A literal first letter lets the engine skip ahead.
_PLURAL_S = re.compile(r"s(?<=[^\W\d_a-z]s)")
_LAST_S = re.compile(r"S(?<=[^\W\d_a-z]S|['\"`*_$\W]S)")
_DROPPED_SIGNS: Final = '"`*_$'
_DROPS = re.compile(f"[{_DROPPED_SIGNS}]+")
_POSSESSIVE = re.compile(r"'s(?![^\W_]|[\x01\x02\x10])")
_POSSESSIVE_AHEAD = re.compile(rf"(?:['{_APOSTROPHES}][sS](?![^\W_])|{_DROPPED})*")
_ENDS_IN_WORD = re.compile(r"[^\W_]$|[\x06\x08\x11\x14]$|(?<![^\W_])[^\W\d_](?:\+\+|#)$")
_APOSTROPHE = re.compile("'+")
_GREEK_BREAK = re.compile("(?<=[0-9\x11])\x10|\x11(?=[0-9])")
_GREEK_MARKS = re.compile("[\x10\x11]")
_FIRST_DOT = re.compile(r"\.(?=[^\W\d_]|\x06)(?:(?<=[\s(\[\x0e]\.)|(?<!..))", re.DOTALL)


def normalise(text: str, *, keyword: bool = False) -> tuple[str, Sequence[int]]:
    """Return `text` normalised, and for each character its index in `text`.

    In a keyword a bracket is only punctuation: abbreviations are explained in texts.
    """
    tracked = _Tracked(text)
    _normalise(tracked, keyword=keyword)
    return tracked.text, tracked.places


def normalise_untracked(text: str) -> str:
    """Return `text` normalised, like `normalise` but three times as fast."""
    plain = _Plain(text)
    _normalise(plain)
    return plain.text


class _Plain:
    """A text that goes through the steps."""

    def __init__(self, text: str) -> None:
        self.text = text

    def sub(self, pattern: re.Pattern[str], replace: Replace) -> None:
        """Replace what matches; a shorter replacement is a prefix."""
        self.text = pattern.sub(replace, self.text)

    def lower(self) -> None:
        """Convert ASCII capitals to lower case."""
        self.text = self.text.lower()

    def cut_links(self) -> None:
        """Replace each link with a stop."""
        for start, end in reversed(links_of(self.text)):
            self.text = f"{self.text[:start]}{HALT}{self.text[end:]}"


class _Tracked(_Plain):
    """A text that tracks the origin of its characters."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.places: Sequence[int] = range(len(text))

    def sub(self, pattern: re.Pattern[str], replace: Replace) -> None:
        """Like `_Plain.sub`, and track the places."""
        text, places = self.text, self.places
        pieces: list[str] = []
        new_places: list[int] = []
        position = 0
        for match in pattern.finditer(text):
            start, end = match.span()
            new = replace(match)
            if new == match[0]:
                continue
            pieces += text[position:start], new
            new_places += places[position:start]
            if len(new) <= end - start:
                new_places += places[start : start + len(new)]
            else:
                new_places += [places[start]] * len(new)
            position = end
        if position:  # most texts need few of the steps
            self.text = "".join((*pieces, text[position:]))
            self.places = [*new_places, *places[position:]]

    def cut_links(self) -> None:
        """Like `_Plain.cut_links`, and track the places."""
        kept_places: list[int] = []
        position = 0
        for start, end in links_of(self.text):
            kept_places += self.places[position : start + 1]
            position = end
        self.places = [*kept_places, *self.places[position:]]
        super().cut_links()


def _normalise(text: _Plain, *, keyword: bool = False) -> None:
    if "/" in text.text or "." in text.text:
        text.cut_links()
    if not text.text.isascii():
        text.sub(_NON_ASCII, _compatible)
    shouted = not any(map(str.islower, text.text))
    if "'" in text.text or not text.text.isascii():
        text.sub(_GLUE_APOSTROPHE, _glue)
    if "." in text.text:
        # The literal dot is searched first: most texts have none before a letter.
        if _DOT_AND_LETTER.search(text.text):
            text.sub(_INITIALS, _initials)
        text.sub(_CAPITAL_DOT, _capital_dot)
    if "(" in text.text and not keyword:
        text.sub(_ABBREVIATION, _abbreviation)
    text.sub(_PLURAL_S, _plural_s)
    if "S" in text.text:
        text.sub(_LAST_S, _either_s if shouted else _capital_s)
    _fold(text)


def _fold(text: _Plain) -> None:
    """Apply the steps for which capitals no longer matter."""
    if not text.text.isascii():
        text.sub(_NON_ASCII, _folded)
    text.lower()
    if any(sign in text.text for sign in _DROPPED_SIGNS):
        text.sub(_DROPS, _nothing)
    if "'" in text.text:
        text.sub(_POSSESSIVE, _possessive)
        text.sub(_APOSTROPHE, _nothing)
    if GREEK in text.text:
        text.sub(_GREEK_BREAK, _hyphen)
        text.sub(_GREEK_MARKS, _nothing)
    if "." in text.text:
        text.sub(_FIRST_DOT, _first_dot)


def is_cjk(character: str) -> bool:
    """Return whether `character` is Han, Hiragana or Katakana: a separate word."""
    return character >= "\u3005" and any(first <= character <= last for first, last in _CJK)


def is_word_character(character: str) -> bool:
    """Return whether `character` is a letter or digit that joins with its neighbours."""
    return character.isalnum() and not is_cjk(character)


# --- links ---------------------------------------------------------------------------------------


def links_of(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each link in `text`."""
    if not ("://" in text or "www." in text.lower() or _HOST_AND_SLASH.search(text)):
        return []
    links: list[tuple[int, int]] = []
    at = 0
    while match := _LINK.search(text, at):
        start = _link_start(text, match, at)
        at = match.end()
        if start is not None:
            while at < len(text) and not (text[at].isspace() or is_cjk(text[at])):
                at += 1
            links.append((start, at))
    return links


def _link_start(text: str, match: re.Match[str], after: int) -> int | None:
    """Return the start of the link that `match` may belong to; None if it is not a link."""
    sign, at = match[0], match.start()
    start = at
    if sign == "://":
        while start > after and (is_word_character(text[start - 1]) or text[start - 1] == "-"):
            start -= 1
        return start if start < at else None
    if sign == "/":
        while start > max(after, at - _MAX_HOST) and (
            is_word_character(text[start - 1]) or text[start - 1] in ".-"
        ):
            start -= 1
        if not _HOST.match(text, start, at):
            return None
    before = text[start - 1 : start]
    return None if before and (is_word_character(before) or before in "./-@") else start


# --- steps that look at neighbours ---------------------------------------------------------------


def _initials(match: re.Match[str]) -> str:
    """Keep the inner dots of U.S. and drop the last."""
    if any(map(is_cjk, match[0])):
        return match[0]
    return match[0].rstrip(".").replace(".", DOT)


def _capital_dot(match: re.Match[str]) -> str:
    """Drop the dot of E. coli."""
    text, at = match.string, match.start()
    return "" if text[at - 1].isupper() and text[match.end() + 1].islower() else "."


def _abbreviation(match: re.Match[str]) -> str:
    start = match.start()
    before = match.string[max(0, start - _NEAR_BRACKET) : start]
    if not any(map(str.isupper, match[1])) or not _BEFORE_BRACKET.search(before):
        return match[0]
    return f"{OPENS}{match[1]}{CLOSES}"


def _plural_s(match: re.Match[str]) -> str:
    """Drop the s of GPUs, which ends a word and follows a capital after another letter."""
    text, at = match.string, match.start()
    following = text[at + 1 : at + 2]
    if following and (is_word_character(following) or following in (ANY_RUN, ANY_ONE)):
        return "s"
    before = text[at - 2 : at - 1] if at > 1 else ""
    return "" if text[at - 1].isupper() and before.isalpha() and not is_cjk(before) else "s"


def _capital_s(match: re.Match[str]) -> str:
    return CAPITAL_S if _ends_capitals(match.string, match.start()) else "S"


def _either_s(match: re.Match[str]) -> str:
    return EITHER_S if _ends_capitals(match.string, match.start()) else "S"


def _ends_capitals(text: str, at: int) -> bool:
    """Return whether the S at `at` ends a word of four or five capitals."""
    following = _seen_after(text, at + 1)
    if following and (
        is_word_character(following)
        or following in (ANY_RUN, ANY_ONE)
        or unicodedata.category(following) == "Mn"
    ):
        return False
    if at and text[at - 1] in f"'{_APOSTROPHES}":
        return False  # the possessive of a text in capitals
    capitals = 1
    for character in reversed(text[max(0, at - 40) : at]):
        if is_word_character(character):
            capitals += 1
            if not (character.isalpha() and character.isupper()) or capitals > 5:
                return False
        elif character == DOT or not _is_dropped(character):
            break
    return capitals >= 4


def _seen_after(text: str, at: int) -> str:
    """Return the first character from `at` that is neither dropped nor part of a possessive."""
    while True:
        ahead = _POSSESSIVE_AHEAD.match(text, at)
        at = ahead.end() if ahead else at
        if at == len(text) or unicodedata.category(text[at]) != "Cf":
            return text[at : at + 1]
        at += 1


def _is_dropped(character: str) -> bool:
    return re.match(_DROPPED, character) is not None or not is_seen(character)


def is_seen(character: str) -> bool:
    """Return whether `character` is more than a mark on others or an invisible character."""
    category = unicodedata.category(character)
    return category[0] != "M" and category != "Cf"


def _possessive(match: re.Match[str]) -> str:
    """Drop 's after a word, including a word that ends in signs (C++'s)."""
    start = match.start()
    return "" if _ENDS_IN_WORD.search(match.string[max(0, start - 4) : start]) else match[0]


def _glue(_match: re.Match[str]) -> str:
    return "s|"


def _hyphen(_match: re.Match[str]) -> str:
    return "-"


def _first_dot(_match: re.Match[str]) -> str:
    return FIRST_DOT


def _nothing(_match: re.Match[str]) -> str:
    return ""


# --- single characters ---------------------------------------------------------------------------


def _compatible(match: re.Match[str]) -> str:
    return compatible(match[0])


@lru_cache(maxsize=1 << 14)
def compatible(character: str) -> str:
    """Return the compatibility form (NFKC) of one character."""
    return unicodedata.normalize("NFKC", character)


def _folded(match: re.Match[str]) -> str:
    return fold_character(match[0])


@lru_cache(maxsize=1 << 14)
def fold_character(character: str) -> str:
    """Fold one non-ASCII character that is already in compatibility form.

    Folding characters one by one gives the same as folding the text: NFD undoes every composition
    that NFKC makes, and case folding does not depend on neighbours.
    """
    decomposed = unicodedata.normalize("NFD", character.casefold())
    return "".join(map(_simple, decomposed)).lower()


def _simple(character: str) -> str:
    """Write one case-folded, decomposed character in the alphabet of normalised text."""
    if character.isascii():
        return character
    if character in _FOLDED_MARKS:
        return _FOLDED_MARKS[character]
    if not is_seen(character):
        return ""
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    if character.isalnum():
        return _letter(character)
    return " " if character.isspace() else "|"


def _letter(character: str) -> str:
    """Spell a Greek letter out and separate a Han or Kana character."""
    if character in _LATIN_LETTERS:
        return _LATIN_LETTERS[character]
    name = unicodedata.name(character, "")
    if name.startswith(("GREEK SMALL LETTER ", "GREEK LETTER ")):
        return GREEK + name.rsplit(" ", 1)[-1].lower().replace("lamda", "lambda") + GREEK_END
    return f"{SEAM}{character}{SEAM}" if is_cjk(character) else character
