"""The reference agrees with the documentation and all of its cases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.reference.cases import answer, example, read_cases

if TYPE_CHECKING:
    from pathlib import Path

# (query, text): selected
EXAMPLES: list[tuple[str, str, bool]] = [
    ("TPU", "eight TPUs", True),
    ("QPS", "a QP", False),
    ("RADS", "RADs in soil", False),
    ("rads", "a RADS sensor", True),
    ("radius", "two radii", True),
    ("ethic", "ethics", False),
    ("centre", "centers", True),
    ("Godel", "Gödel", True),
    ("Lodz", "Łódź", True),
    ("U.K.", "the U.K. grid", True),
    ("U.K.", "uk grid", False),
    ("f(x)", "f(x)", True),
    ("f(x)", "fx", False),
    ("Q&A", "Q & A", True),
    ("Q&A", "qa", False),
    ("gitlab", "see gitlab.org/group", False),
    ('"graph neural net"', "Graph Neural Nets'training", True),
    ('"network search"', "Neural Network (NN) search", True),
    ('"NN search"', "Neural Network (NN) search", True),
    ('"network search"', "Neural Network (see below) search", False),
    ('"decoding tree"~1', "trees for the decoding", False),
    ('"decoding tree"~2', "trees for the decoding", True),
    ('"pre-coding tree"~2', "trees of precoding", True),
    ("tree NEAR/1 forest", "forests of trees", True),
    ("tree PRE/1 forest", "forests of trees", False),
    ("(tree OR bush) NEAR/0 forest", "bush forest", True),
    ("ANY 2 (tree, bush, forest)", "forest and tree", True),
    ("ANY 2 (tree, bush, forest)", "a forest of forests", False),
    ("tree OR bush NOT forest", "tree forest", True),
    ("tree||bush", "bush", True),
    ("tree^-1 OR bush", "tree", True),
    ('"precoding tree*"', "pre-coding treelets", True),
    ("Phi3.*", "Phi3.5", True),
    (".TEX", "a .tex file", True),
    (".TEX", "latex, tex", False),
]


@pytest.mark.parametrize(("query", "text", "selects"), EXAMPLES)
def test_an_example(query: str, text: str, selects: bool) -> None:
    assert answer(example({"query": query, "title": text, "selects": selects})) is selects


NAMES: list[tuple[str, str, bool]] = [
    ("Ida Brandt", "Brandt, Ida", True),
    ("Ida Brandt", "I. Brandt", True),
    ("Ida Brandt", "Ida M. Brandt", True),
    ("Ida Brandt", "Irma Brandt", False),
    ("Brandt I", "Irma Brandt", True),
    ("Brandt", "Irma Brandt", True),
    ("Ida", "I. Brandt", False),
    ("Jürg Röth", "Juerg Roeth", True),
    ("Roth", "J. Roeth", False),
    ("Tess Meer", "Tess van der Meer", True),
    ("van der Meer", "Tess Meer", False),
    ("Anne-Lise Kok", "A.-L. Kok", True),
    ("Anne-Lise Kok", "Anne-Marie Kok", False),
    ("Silva Prado", "Rui Silva Prado", True),
    ("Bran*", "Ida Brandt", True),
    ("Ida Brandt", "Ida Brandt Jr.", True),
]


@pytest.mark.parametrize(("asked", "author", "selects"), NAMES)
def test_a_name(asked: str, author: str, selects: bool) -> None:
    row = {"query": f'author:"{asked}"', "authors": [author], "selects": selects}
    assert answer(example(row)) is selects


REFUSED = [
    "/a/i", "//", "title:^a", "a ADJ b", "a W/2 b", "TS=(a)", "a[tiab]", "ANY 4 (a, b)",
    "a NEAR b", "a NEAR/2 title:b", "(a b) NEAR/2 c", "title:a NEAR/2 b", "has:nothing",
    "type:old", 'rule:"Nowhere"', "a NEAR/1 b NEAR/1 c", "title:abs:a",
]  # fmt: skip


@pytest.mark.parametrize("query", REFUSED)
def test_a_slip_is_refused(query: str) -> None:
    assert answer(example({"query": query, "error": True})) is None


def test_an_alias_is_used_inside_a_phrase() -> None:
    row = {"query": '"GNN layer"', "aliases": [["GNN", "graph neural network"]]}
    assert answer(example({**row, "title": "Graph neural-network layers"}))
    assert not answer(example({**row, "title": "Graph network layers"}))


@pytest.mark.shared
def test_every_case_holds(shared: Path) -> None:
    files = ["rule-cases.jsonl", "rule-cases-2.jsonl", "rule-errors-2.jsonl"]
    cases = [case for name in files for case in read_cases(shared / name)]
    assert len(cases) > 2000
    wrong = [case for case in cases if answer(case) is not case.selects]
    # The cleaner of texts writes this formula with brackets, which are punctuation in a keyword.
    assert {case.spec.query for case in wrong} <= {r'"$\pi_{0.5}$"'}


@pytest.mark.shared
def test_every_paper_that_was_lost_is_selected(shared: Path) -> None:
    path = shared / "cases" / "selection" / "rules.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    # Version 2 reads the words of a near in any spelling: this one is selected on purpose.
    rows = [row for row in rows if row.get("query") != '"GPT2 model"~5']
    assert [row for row in rows if answer(example(row)) is not row["select"]] == []
