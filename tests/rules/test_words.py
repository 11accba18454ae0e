"""Words, plurals and breaks, and their places in the clean text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

from digest.text.folding import fold_plural
from digest.text.normalise import HALT, SEAM
from digest.text.words import ANY_ONE, ANY_RUN, Break, classify, cut, fold_word, places_of
from tests.reference import fold as reference_fold
from tests.reference import text as reference
from tests.rules.strategies import clean_texts

SPACE, HYPHEN, GLUE, STOP = Break.SPACE, Break.HYPHEN, Break.GLUE, Break.STOP


# --- words ---------------------------------------------------------------------------------------

WORDS: list[tuple[str, list[str]]] = [
    ("", []),
    ("++ -- ''", []),
    ("Fine-Tuning", ["fine", "tuning"]),
    ("ＧＰＴ 𝐦𝐨𝐝𝐞𝐥 oﬃce D² Ⅳ", ["gpt", "model", "office", "d2", "iv"]),
    ("Straße ſet", ["strasse", "set"]),
    ("café cafe\u0301 Ångström", ["cafe", "cafe", "angstrom"]),
    ("fine\u00adtuning fi\u200bne", ["finetuning", "fine"]),
    ("α-β μP λ Ω ς", ["alpha", "beta", "mup", "lambda", "omega", "sigma"]),
    # A small s right after a capital.
    ("LMs VMs", ["lm", "vm"]),
    ("LMS Lms LLMs aLMs 4LMs LMss LMs4", ["lms", "lms", "llm", "alm", "4lm", "lmss", "lms4"]),
    ("LMs’ LMs-like", ["lm", "lm", "like"]),
    ("ÀBs ABs ﬁABs", ["ab", "ab", "fiab"]),
    # Quotation marks and apostrophes.
    ('snake_case *bold* $x$ `code` "q" “q” «q» „q“', ["snakecase", "bold", "x", "code", *"qqqq"]),
    ("model's models’ C++'s", ["model", "models", "c++"]),
    ("the 's 'sound don't rock ’n’ roll", ["the", "s", "sound", "dont", "rock", "n", "roll"]),
    ("x's-y x'st", ["x", "y", "xst"]),
    # Numbers and signs.
    ("4.5 10,000 v1.2.3 .5 4. a.b 4,b", ["4.5", "10,000", "v1.2.3", "5", "4", "a.b", *"4b"]),
    ("C++ c# C++11 F#s", ["c++", "c#", "c++", "11", "f#", "s"]),
    ("abc++ 1# a+b ab#", ["abc", "1", "a", "b", "ab"]),
    # Scripts without spaces.
    ("大模型 aか ー", ["大", "模", "型", "a", "か", "ー"]),
    ("R&D N:M and/or", ["r", "d", "n", "m", "and", "or"]),
]


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_a_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert [word.text for word in cut(text)] == words
    assert [word.plain for word in reference.cut(text).words] == words


def test_digits_of_every_script_are_one() -> None:
    assert [word.text for word in cut("Llama ٣ ३ ３")] == ["llama", "3", "3", "3"]


PLACES: list[tuple[str, list[str]]] = [
    ("An oﬃce", ["An", "oﬃce"]),
    ("x\u0304y, cafe\u0301.", ["x\u0304y", "cafe\u0301"]),
    ("the “free” μ$P$", ["the", "free", "μ$P"]),
    ("C++'s LMs model’s", ["C++", "LM", "model"]),
    ("fi\u200bne\u200b tuning", ["fi\u200bne", "tuning"]),
    ("大模", ["大", "模"]),
    ("½ № Straße", ["½", "½", "№", "Straße"]),
    ("fine-tuning", ["fine", "tuning"]),
]


@pytest.mark.parametrize(("text", "stretches"), PLACES)
def test_a_word_says_where_it_stands(text: str, stretches: list[str]) -> None:
    words = cut(text)
    assert [text[word.start : word.end] for word in words] == stretches
    expected = range(0, len(words), 2)
    places = {number: (words[number].start, words[number].end) for number in expected}
    assert places_of(text, list(expected)) == places


@given(clean_texts)
@settings(max_examples=100)
def test_words_of_chance_stand_in_their_order(text: str) -> None:
    """One character may be two words (½), but none stands before its neighbour."""
    words = cut(text)
    assert all(word.text and 0 <= word.start < word.end <= len(text) for word in words)
    for word, following in pairwise(words):
        assert word.start <= following.start
        assert word.end <= following.end


# --- wildcards -----------------------------------------------------------------------------------

WILD: list[tuple[str, list[str]]] = [
    ("prun*", ["prun*"]),
    ("*former", ["*former"]),
    ("quanti?ation", ["quanti?ation"]),
    ("what is it?", ["what", "is", "it"]),
    ('wom?n wom?_n 4?"4 q\u0301?r', ["wom?n", "wom", "n", "4", "4", "q?r"]),
    ("? what", ["what"]),
    ("wo??n", ["wo", "n"]),
    ("a?\u0301b", ["a?b"]),
    ("4.*5 4.5*", ["4.*5", "4.5*"]),
    ("pre-train*", ["pre", "train*"]),
    ("c++* x#", ["c++", "*", "x#"]),
]


@pytest.mark.parametrize(("keyword", "words"), WILD)
def test_wildcards_stay_in_the_words_of_a_keyword(keyword: str, words: list[str]) -> None:
    result = [word.text for word in cut(keyword, wildcards=True)]
    assert [text.replace(ANY_RUN, "*").replace(ANY_ONE, "?") for text in result] == words


# --- breaks --------------------------------------------------------------------------------------

BREAKS: list[tuple[str, Break]] = [
    ("a b", SPACE),
    ("a « b", SPACE),  # quotation marks are dropped, and the spaces are white space alone
    ("a-b", HYPHEN),
    ("a\u2010b", HYPHEN),
    ("a\u2011b", HYPHEN),
    ("a\u2013b", HYPHEN),
    ("a\u2212b", HYPHEN),
    ("a-“b", HYPHEN),
    ("a\u2012b", GLUE),
    ("a\u2015b", GLUE),
    ("a/b", GLUE),
    ("a:b", GLUE),
    ("a->b", GLUE),
    ("a/-b", GLUE),
    ("ab.cd", GLUE),
    ("a...b", GLUE),
    ("a, b", STOP),
    ("a -b", STOP),
    ("a- b", STOP),
    ("a (b", STOP),
    ("a—b", STOP),
    ("a — b", STOP),
    ("a/—b", STOP),
    ("a--b", STOP),
    ("a-–b", STOP),
    ("a-/-b", STOP),
    ("模型", GLUE),
    ("模 型", SPACE),
    ("模-型", HYPHEN),
]


@pytest.mark.parametrize(("text", "gap"), BREAKS)
def test_what_stands_between_two_words_is_a_break(text: str, gap: Break) -> None:
    assert [word.gap for word in cut(text)] == [STOP, gap]


@pytest.mark.parametrize(
    ("between", "gap"),
    [("", GLUE), (SEAM, GLUE), (f"{SEAM} {SEAM}", SPACE), (HALT, STOP), ("  ", SPACE)],
)
def test_normalised_characters_make_a_break(between: str, gap: Break) -> None:
    assert classify(between) == gap


# --- plurals -------------------------------------------------------------------------------------

PLURALS: list[tuple[str, str]] = [
    # The short table.
    ("biases", "bias"),
    ("lenses", "lens"),
    ("viruses", "virus"),
    ("analyses", "analysis"),
    ("hypotheses", "hypothesis"),
    ("matrices", "matrix"),
    ("vertices", "vertex"),
    ("indices", "index"),
    ("corpora", "corpus"),
    ("criteria", "criterion"),
    *((word, word) for word in ("bias", "lens", "analysis", "hypothesis", "series", "species")),
    # The endings, in their order, with what passes on to the next.
    ("processes", "process"),
    ("boxes", "box"),
    ("caches", "cach"),
    ("ashes", "ash"),
    ("policies", "policy"),
    ("eyries", "eyry"),
    ("valkeies", "valkey"),
    ("models", "model"),
    ("trees", "tree"),
    ("shoes", "shoe"),
    ("reggaes", "reggae"),
    ("corpus", "corpus"),
    ("loss", "loss"),
    ("basis", "basis"),
    # Afterwards.
    ("movie", "movy"),
    ("movies", "movy"),
    ("cache", "cach"),
    ("axe", "axe"),
    ("taxe", "tax"),
    ("cloche", "cloch"),
    ("galoshe", "galosh"),
    # What is folded at all.
    ("gas", "gas"),
    ("gans", "gan"),
    ("k8s4s", "k8s4s"),
    ("4.5s", "4.5s"),
    ("naïves", "naïve"),
    ("한국어s", "한국어"),
]


@pytest.mark.parametrize(("word", "folded"), PLURALS)
def test_a_plural_is_folded(word: str, folded: str) -> None:
    assert fold_plural(word) == folded
    assert fold_word(word) == reference_fold.fold(word)
