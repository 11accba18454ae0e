"""`digest match`: try queries on the library or on dumps, many at a time."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from digest.cli.commands._options import (
    DONE,
    INCOMPLETE,
    count,
    open_library,
    plain_text,
    query_parser,
    read_config,
    refused_line,
)
from digest.cli.commands.ingest import OUTSIDE, find
from digest.cli.console import fitted
from digest.errors import QueryError, UsageError
from digest.model.serialize import match_to_json
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from digest.cli.commands._options import Context
    from digest.library import Library
    from digest.model import Refusal
    from digest.rules import Rule
    from digest.search import FoundPaper

    _Row: TypeAlias = tuple[float, str, str]
    """Points, id and title."""

EXAMPLES = """\
  digest match '"scaling law" NOT survey'         on every paper so far
  digest match =RAG 'retriev*' --dump new.txt     on a dump outside the library
  digest match --from queries.txt --count         a query a line; counts alone"""

_MAX_BYTES = 64 << 20


class _Query(Struct, frozen=True):
    """A query as it was given, with its rule or its error."""

    text: str
    rule: Rule | None
    error: QueryError | None = None


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest match`."""
    parser.add_argument(
        "queries", nargs="*", type=plain_text, metavar="QUERY", help="docs/rule-language.md"
    )
    parser.add_argument(
        "--from", dest="file", metavar="FILE", help="read queries from FILE, one a line (-: stdin)"
    )
    parser.add_argument(
        "--dump", dest="dumps", action="append", nargs="+", metavar="PATH", default=[],
        help="look at these dumps instead of the library",
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=count, default=100, metavar="N",
        help="show the best N papers of each query (default 100; 0: all)",
    )  # fmt: skip
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="one JSON object a query")
    shape.add_argument("--ids", action="store_true", help="as JSON, with all ids")
    shape.add_argument("--count", action="store_true", help="as JSON, with the count alone")


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Try every query; print one line or block for each, in the given order."""
    texts = list(_texts(arguments))
    if not texts:
        raise UsageError(
            "there is no query; give one, before any --dump, or a file of them with --from"
        )
    with _library(arguments, context) as (library, refused):
        understood = _Answers(library, arguments, context).print(texts)
    for refusal in refused:
        context.console.problem(refused_line(refusal))
    return INCOMPLETE if refused or not understood else DONE


def _texts(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the queries of the command line, then those of `--from`."""
    yield from arguments.queries
    if arguments.file is None:
        return
    shown = "stdin" if arguments.file == "-" else arguments.file
    try:
        text = _content(arguments.file).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{shown}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{shown}:{line}: is not UTF-8 text") from error
    # Not `splitlines`: a query may contain characters that Unicode treats as line ends.
    lines = (line.strip() for line in text.split("\n"))
    yield from (line for line in lines if line)


def _content(file: str) -> bytes:
    """Read a file of queries, or stdin for `-`; refuse one that is too long."""
    if file == "-":
        content = b"" if sys.stdin is None else sys.stdin.buffer.read(_MAX_BYTES + 1)
    else:
        with Path(file).open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise UsageError(
            f"{file}: more than {_MAX_BYTES >> 20} MiB are too much for a list of queries"
        )
    return content


def _parsed(text: str, parse: Callable[[str], Rule]) -> _Query:
    try:
        return _Query(text, replace(parse(text), name=text))
    except QueryError as error:
        return _Query(text, None, error)


@contextmanager
def _library(
    arguments: argparse.Namespace, context: Context
) -> Iterator[tuple[Library, tuple[Refusal, ...]]]:
    """Open the config's library or, for `--dump`, one that holds just these dumps."""
    from digest.library import Library

    if not arguments.dumps:
        with open_library(read_config(arguments), scratch=True) as library:
            yield library, ()
        return
    from digest.pipeline.ingest import ingest_dumps

    dumps = find([path for paths in arguments.dumps for path in paths])
    with Library.in_memory() as library:
        ingested = ingest_dumps(
            library,
            dumps,
            OUTSIDE,
            today=context.today,
            shown=context.console.progress(dumps, "reading"),
        )
        yield library, ingested.refused


class _Answers:
    """Search the library once for all queries, then print their answers in order."""

    def __init__(self, library: Library, arguments: argparse.Namespace, context: Context) -> None:
        self._library = library
        self._arguments = arguments
        self._console = context.console
        self._today = context.today
        # Dumps from elsewhere are searched without the config.
        self._parse = query_parser(None if arguments.dumps else read_config(arguments))

    def print(self, texts: Sequence[str]) -> bool:
        """Print the answers in the order of `texts`; return whether all texts are valid queries."""
        return self._count(texts) if self._arguments.count else self._find(texts)

    def _count(self, texts: Sequence[str]) -> bool:
        from digest.search import count_queries

        counts = count_queries(self._library, texts, today=self._today, parse=self._parse)
        for text, papers in zip(texts, counts, strict=True):
            if papers is None:
                self._error(_parsed(text, self._parse))
            else:
                self._console.json({"query": text, "count": papers})
        return None not in counts

    def _find(self, texts: Sequence[str]) -> bool:
        """Yield each answer as soon as it is known."""
        from digest.search import LibrarySearch

        arguments = self._arguments
        queries = [_parsed(text, self._parse) for text in texts]
        rules = [query.rule for query in queries if query.rule is not None]
        limit = None if arguments.ids else arguments.limit or None
        lookup = LibrarySearch(self._library, rules, today=self._today, limit=limit)
        if arguments.ids:
            answers: Iterator[Any] = map(lookup.best, range(len(rules)))
            tell: Callable[..., None] = self._print_ids
        else:
            answers = lookup.shown(_as_json if arguments.json else _as_row)
            tell = self._print_json if arguments.json else self._print
        counts = iter(lookup.counts)
        for query in queries:
            if query.rule is None:
                self._error(query)
            else:
                tell(query.text, next(counts), next(answers))
        return len(rules) == len(queries)

    def _print_ids(self, text: str, total: int, ids: Sequence[str]) -> None:
        self._console.json({"query": text, "count": total, "ids": ids})

    def _print_json(self, text: str, total: int, papers: Sequence[dict[str, Any]]) -> None:
        self._console.json({"query": text, "count": total, "papers": papers})

    def _print(self, text: str, total: int, best: Sequence[_Row]) -> None:
        console = self._console
        summary = counted(total, "paper") + (
            f", the best {len(best):,}" if len(best) < total else ""
        )
        console.result(f"{console.styled(text, 'bold')}: {summary}")
        for points, identifier, title in best:
            shown = fitted(title, console.width - 29)
            console.result(f"  {points:>5g}  {identifier:<18}  {shown}")

    def _error(self, query: _Query) -> None:
        if self._arguments.json or self._arguments.ids or self._arguments.count:
            self._console.json({"query": query.text, "error": str(query.error)})
        elif query.error is not None:
            self._console.problem(f"digest: {query.error}\n{query.error.pointer()}")


def _as_row(match: FoundPaper) -> _Row:
    return match.points, match.id, match.title


def _as_json(answer: FoundPaper) -> dict[str, Any]:
    return {
        "id": answer.id,
        "title": answer.title,
        "points": answer.points,
        "matches": [match_to_json(match) for match in answer.matches],
    }
