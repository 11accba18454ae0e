"""Take every measurement, engines in turns, so that a busy moment affects all of them.

Each measurement is a process of its own, whose figures come back as JSON; nothing is measured in
this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from benchmarks.corpus import PROJECT
from benchmarks.engines import ENGINES, available
from benchmarks.forms import KINDS, load, save
from benchmarks.languages import as_digest, as_fts5, as_tantivy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from benchmarks.forms import Form

PARTS: Final = ("incoming", "day", "library", "kinds", "start")
DAY: Final = 300
"""Papers of one day."""
_REGEX_WORK: Final = 150_000
"""Papers times rules that a loop of regexes does in some seconds; it is scaled from there."""
_TRICKY_WORK: Final = 4_000_000
"""The same for kinds of keywords that are not found through an index of words."""
_OF_KIND: Final = {
    "wildcard": ("digest", "tantivy", "FTS5", "regexes"),
    "near": ("digest", "FTS5"),
    "exact": ("digest", "regexes"),
    "regex": ("digest", "regexes"),
}

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What was measured."""

    part: str
    """One of `PARTS`."""
    rules: int
    engine: str
    cores: int = 1
    kind: str = "mixed"

    @property
    def seldom(self) -> bool:
        """Whether it is slow and no close race, so that half as many rounds tell enough."""
        return self.part == "kinds" or self.engine in ("regexes", "tantivy, which papers")


@dataclass(frozen=True, slots=True)
class Workplace:
    """The folder with the library, the rules and the queries."""

    folder: Path
    papers: int
    """As many as the library holds."""

    @property
    def library(self) -> Path:
        """The library."""
        return self.folder / "digest.db"

    def forms(self, kind: str) -> Path:
        """File of all rules of a kind."""
        return self.folder / f"{kind}.forms"

    def queries(self, engine: str, rules: int) -> Path:
        """File of the first mixed rules in an engine's language."""
        return self.folder / f"{engine}-{rules}.queries"

    def write_rules(self, forms: dict[str, list[Form]], sizes: Sequence[int]) -> None:
        """Write all files of rules."""
        for kind, of_kind in forms.items():
            save(of_kind, self.forms(kind))
        languages = {"digest": as_digest, "tantivy": as_tantivy, "fts5": as_fts5}
        for size in sizes:
            for engine, say in languages.items():
                text = "".join(f"{say(form)}\n" for form in forms["mixed"][:size])
                self.queries(engine, size).write_text(text, encoding="utf-8")


Step: TypeAlias = "tuple[Key, Callable[[], Row]]"


