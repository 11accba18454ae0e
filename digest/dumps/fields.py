"""Parse small values of any dump: days, counts, names.

Every function takes a raw value of any type and returns None if it is not valid. `BadRecordError`
is for values that make the whole record useless.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.dumps.dates import real_day
from digest.model import Name
from digest.text.clean import clean_text
from digest.text.markup import holds_markup, plain_text
from digest.text.names import (
    Authors,
    clean_name,
    list_authors,
    name_of,
    parse_name,
    plain_parts,
    split_authors,
)

if TYPE_CHECKING:
    from datetime import date

MAX_TITLE = 2_000
"""In characters; the longest title of arXiv has some 400."""
MAX_ABSTRACT = 100_000
MAX_AUTHORS = 5_000
"""The longest author list known, of a particle physics collaboration, has some 5,100 names."""
MAX_NAME = 300
MAX_COUNT = 10**9
_SHORT = 100
"""Maximum length of a label that is cached."""

_DAY_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/](\d\d)[-/](\d\d)(?!\d)")
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.0+)?")
_THOUSANDS = re.compile(r"(\d{1,4}(?:\.\d)?)\s?[kK]")


class BadRecordError(Exception):
    """One record cannot be taken in; the message completes "this record ..."."""


class LeftOutError(Exception):
    """The text is not a paper, which is no error; the message completes "this record ..."."""


_BOLD = re.compile(r"(?<![\w*)\]])\*\*(?=[^\s*])([^*\n]{1,200}?)(?<=[^\s*])\*\*(?!\*)")
"""`**D**ual`: not after a letter, digit or bracket, where two asterisks are a power."""


def parse_title(value: object, *, markup: bool = False) -> str:
    """Return the clean title; raise `BadRecordError` if it is missing or too long.

    `markup`: the field contains HTML; other fields are checked for tags.
    """
    if not isinstance(value, str):
        raise BadRecordError("has no title")
    if len(value) > 10 * MAX_TITLE:
        raise BadRecordError(f"has a title of more than {MAX_TITLE:,} characters")
    title = clean_text(plain(value, markup=markup))
    if not title:
        raise BadRecordError("has an empty title")
    if len(title) > MAX_TITLE:
        raise BadRecordError(f"has a title of more than {MAX_TITLE:,} characters")
    return title


def parse_abstract(value: object, *, markup: bool = False) -> str | None:
    """Return the clean abstract, cut at `MAX_ABSTRACT` with an ellipsis."""
    if not isinstance(value, str):
        return None
    text = plain(value[: 4 * MAX_ABSTRACT], markup=markup)[: 2 * MAX_ABSTRACT]
    abstract = clean_text(_without_emphasis(text))
    if len(abstract) > MAX_ABSTRACT:
        abstract = abstract[: MAX_ABSTRACT - 1] + "…"
    return abstract or None


def _without_emphasis(text: str) -> str:
    """Drop Markdown's bold from an abstract, as in `**D**ual`; powers such as `x**2` stay."""
    return _BOLD.sub(r"\1", text) if "*" in text and "**" in text else text


def plain(text: str, *, markup: bool = False) -> str:
    """Return the text of a field without its HTML, JATS or MathML."""
    if markup:
        return plain_text(text) if "<" in text or "&" in text else text
    return plain_text(text) if "<" in text and holds_markup(text) else text


def parse_name_of_group(value: object) -> str | None:
    """Return a clean name of an organisation or a journal, or None if it is not one."""
    if not isinstance(value, str) or len(value) > 10 * MAX_NAME:
        return None
    return clean_text(plain(value, markup=True))[:MAX_NAME].rstrip() or None


def parse_label(value: object) -> str | None:
    """Return a clean label such as a handle or a category: no LaTeX, bounded."""
    if not isinstance(value, str) or len(value) > 10 * MAX_NAME:
        return None
    return _short_label(value) if len(value) <= _SHORT else _label(value)


def _label(value: str) -> str | None:
    return clean_text(value, latex=False)[:MAX_NAME].rstrip() or None


_short_label = lru_cache(maxsize=1_024)(_label)
"""The records of one dump have mostly the same labels."""


