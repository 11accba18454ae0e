"""Format measurements as Markdown tables, aligned for a terminal."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import statistics
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from benchmarks.measure import DAY, Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.agreement import Comparison
    from benchmarks.measure import Row

BEGIN: Final = "<!-- figures: python -m benchmarks.matching --write-docs -->"
END: Final = "<!-- end of figures -->"
_BASE: Final = "tantivy"
"""What the ratios are against."""


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one run of the benchmark found."""

    papers: int
    made_up: bool
    clock: Literal["seconds", "cpu"]
    sizes: tuple[int, ...]
    rows: dict[Key, list[Row]]
    comparisons: tuple[Comparison, ...]
    change: Row

    def median(self, key: Key, what: str = "") -> float | None:
        """Return the median of a figure, the clock's by default; None where not measured."""
        rows = self.rows.get(key)
        return statistics.median(float(row[what or self.clock]) for row in rows) if rows else None

    def rate(self, key: Key, papers: int | None = None) -> float | None:
        """Return papers a second; a process's own number of papers unless `papers` says it."""
        seconds = self.median(key)
        if seconds is None:
            return None
        return (papers or self.rows[key][0]["papers"]) / seconds


def render(results: Results) -> str:
    """Return all tables."""
    sections = {
        "incoming": ("Papers that come in", _incoming),
        "library": ("Papers that the library holds", _library),
        "day": (f"A day of {DAY} papers", _day),
        "kinds": ("Kinds of keywords", _kinds),
        "start": ("Starting", _starts),
    }
    parts = [_machine(results)]
    for part, (heading, tell) in sections.items():
        if any(key.part == part for key in results.rows):
            parts += [f"### {heading}", tell(results)]
    parts += ["### Compiling, memory", _rest(results)]
    parts += ["### Agreement", _agreement(results.comparisons)]
    return "\n\n".join(parts)


def to_json(results: Results) -> dict[str, Any]:
    """Return everything, each single value included, for a file."""
    return {
        "machine": _software(),
        "papers": results.papers,
        "made_up": results.made_up,
        "measurements": [
            {
                "part": key.part,
                "rules": key.rules,
                "engine": key.engine,
                "cores": key.cores,
                "kind": key.kind,
                "rows": rows,
            }
            for key, rows in sorted(results.rows.items())
        ],
        "change": results.change,
        "agreement": [
            {
                "what": comparison.what,
                "engine": comparison.engine,
                "rules": comparison.rules,
                "papers": comparison.papers,
                "hits": comparison.hits,
                "differences": comparison.differences,
            }
            for comparison in results.comparisons
        ],
    }


def write_docs(path: Path, tables: str, begin: str = BEGIN) -> None:
    """Put the tables between the markers of a page; raise `ValueError` where it has none."""
    page = path.read_text(encoding="utf-8")
    before, opening, rest = page.partition(begin)
    _, end, after = rest.partition(END)
    if not opening or not end:
        raise ValueError(f"{path} lacks the lines {begin!r} and {END!r}")
    path.write_text(f"{before}{begin}\n\n{tables}\n\n{END}{after}", encoding="utf-8")


