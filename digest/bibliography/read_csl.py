"""Read CSL-JSON, a list of items or one item: text → entries, and an entry → a work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from digest.bibliography.dates import date_of_parts, parse_date
from digest.bibliography.entry import MAX_FIELD, DamagedEntry, FoundEntry, arxiv_id_in
from digest.bibliography.plain_text import several_lines, without_markup
from digest.bibliography.work import VARIABLES, Work
from digest.dumps.fields import MAX_AUTHORS
from digest.dumps.identifiers import parse_doi
from digest.dumps.json_documents import list_entries
from digest.model import Name
from digest.model.references import ReferenceEntry
from digest.text.names import clean_name
from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import PartialDate

    Item: TypeAlias = dict[str, Any]

_ARXIV_VARIABLES: Final = ("number", "archive_location", "archive", "URL", "DOI", "note")


def read_csl(text: str) -> Iterator[FoundEntry | DamagedEntry]:
    """Yield each item, or why it cannot be read."""
    document = text if text.lstrip().startswith("[") else f"[{text}]"
    for line, item in list_entries(document):
        if isinstance(item, str):
            yield DamagedEntry(line, item)
        else:
            key, kind = (item.get(name) for name in ("id", "type"))
            fields = tuple(
                (name, json.dumps(value, ensure_ascii=False)[:MAX_FIELD])
                for name, value in item.items()
                if name not in ("id", "type")
            )
            yield FoundEntry(line, ReferenceEntry("csl-json", _string(key), _string(kind), fields))


def work_of_csl(entry: ReferenceEntry) -> Work:
    """Return the work that an item describes."""
    return work_of_item(
        {"id": entry.key, "type": entry.type}
        | {name: _loaded(value) for name, value in entry.fields}
    )


def work_of_item(item: Item) -> Work:
    """Return the work that a CSL item describes."""
    arxiv_id = arxiv_id_in(_string(item.get(name)) for name in _ARXIV_VARIABLES)
    keywords = _string(item.get("keyword")).split(",")
    kind = _string(item.get("type")) or "document"
    return Work(
        key=_string(item.get("id")),
        title=_text(item, "title"),
        type="article" if arxiv_id and kind == "document" else kind,
        authors=_names(item, "author"),
        editors=_names(item, "editor"),
        translators=_names(item, "translator"),
        issued=_date(item.get("issued")),
        accessed=_date(item.get("accessed")),
        arxiv_id=arxiv_id,
        doi=parse_doi(_string(item.get("DOI"))),
        url=_string(item.get("URL")) or None,
        abstract=_text(item, "abstract"),
        keywords=tuple(one_line(keyword) for keyword in keywords if keyword.strip()),
        annote=several_lines(_string(item.get("annote"))),
        variables={name: text for name in VARIABLES if (text := _text(item, name))},
    )


def _loaded(value: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(value)
    except ValueError:  # cut, because it was too long
        return None


def _string(value: object) -> str:
    if isinstance(value, bool):
        return ""
    return value[:MAX_FIELD] if isinstance(value, str) else str(value or "")[:MAX_FIELD]


def _text(item: Item, name: str) -> str:
    value = item.get(name)
    if isinstance(value, list):  # Crossref gives some variables as lists
        value = value[0] if value else ""
    return without_markup(_string(value)) if isinstance(value, str | int | float) else ""


def _names(item: Item, role: str) -> tuple[Name, ...]:
    people = item.get(role)
    named = people[:MAX_AUTHORS] if isinstance(people, list) else []
    return tuple(name for person in named if any(name := _name(person)))


def _name(person: object) -> Name:
    if not isinstance(person, dict):
        return Name()
    particles = (person.get(f"{kind}dropping-particle") for kind in ("", "non-"))
    literal = _string(person.get("literal")) or _string(person.get("name"))
    return Name(
        family=clean_name(_string(person.get("family"))),
        given=clean_name(_string(person.get("given"))),
        particle=clean_name(" ".join(filter(None, map(_string, particles)))),
        suffix=clean_name(_string(person.get("suffix"))),
        literal="" if person.get("family") else clean_name(literal),
    )


def _date(issued: object) -> PartialDate | None:
    """Return the date of `date-parts`, numbers or texts, of which some may be missing or null."""
    match issued:
        case {"date-parts": [[year, *rest], *_]}:
            month, day = (*map(_string, rest), "", "")[:2]
            return date_of_parts(_string(year), month, day)
        case {"raw": str(raw)} | {"literal": str(raw)} | str(raw):
            return parse_date(raw[:60])
    return None
