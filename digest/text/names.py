"""Parse author strings: one name, or a list of names written as one text.

`parse_name` cleans and parses a name (`Name.parse`); `split_authors` splits a list at its
separators, removes affiliations, and says whether the list is open (`et al.`).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from msgspec import Struct

from digest.model import Name
from digest.model.people import plain_name
from digest.text.clean import clean_text

MAX_NAME: Final = 300
"""Maximum length of one name in characters."""
MAX_LIST: Final = 500_000
"""Maximum length of a list in characters; the longest known, of a particle physics collaboration,
has some 100,000."""
_SUFFIX = re.compile(r"(?:Jr|Sr|Jnr|Snr)\.?|I{2,3}|IV", re.IGNORECASE)
_COMPANY = re.compile(r"(?:Inc|Ltd|LLC|GmbH|Corp|Co|AG)\.?", re.IGNORECASE)
_OPEN = re.compile(
    # A run of separators is matched whole, or a long one would be tried from each of its signs.
    r"(?:^|(?<![\s,;&+])[\s,;&+]++)(?:and\s+|&\s*)?"
    r"(?:et\.?\s*al(?:ii|ia)?\b\.?|(?P<more>\d{1,4})\s+(?:more|others?)(?:\s+authors?)?"
    r"|(?:and\s+|(?<=[\s,;&+][&,]\s)|(?<=^[&,]\s))(?:many\s+)?(?:others|more)"
    r"|\[?(?:…|\.\.\.)\]?)[\s.,;]*$",
    re.IGNORECASE,
)
"""The end of an open list, in a text with single spaces."""
_OTHERS = re.compile(r"(?:and\s+)?(?:others|et\.?\s*al(?:ii)?\.?|…|\.\.\.)", re.IGNORECASE)
_LABEL = re.compile(r"(?:authors?|by|creators?)\s*:\s*|by\s+(?=\w)", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|&)\s+|\s*&\s+|(?<=,)\s*(?:and|&)\s+", re.IGNORECASE)
_ANDS: Final = ("and", "&")
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?){1,5}|[A-Z]{1,3}")
_WORD: Final = 60
"""Letters of a word of a plain name."""
_PLAIN = re.compile(
    rf"[^\W\d_]{{1,{_WORD}}}(?:-[^\W\d_]{{1,{_WORD}}}){{0,3}}"
    rf"\|[^\W\d_]{{1,{_WORD}}}\.?(?:[ -][^\W\d_]{{1,{_WORD}}}\.?){{0,8}}"
)
"""A family name of one word, and given names of only letters."""
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_OTHER_COMMAS = str.maketrans({"，": ",", "、": ",", "；": ";"})


class Authors(Struct, frozen=True):
    """The people and groups named by a text."""

    names: tuple[Name, ...] = ()
    open: bool = False
    """True if there are more than named: `et al.`, `and others`, `…`."""
    total: int | None = None
    """Their number; None if the list is open without a number."""


def clean_name(raw: str) -> str:
    r"""Return a name as clean text, at most `MAX_NAME` characters; `\'s` is an accent here."""
    return clean_text(raw[: 10 * MAX_NAME], name=True)[:MAX_NAME].rstrip()


def parse_name(text: str, *, family_first: bool = False) -> Name:
    """Parse one name; `Name()` for a text without any.

    `family_first` is for the medical style, `Berg AB`, which cannot be recognised from the name.
    """
    plain = plain_name(text)
    if plain is not None and not family_first:
        return plain
    text = clean_name(text).strip(" ,;")
    return _family_first(text.split()) if family_first and "," not in text else Name.parse(text)


def plain_parts(parts: object) -> Name | None:
    """Return the name of `[family, given, ""]` if both are plain words, the commonest form."""
    if type(parts) is list and 2 <= len(parts) <= 3 and not any(parts[2:]):
        family, given = parts[:2]
        if type(family) is str and type(given) is str:
            return plain_name_of(family, given)
    return None


def plain_name_of(family: str, given: str) -> Name | None:
    """Return the name if both parts are plain, clean words; None otherwise."""
    # Testing for letters only takes a third of the time of a search.
    letters = family.isalpha() and given.isalpha() and len(family) + len(given) <= _WORD
    return Name(family, given) if letters or _PLAIN.fullmatch(f"{family}|{given}") else None


def name_of(family: str, given: str = "", *, particle: str = "", suffix: str = "") -> Name:
    """Return the name from a source's parts; the particle of `van der Berg` is separated."""
    if given and not (particle or suffix) and (plain := plain_name_of(family, given)):
        return plain  # most are
    family, given = clean_name(family), clean_name(given)
    particle, suffix = clean_name(particle), clean_name(suffix)
    if not family:
        return parse_name(given)
    if particle:
        return Name(family, given, particle, suffix)
    return Name.of_parts(family, given, suffix)


