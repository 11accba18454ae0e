"""Several dumps in one file are all read, or refused with a message."""

from __future__ import annotations

import io
from datetime import date

import pytest

from digest.bibliography.dump import READERS
from digest.dumps import read_dump
from digest.model import Record, Refusal

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Papers</title>
<entry><id>https://arxiv.org/abs/2601.0001{0}</id><title>On {1}</title>
<summary>They sleep.</summary></entry>
</feed>
"""
RSS = """<rss version="2.0"><channel><title>A journal</title>
<item><title>On {1}</title><link>https://journal.example.org/{0}</link>
<description><![CDATA[They </rss> sleep.]]></description></item>
</channel></rss>"""
LIST = """<!DOCTYPE html>
<html><head><title>cs.LG</title></head><body><h1>Computation</h1>
<dl id="articles"><dt><a href="/abs/2601.0001{0}" title="Abstract">arXiv:2601.0001{0}</a></dt>
<dd><div class="meta"><div class="list-title mathjax">Title: On {1}</div>
<div class="list-authors"><a>Ada Berg</a></div></div></dd></dl></body></html>
"""
PAGE = """Daily Papers
new
Get trending papers in your email inbox once a day!
Subscribe
Daily Papers
by AK and the research community
Jan {0}
On {1}
{2}
• 5 authors
·
Jan {0}
"""
ABSTRACT = "Volcanoes sleep for a long time, and nobody knows for how long they do. " * 3
TABLE = "title,abstract,url\nOn {1},They sleep.,https://arxiv.org/abs/2601.0001{0}\n"
OTHER_TABLE = "url,title,abstract\nhttps://arxiv.org/abs/2601.0001{0},On {1},They sleep.\n"
RIS = "TY  - JOUR\nTI  - On {1}\nAU  - Berg, Ada\nDO  - 10.1234/{0}\nER  - \n"
BIBTEX = "@article{{key{0},\n title = {{On {1}}},\n author = {{Ada Berg}}\n}}\n"
LINES = '{{"title": "On {1}", "id": "2601.0001{0}"}}\n'
PAPERS = '[{{"title": "On {1}", "id": "2601.0001{0}"}}]\n'
DOCUMENT = '{{"papers": [{{"title": "On {1}",\n "id": "2601.0001{0}"}}]}}\n'
MEDLINE = "PMID- 1000{0}\nOWN - NLM\nTI  - On {1}.\nAB  - They sleep.\nAU  - Berg A\n\n"
MAIL = """From alerts@example.org Mon Jan  5 10:00:00 2026
From: alerts@example.org
Subject: New papers
Date: Mon, 5 Jan 2026 10:00:00 +0000
Content-Type: text/plain

\\\\
arXiv:2601.0001{0}
Date: Mon, 5 Jan 2026 10:00:00 GMT   (12kb)

Title: On {1}
Authors: Ada Berg
Categories: cs.LG
\\\\
  They sleep.
\\\\ ( https://arxiv.org/abs/2601.0001{0} ,  12kb)

"""
LISTING = MAIL.partition("\n\n")[2]
MARKDOWN = "# Papers\n\n- [On {1}](https://arxiv.org/abs/2601.0001{0})\n\n"
FORMS = {
    "Atom": ATOM, "RSS": RSS, "an arXiv list": LIST, "a Daily Papers page": PAGE, "CSV": TABLE,
    "CSV with other columns": OTHER_TABLE, "RIS": RIS, "BibTeX": BIBTEX, "JSON Lines": LINES,
    "a JSON list": PAPERS, "a JSON document": DOCUMENT, "MEDLINE": MEDLINE, "mails": MAIL,
    "a listing": LISTING, "Markdown": MARKDOWN,
}  # fmt: skip


def of(form: str, number: int, what: str) -> str:
    return form.format(number, what, ABSTRACT)


def read(content: str) -> tuple[list[Record], list[Refusal]]:
    """Return the records of a dump, and what was refused."""
    reading = read_dump(
        io.BytesIO(content.encode()), name="dump", today=date(2026, 2, 1), readers=READERS
    )
    items = list(reading.items)
    records = [item for item in items if isinstance(item, Record)]
    return records, [item for item in items if isinstance(item, Refusal)]


@pytest.mark.parametrize("name", sorted(FORMS))
def test_two_dumps_of_one_form_are_both_read(name: str) -> None:
    form = FORMS[name]
    records, refused = read(of(form, 1, "volcanoes") + of(form, 2, "glaciers"))
    assert ([record.title for record in records], refused) == (["On volcanoes", "On glaciers"], [])
    alone, _ = read(of(form, 2, "glaciers"))
    before = of(form, 1, "volcanoes").count("\n")
    assert records[1].line == alone[0].line + before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ATOM, RSS), (RSS, ATOM), (TABLE, OTHER_TABLE), (OTHER_TABLE, TABLE),
    ],
)  # fmt: skip
def test_two_forms_that_one_reader_knows_are_both_read(first: str, second: str) -> None:
    records, refused = read(of(first, 1, "volcanoes") + of(second, 2, "glaciers"))
    assert ([record.title for record in records], refused) == (["On volcanoes", "On glaciers"], [])


@pytest.mark.parametrize("first", [ATOM, RSS, LIST])
@pytest.mark.parametrize("second", [LINES, DOCUMENT, LIST, MARKDOWN, "<opml><body/></opml>"])
def test_what_follows_the_end_of_a_document_is_read_or_refused(first: str, second: str) -> None:
    records, refused = read(of(first, 1, "volcanoes") + of(second, 2, "glaciers"))
    assert records[0].title == "On volcanoes"
    if first == second:
        assert records[1].title == "On glaciers"
    elif first == LIST and second.startswith("<"):
        assert len(records) == 1, "tags that a server appends are a part of the page"
    else:
        end = of(first, 1, "").rstrip().count("\n") + (2 if first.endswith("\n") else 1)
        assert ([refusal.line for refusal in refused], len(records)) == ([end], 1)


def test_comments_behind_a_document_are_nothing() -> None:
    for first in (ATOM, RSS, LIST):
        _, refused = read(of(first, 1, "volcanoes") + "<!-- cached at 10:00 -->\n\n")
        assert refused == []
