"""`digest add`: put a paper on the reading list that no rule selected."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.cli.commands._options import add_json, plain_text
from digest.cli.commands._reading_list import add_paper, add_reader, open_lists, print_item
from digest.errors import UsageError
from digest.model.marks import ADDED_SOURCE, WAITING

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.cli.commands._reading_list import CommandLists
    from digest.model import Paper

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
"""Text that looks like an address, whether or not it is a valid one."""

EXAMPLES = """\
  digest add 2601.00123                          an arXiv identifier, a DOI or a link
  digest add 'Sparse upcycling'                  the title of a paper in the library
  digest add https://example.org/a --title 'A'   any page, with a title"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest add`."""
    add_paper(parser)
    parser.add_argument(
        "--title", type=plain_text, metavar="TITLE", help="of a link without an identifier"
    )
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Put the paper on the list; if the library does not know it, store it first."""
    with open_lists(arguments, context) as reader_lists:
        paper = _known(reader_lists, arguments) or _new(reader_lists, arguments)
        mark = reader_lists.library.marks.get(reader_lists.reader, paper.id)
        if mark.state not in WAITING:
            mark = replace(mark, state="queued", state_at=reader_lists.now, until=None)
            reader_lists.put((paper, mark))
        elif mark.place is None and reader_lists.items(papers=[paper.id]):
            reader_lists.put((paper, replace(mark, state_at=reader_lists.now)))
        else:
            chosen = replace(mark, state_at=mark.state_at or reader_lists.now)
            reader_lists.place(paper, chosen, undoable=True)
        item = reader_lists.item(paper)
    print_item(item, context, json=arguments.json)
    return reader_lists.code


def _known(reader_lists: CommandLists, arguments: argparse.Namespace) -> Paper | None:
    """Return the library's paper for a text, or None."""
    text = arguments.paper.strip()
    papers = reader_lists.library.papers.find(text)
    if _fields(text) is None and arguments.title is None and papers:
        return reader_lists.find(text)
    if _fields(text) is None and _ADDRESS.match(text):
        raise UsageError(
            f"{text!r} cannot be linked to: a link has http:// or https:// and a public host"
        )
    # An identifier or address means exactly that paper or a new one, never a similar title.
    return papers[0] if len(papers) == 1 and _is_same(papers[0], text) else None


def _is_same(paper: Paper, text: str) -> bool:
    from digest.dumps.identifiers import parse_arxiv_id, parse_doi

    names = {paper.id, *paper.aliases, paper.arxiv_id, paper.doi}
    return bool({text, parse_arxiv_id(text), parse_doi(text)} & (names - {None}))


def _new(reader_lists: CommandLists, arguments: argparse.Namespace) -> Paper:
    """Store a paper that no dump has shown, as a dump with one record."""
    from digest.dumps.fields import BadRecordError
    from digest.dumps.json_objects import read_object
    from digest.pipeline.ingest import ingest_records
    from digest.search import refresh_forms

    text = arguments.paper.strip()
    fields = _fields(text) or {}
    title = arguments.title or fields.get("title")
    if title is None:
        raise UsageError(f"no paper in the library matches {text!r}; give it a title with --title")
    content = json.dumps({**fields, "title": title}, ensure_ascii=False).encode("utf-8", "replace")
    try:
        record = read_object(json.loads(content), 1)
    except BadRecordError as error:
        raise UsageError(f"{text!r} cannot be added: this record {error}") from None
    ingested = ingest_records(
        reader_lists.library,
        [record],
        sha256=sha256(content).hexdigest(),
        source=ADDED_SOURCE,
        name=text[:200],
        today=reader_lists.today,
    )
    for refusal in ingested.refused:
        raise UsageError(f"{text!r} cannot be added: {refusal.reason}")
    refresh_forms(reader_lists.library)
    return reader_lists.find(fields.get("arxiv_id") or fields.get("doi") or title)


def _fields(text: str) -> dict[str, str] | None:
    """Return the fields that an identifier or address gives a paper; None for other text."""
    from digest.dumps.identifiers import parse_arxiv_id, parse_doi
    from digest.text.addresses import safe_url

    if arxiv_id := parse_arxiv_id(text):
        return {"arxiv_id": arxiv_id, "title": f"arXiv:{arxiv_id}"}
    if doi := parse_doi(text):
        return {"doi": doi, "title": f"doi:{doi}"}
    return {"url": text} if safe_url(text) else None
