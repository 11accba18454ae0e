"""Words with wildcards, and words near each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.matching.near import smallest_windows
from digest.matching.patterns import WildcardTable, sequences
from digest.matching.word_index import build_index
from digest.text.words import ANY_ONE, ANY_RUN, Break, Words
from tests.growth import assert_linear
from tests.reference.match import RuleSpec
from tests.rules.implementations import TODAY, ask, by_digest, paper

if TYPE_CHECKING:
    from tests.rules.implementations import Reading


def wild(word: str) -> str:
    return word.replace("*", ANY_RUN).replace("?", ANY_ONE)


# --- wildcards -----------------------------------------------------------------------------------

TEXT = "prune pruned pruner unpruned transformer transformers former 大模 café4 c++ x"
WILD: list[tuple[str, list[str]]] = [
    ("prun*", ["prune", "pruned", "pruner"]),
    ("prune*", ["prune", "pruned", "pruner"]),
    ("prune?", ["pruned", "pruner"]),
    ("pruner*", ["pruner"]),
    ("*former", ["transformer", "former"]),
    ("*form*s", ["transformers"]),
    ("*r*n*e*", ["prune", "pruned", "pruner", "unpruned", "transformer", "transformers"]),
    ("?ormer", ["former"]),
    ("cafe*", ["cafe4"]),
    ("mo*", []),
]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(("word", "matched"), WILD)
def test_a_word_with_wildcards_is_compared_with_whole_words(
    word: str, matched: list[str], together: bool
) -> None:
    index = build_index([TEXT, TEXT])
    table = WildcardTable([wild(w) for w, _ in WILD] if together else [wild(word)])
    for _ in range(2):  # the second time from memory
        result = index.raw_forms(index.form[table.find(index)[wild(word)]])
        assert result == matched * 2


def test_a_hostile_word_takes_no_longer_than_its_length() -> None:
    """Backtracking would try `a…a` against `*a*a*a…` in more ways than there is time for."""

    def find(length: int) -> None:
        index = build_index(["a" * length + "b"])
        assert len(WildcardTable([wild("*a" * 30 + "c")]).find(index)[wild("*a" * 30 + "c")]) == 0

    assert_linear(find, 5_000)


def test_each_hyphen_of_a_pattern_may_be_missing() -> None:
    gaps = (Break.HYPHEN, Break.STOP, Break.HYPHEN)
    result = {
        (tuple(part.texts for part in sequence.parts), sequence.stops)
        for sequence in sequences(Words(("a", "b", "c", wild("de*")), gaps))
    }
    de = wild("de*")
    # a-b are plain words: one part, which matches with and without the hyphen.
    assert result == {
        ((("a", "b"), ("c",), (de,)), (True, False)),
        ((("a", "b"), (f"c{de}",)), (True,)),
    }


def test_many_hyphens_of_a_pattern_are_no_bomb() -> None:
    words = Words(("a",) * 40 + (wild("bc*"),), (Break.HYPHEN,) * 40)
    assert len(sequences(words)) == 7
    words = Words((wild("ab*"),) * 40, (Break.HYPHEN,) * 39)
    assert len(sequences(words)) == 64


PATTERNS: list[tuple[str, str, str | None, bool]] = [
    ("slam*. it", "slam. It", None, True),
    ("slam*. it", "slam it", None, True),
    ("slam*. it", "slam", "It maps", False),
    ("slam* it", "slam", "It maps", False),
    ("slam* it", "slam, it", None, False),
    ("it slam*", "it slams", None, True),
    ("rewards model*", "reward models", None, True),
    ("reward models*", "reward model", None, False),
    ("slam* slam*", "slam", "slams", False),
    ("slam* slam*", "slam slams", None, True),
    ("model* merg*", "models of merging", "model merging", True),
    ("tumours-behaviour ag*", "tumor behavior agents", None, True),
    ("tumours-behaviour ag*", "tumorbehavior agents", None, True),
    ("tumours-behaviour ag*", "tumoursbehaviour agents", None, False),
    ("gpu\xad?on*", "gpuxons", None, True),
    ("gpu?\xadon*", "gpuons", None, False),
    ("MCTS-SARS-CMOS ag*", "MCTS-SARS-CMOS agents", None, True),
    ("a-b-c-d-e-f-g-h-ag*", "ab-cd-ef-ghagents", None, True),
]


@pytest.mark.parametrize(("keyword", "title", "abstract", "selected"), PATTERNS)
def test_the_words_of_a_pattern_stand_one_by_one_in_one_text(
    reading: Reading, keyword: str, title: str, abstract: str | None, selected: bool
) -> None:
    assert ask(reading, RuleSpec((keyword,)), paper(title, abstract)).selected is selected


# --- near ----------------------------------------------------------------------------------------

NEAR: list[tuple[str, str, str | None, bool]] = [
    ('"reward model"~0', "model reward", None, True),
    ('"reward model"~0', "reward a model", None, False),
    ('"reward model"~1', "reward, a model", None, True),
    ('"reward model"~1', "reward a b model", None, False),
    ('"rewards models"~0', "reward model", None, True),
    ('"reward model"~0', "rewards models", None, True),
    ('"reward model"~9', "reward", "model", False),
    ('"a b c"~1', "c b x a", None, True),
    ('"a b c"~1', "c b x x a", None, False),
    ('"a a b"~2', "a b a", None, True),
    ('"a a b"~2', "a b c", None, False),
    ('"prun* mo?el"~3', "models that one prunes", None, False),
    ('"prun* mo?els"~3', "models that one prunes", None, True),
    ('"model"~2', "models", None, True),
    ('"fine tuning"~3', "finetuning", None, False),
]


@pytest.mark.parametrize(("query", "title", "abstract", "selected"), NEAR)
def test_near_words_stand_in_one_text_within_reach(
    reading: Reading, query: str, title: str, abstract: str | None, selected: bool
) -> None:
    asked = [paper("reward of a b c", "x"), paper(title, abstract), paper("model d e", "x")]
    results = reading(RuleSpec(query=query), asked, TODAY)
    assert results is not None
    assert results[1].selected is selected


WINDOWS: list[tuple[list[list[int]], int, list[tuple[int, int]]]] = [
    ([[0, 1], [2]], 6, [(1, 2)]),
    ([[0, 5], [2, 6]], 6, [(0, 2), (2, 5), (5, 6)]),
    ([[0, 5], [2, 6]], 3, [(0, 2), (5, 6)]),
    ([[0, 1], [0, 1]], 6, [(0, 1)]),
    ([[3], [3]], 6, []),
    ([[0], [9]], 9, []),
    ([[0], [9]], 10, [(0, 9)]),
    ([[0, 1, 2], [1], [0, 2]], 3, [(0, 2)]),
    ([[], [1]], 5, []),
]


@pytest.mark.parametrize(("places", "reach", "windows"), WINDOWS)
def test_the_smallest_windows_are_shown(
    places: list[list[int]], reach: int, windows: list[tuple[int, int]]
) -> None:
    assert smallest_windows(places, reach) == windows


def held(places: list[list[int]], first: int, last: int) -> bool:
    """Whether each group has a place of its own in a window, by trying all ways."""
    if not places:
        return True
    here = [place for place in places[0] if first <= place <= last]
    rest = places[1:]
    return any(
        held([[other for other in group if other != place] for group in rest], first, last)
        for place in here
    )


places_of_chance = st.lists(
    st.lists(st.integers(0, 9), max_size=4, unique=True).map(sorted), min_size=2, max_size=4
)


@given(places_of_chance, st.integers(1, 10))
def test_windows_of_chance_hold_no_smaller_one(places: list[list[int]], reach: int) -> None:
    ways = [
        (first, last)
        for first in range(10)
        for last in range(first, min(10, first + reach))
        if held(places, first, last)
    ]
    smallest = [
        (first, last)
        for first, last in ways
        if not any((a, b) != (first, last) and first <= a and b <= last for a, b in ways)
    ]
    assert smallest_windows(places, reach) == smallest


def test_a_word_in_two_parts_takes_no_paper_from_another() -> None:
    """Places of a word come ascending, also where some paper spells it in two parts."""
    split = paper("We study pre-training.")
    whole = paper("A mixture of experts pretraining recipe.", "Its pretraining corpora differ.")
    for query in ('"mixture experts pretraining"~5', '"pretraining corp*"'):
        spec = RuleSpec(query=query)
        together = by_digest(spec, [split, whole, split], TODAY)
        assert together is not None
        assert [result.selected for result in together] == [False, True, False], query