def _software() -> dict[str, str]:
    result = {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    for package in ("digest-papers", "numpy", "google-re2", "tantivy"):
        try:
            result[package] = version(package)
        except PackageNotFoundError:
            result[package] = "absent"
    return result


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    name = re.search(r"model name\s*: (.+)", info.read_text()) if info.exists() else None
    return name[1] if name else platform.machine()


def _machine(results: Results) -> str:
    result = _software()
    what = "made-up papers" if results.made_up else "real papers"
    repeats = max(len(rows) for rows in results.rows.values())
    return (
        f"{results.papers:,} {what}; {result['processor']}, {result['cores']} cores; Python"
        f" {result['python']}, numpy {result['numpy']}, SQLite {result['sqlite']}, tantivy"
        f" {result['tantivy']}. Medians of {repeats}"
        f" (of {max(1, repeats // 2)}: regexes, tantivy which papers, kinds of keywords)"
        f"{' in CPU time' if results.clock == 'cpu' else ''}."
    )


def _incoming(results: Results) -> str:
    header = ["papers a second, one core", *(f"{size:,} rules" for size in results.sizes)]
    header += [f"hits a paper at {results.sizes[-1]:,}", "rules ready in"]
    rows = []
    for engine in _engines(results, "incoming"):
        keys = [Key("incoming", size, engine) for size in results.sizes]
        base = [results.rate(Key("incoming", size, _BASE)) for size in results.sizes]
        last = results.rows[keys[-1]][0]
        rows.append(
            [_shown(engine)]
            + [_rate(results.rate(key), other) for key, other in zip(keys, base, strict=True)]
            + [f"{last['hits'] / last['papers']:.1f}"]
            + [f"{results.median(keys[-1], 'compile'):.2f} s"]
        )
    return table(header, rows)


def _library(results: Results) -> str:
    header = ["whole process", "cores", *(f"{size:,} rules" for size in results.sizes)]
    header += [f"memory at {results.sizes[-1]:,}"]
    rows = []
    for cores in sorted({key.cores for key in results.rows if key.part == "library"}):
        for engine in _engines(results, "library"):
            keys = [Key("library", size, engine, cores) for size in results.sizes]
            cells = []
            for key in keys:
                seconds = results.median(key) or 0.0
                base = results.median(Key("library", key.rules, _BASE, cores))
                ratio = f" (×{base / seconds:.2f})" if base and engine != _BASE else ""
                cells.append(f"{seconds:.2f} s{ratio}")
            memory = results.median(keys[-1], "memory") or 0.0
            rows.append([_shown(engine), str(cores), *cells, _megabytes(memory)])
    return table(header, rows)


def _day(results: Results) -> str:
    header = ["milliseconds, one core", *(f"{size:,} rules" for size in results.sizes)]
    rows = [
        [_shown(engine)]
        + [_milliseconds(results.median(Key("day", size, engine))) for size in results.sizes]
        for engine in _engines(results, "day")
    ]
    return table(header, rows)


def _kinds(results: Results) -> str:
    keys = [key for key in results.rows if key.part == "kinds"]
    engines = list(dict.fromkeys(key.engine for key in keys))
    kinds = {key.kind: key.rules for key in keys}
    header = ["papers a second, one core", *map(_shown, engines), "hits a paper"]
    rows = []
    for kind, rules in kinds.items():
        ours = results.rows[Key("kinds", rules, "digest", kind=kind)][0]
        rows.append(
            [f"{rules:,} rules: {kind}"]
            + [_rate(results.rate(Key("kinds", rules, engine, kind=kind))) for engine in engines]
            + [f"{ours['hits'] / ours['papers']:.1f}"]
        )
    return table(header, rows)


def _rest(results: Results) -> str:
    most = results.sizes[-1]
    change = results.change
    rows = [
        [f"parse {most:,} rules", _milliseconds(change["parse"])],
        [f"compile {most:,} rules", _milliseconds(change["compile"])],
        ["parse and compile one rule", _milliseconds(change["single"])],
    ]
    key = Key("incoming", most, "digest")
    peak, before = results.median(key, "memory"), results.median(key, "memory_before")
    if peak and before:
        what = f"most memory with {most:,} rules and {results.papers:,} papers that come in"
        rows.append([what, _megabytes(peak)])
        rows.append(["of which the process had before the rules", _megabytes(before)])
    return table(["", "median"], rows)


def _starts(results: Results) -> str:
    rows = [
        [key.engine, _milliseconds(results.median(key))]
        for key in results.rows
        if key.part == "start"
    ]
    return table(["whole process", "median"], rows)


def _agreement(comparisons: Sequence[Comparison]) -> str:
    rows = [
        [
            comparison.what,
            _shown(comparison.engine),
            f"{comparison.rules:,}",
            f"{comparison.papers:,}",
            f"{comparison.hits:,}",
        ]
        for comparison in comparisons
    ]
    different = [
        f"{comparison.what} ({comparison.engine})"
        for comparison in comparisons
        if comparison.differences
    ]
    message = (
        f"**Different**: {', '.join(different)}." if different else "All select the same papers."
    )
    return f"{message}\n\n{table(['rules', 'compared with', 'number', 'papers', 'hits'], rows)}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table whose columns are aligned; all but the first to the right."""
    lines = [list(header), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    shown = [
        " | ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    rule = " | ".join(
        "-" * width if column == 0 else "-" * (width - 1) + ":"
        for column, width in enumerate(widths)
    )
    return "\n".join(f"| {line} |" for line in [shown[0], rule, *shown[1:]])


def _engines(results: Results, part: str) -> list[str]:
    return list(dict.fromkeys(key.engine for key in results.rows if key.part == part))


def _shown(engine: str) -> str:
    return "**digest**" if engine == "digest" else engine


def _rate(rate: float | None, base: float | None = None) -> str:
    if rate is None:
        return "–"
    shown = f"{rate:,.0f}"
    return f"{shown} (×{rate / base:.2f})" if base and rate != base else shown


def _milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds * 1000:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.2f} ms"


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"
