"""Normalise many texts at once, like `digest.text.normalise`.

All texts are one array of bytes, so that a step costs the same for a thousand texts as for one. The
steps handle the usual cases: ASCII, and other characters that do not depend on their neighbours. A
text with anything unusual near one of the steps (*odd*) is left to `digest.text.normalise`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from digest.matching.arrays import is_among, where
from digest.matching.word_hashes import DIGIT, PLUS, SHARP, byte_table
from digest.text.folding import fold_word
from digest.text.normalise import (
    CAPITAL_S,
    CLOSES,
    DOT,
    EITHER_S,
    GREEK,
    GREEK_END,
    HALT,
    OPENS,
    SEAM,
    compatible,
    fold_character,
    links_of,
    normalise_untracked,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.matching.arrays import Bytes, Ints

SEPARATOR: Final = b"\0"
"""Separates texts; clean text has no control characters."""
_PAD: Final = SEPARATOR * 16
"""Padding before the first text and after the last, so that neighbours can always be read."""
_READINGS: Final = 5
"""Words of a text that are read in both ways independently; with more, every fifth word is read
alike. Two to this power is the number of copies of the text."""

_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CAPITAL = byte_table(_CAPITALS)
_LETTER = byte_table(_CAPITALS + _CAPITALS.lower() + GREEK + GREEK_END)
_LETTER[128:] = True
_ALNUM = _LETTER | DIGIT
_SMALL = byte_table(_CAPITALS.lower() + GREEK)
_SMALL[128:] = True  # no text with capitals beyond ASCII gets here
_BEYOND = byte_table(GREEK + GREEK_END)
_BEYOND[128:] = True
_DROPPED: Final = b'"`*_$'
_IS_DROPPED = byte_table(_DROPPED.decode() + "'\x15")
_DROP = _DROPPED[0]
_DROPPED_S: Final = b"\x15"
"""The s of GPUs: dropped, but still a lower-case letter."""
_ALL_DROPPED: Final = _DROPPED + _DROPPED_S + b"'"
_LOWER = bytes(range(256)).lower()

_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_ASCII: Final = bytes(range(128))
_LINK_SIGNS: Final = frozenset("/.:-@wW")
"""Characters by which links are recognised, or that precede them."""
_ONE_BY_ONE = 8
"""Maximum number of different characters of a text that are replaced one after the other."""
_SIGNS_DROPPED = "[\"`*_$'‘’]*"
_GREEK_BREAK = re.compile(
    rf"([0-9{GREEK_END}])({_SIGNS_DROPPED}){GREEK}|({GREEK_END})({_SIGNS_DROPPED})(?=[0-9])"
)
_GREEK_MARKS = re.compile(f"[{GREEK}{GREEK_END}]")
_ODD_GREEK = re.compile(
    rf"{GREEK_END}\.\S|\.{GREEK}|\((?=[^\s()]*[A-Z])[^\s()]*{GREEK}[^\s()]*\)|'s{GREEK}"
    rf"|{GREEK_END}(?:\+\+|#)"
    rf"|s'[A-Za-z]{{0,2}}{GREEK}"
    rf"|{GREEK_END}[A-Z]+s?\b|[A-Z]{_SIGNS_DROPPED}{GREEK}"
)
"""A Greek letter where it matters that it is one letter, not the letters of its name."""
_ENDS_WORD = _ALNUM | byte_table(SEAM + CAPITAL_S + EITHER_S + "\x15")
_UNCLEAR_BEFORE_S = byte_table(_DROPPED.decode() + "+#")
_SCHEME_CHARACTER = byte_table(_CAPITALS + _CAPITALS.lower() + "0123456789-")
_SCHEME_CHARACTER[128:] = True
_HOST = re.compile(rb"(?:[A-Za-z0-9\-\x80-\xff]+\.)+[A-Za-z\x80-\xff]{2,}$")
_HOST_CHARACTERS = re.compile(rb"[A-Za-z0-9.\-\x80-\xff]*$")
_LINK_END = re.compile(rb"[\s\0]")
_ANY_SMALL = re.compile(rb"[a-z\x15\x80-\xff]")
_SIGNS: Final = (b"++", b"#")
_SIGN_BYTES = bytes.maketrans(b"+#", (PLUS + SHARP).encode())
_LAST_WORD = re.compile(rb"[0-9a-z\x07\x08\x14\x80-\xff]+$")
_SOME_WORD = re.compile(rb"[0-9a-z\x07\x08\x14\x80-\xff]+")
_EITHER = re.compile(rb"([a-z]*)\x14")


def normalised(texts: Sequence[str]) -> tuple[bytes, list[int]]:
    """Return the normalised `texts`, separated, then copies of texts whose words read both ways.

    The second value has, for each copy, the number of its text.
    """
    simple = list(texts)
    by_itself: set[int] = set()
    for number in [number for number, text in enumerate(texts) if not text.isascii()]:
        folded = _fold_simple(texts[number])
        simple[number] = folded or ""
        if folded is None:
            by_itself.add(number)
    buffer, odd = _marked("\0".join(simple).encode())
    if by_itself or len(odd):
        bounds = where(np.frombuffer(buffer, dtype=np.uint8) == 0)[len(_PAD) - 1 :]
        by_itself.update((np.searchsorted(bounds, odd) - 1).tolist())
        replacements = {number: normalise_untracked(texts[number]) for number in sorted(by_itself)}
        buffer = _with_texts(buffer, replacements, bounds)
    lowered = memoryview(buffer.translate(_LOWER, _ALL_DROPPED))
    encoded = _with_signs(bytes(lowered[len(_PAD) : -len(_PAD)]))
    return _read_both_ways(encoded) if EITHER_S.encode() in encoded else (encoded, [])


def _with_texts(buffer: bytearray, replacements: dict[int, str], bounds: Ints) -> bytearray:
    """Replace the texts with these numbers; text `n` is between bounds `n` and `n + 1`."""
    pieces: list[bytes | bytearray] = []
    position = 0
    for number, text in replacements.items():
        pieces += buffer[position : bounds[number] + 1], text.encode()
        position = int(bounds[number + 1])
    return bytearray().join((*pieces, buffer[position:]))


# --- characters beyond ASCII ---------------------------------------------------------------------


def _fold_simple(text: str) -> str | None:
    """Fold the characters beyond ASCII; None if one of them depends on its neighbours."""
    may_link = "/" in text or (("w." in text or "W." in text) and "www." in text.lower())
    if may_link:
        for start, end in reversed(links_of(text)):
            text = f"{text[:start]}{HALT}{text[end:]}"
    non_ascii = text.encode().translate(None, _ASCII).decode()
    forms = {character: _simple_form(character) for character in set(non_ascii)}
    if None in forms.values():
        return None
    result = _replaced(text, forms)  # type: ignore[arg-type]  # None was excluded above
    if GREEK in result:
        if _ODD_GREEK.search(result):
            return None
        result = _GREEK_MARKS.sub("", _GREEK_BREAK.sub(r"\1\2-", result))
    # A link that folding creates, as of a wide slash, is not a link.
    if may_link and any(_may_make_links(*pair) for pair in forms.items()):
        return None if links_of(result) else result
    return result


def _may_make_links(character: str, form: str | None) -> bool:
    if form is None or not _LINK_SIGNS.isdisjoint(form):
        return True
    return not character.isalnum() and any(map(str.isalnum, form))


def _replaced(text: str, forms: dict[str, str]) -> str:
    # One by one if few change, which is the usual case: none may then become another of them.
    changed = [character for character, form in forms.items() if form != character]
    if len(changed) > _ONE_BY_ONE or not all(forms[character].isascii() for character in changed):
        return _NON_ASCII.sub(lambda match: forms[match[0]], text)
    for character in changed:
        text = text.replace(character, forms[character])
    return text


@lru_cache(maxsize=1 << 14)
def _simple_form(character: str) -> str | None:
    """Return what `character` becomes, or None if its neighbours depend on what it was."""
    form = compatible(character)
    result = "".join(part if part.isascii() else fold_character(part) for part in form)
    non_ascii = [part for part in form if not part.isascii()]
    simple = all(
        (part.islower() and len(fold_character(part)) == 1)
        or (part.islower() and fold_character(part)[0] == GREEK)
        or (not part.isalnum() and not part.isupper() and fold_character(part) not in ("", SEAM))
        or part.isdecimal()
        for part in non_ascii
    )
    return result if simple else None


# --- all texts at once ---------------------------------------------------------------------------


def _marked(joined: bytes) -> tuple[bytearray, Ints]:
    """Mark in simple texts what the breaks and words depend on, while there are capitals.

    Return the bytes, padded, and places of texts that are odd.
    """
    buffer = bytearray().join((_PAD, joined, _PAD))
    data = np.frombuffer(buffer, dtype=np.uint8)
    odd: list[Ints] = []
    # The signs ' ( ) . / in one pass: everything from ' to /.
    low = data - np.uint8(ord("'"))
    places = where((low < 3) | ((low - np.uint8(7)) < 2))
    sign = data.take(places)
    links = _link_candidates(data, places[sign == ord("/")], places[sign == ord(".")])
    if len(links):
        _cut_links(buffer, data, links)
        places = places[data[places] == sign]
        sign = data[places]
    odd.append(_apart_apostrophes(data, places[sign == ord("'")]))
    odd.append(_join_initials(data, places[sign == ord(".")]))
    capitals = where((data - np.uint8(ord("A"))) < 26)
    following = capitals + 1
    _drop_plural_s(data, following[data[following] == ord("s")])
    odd.append(_mark_capitals(buffer, data, capitals[data[capitals] == ord("S")]))
    odd.append(_mark_abbreviations(data, places[sign == ord("(")], places[sign == ord(")")]))
    odd.append(_drop_possessives(data, places[sign == ord("'")]))
    return buffer, np.concatenate(odd)


def _link_candidates(data: Bytes, slashes: Ints, dots: Ints) -> Ints:
    """Return the colons, dots and slashes that may belong to a link, ascending."""
    schemes = slashes[(data[slashes - 1] == ord(":")) & (data[slashes + 1] == ord("/"))] - 1
    www = dots[(data[dots - 1] | 32) == ord("w")]
    www = www[((data[www - 2] | 32) == ord("w")) & ((data[www - 3] | 32) == ord("w"))]
    hosts = slashes[:0]
    if len(dots):
        last = dots[np.maximum(np.searchsorted(dots, slashes) - 1, 0)]
        near = (last < slashes - 2) & (slashes - last < 254)
        near &= _LETTER[data[last + 1]] & _LETTER[data[slashes - 1]]
        near &= _ALNUM[data[last - 1]] | (data[last - 1] == ord("-"))
        hosts = slashes[near]
    return np.sort(np.concatenate((schemes, www, hosts)))


def _cut_links(text: bytearray, data: Bytes, candidates: Ints) -> None:
    """Replace each link with a stop; `data` is `text` as an array."""
    position = 0
    for place in candidates.tolist():
        if place < position:
            continue
        start = _link_start(text, place, position)
        if start is None:
            continue
        end = _LINK_END.search(text, place)
        position = end.start() if end else len(text)
        data[start:position] = _DROP
        data[start] = ord(HALT)


def _link_start(text: bytearray, place: int, after: int) -> int | None:
    sign = text[place]
    if sign == ord(":"):
        start = place
        while start > after and _SCHEME_CHARACTER[text[start - 1]]:
            start -= 1
        return start if start < place else None
    start = place - 3
    if sign == ord("/"):
        run = _HOST_CHARACTERS.search(text, max(after, place - 253), place)
        start = run.start() if run else place
        if not _HOST.match(text, start, place):
            return None
    before = text[start - 1]
    return None if start > after and (_ALNUM[before] or before in b"./-@") else start


def _apart_apostrophes(data: Bytes, quotes: Ints) -> Ints:
    """Turn an apostrophe between a small s and three letters into glue (models'pre-training)."""
    quotes = quotes[data[quotes - 1] == ord("s")]
    following = data[quotes[:, None] + np.arange(1, 4)]
    apart = _LETTER[following].all(axis=1)
    data[quotes[apart]] = ord("|")
    non_ascii: Ints = quotes[apart & _BEYOND[following].any(axis=1)]
    return non_ascii


def _join_initials(data: Bytes, dots: Ints) -> Ints:
    """Mark the dots inside U.S., drop its last one, and that of E. coli."""
    before, after = data[dots - 1], data[dots + 1]
    # Nearly all dots end a sentence.
    candidates = np.flatnonzero(_LETTER[before] & (_LETTER[after] | ~_ALNUM[data[dots - 2]]))
    dots, before, after = dots[candidates], before[candidates], after[candidates]
    single = ~_ALNUM[data[dots - 2]]
    inner = single & _LETTER[after] & ~_ALNUM[data[dots + 2]]
    non_ascii = _LETTER[after] & (_BEYOND[before] | _BEYOND[after])
    joined = dots[inner]
    capital = single & ~inner & _CAPITAL[before] & (after == ord(" ")) & _SMALL[data[dots + 2]]
    last = dots[single & ~inner & ~_ALNUM[after]]
    if len(joined):
        last = last[is_among(last - 2, joined)]
        data[last] = _DROP
    data[joined] = ord(DOT)
    data[dots[capital]] = _DROP
    return dots[non_ascii]


def _drop_plural_s(data: Bytes, places: Ints) -> None:
    """Drop the s of GPUs; at `places` an s follows a capital."""
    ends = ~_ALNUM[data[places + 1]] & _LETTER[data[places - 2]] & (data[places - 2] != ord(GREEK))
    data[places[ends]] = _DROPPED_S[0]


def _drop_possessives(data: Bytes, quotes: Ints) -> Ints:
    """Drop 's after a word; next to something dropped the result is unclear."""
    quotes = quotes[data[quotes] == ord("'")]  # without those that are glue now
    before, after, after_s = data[quotes - 1], data[quotes + 1], data[quotes + 2]
    is_s = (after | np.uint8(32)) == ord("s")
    unclear = _IS_DROPPED[after] & (after != ord("'"))
    unclear |= is_s & (_IS_DROPPED[after_s] | _UNCLEAR_BEFORE_S[before])
    ends = is_s & ~_ALNUM[after_s] & _ENDS_WORD[before]
    data[quotes[ends & ~unclear] + 1] = _DROP
    places: Ints = quotes[unclear]
    return places


_MOST_CAPITALS: Final = 5
"""Letters of the longest word whose last S is not a plural."""


def _mark_capitals(buffer: bytearray, data: Bytes, places: Ints) -> Ints:
    """Mark the last letter of words of four or five capitals; `places` has each S."""
    places = places[(_CAPITAL | _IS_DROPPED)[data[places - 1]] & ~_ALNUM[data[places + 1]]]
    window = data[places[:, None] - np.arange(1, 6)]
    capitals = _CAPITAL[window]
    dropped = _IS_DROPPED[window[:, :4]].any(axis=1) | _IS_DROPPED[data[places + 1]]
    dropped |= capitals[:, :4].all(axis=1) & _IS_DROPPED[window[:, 4]]
    odd = dropped & (capitals.sum(axis=1) >= _MOST_CAPITALS - 2)
    ends = ~_ALNUM[window] & (window != ord(DOT))
    word = capitals[:, :3].all(axis=1) & (ends[:, 3] | (capitals[:, 3] & ends[:, 4]))
    words = places[word & ~dropped]
    if len(words):
        shouted = [not _has_small(buffer, place) for place in words.tolist()]
        data[words] = np.where(shouted, ord(EITHER_S), ord(CAPITAL_S))
    unclear: Ints = places[odd]
    return unclear


def _has_small(small: bytearray, place: int) -> bool:
    """Return whether the text around `place` has a lower-case letter."""
    if _ANY_SMALL.search(small, place, small.index(SEPARATOR, place)):
        return True
    return _ANY_SMALL.search(small, small.rindex(SEPARATOR, 0, place), place) is not None


_INSIDE = np.arange(1, 14)
_FREE = _IS_DROPPED | byte_table(" ")
_SIDES = _FREE | _ENDS_WORD | byte_table("+#")


def _mark_abbreviations(data: Bytes, opens: Ints, closes: Ints) -> Ints:
    """Mark the brackets of *Large Language Model (LLM) agents*."""
    if not len(opens) or not len(closes):
        return opens[:0]
    opens = opens[_FREE[data[opens - 1]] & _SIDES[data[opens - 2]]]
    close = closes[np.minimum(np.searchsorted(closes, opens), len(closes) - 1)]
    size = close - opens
    fits = (size > 1) & (size < 40) & _FREE[data[np.minimum(close + 1, len(data) - 1)]]
    opens, close, size = opens[fits], close[fits], size[fits]
    inside = data[opens[:, None] + _INSIDE]
    within = size[:, None] > _INSIDE
    bad = ((inside == ord(" ")) | (inside == ord("(")) | (inside == 0)) & within
    non_ascii = (_BEYOND[inside] & within).any(axis=1)
    fits = ~bad.any(axis=1) & (((_CAPITAL[inside] & within).any(axis=1) & (size < 14)) | non_ascii)
    fits &= _SIDES[data[close + 2]]
    opens, close, non_ascii = opens[fits], close[fits], non_ascii[fits]
    plain = (data[opens - 1] == ord(" ")) & (data[close + 1] == ord(" ")) & ~non_ascii
    plain &= _ENDS_WORD[data[opens - 2]] & _ALNUM[data[close + 2]]
    data[opens[plain]] = ord(OPENS)
    data[close[plain]] = ord(CLOSES)
    unclear: Ints = opens[~plain]
    return unclear


# --- small letters -------------------------------------------------------------------------------


def _with_signs(encoded: bytes) -> bytes:
    """Join `++` and `#` to the one-letter word before them."""
    for sign in _SIGNS:
        pieces: list[bytes] = []
        # A search for one byte is ten times as fast as one for two.
        position, at = 0, encoded.find(sign[:1])
        while at >= 0:
            end = at + 1
            if encoded.startswith(sign, at):
                end = at + len(sign)
                pieces += encoded[position:at], _attached(encoded, at, sign)
                position = end
            at = encoded.find(sign[:1], end)
        if pieces:
            encoded = b"".join((*pieces, encoded[position:]))
    return encoded


def _attached(encoded: bytes, at: int, sign: bytes) -> bytes:
    """Return what a sign of a text becomes."""
    letters = _LAST_WORD.search(encoded[max(0, at - 5) : at])
    # Cut in the middle of a character, the beginning decodes to more than one.
    if (
        letters
        and len(letters[0].decode(errors="replace")) == 1
        and letters[0].isalnum() > (letters[0].isdigit())
    ):
        return sign.translate(_SIGN_BYTES) + SEAM.encode()
    return sign


# --- texts that are read in several ways ---------------------------------------------------------


def _read_both_ways(encoded: bytes) -> tuple[bytes, list[int]]:
    """Add copies of texts without lower-case letters: AIDS is read as a word and as a plural."""
    texts = encoded.split(SEPARATOR)
    copies: list[bytes] = []
    of: list[int] = []
    for number, text in enumerate(texts):
        if EITHER_S.encode() not in text:
            continue
        readings = _readings(text)
        texts[number] = readings[0]
        copies += readings[1:]
        of += [number] * (len(readings) - 1)
    return SEPARATOR.join(texts + copies), of


def _readings(text: bytes) -> list[bytes]:
    """Return every reading of a text, first the one in which no plural is folded."""
    if len(_SOME_WORD.findall(text)) < 2:
        return [text.replace(EITHER_S.encode(), CAPITAL_S.encode())]
    parts = _EITHER.split(text)
    # parts: text, letters before the mark, text, letters, … text
    letters = parts[1::2]
    open_ = [place for place, word in enumerate(letters) if _folds(word)]
    count = min(len(open_), _READINGS)
    readings = []
    for choice in range(1 << count):
        pieces = list(parts[:1])
        folded = {place for turn, place in enumerate(open_) if choice >> (turn % count) & 1}
        for place, word in enumerate(letters):
            pieces += word, (b"s" if place in folded else CAPITAL_S.encode()), parts[2 * place + 2]
        readings.append(b"".join(pieces))
    return readings


def _folds(letters: bytes) -> bool:
    word = letters.decode() + "s"
    return fold_word(word) != word
