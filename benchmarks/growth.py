"""Measure how the time and memory of every command grow with its input.

    python -m benchmarks.growth [--only check,run] [--rounds 2] [--scale 1] [--write-docs]

Each command runs in a process of its own on inputs of four sizes, 1×, 2×, 4× and 8×: a library of
12,000 papers at most, with a digest and a reading list of 400, a config of 8,000 rules, a rule of
12,800 keywords, 1,600 recipients. The exponent is that of what the command costs beside a constant:
1 is as fast as the input, 2 its square; a dash stands where the command hardly grows. `triage` and
`serve` are used and ended by `benchmarks/person.py`. Commands without input of many sizes are left
out: `init`, `test-mail`, `test-channel`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks.corpus import PROJECT, REAL, write_dump
from benchmarks.many import rules
from benchmarks.processes import Used, environment, use, use_digest
from benchmarks.report import table, write_docs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DOCS: Final = PROJECT / "docs" / "reliability.md"
BEGIN: Final = "<!-- figures: python -m benchmarks.growth --write-docs -->"
FACTORS: Final = (1, 2, 4, 8)
MOST_MEMORY: Final = 300
"""Megabytes."""
MOST_GROWTH: Final = 1.2
"""The exponent above which a command grows faster than its input."""
_LEAST: Final = 0.15
"""Seconds of growth from 1× to 8× below which an exponent would be chance."""
_RULES: Final = 20
_PERSON: Final = Path(__file__).with_name("person.py")
_WITH_PERSON: Final = ("triage", "serve")
# The second day is tomorrow: the reading list has an inbox of the last days alone.
_TODAY: Final = datetime.now(tz=UTC).date()
FIRST_DAY: Final = _TODAY.isoformat()
SECOND_DAY: Final = (_TODAY + timedelta(days=1)).isoformat()


class Sizes(NamedTuple):
    """How large the inputs are at 1×."""

    papers: int = 1_500
    listed: int = 50
    rules: int = 1_000
    keywords: int = 1_600
    recipients: int = 200
    references: int = 500


class Case(NamedTuple):
    """One command on one kind of input."""

    command: str
    arguments: tuple[str, ...]
    world: str
    """The folder that it runs in, one of the keys of `WORLDS`."""
    grows: str
    """What is 8 times as large in the end."""
    changes: bool = False
    """Whether it leaves the folder changed, so that it runs on a copy."""
    codes: tuple[int, ...] = (0,)


CASES: Final = (
    Case("run", ("--date", SECOND_DAY), "library", "papers that come", changes=True),
    Case("ingest", ("more.jsonl",), "library", "papers that come", changes=True),
    Case("reread", (), "library", "papers", changes=True),
    Case("fetch", (), "library", "papers", changes=True),
    Case("preview", (), "library", "papers", changes=True),
    Case("show", ("--no-pager",), "library", "papers of the digest"),
    Case("status", (), "library", "papers"),
    Case("schedule", ("--once",), "library", "papers", changes=True),
    Case("try", ("Rule 0",), "library", "papers"),
    Case("match", ("{word}", "--count"), "library", "papers"),
    Case("match", ("{word}", "--json"), "library", "papers"),
    Case("explain", ("--rule", "Rule 0"), "library", "papers"),
    Case("explain", ("{paper}",), "library", "papers"),
    Case("check", (), "library", "papers"),
    Case("check", ("--library",), "library", "papers"),
    Case("expand", ("{word}",), "library", "papers"),
    Case("suggest", (), "library", "papers, marks"),
    Case("list", (), "library", "papers of the list"),
    Case("next", (), "library", "papers of the list", changes=True),
    Case("mark", ("{paper}", "read"), "library", "papers of the list", changes=True),
    Case("star", ("{paper}",), "library", "papers of the list", changes=True),
    Case("note", ("{paper}", "A note."), "library", "papers of the list", changes=True),
    Case("undo", (), "library", "papers of the list", changes=True),
    Case("add", ("{other}",), "library", "papers of the list", changes=True),
    Case("triage", (), "library", "papers of the list", changes=True),
    Case("serve", ("--port", "0"), "library", "papers of the digest", changes=True),
    Case("papers", (), "library", "papers"),
    Case("papers", ("{word}", "--json"), "library", "papers"),
    Case("export", (), "library", "papers"),
    Case("export", ("--list",), "library", "papers of the list"),
    Case("import-papers", ("references.bib",), "library", "references", changes=True),
    Case("backup", (), "library", "papers", changes=True),
    Case("prune", ("--older", "0"), "library", "papers", changes=True),
    Case("repair", (), "library", "papers", changes=True),
    Case("site", ("--anew",), "library", "papers of the digest", changes=True),
    Case("send", ("--to", "you@example.org"), "library", "papers of the digest", changes=True),
    Case("mcp", (), "library", "papers"),
    Case("run", ("--date", SECOND_DAY), "rules", "rules", changes=True),
    Case("check", (), "rules", "rules"),
    Case("import-rules", ("rules.txt",), "rules", "rules"),
    Case("check", (), "keywords", "keywords of a rule"),
    Case("check", (), "excluded", "keywords that a rule excludes"),
    Case("run", ("--date", SECOND_DAY), "recipients", "recipients", changes=True),
    Case("recipients", (), "recipients", "recipients"),
    Case("outbox", (), "recipients", "deliveries", codes=(0, 3)),
    Case("outbox", ("drop", "{delivery}"), "recipients", "deliveries", changes=True),
)  # fmt: skip


# --- worlds --------------------------------------------------------------------------------------


class World:
    """A folder of one size, with words and papers for the arguments of commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, str] = {}

    def arguments(self, case: Case) -> list[str]:
        """Return the arguments of a case, filled in."""
        return [case.command, *(part.format(**self.names) for part in case.arguments)]


