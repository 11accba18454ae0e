"""Scripts with tantivy or FTS5 that do the work of `digest match --from FILE --count`.

    python -m benchmarks.others tantivy|fts5 LIBRARY QUERIES

Reads title and abstract from the same library, indexes them, asks every query of the file (one a
line, in the engine's own language) and prints the same lines. On several cores tantivy indexes
and asks in as many threads, and FTS5, whose connection is one thread's, in as many processes, each
with its share of the papers.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpus import read_texts
from benchmarks.engines import fts5_filled, tantivy_filled, tantivy_index, tantivy_query

if TYPE_CHECKING:
    from collections.abc import Sequence


def tantivy_counts(library: Path, queries: Sequence[str], workers: int) -> list[int]:
    """Count with tantivy."""
    index = tantivy_index()
    searcher = tantivy_filled(index, read_texts(library), threads=workers)

    def count(share: Sequence[str]) -> list[int]:
        return [int(searcher.search(tantivy_query(index, text), 1).count) for text in share]

    if workers == 1:
        return count(queries)
    size = -(-len(queries) // (4 * workers)) or 1
    shares = [queries[start : start + size] for start in range(0, len(queries), size)]
    with ThreadPoolExecutor(workers) as pool:
        return [number for part in pool.map(count, shares) for number in part]


def fts5_counts(library: Path, queries: Sequence[str], workers: int) -> list[int]:
    """Count with FTS5."""
    if workers == 1:
        return _fts5_share(library, queries, 1, 0)
    context = multiprocessing.get_context("fork")
    with context.Pool(workers) as pool:
        work = partial(_fts5_share, library, queries, workers)
        return [sum(counts) for counts in zip(*pool.map(work, range(workers)), strict=True)]


def _fts5_share(library: Path, queries: Sequence[str], workers: int, share: int) -> list[int]:
    connection = fts5_filled(read_texts(library)[share::workers])
    sql = "SELECT count(*) FROM paper WHERE paper MATCH ?"
    return [connection.execute(sql, (text,)).fetchone()[0] for text in queries]


def main(engine: str, library: str, queries_path: str) -> None:
    """Print one JSON object a query."""
    queries = Path(queries_path).read_text(encoding="utf-8").splitlines()
    counts = {"tantivy": tantivy_counts, "fts5": fts5_counts}[engine]
    result = counts(Path(library), queries, len(os.sched_getaffinity(0)))
    for query, count in zip(queries, result, strict=True):
        print(json.dumps({"query": query, "count": count}))


if __name__ == "__main__":
    main(*sys.argv[1:])