def parse_count(value: object, name: str) -> int | None:
    """Return a count: a number, or one written as `12`, `1,024` or `12.0`.

    Raises `BadRecordError` for a number that cannot be a count.
    """
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        match = _COUNT.fullmatch(value.strip()[:20])
        value = int(match[1].replace(",", "")) if match else _thousands(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    if not 0 <= value <= MAX_COUNT:
        raise BadRecordError(f"has a count of {name} that cannot be")
    return value


def _thousands(value: str) -> int | None:
    match = _THOUSANDS.fullmatch(value.strip()[:20])
    return round(float(match[1]) * 1000) if match else None


def day_in_name(name: str) -> date | None:
    """Return the last ISO date in the last part of a path or URL."""
    last = re.split(r"[/\\](?!\d\d\b)", name)[-1]
    for year, month, day in reversed(_DAY_IN_NAME.findall(last)):
        if parsed := real_day(int(year), int(month), int(day)):
            return parsed
    return None


def arxiv_links(arxiv_id: str) -> tuple[str, str]:
    """Return the addresses of the abstract page and of the PDF."""
    return f"https://arxiv.org/abs/{arxiv_id}", f"https://arxiv.org/pdf/{arxiv_id}"


_NAME_KEYS = ("name", "fullname", "full_name", "fullName", "display_name", "raw_author_name")
_GIVEN = ("given", "first", "firstName", "first_name", "forename", "given_name", "givenName")
_PARTICLES = ("dropping-particle", "non-dropping-particle", "particle")
_FAMILY = ("family", "last", "lastName", "last_name", "surname", "family_name", "familyName")


def parse_authors(value: object, *, family_first: bool = False, markup: bool = False) -> Authors:
    """Return the authors of a text, or of a list of texts, of objects or of lists of parts."""
    if isinstance(value, str):
        return split_authors(plain(value, markup=markup), family_first=family_first)
    if isinstance(value, dict):  # an element that is alone in translated XML
        value = [value]
    if not isinstance(value, list) or not value:
        return Authors()
    first_authors = value[:MAX_AUTHORS]
    texts = [author for author in first_authors if isinstance(author, str)]
    if len(texts) == len(first_authors):
        cut = [plain(text, markup=markup)[: 10 * MAX_NAME] for text in texts]
        if len(texts) == 1 and _is_list(texts[0]):
            authors = split_authors(plain(texts[0], markup=markup), family_first=family_first)
        else:
            authors = list_authors(cut)
    else:
        names = tuple(
            name
            for author in first_authors
            if any(name := plain_parts(author) or author_name(author, markup=markup))
        )
        authors = Authors(names, total=len(names) or None)
    return authors if len(value) <= MAX_AUTHORS else replace(authors, total=len(value))


def _is_list(text: str) -> bool:
    """Return whether the only item of a list is a list of names, not a mail address."""
    last = max(map(text.rfind, '"<>@'))
    return any(text.find(sign, last + 1) >= 0 for sign in (",", ";", " and "))


def author_name(author: object, *, markup: bool = False) -> Name:
    """Return the name of an author given as text, as an object or as `[last, first, suffix]`."""
    if isinstance(author, str):
        return parse_name(plain(author, markup=markup))
    if isinstance(author, list):
        match author:
            case [str(family), str(given), str(suffix), *_]:
                pass
            case _:
                family, given, suffix = map(_text_or_nothing, (*author, "", "", "")[:3])
        return name_of(family, given, suffix=suffix)
    return _name_in(author, markup=markup) if isinstance(author, dict) else Name()


def _text_or_nothing(part: object) -> str:
    return part if isinstance(part, str) else ""


def _name_in(author: dict[str, object], *, markup: bool) -> Name:
    """Return the name in an object: from its parts, as a group, or from one text."""
    if family := _text_in(author, _FAMILY):
        middle, suffix = author.get("middle"), author.get("suffix")
        between = middle if isinstance(middle, list) else [middle]
        particles = [author.get(key) for key in _PARTICLES]
        return name_of(
            plain(family, markup=markup),
            _joined([plain(_text_in(author, _GIVEN), markup=markup), *between]),
            particle=_joined(particles),
            suffix=suffix if isinstance(suffix, str) else "",
        )
    if literal := _text_in(author, ("literal", "collectiveName", "organization")):
        return Name(literal=clean_name(plain(literal, markup=markup)))
    if isinstance(inner := author.get("author"), dict):
        return _name_in(inner, markup=markup)
    name = _text_in(author, _NAME_KEYS) or _text_in(author, ("text", "author", "authorName"))
    return parse_name(plain(name, markup=markup)) if name else Name()


def _joined(parts: list[object]) -> str:
    return " ".join(part for part in parts if isinstance(part, str) and part)


def _text_in(author: dict[str, object], keys: tuple[str, ...]) -> str:
    values = (author.get(key) for key in keys)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")