def library(folder: Path, sizes: Sizes, factor: int) -> World:
    """Make a library of papers, of which the first digest brought some, and a reading list."""
    world = World(folder)
    papers = list(islice(_papers(folder), 2 * factor * sizes.papers))
    words = _words(papers[: sizes.papers])
    first, more = papers[: factor * sizes.papers], papers[factor * sizes.papers :]
    _write_papers(folder / "dumps" / "first.jsonl", first)
    _write_papers(folder / "more.jsonl", more)
    own = "".join(f"  - {{name: Rule {n}, keywords: [{word}]}}\n" for n, word in enumerate(words))
    _write_config(
        folder,
        f"rules:\n{own}profiles:\n  - {{name: daily, limit: {factor * sizes.listed}, at: '00:01',"
        " email: {to: [you@example.org], from: d@example.org, maildir: mail}}\n",
    )
    use_digest(["run", "--date", FIRST_DAY], folder)
    listed = _listed(folder)
    liked, dropped = listed[1::4], listed[2::4]
    use_digest(["star", *liked], folder)
    use_digest(["mark", *dropped, "dropped"], folder)
    known = set(listed)
    other = next(paper for paper in _ids(folder) if paper not in known)
    world.names = {"word": words[0], "paper": listed[0], "other": other}
    _write_papers(folder / "dumps" / "second.jsonl", more)
    (folder / "references.bib").write_text(
        "".join(_bibtex(paper, n) for n, paper in enumerate(first[: factor * sizes.references])),
        encoding="utf-8",
    )
    return world


def many_rules(folder: Path, sizes: Sizes, factor: int) -> World:
    """Write a config of many rules, for one day's papers."""
    number = factor * sizes.rules
    _write_papers(folder / "dumps" / "first.jsonl", list(islice(_papers(folder), 1)))
    _write_config(folder, f"rules:\n{''.join(rules(number))}")
    use_digest(["run", "--date", FIRST_DAY], folder)
    _write_papers(folder / "dumps" / "second.jsonl", list(islice(_papers(folder), 300)))
    words = _invented(3 * number)
    lines = (f"{a} {b} AND {c}\n" for a, b, c in zip(*[iter(words)] * 3, strict=True))
    (folder / "rules.txt").write_text("".join(lines), encoding="utf-8")
    return World(folder)


def many_keywords(folder: Path, sizes: Sizes, factor: int) -> World:
    """Write a rule of many keywords."""
    (folder / "dumps").mkdir()
    keywords = ", ".join(_invented(factor * sizes.keywords))
    _write_config(folder, f"rules:\n  - {{name: Long, keywords: [{keywords}]}}\n")
    return World(folder)


