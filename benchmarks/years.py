"""Simulate years of daily runs, and check whether the last ones cost more than the first.

    python -m benchmarks.years --days 730 --papers 30 --output years/ [--site]

Each day some papers arrive in a folder and at a web service, a reader marks what the last
digests brought, and `digest run` makes the day's digest in a process of its own. Prints processor
time, memory and the library's size week by week, the ratio of the last weeks to the first, and how
the library grew beside the text of the papers; `--output` gets the rows as CSV and a plot as SVG.
"""

from __future__ import annotations

import argparse
import csv
import gc
import importlib
import json
import os
import pkgutil
import random
import statistics
import tempfile
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import digest
from benchmarks.corpus import REAL, write_dump
from digest.cli.app import main as digest_main
from digest.library import Library
from digest.model.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

START: Final = datetime(2022, 1, 3, 7, tzinfo=UTC)
"""So early that no dump is newer than the clock of the machine: such a one is read each day."""
RULES: Final = 20
GOAL: Final = 1.3
"""How much more the last weeks may cost than the first."""
WEEK: Final = 7
_AHEAD: Final = 20_000
"""Papers that differ; then their abstracts come again under other titles."""
_FIELDS: Final = ("id", "title", "abstract", "authors", "categories")


class Day(NamedTuple):
    """What one day's run cost, and how large things are after it."""

    day: int
    seconds: float
    memory: int
    library: int
    text: int
    """Bytes of the dumps so far."""


class Service:
    """Answers with each day's list."""

    def __init__(self, folder: Path) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = folder / f"{self.path.rpartition('/')[2]}"
                body = path.read_bytes() if path.is_file() else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[Service]:
        """Serve until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()


class Years:
    """A reader's folder, lived in day by day."""

    def __init__(self, folder: Path, url: str, papers: int, *, site: bool) -> None:
        self._folder = folder
        self._papers = papers
        self._chance = random.Random(17)
        self._text = 0
        for name in ("dumps", "lists"):
            (folder / name).mkdir()
        self._lines = self._written()
        words = self._words()
        rules = "".join(f"  - {{name: Rule {n}, keywords: [{w}]}}\n" for n, w in enumerate(words))
        (folder / "config.yaml").write_text(
            f"site: {str(site).lower()}\n"
            "sources:\n  - dumps/\n"
            f"  - {{http: '{url}/{{date}}.jsonl', name: lists, allow_private: true}}\n"
            f"rules:\n{rules}profiles:\n  - {{name: daily, limit: 20}}\n",
            encoding="utf-8",
        )

    def _written(self) -> Iterator[str]:
        """Yield papers without end: real ones if there are any, else invented ones."""
        path = self._folder / "papers.jsonl"
        write_dump(path, _AHEAD, source=REAL if REAL.is_file() else None, seed=1)
        for turn in count():
            with path.open(encoding="utf-8") as lines:  # not in memory, which is measured
                for line in lines:
                    known = json.loads(line)
                    record = {name: known[name] for name in _FIELDS if name in known}
                    if turn:  # the papers are used up: others have the same abstracts
                        del record["id"]
                        record["title"] = f"{record['title']} {turn}"
                    yield json.dumps(record, ensure_ascii=False) + "\n"

    def _words(self) -> list[str]:
        """Return words of which each stands in some papers of a hundred."""
        counts = Counter[str]()
        for line in islice(self._written(), 300):
            counts.update(set(json.loads(line)["abstract"].lower().replace(".", "").split()))
        fitting = sorted(word for word, n in counts.items() if 3 <= n <= 6 and word.isalpha())
        return fitting[:RULES]

    def live(self, days: int) -> Iterator[Day]:
        """Yield what each day cost."""
        for number in range(days):
            now = START + timedelta(days=number)
            self._arrive(now)
            seconds, memory = self._run(now)
            library = self._folder / "digest.db"
            yield Day(number + 1, seconds, memory, library.stat().st_size, self._text)
            self._read(now)

    def _arrive(self, now: datetime) -> None:
        half = self._papers // 2
        for folder, papers in (("dumps", half), ("lists", self._papers - half)):
            path = self._folder / folder / f"{now:%Y-%m-%d}.jsonl"
            text = "".join(islice(self._lines, papers))
            path.write_text(text, encoding="utf-8")
            hour_ago = now.timestamp() - 3600
            os.utime(path, (hour_ago, hour_ago))
            self._text += len(text.encode())

    def _run(self, now: datetime) -> tuple[float, int]:
        """Run in a process of its own; return its processor time, and its memory in bytes."""
        child = os.fork()
        if not child:
            os.chdir(self._folder)
            os._exit(digest_main(["--quiet", "run"], clock=lambda: now))
        _, status, usage = os.wait4(child, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 3):
            raise SystemExit(f"the run of {now:%Y-%m-%d} ended with {status}")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10

    def _read(self, now: datetime) -> None:
        """Mark some papers of the last digest as read, and star one now and then."""
        with Library.open(self._folder / "digest.db") as library:
            last = library.digests.last_whole("daily")
            entries = library.digests.entries(last.id)[:8] if last else ()
            marks = [
                Mark(entry.paper, state="done", state_at=now, starred=self._chance.random() < 0.1)
                for entry in entries
            ]
            if marks:
                library.marks.put("daily", marks)


