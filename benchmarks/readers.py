"""Days of papers that a broad rule selects, and simulated readers who mark some of them.

What a reader likes is an interest that the rule knows nothing of: a query, held out. Real days
where they lie beside the project, else made-up ones, whose words have no meaning; the same seed
gives the same marks.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from benchmarks.corpus import PROJECT, write_dump
from digest.digests.selection import Candidate, select
from digest.dumps import read_dump
from digest.learning.judged import Judged
from digest.learning.phrases import cut_papers
from digest.learning.proposals import propose
from digest.library import Library
from digest.matching import compile_rules
from digest.model import Coverage, DumpInfo, Profile
from digest.rules import Rule, parse_keyword
from digest.search import as_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digest.learning.proposals import Proposal
    from digest.model import Paper, Selection

REAL: Final = PROJECT.parent / "shared" / "data" / "hf-daily-api"
BROAD: Final = (
    "language model", "diffusion", "transformer", "multimodal", "agent", "reasoning", "video",
    "benchmark", "reinforcement learning", "generation", "training", "inference",
)  # fmt: skip
"""The keywords of the rule that selects."""
INTERESTS: Final = {
    "reinforcement learning": '"reinforcement learning" OR =RL OR =GRPO',
    "video generation": '"video generation" OR "video diffusion" OR "text to video"',
    "robots": "robot* OR manipulation OR embodied",
    "three dimensions": '3d OR gaussian OR nerf OR "point cloud"',
    "speech and sound": "speech OR audio OR music OR voice",
    "writing programs": '"code generation" OR "software engineering" OR coding OR programming',
    "safety": "safety OR jailbreak* OR alignment OR harmful",
    "retrieval": "retrieval OR =RAG OR search",
    "benchmarks": "title:benchmark OR title:bench OR title:evaluating",
    "efficiency": 'quantization OR pruning OR "kv cache" OR sparse OR distillation',
    "medicine and science": "medical OR clinical OR scientific OR biology OR chemistry",
    "liked by many": "upvotes:>=40",
    "of few authors": "authors:<=4",
}
"""Held out. Of the last two a text says little, so that little can be learned of it."""
LIKED, DROPPED, SLIPS = 0.7, 0.5, 0.05
"""How much of what a reader likes is starred, how much of the rest is dropped, and how many of
these marks are slips of the hand."""
_FIRST: Final = date(2026, 1, 5)


class Corpus(NamedTuple):
    """Days of papers, the rule that selects, and what readers may like."""

    papers: tuple[Paper, ...]
    broad: tuple[str, ...]
    interests: dict[str, str]
    made_up: bool = False


class Day(NamedTuple):
    """What the broad rule selects on one day."""

    day: date
    selection: Selection
    """In the order of points."""


@dataclass(frozen=True, slots=True)
class Morning:
    """One day of one reader, before it is read."""

    selection: Selection
    likes: frozenset[str]
    """Ids of all papers that the reader would like."""
    marks: Judged
    """Of the days before."""


def read_corpus(folder: Path, *, made_up: int = 40) -> Corpus:
    """Read the dumps of `folder`, one a day; without that folder, invent as many days."""
    library = Library.in_memory()
    if not folder.is_dir():
        for name, content in _made_up(made_up):
            _store(library, name, content, _FIRST)
        papers = tuple(library.papers)
        common, some = _words(papers)
        return Corpus(papers, common, {word: word for word in some}, made_up=True)
    for path in sorted(folder.iterdir()):
        _store(library, path.name, path.read_bytes(), date(2026, 6, 1))
    return Corpus(tuple(library.papers), BROAD, INTERESTS)


def _store(library: Library, name: str, content: bytes, today: date) -> None:
    reading = read_dump(BytesIO(content), name=name, today=today)
    sha256 = hashlib.sha256(content).hexdigest()
    dump = DumpInfo(name, "days", sha256, reading.format, reading.day, reading.day_inferred)
    library.dumps.add(dump, reading.items, read_on=today)


def _made_up(days: int, papers: int = 20) -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "papers.jsonl"
        write_dump(path, days * papers, source=None, seed=1)
        lines = path.read_bytes().splitlines(keepends=True)
    for number in range(days):
        content = b"".join(lines[number * papers : (number + 1) * papers])
        yield f"{_FIRST + timedelta(days=number)}.jsonl", content


def _words(papers: Sequence[Paper]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return words that stand in about half of made-up papers, and five of about a sixth."""
    counts: Counter[str] = Counter()
    for runs in cut_papers(papers):
        counts.update({token.folded for run in (*runs.title, *runs.abstract) for token in run})
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return tuple(ranked[:12]), tuple(ranked[40:45])


def selected_days(corpus: Corpus) -> tuple[Day, ...]:
    """Select the papers of each day by the broad rule."""
    rule = _broad(corpus)
    profile = Profile("reader", "Reader", ZoneInfo("UTC"), rules=(rule.name,))
    matched = compile_rules([rule], today=_FIRST).match(corpus.papers)
    by_day: dict[date, list[Candidate]] = defaultdict(list)
    for paper, matches in zip(corpus.papers, matched, strict=True):
        by_day[paper.first_seen or _FIRST].append(Candidate(paper, matches))
    return tuple(
        Day(day, select(candidates, profile, Coverage()))
        for day, candidates in sorted(by_day.items())
    )


def liked_by(interest: str, papers: Sequence[Paper]) -> frozenset[str]:
    """Return the ids of the papers that a query selects."""
    matched = compile_rules([as_rule(interest)], today=_FIRST).match(papers)
    return frozenset(paper.id for paper, rules in zip(papers, matched, strict=True) if rules)


def mornings(days: Iterable[Day], likes: frozenset[str], seed: int) -> Iterator[Morning]:
    """Yield each day of a reader who likes these papers, and who then marks some of the day's."""
    chance = random.Random(seed)
    marks = Judged()
    for day in days:
        yield Morning(day.selection, likes, marks)
        liked: list[Paper] = []
        dropped: list[Paper] = []
        for pick in day.selection.picks:
            like = pick.paper.id in likes
            if chance.random() < (LIKED if like else DROPPED):
                slip = chance.random() < SLIPS
                (liked if like != slip else dropped).append(pick.paper)
        marks = Judged((*liked, *marks.liked), (*dropped, *marks.dropped))


def last_marks(days: Sequence[Day], likes: frozenset[str], seed: int) -> Judged:
    """Return the marks of a reader before the last day."""
    *_, last = mornings(days, likes, seed)
    return last.marks


def proposals(corpus: Corpus, judged: Judged) -> tuple[Proposal, ...]:
    """Return the keywords that `digest suggest` would propose beside the broad rule."""

    def count(rules: Sequence[Rule]) -> list[int]:
        selected = compile_rules(rules, today=_FIRST).select(corpus.papers)
        counts = Counter(selected.rule.tolist())
        return [counts[number] for number in range(len(rules))]

    found = propose(judged, [_broad(corpus)], count=count, of=len(corpus.papers), today=_FIRST)
    return found.wanted


def _broad(corpus: Corpus) -> Rule:
    return Rule("broad", keywords=tuple(map(parse_keyword, corpus.broad)))
