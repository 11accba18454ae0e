"""The program and the slow reference give the same answers for any rule and paper.

Same papers selected, same points, same places of the same keywords; and the same queries refused.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note, settings

from digest.matching import compile_rules
from digest.model import Paper
from tests.reference.match import RuleSpec, evaluate
from tests.rules.implementations import TODAY, by_digest, by_reference, result_of, rule_of
from tests.rules.strategies import cases, clean, papers, scrambled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.reference.match import Result


def differences(spec: RuleSpec, papers: tuple[Paper, ...]) -> Iterator[str]:
    """Yield the differences between the two readings of one rule."""
    ours, theirs = by_digest(spec, papers, TODAY), by_reference(spec, papers, TODAY)
    if ours is None or theirs is None:
        if ours is not theirs:
            refusing = "digest" if ours is None else "reference"
            yield f"only {refusing} refuses {spec}"
        return
    for paper, our, their in zip(papers, ours, theirs, strict=True):
        yield from (f"{spec} on {paper}: {what}" for what in unlike(our, their))


def unlike(ours: Result, theirs: Result) -> Iterator[str]:
    """Yield the differences between two answers."""
    if ours.selected is not theirs.selected:
        yield f"digest selects: {ours.selected}, reference: {theirs.selected}"
        return
    if ours.points != pytest.approx(theirs.points, abs=1e-9):
        yield f"points of digest {ours.points}, of reference {theirs.points}"
    if ours.hits != theirs.hits:
        only = ours.hits - theirs.hits, theirs.hits - ours.hits
        yield f"places of digest alone {sorted(map(repr, only[0]))}, of reference alone {only[1]}"


@given(cases())
@settings(max_examples=100)
def test_rules_and_papers_of_chance(case: tuple[RuleSpec, tuple[Paper, ...]]) -> None:
    spec, asked = case
    assert list(differences(spec, asked)) == []


@given(scrambled, papers)
@settings(max_examples=60)
def test_scrambled_queries(query: str, paper: Paper) -> None:
    note(repr(query))
    assert list(differences(RuleSpec(query=query), (paper,))) == []


@pytest.mark.parametrize("title", ["-.aa/", "a-.bb/aa c", "see -.-.aa/x aa", "x --.aa/y", "!.aa/x"])
def test_names_of_hosts_may_end_in_a_hyphen(title: str) -> None:
    assert list(differences(RuleSpec(("aa",)), (Paper("p", title, abstract=None),))) == []


# --- real papers ---------------------------------------------------------------------------------

RULES, PAPERS = 120, 60
"""Two seconds of the reference; 500 and 300 take it half a minute."""


@pytest.mark.shared
@pytest.mark.slow
def test_real_papers(shared: Path) -> None:
    """Ask many rules at once about real papers, and each alone by the reference."""
    chance = random.Random(20260105)
    with gzip.open(shared / "data" / "corpus-20k.jsonl.gz", "rt", encoding="utf-8") as lines:
        asked = [paper_of(json.loads(line)) for line in chance.sample(list(lines), PAPERS)]
    specs = [RuleSpec(query=query_of(chance, asked)) for _ in range(RULES)]
    rules = [rule_of(spec, name=f"rule {i}") for i, spec in enumerate(specs)]
    wrong = []
    for paper, rule_matches in zip(
        asked, compile_rules(rules, today=TODAY).match(asked), strict=True
    ):
        result = {match.rule: (match,) for match in rule_matches}
        for rule, spec in zip(rules, specs, strict=True):
            ours, theirs = result_of(result.get(rule.name, ())), evaluate(spec, paper, TODAY)
            wrong += [f"{spec.query} on {paper.id}: {what}" for what in unlike(ours, theirs)]
    assert wrong == []


def paper_of(record: dict[str, str]) -> Paper:
    """Take title and abstract, white space cleaned; LaTeX is as good a text as any here."""
    title, abstract = clean(record["title"]), clean(record["abstract"])
    return Paper(id=record["id"], title=title, abstract=abstract)


def query_of(chance: random.Random, corpus: list[Paper]) -> str:
    """Make a query of what stands in the papers."""

    def words(least: int, most: int) -> list[str]:
        paper = chance.choice(corpus)
        text = (paper.title if chance.random() < 0.3 else paper.abstract or "").split()
        start = chance.randrange(max(1, len(text) - most))
        picked = text[start : start + chance.randint(least, most)]
        return [re.sub(r'[()"\\^~:/*?=]', "", word).strip("-!|&") or "model" for word in picked]

    def word() -> str:
        return re.sub(r"^\W+|\W+$", "", words(1, 1)[0]) or "model"

    def term() -> str:
        kind = chance.choice(["word", "word", "phrase", "phrase", "wild", "exact", "near", "regex"])
        phrase = " ".join(words(2, 3))
        if chance.random() < 0.3:  # another spelling
            phrase = phrase.replace(" ", chance.choice(["-", "", "s "]), 1)
        near = f'"{" ".join(words(2, 2))} {word()}"~{chance.choice([2, 5, 8])}'
        return {
            "word": word(),
            "phrase": f'"{phrase}"',
            "wild": re.sub(r"\W|_", "", word())[:4].ljust(3, "e") + "*",
            "exact": "=" + word(),
            "near": near,
            "regex": f"/{re.sub(r'[^A-Za-z ]', '.', word())}/",
        }[kind]

    def one() -> str:
        field = chance.choice(["", "", "", "title:", "abs:"])
        return field + term() + chance.choice(["", "", "^2"])

    shape = chance.choice(["{0}", "{0}", "{0} AND {1}", "{0} OR {1} OR {2}", "({0} OR {1}) NOT {2}",
                           "{0} -({1} {2})", "title:({0} OR {1})^3 OR {2}"])  # fmt: skip
    return shape.format(one(), one(), one())
