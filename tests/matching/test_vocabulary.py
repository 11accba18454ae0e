"""Count the papers with each word, and find definitions of abbreviations."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from digest.matching.abbreviations import Definitions, may_abbreviate
from digest.matching.vocabulary import Vocabulary, count_words, merge, pack, unpack
from digest.matching.word_index import WordIndex, build_index

TEXTS = [
    ("Image segmentation", "We segment images; a segment is a part."),
    ("Segments", "Segmentation by seg heads."),
    ("A seg", "MLLM and LLM agents."),
    ("MLLM", "No more."),
]


def index(texts: list[tuple[str, str]]) -> WordIndex:
    return build_index(list(chain.from_iterable(texts)))


def words(vocabulary: Vocabulary) -> dict[str, int]:
    return vocabulary.frequent(0)


def test_papers_are_counted_once_a_word() -> None:
    vocabulary = count_words([index(TEXTS)])
    assert vocabulary.papers == 4
    assert vocabulary.count("segment") == 2
    assert vocabulary.count("seg") == 2
    assert vocabulary.count("llm") == 0, "words of one paper are left out"
    assert vocabulary.beginning("seg") == [("segment", 2), ("segmentation", 2)]
    assert vocabulary.containing("llm") == [("mllm", 2)]
    assert vocabulary.containing("seg") == []


def test_bytes_give_the_same_words() -> None:
    vocabulary = count_words([index(TEXTS)])
    second = unpack(pack(vocabulary))
    assert (second.papers, words(second)) == (4, words(vocabulary))
    assert second.count("seg") == 2


def test_nothing_is_a_vocabulary_too() -> None:
    empty = unpack(pack(count_words([])))
    assert (empty.papers, words(empty), empty.beginning("a")) == (0, {}, [])


texts = st.lists(st.tuples(st.text("ab s", max_size=12), st.text("ab s", max_size=12)), max_size=8)


@given(st.lists(texts, max_size=3))
def test_parts_add_up(parts: list[list[tuple[str, str]]]) -> None:
    whole = count_words(index(part) for part in parts)
    expected: dict[int, int] = {}
    for part in parts:
        for pair in part:
            for word in set(index([pair]).hash.tolist()):
                expected[word] = expected.get(word, 0) + 1
    counted = dict(zip(whole.hash.tolist(), whole.counts.tolist(), strict=True))
    assert counted == {word: count for word, count in expected.items() if count >= 2}
    if parts:
        assert merge([whole, whole]).counts.tolist() == [2 * count for count in whole.counts]


def test_definitions_are_counted_by_papers() -> None:
    papers = [
        ("Graph neural networks (GNNs) and graph neural networks (GNNs)", ""),
        ("A graph neural network, GNN", "Generative natural nets (GNN)"),
        ("Great big nets (GNN)", "GNN"),
    ]
    definitions = Definitions(["gnn", "lr"])
    definitions.add(index(papers))
    assert definitions.counts["gnn"] == {
        "graph neural network": 2,
        "Generative natural net".lower(): 1,
    }
    assert not definitions.counts["lr"]


def test_what_may_be_an_abbreviation() -> None:
    words = ["LLM", "LLMs", "MoE", "IoU", "A", "Mamba", "seg", "C++"]
    assert [word for word in words if may_abbreviate(word)] == ["LLM", "LLMs", "MoE", "IoU"]
