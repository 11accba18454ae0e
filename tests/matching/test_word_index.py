"""The index of many texts has the words that `cut` finds in each, also after storing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.matching import compile_rules
from digest.matching.scan import Batch
from digest.matching.word_hashes import from_bytes, hash_bytes, to_bytes
from digest.matching.word_index import build_index
from digest.matching.word_index_bytes import pack, unpack
from digest.model import Paper
from digest.text.words import Break, Plural, cut, fold_word
from tests.reference.match import RuleSpec
from tests.rules.implementations import TODAY, rule_of
from tests.rules.strategies import clean_texts, papers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.matching.word_index import WordIndex
    from digest.text.words import Word

TEXTS = [
    "",
    " ",
    "-",
    "a",
    "Fine-tuning of LLMs, VAEs and LMs",
    "fine--tuning - fine—tuning fine,tuning fine/ tuning fine\u2011tuning",
    "N:M sparsity; and/or (10,000 of 4.5) v1.2.3 .5 4. 4,b",
    "C++ C++11 c# F#s x++y abc++ 1# a+b a++ c++ 3 4x c# abc 5",
    "The model's models' C++'s 's don't LM's LMs' rock ’n’ roll",
    "movies caches axes buses boxes studies ties bias biases lens lenses lass gas basis virus",
    "corpora criteria analyses hypotheses matrices vertices indices viruses series species",
    "movie cache axe ashes she shes ache pie does sees aes eies toes glasses gases",
    "gpus 4090s k8s qwen2.5s c++s x2s as is us",
    "vision language in formation Llama 3 3 D x y abc de ab cde ties up model",
    "μP u-$μ$P α-β café cafe\u0301 Å ﬁne Straße İstanbul ﬂow ſet D² ½ № 모델s 大模型 か",
    "\u00ads \u200d fi\u200bne e\u0301\u0301 ĄBs ABs ABCs XY's ÀBs aÀBs 1ABs _ABs",
    "“free” lunch ``x'' *bold* snake_case \"q\"",
    "x" * 254 + " " + "y" * 255 + "s " + "z" * 70_000,
    "d\u00e9j\u00e0s \u03c3s nai\u0308ve na\u00efves caf\u00e9s",
    "tree search MCTS (MC) and LLMs (MLLMs) here, 'models' (VLMs) there, \"deep nets\" (DN) too",
    "the 's of 's, x's's GPU's MODEL'S SARS's SARS’ C++'s C#'s 'sx ''s '\"s \"'s a_'s '",
    "SARS AND AIDS, MCTS' AND VAES'S",
    "LLM's’α-β models'α models’aα models'abα models'αβγ models'abc LLMs'agents",
    "U.S.'s i.i.d. e.g. E. coli A. B. U.S.A .NET (.NET) a.b x .5 .模 x.模",
    "see https://a.b/c, www.x.y/z huggingface.co/x, a/b π/x α.io/x é.org/é and αβ-1 TGF-β1 π0.5",
    "ＧＰＴ／4 ｈｔｔｐ：／／x é https://é.org/π–x ffl ﬂ/ﬂ.org/x",
]
"""Texts in which every step of cutting has something to do."""


Said: TypeAlias = tuple[str, bytes, int, Break, bool, bool, bool]
"""Of a word: raw, folded, hash, the break before it, whether it may be run over, bracket, dot."""


def folded(index: WordIndex, word: int) -> bytes:
    form = index.form[word]
    start, length = int(index.start[form]), int(index.length[form])
    return index.data[start : start + length].tobytes()


def may_join(left: str, right: str, gap: Break) -> bool:
    """Return whether a keyword without a break may run over this one: the rule language's words."""
    if gap == Break.HYPHEN:
        return True
    long = len(left) >= 3 and len(right) >= 3
    mixed = (left[-1].isalpha() and right[0].isdigit()) or (
        left[-1].isdigit() and right[0].isalpha()
    )
    return gap == Break.SPACE and (long or mixed)


def said(index: WordIndex) -> list[list[Said]]:
    """Return all that the index knows of the words of each text, copies left out."""
    raw = index.raw_forms(index.form)
    return [
        [
            (
                raw[word],
                folded(index, word),
                int(index.hash[index.form[word]]),
                Break(int(index.gap[word])),
                bool(index.joins[word]),
                bool(index.bracketed[word]),
                word in index.dotted,
            )
            for word in range(first, end)
        ]
        for first, end in pairwise(index.first.tolist()[: index.texts + 1])
    ]


def expected(text: str, *, fold: bool) -> list[Said]:
    """Return the same of one text, by the words of `cut`."""
    words: tuple[Word, ...] = cut(text)
    # Where a word is read both ways (AIDS), the text itself has the words as they are.
    forms = [
        fold_word(word.text) if fold and word.plural == Plural.FOLDED else word.text
        for word in words
    ]
    joins = [False] + [
        may_join(left, right, word.gap)
        for left, right, word in zip(forms, forms[1:], words[1:], strict=False)
    ]
    return [
        (
            word.text,
            to_bytes(form),
            hash_bytes(to_bytes(form)),
            word.gap,
            join,
            word.bracketed,
            word.dotted,
        )
        for word, form, join in zip(words, forms, joins, strict=False)
    ]


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("text", TEXTS)
def test_the_index_of_a_text_holds_what_cut_finds(text: str, fold: bool) -> None:
    assert said(build_index([text], fold=fold)) == [expected(text, fold=fold)]


@pytest.mark.parametrize("fold", [True, False])
def test_texts_do_not_run_into_each_other(fold: bool) -> None:
    index = build_index(TEXTS, fold=fold)
    assert said(index) == [expected(text, fold=fold) for text in TEXTS]
    texts = index.text_of(np.arange(index.first[len(TEXTS)])).tolist()
    assert texts == [number for number, text in enumerate(TEXTS) for _ in cut(text)]


