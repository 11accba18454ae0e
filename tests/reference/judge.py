"""Compare the program with the reference: random rules on random papers, all cases, real lists.

    python -m tests.reference.judge --rules 20000 --data ../shared

Each difference is printed with the seed that makes its case again; the exit code is 1 if there is
any. `--data` adds what lies there: the cases of the rule language, and real people's keyword lists
on real papers.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from itertools import islice
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.errors import QueryError
from digest.matching import compile_rules
from digest.model import Paper
from digest.rules import Aliases, Rule, connect
from tests.reference.cases import Example, answer, read_cases
from tests.reference.chance import TODAY, Case, Chance, clean
from tests.reference.match import Result, RuleSpec, evaluate, read_rule
from tests.reference.query import parse_keyword
from tests.reference.tree import ReferenceQueryError
from tests.rules.implementations import result_of, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SPANLESS = ("author", "first_author", "last_author")
"""Fields whose matches are compared without their place: the whole name is the match."""
CASE_FILES = ("rule-cases-2.jsonl", "rule-errors-2.jsonl", "rule-cases.jsonl")
REAL_PAPERS = 150
"""Real papers on which each real keyword is tried."""


class Difference(NamedTuple):
    """A difference between the program and the reference: its kind, and its text."""

    kind: str
    what: str


def by_reference(case: Case) -> list[Result] | None:
    """Return the reference's answer for each paper; None where it refuses the rule."""
    try:
        read_rule(case.spec, case.aliases, case.rules)
    except ReferenceQueryError:
        return None
    return [evaluate(case.spec, paper, TODAY, case.aliases, case.rules) for paper in case.papers]


def by_digest(case: Case) -> list[Result] | None:
    """Return the program's answer for each paper; None where it refuses the rule."""
    rule = rule_or_none(Example(case.spec, case.papers[0], None, case.aliases, case.rules), "r")
    if rule is None:
        return None
    matched = compile_rules([rule], today=TODAY).match(case.papers)
    return [result_of(matches) for matches in matched]


def differences(case: Case) -> Iterator[Difference]:
    """Yield the differences for one rule."""
    ours = by_digest(case)
    theirs = by_reference(case)
    if ours is None or theirs is None:
        if ours is not theirs:
            refusing = "digest" if ours is None else "reference"
            yield Difference("refused", f"only {refusing} refuses {case.spec}")
        return
    for paper, our, their in zip(case.papers, ours, theirs, strict=True):
        for kind, what in unlike(our, their):
            named = {"aliases": case.aliases} if case.aliases else {}
            yield Difference(kind, f"{what}\n    {case.spec} {named}\n    {paper}")


def unlike(ours: Result, theirs: Result) -> Iterator[tuple[str, str]]:
    """Yield the differences between two answers."""
    if ours.selected is not theirs.selected:
        yield "selected", f"digest: {ours.selected}, reference: {theirs.selected}"
        return
    if not isclose(ours.points, theirs.points, abs_tol=1e-9):
        yield "points", f"digest: {ours.points}, reference: {theirs.points}"
    mine, other = (places(result) for result in (ours, theirs))
    if mine != other:
        only = sorted(map(repr, mine - other)), sorted(map(repr, other - mine))
        yield "places", f"digest alone: {only[0]}, reference alone: {only[1]}"


def places(result: Result) -> set[Any]:
    """Return the places of a result as they are compared."""
    return {
        (hit.keyword, "author", hit.index) if hit.field in SPANLESS else hit for hit in result.hits
    }


# --- what is compared ----------------------------------------------------------------------------


def random_cases(seeds: Sequence[int], texts: tuple[str, ...] = ()) -> Iterator[tuple[int, Case]]:
    """Yield a case for each seed."""
    for seed in seeds:
        yield seed, Chance(random.Random(seed), texts).case()


def shared_cases(data: Path) -> Iterator[Difference]:
    """Yield the cases in which the program, or the reference, is not what the file says."""
    yield from program_cases(data)
    for name in CASE_FILES:
        for case in read_cases(data / name):
            if answer(case) is not case.selects:
                yield Difference(name, f"the reference does not hold: {case.spec}")


