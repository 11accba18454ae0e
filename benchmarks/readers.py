"""Simulated readers: what each likes, the keywords that a person would write, and marks.

What a reader likes is what authors filed under some category of arXiv: a label by people, which no
model here sees. The keywords were written by hand, without a look at the papers. Real papers where
they lie beside the project, else made-up ones, whose words have no meaning.
"""

from __future__ import annotations

import gzip
import json
import random
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from benchmarks.corpus import REAL, write_dump
from digest.digests.selection import Candidate, select
from digest.learning.judged_papers import JudgedPapers, LikedPaper, TrainingData
from digest.learning.proposals import propose
from digest.matching import compile_rules
from digest.model import Coverage, Paper, Profile
from digest.rules import Rule, parse_keyword
from digest.text.clean import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.learning.proposals import Proposal
    from digest.model import RuleMatch, Selection

DAY: Final = date(2026, 1, 5)
PAPERS_A_DAY: Final = 400
DAYS: Final = 12
"""Held-out days that are looked at."""
SLIPS: Final = 0.05
"""Share of the dropped papers that the reader would like."""


class Reader(NamedTuple):
    """Somebody with an interest."""

    name: str
    categories: frozenset[str]
    """Held out: the reader likes the papers of these."""
    keywords: tuple[str, ...]
    """What a person would write for the interest."""
    broad: tuple[str, ...] = ()
    """Further keywords of a rule that brings much."""


def _reader(name: str, categories: str, keywords: str, broad: str) -> Reader:
    return Reader(
        name,
        frozenset(categories.split()),
        tuple(word.strip() for word in keywords.split(",")),
        tuple(word.strip() for word in broad.split(",")),
    )


