"""Measure the gain from more cores for long work: reading dumps, and many rules.

    python -m benchmarks.cores [--only ingest] [--write-docs]

Each work is done in turns by one process that may use one core, by as many processes as there are
cores, each on a core of its own and each doing all of it, and by one process that may use all
cores. The second says what the machine gives: its cores share memory and caches, so that two
processes that have nothing to do with each other are seldom twice as fast as one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from benchmarks.corpus import PROJECT, REAL, read_texts, write_dump
from benchmarks.forms import draw
from benchmarks.languages import as_digest
from benchmarks.matching import DOCS
from benchmarks.report import table, write_docs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BEGIN: Final = "<!-- figures: python -m benchmarks.cores --write-docs -->"
RULES: Final = (1_000, 10_000)
DUMPS: Final = 80
"""Dumps that the papers are cut into for the second way of reading them in."""
_DRAWN_FROM: Final = 20_000
"""Papers, the first of them, that rules are drawn from."""

Prepare: TypeAlias = "Callable[[Path], list[str]]"
"""Makes a folder ready, and returns what `digest` is asked for there."""


class Work(NamedTuple):
    """Something that takes long."""

    name: str
    prepare: Prepare


class Times(NamedTuple):
    """Seconds of one round."""

    one: float
    """One process on one core."""
    apart: float
    """A process on each core, each with all of the work, until the last has ended."""
    all: float
    """One process on all cores."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cores", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--papers", type=int, default=80_000, help="to be read in")
    parser.add_argument("--library", type=int, default=320_000, help="papers to be asked about")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="WORD", help="only work that begins so")
    parser.add_argument("--write-docs", action="store_true", help="renew docs/benchmarks.md")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        works = _works(Path(name), options.papers, options.library, options.only)
        times = _measured(works, Path(name), options.rounds)
    tables = _table(times, options.papers, options.library, options.rounds)
    print(tables)
    if options.write_docs:
        write_docs(DOCS, tables, BEGIN)
    return 0


def _works(folder: Path, papers: int, library: int, only: str) -> list[Work]:
    """Write dumps, rules and a library, and return what is to be done."""
    works: list[Work] = []
    if not only or only.startswith("ingest"):
        works += _readings(folder, papers)
    if not only or only.startswith("match"):
        works += _lookups(folder, library)
    return [work for work in works if work.name.startswith(only)]


def _readings(folder: Path, papers: int) -> Iterator[Work]:
    dump, dumps = folder / "one.jsonl", folder / "dumps"
    _write_dump(dump, papers)
    _cut(dump, dumps)
    yield Work("ingest, one dump", partial(_ingest, dump))
    yield Work(f"ingest, {DUMPS} dumps", partial(_ingest, dumps))


def _lookups(folder: Path, papers: int) -> Iterator[Work]:
    dump, filled = folder / "many.jsonl", folder / "filled"
    _write_dump(dump, papers)
    _note(f"reading {papers:,} papers into a library")
    _seconds(Work("", partial(_ingest, dump)), [filled], [_cores()])
    dump.unlink()
    queries = _write_queries(folder, filled / "digest.db")
    for rules, path in queries.items():
        name = f"match --count, {rules:,} rules"
        yield Work(name, partial(_match, filled, path, "--count"))
    fewest = min(queries)
    name = f"match --json, {fewest:,} rules"
    yield Work(name, partial(_match, filled, queries[fewest], "--json"))


def _write_dump(path: Path, papers: int) -> None:
    """Write so many papers; real ones under ever new titles where there are too few."""
    if not REAL.exists():
        write_dump(path, papers, source=None, seed=1)
        return
    with path.open("w", encoding="utf-8") as file:
        file.writelines(islice(_repeated(), papers))


def _repeated() -> Iterator[str]:
    for number in count(1):
        with gzip.open(REAL, "rt", encoding="utf-8") as file:
            for line in file:
                paper = json.loads(line)
                if number > 1:
                    del paper["id"]
                    paper["title"] += f" {number}"
                yield json.dumps(paper) + "\n"


