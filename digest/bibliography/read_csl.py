"""Read CSL-JSON: a list of items, or one item, → entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from digest.bibliography.entry import MAX_FIELD, Damaged, Found, arxiv_id_in, to_object
from digest.dumps.daily_api import list_entries
from digest.dumps.fields import MAX_AUTHORS
from digest.model import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    Item: TypeAlias = dict[str, Any]


def read_csl(text: str) -> Iterator[Found | Damaged]:
    """Yield each item, or why there is none."""
    whole = text if text.lstrip().startswith("[") else f"[{text}]"
    for line, item in list_entries(whole):
        if isinstance(item, str):
            yield Damaged(line, item)
        else:
            key = item.get("id")
            yield Found(line, key if isinstance(key, str) else "", _object(item))


def _object(item: Item) -> dict[str, object]:
    authors = item.get("author")
    return to_object(
        title=_text(item, "title"),
        authors=map(_name, authors[:MAX_AUTHORS]) if isinstance(authors, list) else (),
        abstract=_text(item, "abstract"),
        published=_day(item.get("issued")),
        url=_text(item, "URL"),
        doi=_text(item, "DOI"),
        arxiv_id=arxiv_id_in(
            _text(item, name) for name in ("number", "archive_location", "URL", "DOI", "note")
        ),
    )


def _text(item: Item, name: str) -> str | None:
    value = item.get(name)
    return value[:MAX_FIELD] if isinstance(value, str) else None


def _name(author: object) -> Name:
    if not isinstance(author, dict):
        return Name()
    particles = (_text(author, f"{kind}dropping-particle") for kind in ("", "non-"))
    return Name(
        family=_text(author, "family") or "",
        given=_text(author, "given") or "",
        particle=" ".join(filter(None, particles)),
        suffix=_text(author, "suffix") or "",
        literal=_text(author, "literal") or "",
    )


def _day(issued: object) -> str | None:
    """Return the ISO day of a date of three parts; None for a year or a month alone."""
    match issued:
        case {"date-parts": [[(str() | int()) as year, month, day], *_]}:
            return "-".join(f"{part:0>2}" for part in (str(year), str(month), str(day)))
        case {"raw": str(raw)} | {"literal": str(raw)}:
            return raw[:60]
    return None
