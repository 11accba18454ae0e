"""The rule language, example by example: each must hold for the program and for the reference."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.reference.match import RuleSpec
from tests.rules.implementations import KNOWN, TODAY, ask, by_digest, paper

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.rules.implementations import Reading


def titles_selected(reading: Reading, spec: RuleSpec, titles: Iterable[str]) -> list[str]:
    return [title for title in titles if ask(reading, spec, paper(title)).selected]


# --- what text matches ---------------------------------------------------------------------------

KEYWORDS: list[tuple[str, list[str], list[str]]] = [
    # The table of the rule language.
    ("fine-tuning", ["finetuning", "fine tuning", "Fine‑Tuning"], ["tuning", "fine, tuning"]),
    ("scaling law", ["Scaling Laws", "scaling-law"], ["scaling the law"]),
    (
        "vision language",
        ["vision-language", "Vision–Language model"],
        ["vision, language and action"],
    ),
    ("RAG", ["RAG", "rag", "RAGs"], ["storage", "fragment"]),
    ("=RAG", ["RAG", "RAG-based"], ["rag", "RAGs"]),
    ("muP", ["μP", "$\\mu$P".replace("\\mu", "μ"), "u-μP"], ["mu p"]),
    ("LM", ["LMs"], ["LMSYS"]),
    ("tree", ["trees"], ["street"]),
    ("process", ["processes"], ["processor"]),
    ("C++", ["C++ code", "C++11"], ["c", "C"]),
    ("LoRA", ["LoRA", "LoRA+"], ["QLoRA"]),
    ("GPT-4", ["GPT4", "GPT 4"], ["GPT-4.5", "GPT4.5"]),
    ("N:M sparsity", ["N:M sparsity", "N-M Sparsity"], ["sparsity of N and M"]),
    ("quanti?ation", ["quantization", "quantisation"], ["quantize"]),
    ("prun*", ["pruning", "pruned"], ["unpruned"]),
    # Version 2: plurals by shape, tables of words, spelling, telling punctuation, links.
    ("GPU", ["GPUs", "a GPU"], ["GPUX"]),
    ("SAR", ["SAR images", "SARs"], ["SARS in bats"]),
    ("SARS", ["SARS in bats"], ["SAR images", "sars"]),
    ("SARS\u00ad", ["SARS\u00ad in bats", "SARS"], ["SAR images", "sars"]),
    ("nucleus", ["nuclei"], ["nuclear"]),
    ("news", ["news of the lake"], ["a new lake"]),
    ("behaviour", ["animal behavior"], ["behave"]),
    ("optimization", ["optimisation of boats"], ["optimal"]),
    ("O(n)", ["O(n) steps"], ["steps on a path"]),
    ("M&A", ["M&A of lakes"], ["MA of lakes"]),
    ("Lodz", ["Łódź"], []),
    ("github", ["GitHub tools"], ["Code: https://github.com/moss/lake"]),
    ("lake model agent", ["Lake Model (LM) agents"], ["lake model, agent", "lake (LM) agent"]),
    ("LM agent", ["Lake Model (LM) agents"], []),
    # "A keyword or a phrase": joined and split spellings, and what parts them.
    ("finetuning", ["fine tuning", "fine-tuning", "fine−tuning"], ["fine/tuning", "fine—tuning"]),
    ("finetuning", ["fine\u00adtuning"], ["fine--tuning", "fine -tuning", "fine- tuning"]),
    ("information", ["information"], ["robots in formation"]),
    ("robotarm", ["robot arm"], ["robot, arm"]),
    ("iceage", [], ["ice a ge", "i ceage"]),
    ("Llama3", ["Llama 3", "llama-3", "Llama3"], ["llama", "llama 3.1", "llama.3"]),
    ("3D", ["3 D", "3-D", "3d"], ["3, D", "3.D"]),
    ("vision, language", ["vision, language", "vision language"], ["vision", "visionlanguage"]),
    ("Soups: A Recipe", ["Sparse Soups: A Recipe", "soups a recipe"], ["soups and a recipe"]),
    ("N:M", ["N:M", "N-M", "n m"], ["N: M", "N", "NM"]),
    ("and/or", ["and/or", "and or", "and / or"], ["and, or", "andor"]),
    ("data set", ["datasets", "data-sets", "data sets"], ["data; sets"]),
    ("a b c", ["a-b c", "abc", "a bc"], ["a b. c"]),
    # Words: what is dropped, what is folded, what belongs to a word.
    ("free lunch theorem", ["“free” lunch theorem", "``free lunch'' theorem"], ["free (lunch)"]),
    ("don't", ["don’t", "dont", "DON'T"], ["don t"]),
    (
        "model's weights",
        ["model weights", "models weights", "model’s weights"],
        ["modelse weights"],
    ),
    ("C++'s speed", ["C++ speed", "C++’s speed"], ["C speed"]),
    ("c#", ["C#", "C#-like"], ["c", "c ♯"]),
    ("4.5", ["4.5", "GPT 4.5", "4.5."], ["4. 5", "4,5", "4.50", "45"]),
    ("10,000", ["10,000 papers", "(10,000)"], ["10 000 papers", "10,0000"]),
    ("Qwen2.5", ["Qwen 2.5", "Qwen-2.5", "Qwen2.5,"], ["Qwen2", "Qwen2 .5"]),
    ("cafe", ["café", "cafe\u0301", "CAFÉ"], ["caf"]),
    ("Schrodinger", ["Schrödinger"], ["Schroedinger"]),
    ("strasse", ["Straße", "STRASSE"], ["strase"]),
    ("office", ["oﬃce", "𝐨𝐟𝐟𝐢𝐜𝐞", "ｏｆｆｉｃｅ"], ["of fice"]),
    ("alpha", ["α", "ά", "𝛼"], ["a"]),
    ("sigma algebra", ["σ-algebra", "ς algebra", "Σ-algebras"], ["s-algebra"]),
    ("D2", ["D²", "D2"], ["D"]),
    ("snake_case", ["snakecase", "snake_case", "snake-case"], ["snake, case"]),
    ("模型", ["大模型训练", "模 型"], ["模", "型模", "模， 型"]),
    (".NET", [".NET", "the .NET", "(.Nets)"], ["ASP.NETTER", "ASP.NET", "net"]),
    ("bkz 2.0", ["BKZ 2.0", "bkz-2.0", "BKZ2.0"], ["BKZ 2", "bkz, 2.0"]),
    ("slam-only", ["SLAM only", "slam-only"], ["only slam"]),
    ("CUT&RUN", ["CUT&RUN", "cut run", "cut-and-run".replace("-and-", "-")], ["cutrun"]),
    # Plurals.
    ("movie", ["movies"], ["move"]),
    ("cache", ["caches"], ["cash"]),
    ("bias", ["biases", "bias"], ["bia"]),
    ("series", ["series"], ["serie"]),
    ("analyses", ["analysis"], ["analyse"]),
    ("matrices", ["matrix"], ["matrice"]),
    ("policies", ["policy"], ["police"]),
    ("bus", ["bus"], ["bu"]),
    ("LMs", ["LM", "LMs"], ["LMS", "ALM", "lms"]),
    ("LLMs", ["LLM", "llms"], ["LM"]),
    # Wildcards.
    ("pre-train*", ["pretraining", "pre-trained", "pre trained"], ["train", "pre, train"]),
    ("*former", ["transformer", "former", "Conformer"], ["formers", "transformers"]),
    ("low-rank adapt*", ["lowrank adaptation", "low rank adapters"], ["low adaptation"]),
    ("model* merg*", ["model merging", "Models-merge"], ["model, merging", "modelmerging"]),
    ("what is it?", ["what is it"], ["what is"]),
    ("wom?n", ["women", "woman"], ["womn", "wom n"]),
    # Exact.
    ("=A*", ["an A* search", "A*"], ["a*", "AA*", "A*b"]),
    ("=GPT-4", ["GPT-4.", "GPT-4-based", "(GPT-4)"], ["GPT-4.5", "GPT-40", "GPT-4,5", "gpt-4"]),
    ("=state of the art", ["state of the art"], ["State of the art", "state-of-the-art"]),
]


@pytest.mark.parametrize(("keyword", "selects", "passes"), KEYWORDS)
def test_a_keyword_selects(
    reading: Reading, keyword: str, selects: list[str], passes: list[str]
) -> None:
    spec = RuleSpec(keywords=(keyword,))
    assert titles_selected(reading, spec, selects + passes) == selects


QUERIES: list[tuple[str, list[str], list[str]]] = [
    # The tables of the rule language.
    ("scaling law", ["scaling law", "law of scaling", "scaling the law"], ["scaling", "law"]),
    (
        '"model merging"~3',
        ["merging of two models", "model merging"],
        ["model a b c d e f g h i j merging", "model"],
    ),
    # Operators.
    ("a OR b c", ["a", "b c", "c b"], ["b", "c"]),
    ("a || b && c", ["a", "b c"], ["b", "c"]),
    ("(a OR b) c", ["a c", "b c"], ["a b", "c"]),
    ("a NOT (b OR c)", ["a", "a d"], ["a b", "b", "c"]),
    ("a -b", ["a"], ["a b"]),
    ("a !b", ["a"], ["a b"]),
    ("a AND NOT b", ["a"], ["a b"]),
    ('robots -"a survey" -(x OR y)', ["robots"], ["robots: a survey", "robots y"]),
    ("a OR NOT b", ["a", "c", "a b"], ["b"]),
    ("OR-Tools", ["or tools"], ["or", "tools"]),
    ("a and b", ["a and b"], ["a b"]),
    ("fine-tuning", ["fine tuning"], ["fine", "tuning"]),
    ("x^2", ["x"], ["y"]),
    ("x^y", ["x y", "x^y"], ["x", "y"]),
    ("(a b)^2 OR c^0.5", ["a b", "c"], ["a", "b"]),
    # Phrases, exact, near, regex.
    ('"a b" c', ["c a b"], ["b a c"]),
    ('="A* search"', ["an A* search"], ["A search", "a* search"]),
    ('=GPT-4 OR ="B+"', ["GPT-4", "B+ trees"], ["GPT 4", "B"]),
    ('"a a"~1', ["a a", "a b a"], ["a", "a b c a"]),
    (
        '"prun* model"~2',
        ["models pruned", "pruning of two models"],
        ["models", "model a b c prunes"],
    ),
    ('"reward model"~0', ["model reward", "Rewards, models"], ["reward a model", "rewardmodel"]),
    ("/diffus(ion|ed)/", ["diffusion", "undiffused"], ["Diffusion", "diffuse"]),
    ("/(?i)bert\\b/", ["RoBERTa or BERT"], ["RoBERTa"]),
    ("/a\\/b/", ["a/b"], ["a b"]),
    # Fields.
    ("title:(a OR b)", ["a", "b"], ["c"]),
    ("TITLE:a ti:b", ["a b"], ["a"]),
    ('"n:m"', ["n:m", "N-M"], ["n"]),
]


@pytest.mark.parametrize(("query", "selects", "passes"), QUERIES)
def test_a_query_selects(
    reading: Reading, query: str, selects: list[str], passes: list[str]
) -> None:
    spec = RuleSpec(query=query)
    assert titles_selected(reading, spec, selects + passes) == selects


FIELDS: list[tuple[str, bool]] = [
    ("title:slam", True),
    ("abs:slam", False),
    ("abstract:rooms", True),
    ('title:"slam robots"', False),
    ('"slam it"', False),
    ("abs:(robot -slam)", True),
    ('au:"ada rivers"', True),
    ("author:river", False),
    ("author:riv*", True),
    ('author:"rivers ben"', False),
    ('org:"slam labs"', True),
    ('org:"slam lab"', False),
    ("cat:cs.RO", True),
    ("cat:CS.ro", True),
    ("cat:cs", False),
    ("category:cs.*", True),
    ("cat:(cs.LG OR cs.CV)", True),
    ("cat:RO", False),
    ("cat:*.RO", True),
    ("cat:s.*", False),
    ("cat:*R", False),
    ("cat:c.*", False),
    ("source:hugging*", True),
    ("id:2601.00001", True),
    ("id:10.1000/XYZ", True),
    ("slam NOT org:Nobody", True),
    ('slam NOT org:"SLAM Labs"', False),
    ("upvotes:20", True),
    ("upvotes:=20", True),
    ("upvotes:>20", False),
    ("upvotes:>= 20", True),
    ("upvotes:<21", True),
    ("upvotes:<=19", False),
    ("upvotes:[10 TO 20]", True),
    ("upvotes:[21 TO *]", False),
    ("upvotes:[* TO 20]", True),
    ("comments:>=0", False),
    ("slam NOT comments:>=0", True),
    ("authors:3", True),
    ("published:2025", True),
    ("published:2025-03", True),
    ("published:2025-03-14", True),
    ("published:2025-04", False),
    ("published:>2025", False),
    ("published:>=2025-03", True),
    ("published:<2025-03-14", False),
    ("published:<2025-03", False),
    ("published:<2025", False),
    ("published:<2026", True),
    ("published:<=2025", True),
    ("published:[2025-01-01 TO 2025-12-31]", True),
    ("published:[2025-03-15 TO *]", False),
    ("published:[* TO 2025-03]", True),
    ("published:<today", True),
    ("published:>=today-30", False),
    ("published:>=today-297", True),
    ("published:>=today-296", False),
    ("upvotes:>=30 OR title:survey", True),
    ("upvotes:>=20 -survey", False),
]


@pytest.mark.parametrize(("query", "selected"), FIELDS)
def test_a_field_is_asked(reading: Reading, query: str, selected: bool) -> None:
    assert ask(reading, RuleSpec(query=query), KNOWN).selected is selected


@pytest.mark.parametrize(
    "query",
    [
        "upvotes:>=0",
        "upvotes:<5",
        "upvotes:[* TO *]",
        "comments:0",
        "authors:>=0",
        "published:>=1900",
        "published:<today",
        "author:a",
        "org:a",
        "cat:*",
        "abs:a",
    ],
)
def test_what_a_paper_lacks_matches_nothing(reading: Reading, query: str) -> None:
    assert not ask(reading, RuleSpec(query=query), paper("a")).selected


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  ",
        "()",
        "a OR",
        "OR a",
        "a AND",
        "AND",
        "NOT",
        "a NOT",
        "a AND OR b",
        "(a",
        "a)",
        '"a',
        '""',
        "++",
        "a - b",
        "/a",
        "/(/",
        "=",
        '=""',
        "A*",
        "?*",
        '"a* search"',
        "n:m",
        "titel:a",
        "title:",
        "upvotes:many",
        "upvotes:>=",
        "upvotes:[1 TO",
        "published:yesterday",
        "published:2025-13",
        "published:2025-02-30",
        "NOT survey",
        "-a -b",
        "-a OR -b",
        "-(a b)",
    ],
)
def test_what_is_no_rule_is_refused(reading: Reading, query: str) -> None:
    assert reading(RuleSpec(query=query), [], TODAY) is None


@pytest.mark.parametrize("keyword", ["", " ", "++", "=", "A*", "*", "^2", "a-b*", '""'])
def test_what_is_no_keyword_is_refused(reading: Reading, keyword: str) -> None:
    assert reading(RuleSpec(keywords=(keyword,)), [], TODAY) is None


# --- real cases ----------------------------------------------------------------------------------


@pytest.mark.shared
def test_every_case_of_the_rule_language_holds(shared: Path) -> None:
    """The reference answers the same cases in `test_reference`."""
    lines = (shared / "rule-cases.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    assert cases
    wrong = []
    for case in cases:
        # What every reader of dumps does to white space.
        title, abstract = (" ".join(case[field].split()) for field in ("title", "abstract"))
        result = ask(by_digest, RuleSpec(query=case["query"]), paper(title, abstract or None))
        if result.selected is not case["selects"]:
            wrong.append((case["query"], case["title"], case["selects"]))
    assert wrong == []


def phrases(value: object) -> list[str]:
    """Collect the strings of a nested configuration."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in phrases(part)]
    return [text for part in value for text in phrases(part)] if isinstance(value, list) else []


@pytest.mark.shared
def test_real_keywords_select_a_title_that_is_just_them(reading: Reading, shared: Path) -> None:
    lines = (shared / "data" / "user-keyword-configs.jsonl").read_text(encoding="utf-8")
    keywords = {text for line in lines.splitlines() for text in phrases(json.loads(line)["rules"])}
    plain = {text for text in keywords if not set(text) & set('*?=^\\"') and len(text) < 200}
    assert len(plain) > 500
    refused, missed = [], []
    for keyword in sorted(plain):
        spec = RuleSpec((keyword,))
        results = reading(spec, [paper(" ".join(keyword.split()))], TODAY)
        if results is None:
            refused.append(keyword)
        elif not results[0].selected:
            missed.append(keyword)
    assert missed == []
    # A link is no text, and a keyword that is one has no word.
    assert [text for text in refused if re.search(r"\w", text) and "://" not in text] == []