def all_rounds(
    place: Workplace,
    sizes: Sequence[int],
    repeats: int,
    *,
    parts: Collection[str],
    note: Callable[[str], None],
) -> dict[Key, list[Row]]:
    """Take all measurements of `parts` `repeats` times; those that are `seldom` half as often.

    Before that, a round of the quickest whole processes that does not count: bytecode is written,
    and the library is read into memory.
    """
    result: dict[Key, list[Row]] = defaultdict(list)
    steps = [*_incoming(place, sizes), *_library(place, sizes), *_starts(place), *_kinds(place)]
    steps = [(key, take) for key, take in steps if key.part in parts]
    for key, take in steps:
        if key.part in ("library", "start") and key.rules <= min(sizes):
            take()
    for number in range(repeats):
        for key, take in steps:
            if number < (max(1, repeats // 2) if key.seldom else repeats):
                note(f"round {number + 1} of {repeats}: {key.part}, {key.rules:,} {key.engine}")
                result[key].append(take())
    return result


def _incoming(place: Workplace, sizes: Sequence[int]) -> Iterator[Step]:
    names = available(ENGINES)
    for rules in sizes:
        for engine in names:
            papers = place.papers
            if engine == "regexes":
                papers = min(papers, max(10, _REGEX_WORK // rules))
            yield Key("incoming", rules, engine), _in_process(place, "mixed", engine, rules, papers)
        for engine in available(("digest", "tantivy", "FTS5")):
            yield Key("day", rules, engine), _in_process(place, "mixed", engine, rules, DAY)


def _kinds(place: Workplace) -> Iterator[Step]:
    for kind in KINDS:
        rules = len(load(place.forms(kind)))
        for engine in available(_OF_KIND[kind]):
            work = _REGEX_WORK if engine == "regexes" else _TRICKY_WORK
            papers = min(place.papers, max(10, work // max(1, rules)))
            if kind == "regex":
                papers = min(papers, DAY)
            key = Key("kinds", rules, engine, kind=kind)
            yield key, _in_process(place, kind, engine, rules, papers)


def _in_process(
    place: Workplace, kind: str, engine: str, rules: int, papers: int
) -> Callable[[], Row]:
    command = [
        sys.executable, "-m", "benchmarks.incoming",
        engine, str(place.forms(kind)), str(rules), str(place.library), str(papers),
    ]  # fmt: skip
    return lambda: _answer(command)


def _library(place: Workplace, sizes: Sequence[int]) -> Iterator[Step]:
    for rules in sizes:
        for cores in (1, *([all_cores()] if all_cores() > 1 else [])):
            for engine in available(("digest", "tantivy", "FTS5")):
                key = Key("library", rules, engine, cores)
                yield key, _alone(place, cores, match_command(place, engine, rules))


def match_command(place: Workplace, engine: str, rules: int) -> list[str]:
    """Return the process that counts for all rules what the library holds."""
    queries = str(place.queries(engine.lower(), rules))
    if engine == "digest":
        return [*_digest(place), "match", "--from", queries, "--count"]
    return [
        sys.executable, "-m", "benchmarks.others", engine.lower(), str(place.library), queries
    ]  # fmt: skip


def _starts(place: Workplace) -> Iterator[Step]:
    empty = Workplace(place.folder / "empty", 0)
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import sqlite3, tantivy": [sys.executable, "-c", "import sqlite3, tantivy"],
        "import numpy": [sys.executable, "-c", "import numpy"],
        "digest match, empty library": [*_digest(empty), "match", "robot", "--count"],
        "digest match, one query": [*_digest(place), "match", "robot", "--count"],
    }
    for name, command in commands.items():
        if "tantivy" not in name or available(["tantivy"]):
            yield Key("start", 1, name), _alone(place, 1, command)


def one_change(place: Workplace, rules: int) -> Row:
    """Return what it costs to parse and to compile all rules, and one more."""
    command = [sys.executable, "-m", "benchmarks.compiling", str(place.forms("mixed")), str(rules)]
    return _answer(command)


def make_library(folder: Path, dump: Path | None) -> Workplace:
    """Make a library of the papers of `dump`, or an empty one, with a config beside it."""
    folder.mkdir(exist_ok=True)
    config = "sources: [none/]\nrules: [{name: Robots, keywords: [robot]}]\n"
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    place = Workplace(folder, 0)
    if dump is None:
        return place
    command = [*_digest(place), "ingest", str(dump), "--json"]
    return Workplace(folder, int(_answer(command)["new_papers"]))


def _digest(place: Workplace) -> list[str]:
    return [sys.executable, "-m", "digest", "--config", str(place.folder / "config.yaml")]


def _alone(place: Workplace, cores: int, command: list[str]) -> Callable[[], Row]:
    wrapper = [sys.executable, "-S", "-E", str(Path(__file__).with_name("alone.py"))]
    output = str(place.folder / "output")
    return lambda: _answer([*wrapper, str(cores), output, *command])


def counts_of(place: Workplace, engine: str, rules: int, cores: int) -> list[int]:
    """Return the counts that a whole process prints."""
    _alone(place, cores, match_command(place, engine, rules))()
    lines = (place.folder / "output").read_text(encoding="utf-8").splitlines()
    return [int(json.loads(line)["count"]) for line in lines]


def all_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def _answer(command: list[str]) -> Row:
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    } | {"PYTHONPATH": str(PROJECT)}
    completed = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    row: Row = json.loads(completed.stdout)
    return row
