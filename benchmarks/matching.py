"""Measure matching beside tantivy, SQLite FTS5 and a loop of regexes, and check that they agree.

    python -m benchmarks.matching [--quick] [--write-docs]

Prints tables, and with `--output` writes them with all single values as JSON and a plot. Ends with
1 where engines differ whose meanings do not. docs/benchmarks.md says what is compared and how.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.agreement import Comparison, compare
from benchmarks.corpus import PROJECT, REAL, read_texts, write_dump
from benchmarks.engines import Digest
from benchmarks.forms import KINDS, draw
from benchmarks.languages import as_digest
from benchmarks.measure import (
    PARTS,
    Workplace,
    all_cores,
    all_rounds,
    counts_of,
    make_library,
    one_change,
)
from benchmarks.report import Results, render, to_json, write_docs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.corpus import Text
    from benchmarks.forms import Form, Mix

DOCS: Final = PROJECT / "docs" / "benchmarks.md"
LEAST_PAPERS: Final = 100
_COMPARED: Final[dict[Mix, int]] = {
    "mixed": 2000, "wildcard": 300, "near": 300, "exact": 200, "regex": 100
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    sizes = tuple(sorted(int(size) for size in options.rules.split(",")))
    if options.quick:
        sizes = tuple(size for size in sizes if size <= 1000) or sizes[:1]
        options.papers, options.repeats = min(options.papers, 2000), 1
    if options.papers < LEAST_PAPERS:
        parser.error(f"rules are drawn from at least {LEAST_PAPERS} papers")
    with tempfile.TemporaryDirectory() as name:
        results = _measured(Path(name), options, sizes)
    tables = render(results)
    print(tables)
    if options.output:
        _write(results, tables, options.output)
    if options.write_docs:
        write_docs(DOCS, tables)
        _plot(results, DOCS.with_suffix(".svg"))
    differences = [line for comparison in results.comparisons for line in comparison.differences]
    for line in differences:
        print(f"they differ: {line}", file=sys.stderr)
    return 1 if differences else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.matching", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rules", default="20,1000,10000", help="numbers of rules")
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--clock", choices=("seconds", "cpu"), default="seconds",
        help="what the tables show: time on the wall, or of the processor on a busy machine",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="at most 1,000 rules, 2,000 papers")
    parser.add_argument(
        "--corpus", type=Path, default=REAL,
        help="gzipped JSON Lines; papers are made up where it is not there",
    )  # fmt: skip
    parser.add_argument(
        "--only", type=_parts, default=PARTS, metavar="PART,...", help=f"of {', '.join(PARTS)}"
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help="for tables, JSON and plot")
    parser.add_argument("--write-docs", action="store_true", help="renew docs/benchmarks.md")
    return parser


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    if not set(parts) <= set(PARTS):
        raise argparse.ArgumentTypeError(f"parts are {', '.join(PARTS)}")
    return parts


def _measured(folder: Path, options: argparse.Namespace, sizes: tuple[int, ...]) -> Results:
    source = options.corpus if options.corpus.exists() else None
    dump = folder / "corpus.jsonl"
    write_dump(dump, options.papers, source=source, seed=options.seed)
    _note(f"reading {options.papers:,} papers into a library")
    place = make_library(folder / "library", dump)
    make_library(place.folder / "empty", None)
    texts = read_texts(place.library)
    _note("drawing rules")
    forms: dict[str, list[Form]] = {
        "mixed": draw(texts, "mixed", sizes[-1], seed=options.seed),
        **{kind: draw(texts, kind, min(1000, sizes[-1]), seed=options.seed) for kind in KINDS},
    }
    sizes = tuple(sorted({min(size, len(forms["mixed"])) for size in sizes}))
    place.write_rules(forms, sizes)
    rows = all_rounds(place, sizes, options.repeats, parts=options.only, note=_note)
    _note("comparing what they select")
    rules = {mix: min(count, sizes[-1]) for mix, count in _COMPARED.items()}
    comparisons = [
        *compare(texts, rules, seed=options.seed),
        *_processes(place, forms["mixed"], texts),
    ]
    change = one_change(place, sizes[-1])
    return Results(
        place.papers,
        made_up=source is None,
        clock=options.clock,
        sizes=sizes,
        rows=rows,
        comparisons=tuple(comparisons),
        change=change,
    )


def _processes(
    place: Workplace, forms: Sequence[Form], texts: Sequence[Text]
) -> Iterator[Comparison]:
    """Compare the counts of whole processes, on one core and on all, with those of this one."""
    ours = Digest(forms)
    ours.prepare(texts)
    counts = ours.counts()
    for cores in sorted({1, all_cores()}):
        pairs = zip(forms, counts, counts_of(place, "digest", len(forms), cores), strict=True)
        differences = [
            f"{as_digest(form)}: {one} and {two}" for form, one, two in pairs if one != two
        ]
        yield Comparison(
            what="counts of mixed",
            engine=f"`digest match`, cores: {cores}",
            rules=len(forms),
            papers=len(texts),
            hits=sum(counts),
            differences=tuple(differences[:5]),
        )


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _plot(results: Results, path: Path) -> None:
    if find_spec("matplotlib") is None:
        _note("no plot: matplotlib is not installed")
        return
    from benchmarks.plot import draw as draw_plot

    draw_plot(results, path)


def _write(results: Results, tables: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    result = json.dumps(to_json(results), indent=1)
    (folder / "matching.json").write_text(f"{result}\n", encoding="utf-8")
    (folder / "matching.md").write_text(f"{tables}\n", encoding="utf-8")
    _plot(results, folder / "matching.png")


if __name__ == "__main__":
    sys.exit(main())
