"""Write works and entries as CSL-JSON, preprints as Zotero writes them.

The fields are those of https://github.com/citation-style-language/schema (csl-data.json).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.bibliography.reference import Reference
    from digest.bibliography.work import Work
    from digest.model import Name, PartialDate
    from digest.model.references import ReferenceEntry

    Item: TypeAlias = dict[str, Any]


def write_csl(references: Sequence[Reference]) -> str:
    """Return a JSON list of items; one from CSL-JSON has all its fields."""
    items: list[Item] = []
    for reference in references:
        entries = reference.entries_of("csl-json")
        items += [_imported_entry(entry, reference) for entry in entries] or [
            item_of(reference.work)
        ]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _imported_entry(entry: ReferenceEntry, reference: Reference) -> Item:
    item: Item = {"id": entry.key or reference.key, "type": entry.type or "document"}
    item |= {name: json.loads(value) for name, value in entry.fields if _is_json(value)}
    if reference.keywords and isinstance(item.get("keyword", ""), str):
        known = [word.strip() for word in item.get("keyword", "").split(",") if word.strip()]
        words = (keyword.replace(",", " ") for keyword in reference.with_keywords(known))
        item["keyword"] = ", ".join(words)
    if reference.note:
        item.setdefault("annote", reference.note)
    return item


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:  # cut, because it was too long
        return False
    return True


def item_of(work: Work) -> Item:
    """Return the work as a CSL item."""
    item: Item = {"id": work.key, "type": work.type, "title": one_line(work.title)}
    for role, names in (
        ("author", work.authors), ("editor", work.editors), ("translator", work.translators),
    ):  # fmt: skip
        if names:
            item[role] = list(map(_name, names))
    if work.issued is not None:
        item["issued"] = _date(work.issued, circa=work.circa)
    if work.accessed is not None:
        item["accessed"] = _date(work.accessed)
    item |= work.variables
    if work.arxiv_id and "container-title" not in item:
        number = f"arXiv:{one_line(work.arxiv_id)}"
        item["publisher"] = "arXiv"
        item["number"] = number
        item.setdefault("note", f"{number} [{work.category}]" if work.category else number)
    for field, value in (
        ("DOI", work.own_doi),
        ("URL", work.url),
        ("abstract", work.abstract),
        ("keyword", ", ".join(keyword.replace(",", " ") for keyword in work.keywords)),
    ):
        if value:
            item[field] = one_line(value)
    if work.annote:
        item["annote"] = work.annote
    return item


def _name(name: Name) -> dict[str, str]:
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
        "literal": name.literal,
    }
    return {field: value for field, value in parts.items() if value}


def _date(issued: PartialDate, *, circa: bool = False) -> Item:
    date: Item = {"date-parts": [[part for part in issued if part is not None]]}
    if circa:
        date["circa"] = True
    return date
