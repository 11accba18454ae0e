"""Compare three ways to search for real people's keywords: by substring, by whole word, by rules.

    python -m benchmarks.selection LISTS.jsonl PAPERS.jsonl.gz
    python -m benchmarks.selection LISTS.jsonl PAPERS.jsonl.gz --differences 200

Prints for each list of keywords how many papers each way selects. With `--differences`, prints
some of the places in which the ways differ, to be read by a person.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest.errors import QueryError
from digest.matching import compile_rules
from digest.model import Paper
from digest.rules import Rule, parse_keyword

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LONGEST = 60
"""Characters of a keyword; longer texts are descriptions, settings or prompts."""
AROUND = 30
"""Characters that are printed on either side of a place."""
NO_KEYWORDS = frozenset(
    {"categories", "category", "sections", "label", "site", "fetch", "url", "llm", "interest"}
    | {"base_url", "user_name", "repo_name", "arxiv", "topics", "source", "output", "venues"}
)
_TERM = re.compile(r'(?:all|abs|ti):(?:"([^"]+)"|([\w-]+))')
_SETTING = re.compile(r"https?:|^[a-z-]+\.[A-Z]{2}$|[\\/]|^cat:|\.(?:md|json)$")


class Hits(NamedTuple):
    """The papers that each way finds for one keyword, by number."""

    keyword: str
    substring: frozenset[int]
    word: frozenset[int]
    ours: frozenset[int]


def keywords_of(value: object) -> list[str]:
    """Return the keywords in a configuration, each once."""
    return list(dict.fromkeys(_keywords(value)))


def _keywords(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in NO_KEYWORDS:
                yield from _keywords(part)
    elif isinstance(value, list):
        for part in value:
            yield from _keywords(part)
    elif isinstance(value, str):
        terms = [quoted or word for quoted, word in _TERM.findall(value)]
        plain = len(value) <= LONGEST and not _SETTING.search(value)
        for text in terms or ([value] if plain else []):
            if sum(letter.isalnum() for letter in text) >= 2 and not text.startswith("+"):
                yield " ".join(text.split())


def read_papers(path: Path) -> list[Paper]:
    """Read papers from JSON Lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Paper(row["id"], " ".join(row["title"].split()), " ".join(row["abstract"].split()))
        for row in rows
    ]


def search(keywords: Sequence[str], papers: Sequence[Paper], texts: Sequence[str]) -> list[Hits]:
    """Search for each keyword in three ways; leave out what cannot be a keyword."""
    rules = [rule for keyword in keywords if (rule := _rule(keyword)) is not None]
    selected: dict[int, set[int]] = defaultdict(set)
    if rules:
        hits = compile_rules(rules, today=date(2026, 1, 5)).select(papers)
        for rule, paper in zip(hits.rule.tolist(), hits.paper.tolist(), strict=True):
            selected[rule].add(paper)
    results = []
    for number, rule in enumerate(rules):
        expected = rule.name.casefold()
        inside = [place for place, text in enumerate(texts) if expected in text]
        whole = re.compile(rf"(?<!\w){re.escape(expected)}(?!\w)")
        words = frozenset(place for place in inside if whole.search(texts[place]))
        results.append(Hits(rule.name, frozenset(inside), words, frozenset(selected[number])))
    return results


def _rule(keyword: str) -> Rule | None:
    try:
        return Rule(keyword, keywords=(parse_keyword(keyword),))
    except QueryError:
        return None


def differences(
    hits: Sequence[Hits], count: int, chance: random.Random
) -> list[tuple[str, Hits, int]]:
    """Draw places in which the ways differ: each kind in its share, each keyword at most thrice."""
    kinds: dict[str, Callable[[Hits], frozenset[int]]] = {
        "ours, not whole word": lambda hit: hit.ours - hit.word,
        "whole word, not ours": lambda hit: hit.word - hit.ours,
        "substring, not ours": lambda hit: hit.substring - hit.word - hit.ours,
    }
    different = {hit.keyword.casefold(): hit for hit in hits}
    drawn: list[tuple[str, Hits, int]] = []
    for (kind, of), share in zip(kinds.items(), (0.5, 0.25, 0.25), strict=True):
        pool = [
            (kind, hit, paper)
            for hit in different.values()
            for paper in chance.sample(sorted(of(hit)), min(3, len(of(hit))))
        ]
        drawn += chance.sample(pool, min(len(pool), round(share * count)))
    return drawn


def _context(keyword: str, paper: Paper) -> str:
    """Return the text around the first place of a keyword."""
    rule = _rule(keyword)
    assert rule is not None
    matches = compile_rules([rule], today=date(2026, 1, 5)).match([paper])[0]
    if matches:
        match = matches[0].matches[0]
        text = paper.title if match.field == "title" else paper.abstract or ""
        start, end = match.start or 0, match.end or 0
    else:
        text = f"{paper.title} || {paper.abstract}"
        inside = re.escape(keyword)
        place = re.search(rf"(?<!\w){inside}(?!\w)", text, re.IGNORECASE) or re.search(
            inside, text, re.IGNORECASE
        )
        start, end = place.span() if place else (0, 0)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return f"{before}[{text[start:end]}]{after}"


def main() -> int:
    """Print the table, or differences to read."""
    parser = argparse.ArgumentParser(description="Compare ways to search for keywords.")
    parser.add_argument("lists", type=Path)
    parser.add_argument("papers", type=Path)
    parser.add_argument("--differences", type=int, default=0, metavar="N")
    options = parser.parse_args()
    papers = read_papers(options.papers)
    texts = [f"{paper.title}\n{paper.abstract}".casefold() for paper in papers]
    everything: list[Hits] = []
    print("| keywords | substring | whole word | ours |\n|--:|--:|--:|--:|")
    for line in options.lists.read_text(encoding="utf-8").splitlines():
        hits = search(keywords_of(json.loads(line)["rules"]), papers, texts)
        everything += hits
        counts = [len(frozenset[int]().union(*(hit[way] for hit in hits))) for way in (1, 2, 3)]
        print(f"| {len(hits)} | {' | '.join(f'{count:,}' for count in counts)} |")
    totals = [sum(len(hit[way]) for hit in everything) for way in (1, 2, 3)]
    pairs = " | ".join(f"{total:,}" for total in totals)
    print(f"| all {len(everything):,}, × papers | {pairs} |")
    extra = sum(len(hit.ours - hit.word) for hit in everything)
    missed = sum(len(hit.word - hit.ours) for hit in everything)
    print(f"\nours beyond whole words: {extra:,}; whole words that ours leaves out: {missed:,}")
    for kind, hit, number in differences(everything, options.differences, random.Random(1)):
        print(f"{kind} | {hit.keyword} | {_context(hit.keyword, papers[number])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