def program_cases(data: Path) -> Iterator[Difference]:
    """Yield the cases in which the program is not what the file says.

    Cases of the same aliases are asked together: a paper is selected in company as it is alone.
    """
    groups: dict[object, list[Example]] = defaultdict(list)
    for name in CASE_FILES:
        for case in read_cases(data / name):
            groups[case.aliases, tuple(case.rules.items())].append(case)
    for cases in groups.values():
        rules = [rule_or_none(case, str(number)) for number, case in enumerate(cases)]
        known = [rule for rule in rules if rule is not None]
        selected = compile_rules(known, today=TODAY).select([case.paper for case in cases])
        pairs = {
            (int(known[rule].name), paper)
            for rule, paper in zip(selected.rule.tolist(), selected.paper.tolist(), strict=True)
        }
        for number, (case, rule) in enumerate(zip(cases, rules, strict=True)):
            said = None if rule is None else (number, number) in pairs
            if said is not case.selects:
                row = f"{case.spec} | {case.paper.title} | {case.paper.authors}"
                yield Difference("case", f"digest: {said}, the file: {case.selects}\n    {row}")


def rule_or_none(case: Example, name: str) -> Rule | None:
    """Return the rule of a case as the program reads it; None where it refuses it."""
    specs = {name: case.spec, **case.rules}
    try:
        rules = [rule_of(spec, other) for other, spec in specs.items()]
        return connect(rules, Aliases(case.aliases))[0]
    except QueryError:
        return None


def real_lists(data: Path) -> Iterator[Case]:
    """Yield the keywords of real lists, each with real papers."""
    papers = tuple(real_papers(data, REAL_PAPERS))
    lines = (data / "data" / "user-keyword-configs.jsonl").read_text(encoding="utf-8").splitlines()
    keywords = {text for line in lines for text in strings(json.loads(line)["rules"])}
    for keyword in sorted(keywords):
        if len(keyword) < 200 and is_keyword(keyword):
            yield Case(RuleSpec((keyword,)), (), {}, papers)


def is_keyword(text: str) -> bool:
    """Ask the reference whether a text can be a keyword."""
    try:
        parse_keyword(text)
    except ReferenceQueryError:
        return False
    return True


def strings(value: object) -> list[str]:
    """Return all strings of a nested configuration."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    return [text for part in value for text in strings(part)] if isinstance(value, list) else []


def real_papers(data: Path, count: int) -> Iterator[Paper]:
    """Yield real papers, spread over the file."""
    with gzip.open(data / "data" / "corpus-20k.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, None, 20_000 // count):
            row = json.loads(line)
            yield Paper(row["id"], clean(row["title"]), clean(row["abstract"]) or None)


# --- the program ---------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print the differences and a summary by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("--rules", type=int, default=2_000, metavar="N", help="random rules")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the first seed")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="cases and real data")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="print N of a kind")
    options = parser.parse_args(arguments)
    kinds: Counter[str] = Counter()

    def report(difference: Difference, source: str) -> None:
        kinds[difference.kind] += 1
        if kinds[difference.kind] <= options.show:
            print(f"{source}: {difference.kind}: {difference.what}")

    texts: tuple[str, ...] = ()
    if options.data is not None:
        for difference in shared_cases(options.data):
            report(difference, "case")
        for number, case in enumerate(real_lists(options.data)):
            for difference in differences(case):
                report(difference, f"real keyword {number}")
        papers = real_papers(options.data, 400)
        texts = tuple(text for paper in papers for text in (paper.title, paper.abstract or ""))
    seeds = range(options.seed, options.seed + options.rules)
    for seed, case in random_cases(seeds, texts):
        for difference in differences(case):
            report(difference, f"seed {seed}")
    result = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "0 differences"
    print(f"{options.rules} random rules: {result}")
    return 1 if kinds else 0


class _Raw(argparse.RawDescriptionHelpFormatter):
    """Keep the line breaks of the docstring."""


if __name__ == "__main__":
    sys.exit(main())
