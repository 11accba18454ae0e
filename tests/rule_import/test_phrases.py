"""Single phrases and boolean queries in our language."""

from __future__ import annotations

import pytest

from digest.rule_import import boolean
from digest.rule_import.fields import category, translate
from digest.rule_import.phrases import is_regex, phrase
from digest.rule_import.result import Notes
from digest.rules import parse_query
from tests.rule_import.loading import imported, paper, selected


@pytest.mark.parametrize(
    ("text", "finds", "leaves"),
    [
        ("C++", "in C++ code", "in C code"),
        ("bkz 2.0", "the BKZ 2.0 algorithm", "the BKZ 20 algorithm"),
        ("slam-only", "a SLAM-only system", "only SLAM"),
        ("a*", "search with A* here", "search with a map"),
        ("prun*", "pruned", "unpruned"),
        ("x^2", "the x^2 test", "the x test"),
        ("=foo", "a foo", "a food"),
        ("++", "i++", "i+1"),
        ('"scaling law"', "scaling laws", "scaling the law"),
        ("'scaling law'", "scaling laws", "scaling the law"),
        ("no", "no", "yes"),
        ("RAG", "rag", "storage"),
        ("N:M sparsity", "N:M sparsity", "sparsity of N and M"),
        ("not AND", "not and", "and not"),
        ("word embeddings?", "a word embedding", "an embedding of words"),
        ("title: how", "title: how", "how"),
        ("{brace}", "a brace", "a race"),
    ],
)
def test_a_phrase_finds_what_its_author_meant(text: str, finds: str, leaves: str) -> None:
    rules = imported(f'["{text.replace(chr(34), chr(92) + chr(34))}"]')
    assert selected(rules, paper(abstract=finds))
    assert not selected(rules, paper(abstract=leaves))


@pytest.mark.parametrize("text", ["", " ", "\u200b\x07", "word " * 11, "x" * 30_000])
def test_what_cannot_be_found_is_no_entry(text: str) -> None:
    assert phrase(text, Notes()) is None


@pytest.mark.parametrize(
    ("text", "regex"),
    [
        ("\\bbert\\b", True), (".*bert", True), ("graph[is]", True), ("(a|b)c", True),
        ("^graph", True), ("C++", False), ("a*", False), ("prun*", False), ("k-NN (exact)", False),
        ("What is it?", False), ("x^2", False), ("$k$-means", False), ("valid@k", False),
    ],
)  # fmt: skip
def test_regular_expressions_are_told_from_phrases(text: str, regex: bool) -> None:
    assert is_regex(text) is regex


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ('ti:"x ray" AND cat:cs.LG', 'title:"x ray" AND category:cs.LG'),
        ("ti:graph OR abs:mesh", "title:graph OR abstract:mesh"),
        ("abs:graph ANDNOT ti:survey", "abstract:graph NOT title:survey"),
        ("abs:graph AND NOT ti:survey", "abstract:graph NOT title:survey"),
        ("abs:a1 OR abs:b1 ANDNOT ti:c1", "(abstract:a1 OR abstract:b1) NOT title:c1"),
        ("(abs:a1 AND abs:b1) OR ti:c1", "(abstract:a1 AND abstract:b1) OR title:c1"),
        ("ti:(mesh OR voxel)", "title:mesh OR title:voxel"),
        ("abs:wide field AND cat:astro-ph.GA", 'abstract:"wide field" AND category:astro-ph.GA'),
        ("ti:%22x+ray%22+AND+cat:cs.*", 'title:"x ray" AND category:cs.*'),
        ("http://h/api/query?search_query=ti:mesh+AND+abs:voxel&start=0",
         "title:mesh AND abstract:voxel"),
        ("au:rivera_c AND cat:cs", "author:rivera AND category:(cs OR cs.*)"),
        ('au:"Rivera, Carla" AND abs:mesh', 'author:"Carla Rivera" AND abstract:mesh'),
        ("submittedDate:[202501010000 TO 202512312359] AND ti:mesh",
         "published:[2025-01-01 TO 2025-12-31] AND title:mesh"),
        ("id:2601.00001v2 AND ti:mesh", 'id:"2601.00001" AND title:mesh'),
        ("deep learning[tiab] AND mesh[ti]", '"deep learning" AND title:mesh'),
        ("ti:AND AND abs:mesh", None),
        ("co:workshop AND ti:mesh", "title:mesh"),
        ("jr:nature OR co:talk", None),
        ("(ti:mesh AND abs:voxel", None),
        ("ti:mesh) AND abs:voxel", None),
        ("ti:mesh AND ()", None),
        ("ti:mesh AND " + "(" * 40 + "x" + ")" * 40, None),
        ("ti:C++ AND abs:a*", r'title:"C++" AND abstract:/(?i)\ba\*/'),
    ],
)  # fmt: skip
def test_boolean_queries(theirs: str, ours: str | None) -> None:
    assert boolean.is_boolean(theirs)
    notes = Notes()
    result = translate(theirs, notes)
    assert (result[0].query if result else None) == ours
    assert result or notes.all()
    for entry in result:
        parse_query(entry.query)


def test_a_query_that_only_joins_phrases_gives_keywords() -> None:
    result = translate('all:"x ray" OR all:mesh', Notes())
    assert [entry.keyword for entry in result] == ["x ray", "mesh"]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("cs.CL", "category:cs.CL"), ("cat:cs.CL", "category:cs.CL"), ("cs.*", "category:cs.*"),
        ("hep-th", "category:hep-th"), ("stat", "category:(stat OR stat.*)"),
        ("physics.data-an", "category:physics.data-an"), ("Computation and Language", None),
        ("robotics", None), ("cs.CL) OR x", None),
        ("https://arxiv.org/list/gr-qc/new", "category:gr-qc"),
    ],
)  # fmt: skip
def test_categories(text: str, query: str | None) -> None:
    assert category(text, Notes()) == query