def many_excluded(folder: Path, sizes: Sizes, factor: int) -> World:
    """Write a rule of many keywords that excludes as many others."""
    (folder / "dumps").mkdir()
    words = list(_invented(2 * factor * sizes.keywords))
    wanted, excluded = ", ".join(words[::2]), ", ".join(words[1::2])
    _write_config(
        folder, f"rules:\n  - {{name: Long, keywords: [{wanted}], exclude: [{excluded}]}}\n"
    )
    return World(folder)


def many_recipients(folder: Path, sizes: Sizes, factor: int) -> World:
    """Make a digest that waits for many recipients: their mail server does not answer."""
    _write_papers(folder / "dumps" / "first.jsonl", list(islice(_papers(folder), 300)))
    to = ", ".join(f"r{number}@example.org" for number in range(factor * sizes.recipients))
    words = _words(list(islice(_papers(folder), 300)))
    own = "".join(f"  - {{name: Rule {n}, keywords: [{word}]}}\n" for n, word in enumerate(words))
    _write_config(
        folder,
        f"rules:\n{own}profiles:\n  - {{name: daily, limit: 20,"
        f" email: {{to: [{to}], from: d@example.org}}}}\n"
        "smtp: {host: 127.0.0.1, port: 1, retries: 0}\n",
    )
    use_digest(["run", "--date", FIRST_DAY], folder, codes=(3,))
    world = World(folder)
    (answer,) = _printed(folder, "outbox")
    world.names = {"delivery": str(answer["outbox"][0]["id"])}
    return world


WORLDS: Final[dict[str, Callable[[Path, Sizes, int], World]]] = {
    "library": library,
    "rules": many_rules,
    "keywords": many_keywords,
    "excluded": many_excluded,
    "recipients": many_recipients,
}


def _papers(folder: Path) -> Iterator[dict[str, str]]:
    """Yield papers without end, the same ones again under other titles where there are too few."""
    if REAL.exists():
        with gzip.open(REAL, "rt", encoding="utf-8") as file:
            lines = list(file)
    else:
        path = folder / "made-up.jsonl"
        write_dump(path, 5_000, source=None, seed=1)
        lines = path.read_text(encoding="utf-8").splitlines()
        path.unlink()
    for turn in count():
        for line in lines:
            paper = json.loads(line)
            title = paper["title"] if not turn else f"{paper['title']} {turn}"
            yield {"title": title, "abstract": paper["abstract"]}