READERS: Final = (
    _reader(
        "robots", "cs.RO", "robot*, manipulation, locomotion, grasp*",
        "navigation, planning, embodied, control, simulation, policy, lidar",
    ),
    _reader(
        "speech and sound", "eess.AS cs.SD", "speech, speaker, audio, music, =TTS",
        "voice, acoustic, sound, transcription, multimodal",
    ),
    _reader(
        "people and computers", "cs.HC",
        "user study, human computer interaction, interface, usability, human ai",
        "user, interactive, participants, design, assistant",
    ),
    _reader(
        "retrieval", "cs.IR", "retrieval, recommendation, recommender, search engine, ranking",
        "search, query, document, embedding, =RAG",
    ),
    _reader(
        "society", "cs.CY", "fairness, ethics, education, societal, policy makers",
        "bias, students, governance, risk, political",
    ),
    _reader(
        "security", "cs.CR",
        "jailbreak*, adversarial attack, privacy, backdoor, watermark*, malware",
        "attack, safety, robustness, detection, secure",
    ),
    _reader(
        "graphics", "cs.GR", "rendering, gaussian splatting, mesh, avatar, animation",
        "3d, texture, scene, motion, synthesis",
    ),
    _reader(
        "medical images", "eess.IV", "mri, =CT, medical image, ultrasound, pathology",
        "segmentation, reconstruction, denoising, image, clinical",
    ),
    _reader(
        "statistics", "stat.ML",
        "bayesian, gaussian process, kernel, causal, statistical inference",
        "uncertainty, estimation, theory, optimization, distribution",
    ),
    _reader(
        "biology", "q-bio.QM q-bio.NC q-bio.BM q-bio.TO q-bio.GN",
        "protein, neuroscience, brain, gene, cell", "biological, neural, molecular, fmri, clinical",
    ),
    _reader(
        "many agents", "cs.MA", "multi agent, swarm, cooperative, agent communication",
        "agent, collaboration, planning, simulation, game",
    ),
    _reader(
        "software", "cs.SE",
        "code generation, software engineering, bug, unit test, repository",
        "code, program, developers, tool, debugging",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Papers in order of appearance: the first half is known, the second half is still to come."""

    papers: tuple[Paper, ...]
    readers: tuple[Reader, ...]
    made_up: bool = False

    @property
    def known(self) -> tuple[Paper, ...]:
        """The papers of the days that the reader has seen."""
        return self.papers[: len(self.papers) // 2]

    @property
    def days(self) -> tuple[tuple[Paper, ...], ...]:
        """The held-out papers, some hundred a day."""
        half = len(self.papers) // 2
        new = self.papers[half : half + DAYS * PAPERS_A_DAY]
        return tuple(
            new[start : start + PAPERS_A_DAY] for start in range(0, len(new), PAPERS_A_DAY)
        )


def read_corpus(source: Path = REAL, *, made_up: int = 1_200) -> Corpus:
    """Read the papers of `source`; make some up where there is no such file."""
    if not source.is_file():
        return _made_up(made_up)
    with gzip.open(source, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    papers = tuple(
        Paper(
            row["id"],
            clean_text(row["title"]),
            clean_text(row["abstract"]),
            categories=tuple(row["categories"]),
            first_seen=date.fromisoformat(row["first_seen"]),
        )
        for row in rows
    )
    return Corpus(papers, READERS)


def _made_up(count: int) -> Corpus:
    """Return papers of made-up words; three categories are those that hold some word."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "papers.jsonl"
        write_dump(path, count, source=None, seed=1)
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [f"{row['title']} {row['abstract']}".lower().split() for row in rows]
    ranked = [word for word, _ in Counter(word for text in texts for word in text).most_common(60)]
    topics = [tuple(ranked[start : start + 4]) for start in (40, 46, 52)]
    readers = tuple(
        Reader(topic[0], frozenset({topic[0]}), topic[1:3], topic[3:]) for topic in topics
    )
    papers = tuple(
        Paper(
            row["id"],
            row["title"],
            row["abstract"],
            categories=tuple(topic[0] for topic in topics if topic[0] in text),
            first_seen=DAY + timedelta(days=number // 100),
        )
        for number, (row, text) in enumerate(zip(rows, texts, strict=True))
    )
    return Corpus(papers, readers, made_up=True)


def is_liked(reader: Reader, paper: Paper) -> bool:
    """Return whether the reader would like a paper."""
    return not reader.categories.isdisjoint(paper.categories)


def taste(
    corpus: Corpus, reader: Reader, liked: int, *, dropped: int = 0, seed: int
) -> TrainingData:
    """Return the marks of a reader: papers drawn from the known ones.

    The dropped ones are those that a broad rule of the reader brought; a few are slips of the hand.
    """
    chance = random.Random(f"{reader.name} {liked} {seed}")
    known = corpus.known
    fitting = [paper for paper in known if is_liked(reader, paper)]
    chosen = chance.sample(fitting, min(liked, len(fitting)))
    brought = [
        paper
        for paper, item in zip(known, _brought(corpus, reader), strict=True)
        if item and (not is_liked(reader, paper) or chance.random() < SLIPS)
    ]
    refused = chance.sample(brought, min(dropped, len(brought)))
    marked = {paper.id for paper in (*chosen, *refused)}
    step = max(len(known) // 500, 1)
    return TrainingData(
        tuple(
            LikedPaper(paper, "starred", paper.first_seen)
            for paper in sorted(chosen, key=lambda paper: paper.first_seen or DAY, reverse=True)
        ),
        tuple(paper for paper in refused if paper.id not in {paper.id for paper in chosen}),
        tuple(paper for paper in known[::step] if paper.id not in marked),
    )


@lru_cache(maxsize=4)
def _brought(corpus: Corpus, reader: Reader) -> tuple[bool, ...]:
    """Return which of the known papers the reader's broad rule selects."""
    return tuple(bool(matche) for matche in matches(reader, corpus.known))


def matches(
    reader: Reader, papers: Sequence[Paper], *, broad: bool = True
) -> list[tuple[RuleMatch, ...]]:
    """Return what the reader's rule says of each paper."""
    return compile_rules([rule(reader, broad=broad)], today=DAY).match(papers)


def rule(reader: Reader, *, broad: bool = True) -> Rule:
    """Return the reader's rule: the keywords, and the broad ones if asked."""
    words = (*reader.keywords, *(reader.broad if broad else ()))
    return Rule(reader.name, keywords=tuple(map(parse_keyword, words)))


def sections(corpus: Corpus, reader: Reader) -> Iterator[Selection]:
    """Yield what the reader's broad rule selects of each held-out day, in the order of points."""
    from zoneinfo import ZoneInfo

    profile = Profile("reader", "Reader", ZoneInfo("UTC"), rules=(reader.name,))
    for papers in corpus.days:
        candidates = map(Candidate, papers, matches(reader, papers))
        yield select(candidates, profile, Coverage())


def proposals(corpus: Corpus, reader: Reader, liked: int, dropped: int) -> tuple[Proposal, ...]:
    """Return the keywords that `digest suggest` would propose beside the reader's rule."""

    def count(rules: Sequence[Rule]) -> list[int]:
        selected = compile_rules(rules, today=DAY).select(corpus.known)
        counts = Counter(selected.rule.tolist())
        return [counts[number] for number in range(len(rules))]

    marks = taste(corpus, reader, liked, dropped=dropped, seed=0)
    judged = JudgedPapers(tuple(liked_paper.paper for liked_paper in marks.liked), marks.dropped)
    own = replace(rule(reader, broad=False))
    result = propose(
        judged, [own], count=count, of=len(corpus.known), today=DAY, background=marks.background
    )
    return result.wanted
