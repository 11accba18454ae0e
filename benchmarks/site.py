"""Time the static site: 10,000 papers in 500 digests at once, then one more day.

python -m benchmarks.site [--papers 10000] [--digests 500]
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.config import load_config
from digest.library import DigestText, Library, NewDigest, NewEntry, SectionText
from digest.model import Match, Pick, RuleMatch
from digest.pipeline.run import Options, Run
from digest.pipeline.site import build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Paper

_FIRST: Final = date(2025, 1, 1)
_WORDS: Final = (
    "sparse", "dense", "routing", "expert", "pruning", "scaling",
    "token", "attention", "kernel", "graph", "diffusion", "reward",
    "policy", "agent", "memory", "retrieval", "speech", "protein",
    "vision", "robot", "planning", "causal", "bayesian", "fast",
    "robust", "stable", "small", "large", "cheap", "private",
    "federated", "quantum", "neural", "symbolic", "hybrid", "adaptive",
)  # fmt: skip
_CONFIG: Final = """\
title: Benchmark
site: true
site_url: https://papers.example.org/
sources: [dumps/]
rules:
"""


def main() -> None:
    """Make the library, build the site, add a day, and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--digests", type=int, default=500)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        per_day = arguments.papers // arguments.digests
        library = _library(folder, arguments.papers + per_day)
        config = load_config(folder / "config.yaml")
        with library:
            papers = list(library.papers)
            for day in range(arguments.digests):
                _add(library, day, papers[day * per_day : (day + 1) * per_day])
            _timed("the whole site", lambda: build(config, library))
            _add(library, arguments.digests, papers[-per_day:])
            _timed("one more day", lambda: build(config, library))
            _timed("nothing new", lambda: build(config, library))
        site = config.output / "site"
        pages = sorted(path.stat().st_size for path in site.rglob("*.html"))
        scripts = sum(path.stat().st_size for path in site.glob("search/*.js"))
        print(f"{len(pages):,} pages, the largest {pages[-1]:,} bytes; index {scripts:,} bytes")


def _timed(what: str, action: object) -> None:
    wall, processor = time.perf_counter(), time.process_time()
    built = action()  # type: ignore[operator]
    print(
        f"{what}: {time.perf_counter() - wall:.2f} s, {time.process_time() - processor:.2f} s of"
        f" processor; {built.pages:,} files made, {built.written:,} written"
    )


def _library(folder: Path, papers: int) -> Library:
    chance = random.Random(1)
    rules = "".join(
        f"  - {{name: About {word}, keywords: ['{word}'], exclude: ['{other}']}}\n"
        for word, other in zip(_WORDS[:20], _WORDS[10:30], strict=True)
    )
    (folder / "config.yaml").write_text(_CONFIG + rules, encoding="utf-8")
    (folder / "dumps").mkdir()
    with (folder / "dumps/2025-01-01.jsonl").open("w", encoding="utf-8") as file:
        for number in range(papers):
            words = chance.choices(_WORDS, k=180)
            record = {
                "title": f"{' '.join(words[:8]).capitalize()} {number}",
                "abstract": " ".join(words) + ". We show that it works.",
                "authors": [f"Author{chance.randrange(5000)} Name" for _ in range(5)],
                "arxiv_id": f"{2501 + number // 90000}.{number % 90000:05}",
                "categories": ["cs.LG", "cs.CL"],
                "upvotes": chance.randrange(60),
            }
            file.write(json.dumps(record) + "\n")
    config = load_config(folder / "config.yaml")
    bare = replace(config, site=False)
    library = Library.open(config.library)
    moment = datetime(2024, 12, 31, 7, tzinfo=UTC)
    run = Run(
        bare,
        library,
        clock=lambda: moment,
        environment={},
        progress=lambda items, _: items,
    )
    run.execute(Options(()))
    return library


def _add(library: Library, number: int, papers: Sequence[Paper]) -> None:
    day = _FIRST + timedelta(days=number)
    moment = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    entries = []
    for paper in papers:
        first = paper.title.split()[0]
        rule = f"About {first.lower()}"
        matches = (Match(rule, first.lower(), "title", 0, len(first), 2.0),)
        pick = Pick(paper, 2.0, (RuleMatch(rule, 2.0, matches),))
        entries.append(NewEntry(pick, rule, "shown", moment))
    sections = tuple(SectionText(name, 1) for name in dict.fromkeys(e.section for e in entries))
    text = DigestText(title="Benchmark", summary="Some match.", sections=sections)
    library.digests.add(NewDigest("daily", day, 1, moment, text, tuple(entries)))


if __name__ == "__main__":
    main()
