"""Read real samples of every source.

samples.tsv has a line for each sample; the table in docs/formats.md adds them up by source.
`pytest tests/dumps/test_samples.py --renew` writes both.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest

from digest.bibliography.dump import READERS
from digest.dumps import read_dump
from digest.dumps.dump_limits import mostly_understood
from digest.errors import DumpError
from digest.model import Record, Refusal
from tests.conftest import PROJECT
from tests.dumps.read_bytes import TODAY

pytestmark = pytest.mark.shared

PAGE = PROJECT / "docs/formats.md"
EACH = Path(__file__).with_name("samples.tsv")
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
    "zotero/api_tags_doc.json": "a tag of Zotero, which is not a paper",
}


class Sample(NamedTuple):
    """What is read of one sample: `pubmed/esearch.json`, format `jsonl`, 0 of 3 records, …"""

    name: str
    format: str
    expected: int
    read: int
    refused: int
    why: str
    """Why `read` is not `expected`; empty if they are equal."""

    @property
    def source(self) -> str:
        return self.name.partition("/")[0]


def read_sample(folder: Path, name: str, expected: int) -> Sample:
    content = (folder / name).read_bytes()
    why = WHY.get(name, "")
    try:
        reading = read_dump(io.BytesIO(content), name=name, today=TODAY, readers=READERS)
        items = list(mostly_understood(reading.items, name, reading.folded))
    except DumpError as error:
        why = why or str(error).removeprefix("was refused: ")
        return Sample(name, "refused", expected, 0, 1, why)
    records = sum(isinstance(item, Record) for item in items)
    refusals = [item for item in items if isinstance(item, Refusal)]
    refused = sum(item.kind == "refused" for item in refusals)
    if not why and records != expected:
        reasons = Counter(re.sub(r"^this record is ", "", item.reason) for item in refusals)
        why = "; ".join(list(reasons)[:2])
    return Sample(name, reading.format, expected, records, refused, why)


def row(source: str, samples: list[Sample]) -> str:
    """Return the line of a source: how many samples and records, and what was not read."""
    expected = sum(sample.expected for sample in samples)
    read = sum(sample.read for sample in samples)
    reasons = "; ".join(
        dict.fromkeys(sample.why for sample in samples if sample.read != sample.expected)
    )
    why = reasons.replace("|", "\\|").replace("<", "&lt;")
    return f"| {source} | {len(samples)} | {expected} | {read} | {why} |"


def test_samples_are_read_as_documented(shared: Path, request: pytest.FixtureRequest) -> None:
    folder = shared / "data/samples"
    expected = json.loads((folder / "expected.json").read_text())
    samples = [read_sample(folder, name, of["records"]) for name, of in sorted(expected.items())]
    each = "".join("\t".join(map(str, sample)) + "\n" for sample in samples)
    by_source = groupby(samples, key=lambda sample: sample.source)
    head = ["| source | samples | records | read | why they differ |", "|---|--:|--:|--:|---|"]
    rows = [row(source, list(group)) for source, group in by_source]
    table = "\n".join([START, "", *head, *rows, "", END])
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    shown, _, after = rest.partition(END)
    if request.config.getoption("--renew"):
        PAGE.write_text(before + table + after, encoding="utf-8")
        EACH.write_text(each, encoding="utf-8")
        return
    assert START + shown + END == table
    assert EACH.read_text(encoding="utf-8") == each
