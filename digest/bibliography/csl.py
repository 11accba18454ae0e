"""References → CSL-JSON, as Zotero writes preprints.

The fields are those of https://github.com/citation-style-language/schema (csl-data.json).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from digest.bibliography.reference import own_doi, primary_category
from digest.text.line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.bibliography.reference import Issued, Reference
    from digest.model import Name

    Item: TypeAlias = dict[str, Any]


def write_csl(references: Iterable[Reference]) -> str:
    """Return a JSON list of items, an object for each reference."""
    items = [_item(reference) for reference in references]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(reference: Reference) -> Item:
    paper = reference.paper
    item: Item = {"id": reference.key, "type": "article", "title": one_line(paper.title)}
    if names := reference.authors:
        item["author"] = list(map(_name, names))
    if (issued := reference.issued) is not None:
        item["issued"] = _date(issued)
    if paper.arxiv_id:
        category = primary_category(paper)
        number = f"arXiv:{one_line(paper.arxiv_id)}"
        item["publisher"] = "arXiv"
        item["number"] = number
        item["note"] = f"{number} [{category}]" if category else number
    for field, value in (
        ("DOI", own_doi(paper)),
        ("URL", paper.url),
        ("abstract", paper.abstract),
        ("keyword", ", ".join(keyword.replace(",", " ") for keyword in reference.keywords)),
    ):
        if value:
            item[field] = one_line(value)
    if reference.note:
        item["annote"] = reference.note
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


def _date(issued: Issued) -> Item:
    parts = [part for part in (issued.year, issued.month, issued.day) if part is not None]
    date: Item = {"date-parts": [parts]}
    if issued.inferred:
        date["circa"] = True
    return date