def _write_papers(path: Path, papers: Sequence[dict[str, str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{json.dumps(paper)}\n" for paper in papers), encoding="utf-8")


def _write_config(folder: Path, text: str) -> None:
    (folder / "config.yaml").write_text(f"sources: [dumps/]\n{text}", encoding="utf-8")


def _words(papers: Sequence[dict[str, str]]) -> list[str]:
    """Return words of which each stands in about one paper of a hundred."""
    times: dict[str, int] = {}
    for paper in papers:
        for word in set(paper["abstract"].lower().split()):
            if word.isascii() and word.isalpha():
                times[word] = times.get(word, 0) + 1
    expected = max(2, len(papers) // 100)
    by_distance = sorted(times, key=lambda word: (abs(times[word] - expected), word))
    return by_distance[:_RULES]


def _invented(number: int) -> Iterator[str]:
    """Yield so many words that no paper has, all different."""
    chance, known = random.Random(5), set[str]()
    while len(known) < number:
        word = "".join(chance.choices("bdfgklmnprstvz", k=1)) + "".join(
            chance.choices("aeiou", k=1) + chance.choices("bdgklmnprstvz", k=6)
        )
        if word not in known:
            known.add(word)
            yield word


def _listed(folder: Path) -> list[str]:
    """Return the papers of the reading list."""
    return [paper["id"] for paper in _printed(folder, "list", "--limit", "100000")]


def _ids(folder: Path) -> list[str]:
    return [paper["id"] for paper in _printed(folder, "papers", "--limit", "100000")]


def _printed(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """Return the JSON Lines that a command prints."""
    command = [sys.executable, "-m", "digest", *arguments, "--json"]
    completed = subprocess.run(
        command, cwd=folder, env=environment(), check=False, stdout=subprocess.PIPE
    )
    return [json.loads(line) for line in completed.stdout.splitlines()]


def _bibtex(paper: dict[str, str], number: int) -> str:
    title = paper["title"].replace("{", "").replace("}", "")
    return f"@article{{key{number},\n  title = {{{title}}},\n  year = {{2025}}\n}}\n"


# --- measuring -----------------------------------------------------------------------------------


class Growth(NamedTuple):
    """What a case took at each size."""

    case: Case
    seconds: tuple[float, ...]
    memory: tuple[float, ...]

    @property
    def exponent(self) -> float | None:
        """The exponent of the growth above the smallest size; None where it hardly grows."""
        least, _, half, most = self.seconds
        if most - least < _LEAST or half <= least:
            return None
        # Of a cost of a + b·nᵖ, the growth from 1× to 8× is (8ᵖ - 1) / (4ᵖ - 1) of that to 4×.
        expected = (most - least) / (half - least)
        low, high = 0.05, 4.0
        for _ in range(40):
            middle = (low + high) / 2
            ratio = (FACTORS[-1] ** middle - 1) / (FACTORS[-2] ** middle - 1)
            low, high = (middle, high) if ratio < expected else (low, middle)
        return low

    @property
    def is_too_much(self) -> bool:
        """Whether it grows faster than its input, or takes too much memory."""
        exponent = self.exponent
        return max(self.memory) > MOST_MEMORY or (exponent is not None and exponent > MOST_GROWTH)


def measure(cases: Sequence[Case], sizes: Sizes, rounds: int) -> list[Growth]:
    """Return what each case takes at each size, the least of some rounds."""
    result: dict[Case, list[Used]] = {case: [] for case in cases}
    for factor in FACTORS:
        for name, make in WORLDS.items():
            own = [case for case in cases if case.world == name]
            if not own:
                continue
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary) / "world"
                folder.mkdir()
                world = make(folder, sizes, factor)
                for case in own:
                    print(f"{factor}×: {case.command} {' '.join(case.arguments)}", file=sys.stderr)
                    runs = [_use(world, case) for _ in range(rounds)]
                    result[case].append(Used(*map(min, zip(*runs, strict=True))))
    return [
        Growth(case, tuple(used.seconds for used in runs), tuple(used.memory for used in runs))
        for case, runs in result.items()
    ]


def _use(world: World, case: Case) -> Used:
    if not case.changes:
        return use_digest(world.arguments(case), world.folder, case.codes)
    copy = world.folder.with_name("copy")
    shutil.copytree(world.folder, copy)
    person = [sys.executable, str(_PERSON), case.command] if case.command in _WITH_PERSON else []
    command = [*person, sys.executable, "-m", "digest", *world.arguments(case)]
    try:
        return use(command, copy, (*case.codes, 3))
    finally:
        shutil.rmtree(copy)


def shown(growths: Sequence[Growth]) -> str:
    """Return the table."""
    sizes = (f"{factor}×, ms" for factor in FACTORS)
    head = ("command", "what grows", *sizes, "exponent", f"{FACTORS[-1]}×, MB")
    rows = []
    for growth in growths:
        case = growth.case
        exponent = growth.exponent
        name = " ".join([case.command, *(part for part in case.arguments if part[0] == "-")])
        rows.append([
            f"`{name}`", case.grows,
            *(f"{seconds * 1000:.0f}" for seconds in growth.seconds),
            "–" if exponent is None else f"{exponent:.1f}", f"{max(growth.memory):.0f}",
        ])  # fmt: skip
    return table(head, rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit code is 1 where a command grows too fast or takes too much."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--only", help="commands, separated by commas")
    parser.add_argument("--worlds", help="kinds of input, separated by commas")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--scale", type=float, default=1.0, help="of all sizes")
    parser.add_argument("--write-docs", action="store_true", help="renew docs/reliability.md")
    options = parser.parse_args(arguments)
    sizes = Sizes(*(max(4, math.ceil(options.scale * size)) for size in Sizes()))
    growths = measure(_chosen(options.only, options.worlds), sizes, options.rounds)
    print(shown(growths))
    if options.write_docs:
        write_docs(DOCS, shown(growths), BEGIN)
    too_much = [growth.case for growth in growths if growth.is_too_much]
    for case in too_much:
        print(f"too much: {case.command} on {case.grows}", file=sys.stderr)
    return int(bool(too_much))


def _chosen(commands: str | None, worlds: str | None) -> list[Case]:
    def has(names: str | None, name: str) -> bool:
        return names is None or name in names.split(",")

    return [case for case in CASES if has(commands, case.command) and has(worlds, case.world)]


if __name__ == "__main__":
    sys.exit(main())
