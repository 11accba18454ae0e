"""Measure reading arXiv's snapshot: processor time, memory, and stored bytes.

    python -m benchmarks.snapshot [--records 40000] [--rounds 3] [--write-docs]

A file in the form of `arxiv-metadata-oai-snapshot.json` is read by `digest ingest`, which cuts the
texts into words, too; then one that is twice as long, so that it shows what grows with the file.
The papers are the real ones under new titles and identifiers where they lie beside the project,
else made up. Figures are medians; processor time is that of all processes together, so that what
else the machine does counts for little.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks.corpus import PROJECT, REAL, write_dump
from benchmarks.matching import DOCS
from benchmarks.report import table, write_docs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEGIN: Final = "<!-- figures: python -m benchmarks.snapshot --write-docs -->"


class Run(NamedTuple):
    """What one `digest ingest` took."""

    processor: float
    """Seconds, of all processes."""
    memory: float
    """Megabytes, of the largest process."""
    stored: float
    """Bytes of the library for a byte of the file."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.snapshot", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--records", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write-docs", action="store_true", help="renew docs/benchmarks.md")
    options = parser.parse_args(arguments)
    sizes = (options.records, 2 * options.records)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dumps = {size: folder / f"{size}.jsonl" for size in sizes}
        for size, dump in dumps.items():
            write_snapshot(dump, size)
        runs: dict[int, list[Run]] = {size: [] for size in sizes}
        for _ in range(options.rounds):
            for size, dump in dumps.items():
                runs[size].append(ingest(dump, folder / "library"))
    tables = shown(runs)
    print(tables)
    if options.write_docs:
        write_docs(DOCS, tables, BEGIN)
    return 0


def write_snapshot(path: Path, records: int) -> None:
    """Write so many records in the form of arXiv's snapshot."""
    with path.open("w", encoding="utf-8") as file:
        for number, paper in enumerate(islice(_papers(path.parent, records), records)):
            file.write(json.dumps(_record(paper, number)) + "\n")


def _papers(folder: Path, records: int) -> Iterator[dict[str, Any]]:
    """Yield papers, the same ones again under other titles where there are too few."""
    if not REAL.exists():
        made = folder / "made"
        write_dump(made, records, source=None, seed=1)
        yield from map(json.loads, made.read_text(encoding="utf-8").splitlines())
    for turn in count(1):
        with gzip.open(REAL, "rt", encoding="utf-8") as file:
            for paper in map(json.loads, file):
                yield paper if turn == 1 else paper | {"title": f"{paper['title']} {turn}"}


def _record(paper: dict[str, Any], number: int) -> dict[str, Any]:
    month, place = divmod(number, 90_000)
    names = [name.rsplit(" ", 1) for name in paper.get("authors", ("Ada Berg", "Bo Day"))]
    versions = [{"version": "v1", "created": "Mon, 5 Jan 2015 10:00:00 GMT"}]
    if number % 3 == 0:
        versions.append({"version": "v2", "created": "Tue, 6 Jan 2015 10:00:00 GMT"})
    return {
        "id": f"{15 + month // 12:02}{1 + month % 12:02}.{place:05}",
        "submitter": "Ada Berg",
        "authors": ", ".join(map(" ".join, names)),
        "title": paper["title"],
        "comments": "12 pages, 3 figures" if number % 2 else None,
        "journal-ref": "J. Volc. 3 (2015)" if number % 4 == 0 else None,
        "doi": f"10.1234/volc.{number}" if number % 4 == 0 else None,
        "report-no": None,
        "categories": " ".join(paper.get("categories", ("cs.LG", "stat.ML"))),
        "license": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        "abstract": f"  {paper['abstract']}\n",
        "versions": versions,
        "update_date": "2015-11-26",
        "authors_parsed": [[name[-1], name[0] if len(name) > 1 else "", ""] for name in names],
    }


def ingest(dump: Path, folder: Path) -> Run:
    """Read a file into a new library, by a process of its own."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    rules = "sources: [dumps/]\nrules: [{name: Robots, keywords: [robot]}]\n"
    (folder / "config.yaml").write_text(rules, encoding="utf-8")
    command = [sys.executable, "-m", "digest", "ingest", str(dump)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / 1024,
        (folder / "digest.db").stat().st_size / dump.stat().st_size,
    )


def shown(runs: dict[int, list[Run]]) -> str:
    """Return the medians as a table, with a sentence on how they were taken."""
    cores = len(os.sched_getaffinity(0))
    a_second = f"in a second of {cores} cores"
    medians = {
        size: Run(*(statistics.median(values) for values in zip(*some, strict=True)))
        for size, some in runs.items()
    }
    head = ("records", "processor time a record", a_second, "most memory", "library / file")
    rows = []
    for size, run in medians.items():
        rows.append([
            f"{size:,}",
            f"{1e6 * run.processor / size:.0f} µs",
            f"{cores * size / run.processor:,.0f}",
            f"{run.memory:.0f} MB",
            f"{run.stored:.2f}",
        ])  # fmt: skip
    rounds = len(next(iter(runs.values())))
    (small, less), (large, more) = medians.items()
    each = (more.processor - less.processor) / (large - small)
    message = f"{table(head, rows)}\n\nMedians of {rounds}."
    if each <= 0:  # noise of short runs
        return message
    return (
        f"{message} Each record more takes {1e6 * each:.0f} µs, without what starting takes: "
        f"{cores / each:,.0f} records in a second of {cores} cores."
    )


if __name__ == "__main__":
    sys.exit(main())