def split_authors(text: str, *, family_first: bool = False) -> Authors:
    """Split a list of names that is written as one text.

    Semicolons separate names in either order; without one, commas and *and* separate names in
    reading order, unless each part between *and* has one comma: `Berg, Ada and Day, Bo`. Lists as
    Python and JSON print them, and lines, are lists too.
    """
    text = text[:MAX_LIST].strip().translate(_OTHER_COMMAS)
    if text[:1] == "[" and text[-1:] == "]" and (quoted := _QUOTED.findall(text)):
        return list_authors([single or double for single, double in quoted])
    if "\n" in text and "," not in text and ";" not in text:
        text = re.sub(r"\s*\n\s*", "; ", text) if " and " not in text else text
    text = without_affiliations(" ".join(text.split()))
    text = text[label.end() :] if (label := _LABEL.match(text)) else text
    more, is_open = None, False
    if cut := _OPEN.search(text):
        text, is_open = text[: cut.start()], True
        more = int(cut["more"]) if cut["more"] else None
    names = tuple(
        name
        for part in _parts(text)
        if any(name := parse_name(part, family_first=family_first and "," not in part))
    )
    if not is_open:
        return Authors(names, total=len(names) or None)
    return Authors(names, open=True, total=len(names) + more if names and more else None)


def list_authors(parts: list[str]) -> Authors:
    """Return the names of a list that has one name in each part."""
    cleaned = [part for part in (without_affiliations(part) for part in parts) if part.strip(" ,;")]
    named = [part for part in cleaned if not _OTHERS.fullmatch(part.strip(" ,;"))]
    names = tuple(name for part in named if any(name := parse_name(part)))
    is_open = len(named) < len(cleaned)
    return Authors(names, is_open, None if is_open else len(names) or None)


def without_affiliations(text: str) -> str:
    """Return a list of names without balanced brackets after them.

    Brackets may be nested: `P. Green (1), J. Doe (2) ((1) Institute X, (2) College Y)`. A bracket
    that is never closed stays, with the text after it.
    """
    if "(" not in text:
        return text
    pieces: list[str] = []
    depth = start = 0
    opened = 0
    for bracket in re.finditer(r"[()]", text):
        at = bracket.start()
        if bracket[0] == "(":
            if depth == 0:
                opened = at
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                pieces.append(text[start:opened].rstrip())
                start = at + 1
    pieces.append(text[start:])
    return " ".join("".join(pieces).split())


def _parts(text: str) -> list[str]:
    """Split a list at its separators into names."""
    for sign in (";", " | ", " · ", " • "):
        if sign in text:
            return [part for piece in text.split(sign) for part in _after_and(piece)]
    pieces = [_with_suffixes(piece.split(",")) for piece in _AND.split(text)]
    has_oxford_comma = re.search(r",\s*(?:and|&)\s", text) is not None
    if len(pieces) > 1 and not has_oxford_comma and all(len(piece) == 2 for piece in pieces):
        return [", ".join(piece) for piece in pieces]
    return _paired([part for piece in pieces for part in piece if part.lower() not in _ANDS])


def _after_and(piece: str) -> list[str]:
    """Cut an *and* before the last name of a list with semicolons."""
    piece = piece.strip(" ,")
    piece = re.sub(r"^(?:and\b|&)\s*", "", piece)
    cut = [part.strip(" ,") for part in _AND.split(piece)]
    # `Institute of Sun and Moon` between semicolons is one name; `Berg, A. and Day, B.` are two.
    return cut if len(cut) == 2 and all("," in part for part in cut) else [piece]


def _with_suffixes(parts: list[str]) -> list[str]:
    """Append `Jr.` to the name before it."""
    joined: list[str] = []
    for part in filter(None, (part.strip() for part in parts)):
        if joined and (_SUFFIX.fullmatch(part) or _COMPANY.fullmatch(part)):
            joined[-1] += f", {part}"
        else:
            joined.append(part)
    return joined


def _paired(parts: list[str]) -> list[str]:
    """Join the pairs of `Berg, A., Day, B.`; a single `Berg, Ada` is one name."""
    initials = [_INITIALS.fullmatch(part) is not None for part in parts]
    paired = len(parts) % 2 == 0 and all(initials[1::2]) and not any(initials[::2])
    single = len(parts) == 2 and not any(" " in part or is_han(part) for part in parts)
    if parts and (paired or single):
        return [f"{last}, {first}" for last, first in zip(parts[::2], parts[1::2], strict=True)]
    return parts


def _family_first(words: list[str]) -> Name:
    """Return the name of `van der Berg AB Jr`."""
    *names, suffix = words if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else [*words, ""]
    if len(names) < 2 or not re.fullmatch(r"[A-Z-]{1,5}\.?", names[-1]):
        return Name(literal=" ".join(words))
    return name_of(" ".join(names[:-1]), names[-1].rstrip("."), suffix=suffix)


def is_han(word: str) -> bool:
    """Return whether all of `word` are Chinese characters."""
    return not word.isascii() and all(
        unicodedata.name(character, "").startswith("CJK") for character in word
    )
