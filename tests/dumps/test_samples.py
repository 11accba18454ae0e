"""The table in docs/formats.md: what the readers make of real samples of every source.

`pytest tests/dumps/test_samples.py --renew` writes the table anew.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from digest.bibliography.dump import READERS
from digest.dumps import read_dump
from digest.dumps.checks import mostly_understood
from digest.errors import DumpError
from digest.model import Record, Refusal
from tests.conftest import PROJECT
from tests.dumps.reading import TODAY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

PAGE = PROJECT / "docs/formats.md"
START, END = "<!-- samples: written by tests/dumps/test_samples.py -->", "<!-- end of samples -->"
WHY = {
    "acl-anthology/J89.xml": "43 are book reviews, indexes and notices, which are left out by name",
    "crossref/works_member340_components.json": "16 are figures of papers, which are left out",
    "crossref/works_member98_mathml.json": "one is an issue of a journal, which is left out",
    "csl-json/excess-date-parts-csl.json": "the item has a date, and no title that names a paper",
    "csl-json/null-date-parts-csl.json": "the item has a date, and no title that names a paper",
    "jsonfeed/allthis-partial.json": "the answer is broken off; its whole items are read",
    "jsonfeed/jsonfeed-extension.json": "the posts of a microblog, which have no titles",
    "pmlr/UAI2024_cut.bib": "one is the volume itself, which has no title",
    "pubmed/esearch.json": "identifiers alone: ask efetch for the papers",
    "pubmed/translator_case5.nbib": "the file holds three records of ERIC",
    "pubmed/translator_case7.nbib": "the file holds four records of ERIC",
    "semanticscholar/batch_with_null.json": "one is null: the service did not know the identifier",
    "semanticscholar/search_openAccessPdf.json": "the request asked for links alone: no titles",
    "zotero/api_attachments_doc.json": "an attachment, which is left out",
    "zotero/api_collection_doc.json": "a collection of Zotero, which has a name and no papers",
    "zotero/api_items_doc.json": "four are a film, an artwork and web pages, which are left out",
    "zotero/api_tags_doc.json": "a tag of Zotero, which is no paper",
}


def row(folder: Path, name: str, expected: int) -> str:
    content = (folder / name).read_bytes()
    records = refused = 0
    why, format_ = WHY.get(name, ""), "refused"
    try:
        reading = read_dump(io.BytesIO(content), name=name, today=TODAY, readers=READERS)
        format_ = reading.format
        items = list(mostly_understood(reading.items, name, reading.folded))
        records = sum(isinstance(item, Record) for item in items)
        told = [item for item in items if isinstance(item, Refusal)]
        refused = sum(item.kind == "refused" for item in told)
        if not why and records != expected:
            reasons = Counter(re.sub(r"^this record is ", "", item.reason) for item in told)
            why = "; ".join(list(reasons)[:2])
    except DumpError as error:
        refused, why = 1, why or str(error).removeprefix("was refused: ")
    shown = why.replace("|", "\\|").replace("<", "&lt;")
    return f"| {name} | {format_} | {expected} | {records} | {refused} | {shown} |"


def test_the_table_of_samples_is_true(shared: Path, request: pytest.FixtureRequest) -> None:
    folder = shared / "data/samples"
    expected = json.loads((folder / "expected.json").read_text())
    rows = [row(folder, name, said["records"]) for name, said in sorted(expected.items())]
    head = ["| sample | format | expected | read | refused | why they differ |",
            "|---|---|--:|--:|--:|---|"]  # fmt: skip
    table = "\n".join([START, "", *head, *rows, "", END])
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(START)
    after = rest.partition(END)[2]
    if request.config.getoption("--renew"):
        PAGE.write_text(before + table + after, encoding="utf-8")
        return
    assert START + rest.partition(END)[0] + END == table
