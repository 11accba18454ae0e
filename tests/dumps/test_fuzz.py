"""Damaged dumps of every kind give only records or refusals."""

from __future__ import annotations

import json
import random

import pytest

from benchmarks.fuzz_readers import Seed, Whole, check, family, inputs
from tests.dumps.read_bytes import read
from tests.growth import assert_linear

ENTRY = {"title": "Salt in Bread", "authors": ["Ada Berg", "Bo Day"], "arxiv_id": "2601.99001",
         "abstract": "We taste it. " * 20, "published": "2026-01-05"}  # fmt: skip
ITEM = """<item><title>Salt in Bread</title><link>https://journal.example.org/a/1</link>
<description><![CDATA[<p>We taste &amp; weigh it.</p>]]></description>
<dc:creator>Ada Berg, Bo Day</dc:creator><pubDate>Mon, 05 Jan 2026 00:00:00 GMT</pubDate></item>
"""
WORK = {"DOI": "10.1234/salt", "title": ["Salt"],
        "author": [{"given": "Ada", "family": "Berg"}],
        "issued": {"date-parts": [[2026, 1]]},
        "abstract": "<jats:p>We taste it.</jats:p>"}  # fmt: skip
SEEDS = {
    "json": "\n".join(json.dumps({**ENTRY, "title": f"Salt {number}"}) for number in range(5)),
    "document": json.dumps({"count": 3, "papers": [ENTRY] * 3}, indent=1),
    "crossref": json.dumps({"message": {"items": [WORK] * 3}}),
    "xml": '<?xml version="1.0"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
           f"<title>Baking</title>{ITEM * 4}</channel></rss>",
    "html": "<html><body><dl id='articles'><dt><a href='/abs/2601.99001'>arXiv:2601.99001</a></dt>"
            "<dd><div class='meta'><div class='list-title'>Title: Salt</div><p>We taste it.</p>"
            "</div></dd></dl></body></html>",
    "listing": "\\\\\narXiv:2601.99001\nDate: Mon, 5 Jan 2026 01:00:00 GMT   (5kb)\n\n"
               "Title: Salt in\n  Bread\nAuthors: Ada Berg\n\\\\\n  We taste it.\n"
               "\\\\ ( https://arxiv.org/abs/2601.99001 ,  5kb)\n" * 3,
    "mail": "From: a@example.org\r\nSubject: =?utf-8?q?S=C3=A4lz?=\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/html; charset=utf-8\r\n\r\n<h3><a class='gse_alrt_title' "
            "href='https://arxiv.org/abs/2601.99001'>Salt</a></h3><div>A Berg - 2026</div></html>",
    "csv": 'title,authors,doi\n"Salt, in Bread","Berg, Ada; Day, Bo",10.1234/salt\nRain,,10.1/x\n',
    "medline": "PMID- 1\nTI  - Salt in\n      Bread.\nFAU - Berg, Ada\nDP  - 2026 Jan\n\n"
               "PMID- 2\nTI  - Rain.\nDP  - 2026\n",
    "bibtex": "@article{a, title = {Salt in {Bread}}, author = {Berg, Ada and Day, Bo}, "
              "year = 2026}\n@misc{b, title = \"Rain\" # { Again}, eprint = {2601.99001}}\n",
    "ris": "TY  - JOUR\nTI  - Salt in Bread\nAU  - Berg, Ada\nPY  - 2026\nER  - \n" * 2,
    "markdown": "# Papers\n\n- [Salt in Bread](https://arxiv.org/abs/2601.99001) *Ada Berg*\n\n"
                "| Title | Link |\n|---|---|\n| Rain | [x](https://arxiv.org/abs/2601.99002) |\n",
    "page": "Daily Papers\nGet trending papers in your email inbox!\nSubscribe\n\nJan 7\n\nSalt\n\n"
            + "We taste it. " * 20 + "\n\n  • 3 authors\n·\nJan 5 4\n",
}  # fmt: skip


@pytest.mark.parametrize("name", SEEDS)
def test_nothing_worse_than_a_refusal(name: str) -> None:
    seed, whole = Seed(name, SEEDS[name].encode()), Whole()
    assert family(seed.content) not in ("refused", "unknown")
    assert whole.titles(seed)
    damaged = inputs([seed], random.Random(7))
    for _ in range(150):
        _, mutation, content = next(damaged)
        finding = check(seed, mutation, content, whole)
        assert finding is None, (finding.mutation, finding.what, finding.content)


@pytest.mark.parametrize(
    ("before", "unit"),
    [
        ("", "\n"),
        ("• 3 authors", "\n"),
        ("·", "\n"),
        ("## ", "#"),
        ("| Title | Link |\n|---|---|\n| Rain", "\nand | snow"),
    ],
)
def test_hostile_markdown_takes_linear_time(before: str, unit: str) -> None:
    link = "# Papers\n\n- [Salt](https://arxiv.org/abs/2601.99001)\n\n"
    assert_linear(lambda size: read(f"{link}{before}{unit * size}x"), 2_000)