def report(days: Sequence[Day]) -> str:
    """Return the table, and the ratios that are wanted to stay below `GOAL`."""
    lines = ["| day | ms a run | memory, MB | library, MB | text, MB |", "|--:|--:|--:|--:|--:|"]
    weeks = [days[start : start + WEEK] for start in range(0, len(days) - WEEK + 1, WEEK)]
    marked = weeks[:: max(1, len(weeks) // 12)]
    for week in [*marked, *([] if weeks[-1] in marked else [weeks[-1]])]:
        last = week[-1]
        lines.append(
            f"| {last.day} | {_median(week) * 1000:.0f} | {last.memory / 1e6:.0f} "
            f"| {last.library / 1e6:.1f} | {last.text / 1e6:.1f} |"
        )
    first = _median(days[1 : WEEK + 1])  # the first day of all makes the library
    ratio = statistics.median(map(_median, weeks[-4:])) / first
    growth = (days[-1].library - days[WEEK].library) / (days[-1].text - days[WEEK].text)
    lines += ["", f"The last four weeks cost {ratio:.2f} times the first; wanted: at most {GOAL}."]
    lines += [f"The library grew by {growth:.2f} times the bytes of the dumps."]
    return "\n".join(lines)


def _median(days: Sequence[Day]) -> float:
    return statistics.median(day.seconds for day in days)


def plot(days: Sequence[Day]) -> str:
    """Return the weeks' processor time, memory and library as an SVG."""
    weeks = [days[start : start + WEEK] for start in range(0, len(days) - WEEK + 1, WEEK)]
    series = (
        ("ms a run", "#1b6ca8", [_median(week) * 1000 for week in weeks]),
        ("memory, MB", "#7a5195", [week[-1].memory / 1e6 for week in weeks]),
        ("library, MB", "#c1440e", [week[-1].library / 1e6 for week in weeks]),
    )
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 420" font-size="12">',
        '<rect width="640" height="420" fill="#fff"/>',
    ]
    for row, (name, color, values) in enumerate(series):
        top, high = 20 + 130 * row, max(values) * 1.1
        points = " ".join(
            f"{60 + 560 * place / max(1, len(values) - 1):.1f},{top + 100 - 100 * value / high:.1f}"
            for place, value in enumerate(values)
        )
        parts.append(
            f'<text x="60" y="{top - 5}">{name}</text>'
            f'<text x="52" y="{top + 10}" text-anchor="end">{high:.0f}</text>'
            f'<text x="52" y="{top + 100}" text-anchor="end">0</text>'
            f'<path d="M60 {top}V{top + 100}H620" fill="none" stroke="#999"/>'
            f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>'
        )
    parts.append(f'<text x="620" y="412" text-anchor="end">day {days[-1].day}</text></svg>')
    return "".join(parts) + "\n"


def _load_everything() -> None:
    """Import what a run needs, once for all days."""
    for walk_package in pkgutil.walk_packages(digest.__path__, "digest."):
        importlib.import_module(walk_package.name)
    for name in ("css_inline", "feedgen.feed", "jinja2", "markdown", "numpy", "re2"):
        importlib.import_module(name)
    gc.freeze()


def main() -> None:
    """Live, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--papers", type=int, default=30, help="papers of a day")
    parser.add_argument("--site", action="store_true", help="also make the site each day")
    parser.add_argument("--output", type=Path, help="folder for the rows and the plot")
    arguments = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    _load_everything()
    days: list[Day] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Service(folder / "lists").running() as service:
            years = Years(folder, service.url, arguments.papers, site=arguments.site)
            for day in years.live(arguments.days):
                days.append(day)
                if arguments.output:
                    arguments.output.mkdir(parents=True, exist_ok=True)
                    _write_rows(days, arguments.output / "years.csv")
    print(report(days))
    if arguments.output:
        (arguments.output / "years.svg").write_text(plot(days), encoding="utf-8")


def _write_rows(days: Sequence[Day], path: Path) -> None:
    if days[-1].day % 50 and days[-1].day > 1:
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([Day._fields, *days])


if __name__ == "__main__":
    main()
