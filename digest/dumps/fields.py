"""Parse the small things that fields of any dump hold: days, counts, names.

Every function takes a value as it came, of whatever type, and returns None where it is not what it
should be. `BadRecordError` is for values that spoil the whole record.
"""

from __future__ import annotations

import re
from datetime import date

from digest.model import Name, PartialDate
from digest.text.clean import clean_text

MAX_TITLE = 2_000
"""Characters; the longest title of arXiv has some 400."""
MAX_ABSTRACT = 100_000
MAX_AUTHORS = 5_000
"""The longest author list known, of a particle physics collaboration, has some 5,100 names."""
MAX_NAME = 300
MAX_COUNT = 10**9

_ISO_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/](\d\d)[-/](\d\d)(?!\d)")
_MAIL_DAY = re.compile(r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) ((?:19|20)\d\d)\b")
_WHOLE_NAME = ("name", "fullname", "full_name")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class BadRecordError(Exception):
    """One record cannot be taken in; the message completes "this record ..."."""


def parse_title(value: object) -> str:
    """Return the clean title; raise `BadRecordError` where there is none or too much of it."""
    if not isinstance(value, str):
        raise BadRecordError("has no title")
    if len(value) > 10 * MAX_TITLE:
        raise BadRecordError(f"has a title of more than {MAX_TITLE:,} characters")
    title = clean_text(value)
    if not title:
        raise BadRecordError("has an empty title")
    if len(title) > MAX_TITLE:
        raise BadRecordError(f"has a title of more than {MAX_TITLE:,} characters")
    return title


def parse_abstract(value: object) -> str | None:
    """Return the clean abstract, cut at `MAX_ABSTRACT` with an ellipsis."""
    if not isinstance(value, str):
        return None
    abstract = clean_text(value[: 2 * MAX_ABSTRACT])
    if len(abstract) > MAX_ABSTRACT:
        abstract = abstract[: MAX_ABSTRACT - 1] + "…"
    return abstract or None


def parse_name(value: object) -> str | None:
    """Return a clean name of a person or an organisation, None for what is none."""
    if not isinstance(value, str) or len(value) > 10 * MAX_NAME:
        return None
    return clean_text(value)[:MAX_NAME].rstrip() or None


def parse_author(value: object) -> Name | None:
    """Return the clean name of an author given as text, as a `Name`, or as an object of parts.

    An object has the whole name under `name`, or its parts as CSL-JSON and `--json` name them.
    """
    match value:
        case str():
            text = parse_name(value)
            return Name.parse(text) if text else None
        case Name():
            return _clean_parts(value)
        case {"literal": str(text)} if text:
            return _clean_parts(Name(literal=text))
        case {"family": str(family), **rest} if family:
            parts = (rest.get(part) for part in ("given", "particle", "suffix"))
            return _clean_parts(Name(family, *(p if isinstance(p, str) else "" for p in parts)))
        case dict():
            whole = next((value[key] for key in _WHOLE_NAME if value.get(key)), None)
            return parse_author(whole) if isinstance(whole, str) else None
    return None


def _clean_parts(name: Name) -> Name | None:
    parts = [parse_name(part) or "" if part else "" for part in name]
    if not any(parts[0::4]):
        # Without a family name or a literal one, there is nothing to order the name by.
        parts = [*Name.parse(" ".join(filter(None, parts)))]
    return Name(*parts) if any(parts) else None


def parse_label(value: object) -> str | None:
    """Return a clean label such as a handle or a category: no LaTeX, bounded."""
    if not isinstance(value, str) or len(value) > 10 * MAX_NAME:
        return None
    return clean_text(value, latex=False)[:MAX_NAME].rstrip() or None


def parse_count(value: object, name: str) -> int | None:
    """Return a count; raise `BadRecordError` for a number that nothing can count up to."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    if not 0 <= value <= MAX_COUNT:
        raise BadRecordError(f"has a count of {name} that cannot be")
    return value


def parse_day(value: object) -> date | None:
    """Return the day of an ISO date or date-time, or of a mail header's (RFC 5322) date."""
    if not isinstance(value, str):
        return None
    text = value[:60].strip()
    if found := _ISO_DAY.match(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if (found := _MAIL_DAY.match(text)) and (month := parse_month(found[2])):
        return _day(int(found[3]), month, int(found[1]))
    return None


def parse_published(value: object) -> PartialDate | None:
    """Return a date that `parse_day` reads."""
    day = parse_day(value)
    return None if day is None else PartialDate.of(day)


def parse_month(name: str) -> int | None:
    """Return the number of a month that is named in English by at least three letters."""
    key = name[:3].lower()
    return _MONTHS.index(key) + 1 if key in _MONTHS else None


def day_in_name(name: str) -> date | None:
    """Return the last ISO date in the last part of a path or URL."""
    for year, month, day in reversed(_ISO_DAY.findall(re.split(r"[/\\](?!\d\d\b)", name)[-1])):
        if found := _day(int(year), int(month), int(day)):
            return found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def arxiv_links(arxiv_id: str) -> tuple[str, str]:
    """Return the addresses of the abstract page and of the PDF."""
    return f"https://arxiv.org/abs/{arxiv_id}", f"https://arxiv.org/pdf/{arxiv_id}"