@given(st.lists(clean_texts, max_size=4), st.booleans())
@settings(max_examples=120)
def test_the_index_holds_what_cut_finds_in_texts_of_chance(texts: list[str], fold: bool) -> None:
    assert said(build_index(texts, fold=fold)) == [expected(text, fold=fold) for text in texts]


@pytest.mark.parametrize("word", ["c++", "c#", "qwen2.5", "模", "naive", ""])
def test_a_word_comes_back_from_its_bytes(word: str) -> None:
    assert from_bytes(to_bytes(word)) == word


def test_the_hash_of_joined_words_is_the_sum_of_theirs() -> None:
    """What the walk over runs of words rests on: `finetuning` needs no hash of its own."""
    base = hash_bytes(b"\0\1")
    total = hash_bytes(b"fine") + hash_bytes(b"tuning") * pow(base, 4, 1 << 64)
    assert total % (1 << 64) == hash_bytes(b"finetuning")


# --- stored --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("texts", [[], [""], ["", "", ""], TEXTS, TEXTS[::-1]])
def test_an_index_comes_back_from_its_bytes(texts: Sequence[str], fold: bool) -> None:
    index = build_index(texts, fold=fold)
    back = unpack(pack(index))
    assert said(back) == said(index)
    assert back.first.tolist() == index.first.tolist()


@given(st.lists(clean_texts, max_size=4))
@settings(max_examples=60)
def test_an_index_of_chance_comes_back_from_its_bytes(texts: list[str]) -> None:
    index = build_index(texts)
    assert said(unpack(pack(index))) == said(index)


RULES = [
    RuleSpec(("fine-tuning^2", "model merg*")),
    RuleSpec(query="title:model -abs:bias"),
    RuleSpec(query='"fine model"~4 OR C++ OR "N:M"'),
    RuleSpec(query="=GPT OR /mod./ OR au:Ada OR cat:cs.*"),
    RuleSpec(query="model upvotes:>=2"),
    RuleSpec(query="a OR NOT in", min_score=1.0),
]


def stored(papers: Sequence[Paper], size: int) -> Batch:
    """Return papers whose words were cut, `size` papers at a time, stored and loaded."""
    groups = [papers[start : start + size] for start in range(0, len(papers), size)]
    texts = [[text for p in group for text in (p.title, p.abstract or "")] for group in groups]
    return Batch(len(papers), lambda: papers, [unpack(pack(build_index(text))) for text in texts])


@given(st.lists(papers, min_size=1, max_size=5), st.integers(1, 5))
@settings(max_examples=60)
def test_stored_words_select_what_papers_of_chance_do(found: list[Paper], size: int) -> None:
    for count in (len(RULES), 1):  # the first rule alone needs nothing but words
        rules = [rule_of(spec, name=str(n)) for n, spec in enumerate(RULES[:count])]
        matcher = compile_rules(rules, today=TODAY)
        fresh, kept = matcher.select(found), matcher.select_batch(stored(found, size))
        assert kept.rule.tolist() == fresh.rule.tolist()
        assert kept.paper.tolist() == fresh.paper.tolist()
        assert kept.points.tolist() == fresh.points.tolist()


def test_papers_are_read_only_for_what_their_words_do_not_tell() -> None:
    def unread() -> Sequence[Paper]:
        raise AssertionError("the papers were read")

    words = [build_index(["Fine-tuning", "of models", "On", "data sets"])]
    matcher = compile_rules(
        [rule_of(RuleSpec(("finetuning",))), rule_of(RuleSpec(("dataset",)))], today=TODAY
    )
    selected = matcher.select_batch(Batch(2, unread, words))
    rows = zip(selected.rule.tolist(), selected.paper.tolist(), strict=True)
    assert list(rows) == [(0, 0), (1, 1)]


def test_more_papers_than_are_cut_at_once_keep_their_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Papers are cut into words by the hundred; the second hundred are no less found."""
    monkeypatch.setattr("digest.matching.scan.CHUNK", 100)
    monkeypatch.setattr("digest.matching.matcher.AT_ONCE", 300)
    papers = [Paper(id=str(n), title=f"paper{n}", abstract="x") for n in range(600)]
    expected = [0, 99, 100, 101, 299, 300, 599]
    specs = [RuleSpec((f"paper{n}",)) for n in expected] + [RuleSpec((f"=paper{expected[-1]}",))]
    matcher = compile_rules([rule_of(spec, name=str(spec)) for spec in specs], today=TODAY)
    selected = matcher.select(papers)
    assert selected.paper.tolist() == [*expected, expected[-1]]
    assert selected.points.tolist() == [2.0] * len(specs)
    matched = matcher.match(papers)
    assert [number for number, rules in enumerate(matched) if rules] == expected


def test_very_many_different_words_are_stored() -> None:
    """The numbers of more than 65,536 forms need more than two bytes."""
    index = build_index([" ".join(f"w{number}" for number in range(70_000))])
    back = unpack(pack(index))
    assert back.form.tolist() == index.form.tolist() == list(range(70_000))


@given(st.lists(papers, min_size=1, max_size=5))
@settings(max_examples=60)
def test_counting_papers_of_chance_is_selecting_them(found: list[Paper]) -> None:
    for specs in (RULES, RULES[:3]):  # the last ones select papers without a hit of theirs
        rules = [rule_of(spec, name=str(number)) for number, spec in enumerate(specs)]
        matcher = compile_rules(rules, today=TODAY)
        selected = matcher.select(found).rule
        counts = matcher.count_batch(Batch.of(found))
        assert counts.tolist() == [int((selected == number).sum()) for number in range(len(specs))]