def _cut(dump: Path, folder: Path) -> None:
    folder.mkdir()
    lines = dump.read_text(encoding="utf-8").splitlines(keepends=True)
    size = -(-len(lines) // DUMPS)
    for number in range(0, len(lines), size):
        (folder / f"{number:08}.jsonl").write_text("".join(lines[number : number + size]))


def _write_queries(folder: Path, library: Path) -> dict[int, Path]:
    forms = draw(read_texts(library, _DRAWN_FROM), "mixed", max(RULES), seed=1)
    paths = {min(rules, len(forms)): folder / f"{rules}.queries" for rules in RULES}
    for rules, path in paths.items():
        path.write_text("".join(f"{as_digest(form)}\n" for form in forms[:rules]))
    return paths


def _ingest(dump: Path, folder: Path) -> list[str]:
    shutil.rmtree(folder, ignore_errors=True)
    _configure(folder, folder / "digest.db")
    return ["ingest", str(dump)]


def _match(filled: Path, queries: Path, shape: str, folder: Path) -> list[str]:
    _configure(folder, filled / "digest.db")
    return ["match", "--from", str(queries), shape]


def _configure(folder: Path, library: Path) -> None:
    folder.mkdir(exist_ok=True)
    rules = "rules: [{name: Robots, keywords: [robot]}]"
    config = f"library: {library}\nsources: [none/]\n{rules}\n"
    (folder / "config.yaml").write_text(config, encoding="utf-8")


def _measured(works: Sequence[Work], folder: Path, rounds: int) -> dict[str, list[Times]]:
    """Do every work in every way, in turns; a first round does not count."""
    result: dict[str, list[Times]] = {work.name: [] for work in works}
    places = [folder / f"place-{number}" for number in range(len(_cores()))]
    for number in range(rounds + 1):
        for work in works:
            _note(f"round {number} of {rounds}: {work.name}")
            times = Times(*(_seconds(work, places, cores) for cores in _ways()))
            if number:
                result[work.name].append(times)
    return result


def _ways() -> tuple[list[set[int]], ...]:
    """Return for each way of working the cores of each process."""
    cores = _cores()
    return [{max(cores)}], [{core} for core in cores], [cores]


def _seconds(work: Work, places: Sequence[Path], cores: Sequence[set[int]]) -> float:
    """Run the work in one process a folder, each on the given cores; return the seconds."""
    commands = [work.prepare(place) for place in places]
    # What earlier ones have written must not be written now.
    os.sync()
    begin = time.perf_counter()
    running = list(map(_start, places, commands, cores))
    for process in running:
        if process.wait() != 0:
            raise subprocess.CalledProcessError(process.returncode, process.args)
    return time.perf_counter() - begin


def _start(folder: Path, arguments: list[str], cores: set[int]) -> subprocess.Popen[bytes]:
    config = str(folder / "config.yaml")
    command = [sys.executable, "-m", "digest", "--config", config, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with _confined(cores):  # what is started may use the cores of who starts it
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


@contextmanager
def _confined(cores: set[int]) -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _cores() -> set[int]:
    return set(os.sched_getaffinity(0))


def _table(times: dict[str, list[Times]], papers: int, library: int, rounds: int) -> str:
    cores = len(_cores())
    rows = []
    for name, series in times.items():
        one = statistics.median(row.one for row in series)
        together = statistics.median(row.all for row in series)
        gain = statistics.median(row.one / row.all for row in series)
        given = statistics.median(cores * row.one / row.apart for row in series)
        rows.append([name, f"{one:.2f} s", f"{together:.2f} s", f"×{gain:.2f}", f"×{given:.2f}"])
    heading = ["whole process", "one core", f"{cores} cores", "gain", "the machine gives"]
    what = f"{papers:,} papers are read in, {library:,} are asked about; medians of {rounds}."
    return f"{what}\n\n{table(heading, rows)}"


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
