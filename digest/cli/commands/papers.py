"""`digest papers`: list the library's papers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from msgspec.structs import asdict

from digest.cli.commands._options import (
    DONE,
    FAILED,
    add_json,
    count,
    open_library,
    plain_text,
    query_parser,
    read_config,
)
from digest.cli.console import fitted, table
from digest.model.serialize import paper_to_json
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.library import Library
    from digest.model import Paper

EXAMPLES = """\
  digest papers                               every paper, a line each
  digest papers 'scaling law published:2026'  those that the query selects, best first
  digest papers 'scaling law' --limit 20      the best twenty of them
  digest papers --show 2601.00001             where it was seen, and where each field is from
  digest papers --json                        every field, one JSON object a line"""

_AT_ONCE = 500


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest papers`."""
    parser.add_argument(
        "query", nargs="?", type=plain_text, metavar="QUERY", help="docs/rule-language.md"
    )
    parser.add_argument(
        "--limit", type=count, default=0, metavar="N", help="at most N papers (default 0: all)"
    )
    parser.add_argument(
        "--show",
        metavar="PAPER",
        type=plain_text,
        help="one paper: where and when it was seen, and which dump each field is from",
    )
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the papers: with a query best first, else in the order of their ids."""
    config = read_config(arguments)
    with open_library(config, scratch=True) as library:
        if arguments.show is not None:
            return _show(library, arguments.show, context, as_json=arguments.json)
        papers = (
            iter(library.papers)
            if arguments.query is None
            else _selected(library, arguments.query, config, context)
        )
        if arguments.limit:
            papers = islice(papers, arguments.limit)
        if arguments.json:
            for paper in papers:
                context.console.json(paper_to_json(paper))
        else:
            _print(papers, context)
    return DONE


def _selected(library: Library, query: str, config: Config, context: Context) -> Iterator[Paper]:
    from digest.search import LibrarySearch

    lookup = LibrarySearch(library, [query_parser(config)(query)], today=context.today)
    identifiers = lookup.best(0)
    for start in range(0, len(identifiers), _AT_ONCE):
        part = identifiers[start : start + _AT_ONCE]
        known = library.papers.get_many(part)
        yield from (known[identifier] for identifier in part)


def _show(library: Library, text: str, context: Context, *, as_json: bool) -> int:
    papers = library.papers.find(text, limit=1)
    if not papers:
        context.console.problem(
            f"digest: no paper in the library matches {text!r}; `digest papers` lists them"
        )
        return FAILED
    (paper,) = papers
    past = library.papers.history(paper.id)
    if as_json:
        sightings = [asdict(sighting) for sighting in past.sightings]
        context.console.json(
            paper_to_json(paper) | {"history": sightings, "origins": dict(past.origins)}
        )
        return DONE
    context.console.result(f"{paper.id}  {paper.title}\n\nSeen")
    for sighting in past.sightings:
        counts = "" if sighting.upvotes is None else f"  ▲{sighting.upvotes}"
        version = "" if sighting.version is None else f"  v{sighting.version}"
        context.console.result(
            f"  {sighting.day}  {sighting.dump}:{sighting.line}{version}{counts}"
        )
    context.console.result("\nFields from")
    for field, dump in past.origins:
        context.console.result(f"  {field:<14} {dump}")
    return DONE


def _print(papers: Iterator[Paper], context: Context) -> None:
    width = context.console.width
    shown = 0
    for paper in papers:
        shown += 1
        day = "" if paper.published is None else paper.published.isoformat()
        upvotes = "" if paper.upvotes is None else f"▲{paper.upvotes}"
        row = [(f"{paper.id:<18}", f"{day:<10}", f"{upvotes:>5}")]
        head = table(row)
        context.console.result(f"{head:<37}  {fitted(paper.title, width - 39)}")
    context.console.note(counted(shown, "paper"))
