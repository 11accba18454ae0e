"""Measure a day's run with many rules, and with many profiles.

    python -m benchmarks.many [--rules 20,1000,10000] [--profiles 100,1000] [--write-docs]

Each figure is the second day's `digest run`, by a process of its own: the first day has made the
library and remembered the rules. Processor time is that of all processes together.

Rules: the first twenty select papers of the day's dump, the others select nothing, so that each run
makes the same selection. Beside them stands what a run cannot do without: reading the YAML of the
config without looking at it, and parsing the queries.

Profiles: each has the same sixteen rules, which bring 36 papers of the five real dumps, and makes a
Markdown file, a mail's preview and a feed. How much
the library grew is measured when the run is over and its files are delivered.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.matching import DOCS
from benchmarks.processes import use, use_digest
from benchmarks.report import table, write_docs
from benchmarks.startup import RULES, dumps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEGIN: Final = "<!-- figures: python -m benchmarks.many --write-docs -->"
FIRST_DAY, SECOND_DAY = "2026-01-20", "2026-01-21"
_SELECTING: Final = 20
_NAMES: Final = re.findall("name: ([^,]+),", RULES)
_NOT_THEIRS: Final = frozenset({"Mixture of experts", "Retrieval", "Flow", "Bytes"})
"""Rules that no profile has, so that each gets 36 papers of the five real dumps."""
_SYLLABLES: Final = tuple(consonant + "u" + end for consonant in "bdfgkpqvxz" for end in "xqzwj")
_FORMS: Final = (
    "keywords: [{0}]",
    "keywords: [{0} {1}, {2}]",
    "query: '{0} AND {1}'",
    "query: '({0} OR {1}) NOT {2}'",
    "query: 'title:{0}'",
)
_YAML: Final = """
import sys, yaml
for event in yaml.parse(open("config.yaml", encoding="utf-8").read(), Loader=yaml.CSafeLoader):
    pass
"""
_PARSED: Final = """
from pathlib import Path
from digest.config import load_config
load_config(Path("config.yaml"))
"""


class Day(NamedTuple):
    """What the second day's run took."""

    seconds: float
    memory: float
    """Megabytes."""
    growth: int
    """Bytes of the library."""
    wall: float
    """Seconds on the clock."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.many", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rules", type=_numbers, default=(20, 1_000, 10_000))
    parser.add_argument("--profiles", type=_numbers, default=(100, 1_000))
    parser.add_argument("--rounds", type=int, default=3, help="of the runs with many rules")
    parser.add_argument("--write-docs", action="store_true", help="renew docs/benchmarks.md")
    options = parser.parse_args(arguments)
    parts: list[str] = []
    if options.rules:
        parts += ["### Many rules", rules_table(options.rules, options.rounds)]
    if options.profiles:
        parts += ["### Many profiles", profiles_table(options.profiles)]
    tables = "\n\n".join(parts)
    print(tables)
    if options.write_docs:
        write_docs(DOCS, tables, BEGIN)
    return 0


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part)


# --- rules ---------------------------------------------------------------------------------------


def rules_table(sizes: Sequence[int], rounds: int) -> str:
    """Return what a run costs with so many rules, in turns, and what it cannot do without."""
    with tempfile.TemporaryDirectory() as name:
        places = {size: Path(name) / str(size) for size in sizes}
        for size, place in places.items():
            prepare(place, f"rules:\n{''.join(rules(size))}")
        runs: dict[int, list[tuple[float, ...]]] = {size: [] for size in sizes}
        for _ in range(rounds):
            for size, place in places.items():
                day = second_day(place)
                read = [use([sys.executable, "-c", code], place) for code in (_YAML, _PARSED)]
                runs[size].append((day.seconds, *(item.seconds for item in read), day.memory))
    medians = {
        size: [statistics.median(row) for row in zip(*some, strict=True)]
        for size, some in runs.items()
    }
    base = medians[sizes[0]][0]
    rows = [
        [
            f"{size:,}", f"{seconds * 1000:.0f} ms (×{seconds / base:.2f})",
            f"{yaml * 1000:.0f} ms", f"{parsed * 1000:.0f} ms", f"{memory:.0f} MB",
        ]
        for size, (seconds, yaml, parsed, memory) in medians.items()
    ]  # fmt: skip
    head = ("rules", "a day's run", "Python and YAML alone", "Python and the config", "memory")
    return table(head, rows)


def rules(number: int) -> Iterator[str]:
    """Yield so many rules as lines of a config; all but the first twenty select nothing."""
    yield from islice(RULES.splitlines(keepends=True), number)
    chance = random.Random(7)
    for place in range(_SELECTING, number):
        words = ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(3)]
        query = _FORMS[place % len(_FORMS)].format(*words)
        yield f"  - {{name: Rule {place}, {query}}}\n"


# --- profiles ------------------------------------------------------------------------------------


def profiles_table(sizes: Sequence[int]) -> str:
    """Return what a run costs with so many profiles."""
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            place = Path(name) / "place"
            own = ", ".join(name for name in _NAMES if name not in _NOT_THEIRS)
            profiles = "".join(
                f"  - {{name: p{number}, rules: [{own}]}}\n" for number in range(size)
            )
            prepare(place, f"rules:\n{RULES}profiles:\n{profiles}")
            day = second_day(place)
        rows.append([
            f"{size:,}", f"{day.seconds:.1f} s", f"{day.wall:.1f} s",
            f"{day.seconds / size * 1000:.1f} ms", f"{day.memory:.0f} MB",
            f"{day.growth / 1e6:.1f} MB",
        ])  # fmt: skip
    cores = len(os.sched_getaffinity(0))
    head = (
        "profiles", "processor time", f"on the clock, {cores} cores", "a profile", "memory",
        "growth of the library",
    )  # fmt: skip
    return table(head, rows)


# --- days ----------------------------------------------------------------------------------------


def prepare(place: Path, config: str) -> None:
    """Make a folder in which the first day is over, and the second day's dumps have come."""
    (place / "dumps").mkdir(parents=True)
    (place / "config.yaml").write_text(f"sources: [dumps/]\n{config}", encoding="utf-8")
    (place / "dumps" / "first.jsonl").write_text(
        '{"title": "Of volcanoes", "abstract": "They erupt."}\n', encoding="utf-8"
    )
    use_digest(["run", "--date", FIRST_DAY], place)
    for dump in dumps():
        shutil.copy(dump, place / "dumps")
    shutil.copytree(place, place.with_name(f"{place.name}-first"))


def second_day(place: Path) -> Day:
    """Run the second day, again if it was run before."""
    shutil.rmtree(place)
    shutil.copytree(place.with_name(f"{place.name}-first"), place)
    library = place / "digest.db"
    before, begun = library.stat().st_size, time.perf_counter()
    used = use_digest(["run", "--date", SECOND_DAY], place)
    wall = time.perf_counter() - begun
    return Day(*used, library.stat().st_size - before, wall)


if __name__ == "__main__":
    sys.exit(main())
