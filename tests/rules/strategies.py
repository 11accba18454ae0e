"""Random papers and rules from one small vocabulary, so that rules often match.

The vocabulary holds what has gone wrong in matchers before: joined and split spellings, every
kind of dash, possessives, plurals on either side of a short table, letters that normalise to
several, words of one letter, scripts without spaces. Texts are clean texts.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from digest.model import Paper, PartialDate
from tests.people import people
from tests.reference.match import Query, RuleSpec
from tests.reference.query import parse_query
from tests.reference.tree import ReferenceQueryError, is_negation_alone
from tests.rules.implementations import TODAY
from tests.strategies import built

PLAIN_WORDS = """
a b of in formation information fine tuning finetuning model models vision language
pre train training pretrain bias biases lens series movie movies cache caches axes ties buses
matrices matrix policy policies data set dataset robots process processes
GPT 4 GPT4 GPT-4 4.5 10,000 Llama 3 Llama3 3D D x LM LMs LMS VAEs LLMs N M mup muP mu p
""".split()  # noqa: SIM905 (a block of words is what one reads and edits)

ODD_WORDS = """
C++ C++11 c# F# x++ +++ μP μ α-β Σ ς ϑ ά café cafe\u0301 x\u0304y Schrödinger ﬁne oﬃce Straße
STRASSE ﬂow ı İstanbul ſet 𝐦𝐨𝐝𝐞𝐥 ＧＰＴ D² H₂O ½ x² Ⅳ № ™ 模 型 模型 大模型 か カ ガ ー ｶ
한국 don't don’t model's models' model’s LM's LMs' C++'s 's N:M and/or R&D 1.2.3 4. .5 4,b a.b
i\u0307 fi\u200bne tun\u00ading \u200d e\u0301\u0301 Å ǅ ŉ ʼn
GPUs MCTS SARS AIDS U.S. i.i.d. (LLM) (MLLMs) (β) .NET models'pre LLMs'agents MODEL'S SARS's x's's
https://a.b/c www.x.y a.io/x é.io/x π0.5 TGF-β1 ΓORIN Ł ø tumours behaviours
""".split()  # noqa: SIM905 (as above)

SPACES = [" "] * 6
HYPHENS = ["-", "-", "-", "\u2010", "\u2011", "\u2013", "\u2212"]
STOPS = [
    ", ",
    ". ",
    ": ",
    "; ",
    " - ",
    "- ",
    " -",
    "\u2014",
    " \u2014 ",
    "--",
    "-\u2013",
    "! ",
    " (",
]
GLUE = [
    "",
    "/",
    ":",
    ".",
    ",",
    "&",
    "+",
    "?",
    ")",
    "·",
    "->",
    "-/-",
    "\u2015",
    "\u2012",
    "。",
    "、",
]
DROPPED = [
    '"',
    "“",
    "” ",
    "``",
    "''",
    "*",
    "_",
    "$",
    "'",
    "’",
    "\u00ad",
    "\u200b",
    "'s ",
    "’s-",
    " «",
]
SEPARATORS = SPACES * 3 + HYPHENS * 2 + STOPS + GLUE + DROPPED

words = st.one_of(
    st.sampled_from(PLAIN_WORDS), st.sampled_from(PLAIN_WORDS), st.sampled_from(ODD_WORDS)
)
separators = st.sampled_from(SEPARATORS)


def clean(text: str) -> str:
    """Return `text` with white space as the cleaning of dumps leaves it."""
    return " ".join(text.split())


@st.composite
def texts(draw: st.DrawFn, most: int = 12) -> str:
    """Words of the vocabulary with any separators between them."""
    parts = draw(st.lists(st.tuples(words, separators), min_size=0, max_size=most))
    return clean("".join(word + separator for word, separator in parts))


letters = st.text(alphabet="abs4 .,-\u2010'’\"*_$+#:/?μﬁ½模c\u0301\u00adSL", max_size=14).map(clean)
"""Small change: what no vocabulary thinks of."""

clean_texts = st.one_of(texts(), texts(), texts(), letters)
name_words = st.sampled_from([*PLAIN_WORDS, "Ada", "Rivers", "Ben-David", "O'Hara", "Müller"])
names = st.lists(name_words, min_size=1, max_size=3).map(" ".join)
labels = st.sampled_from(["cs.CL", "cs.LG", "stat.ML", "math.AG", "hep-th"])
days = st.integers(0, 800).map(lambda ago: TODAY - timedelta(days=ago))
dates = days.flatmap(
    lambda day: st.sampled_from(
        [PartialDate.of(day), PartialDate(day.year, day.month), PartialDate(day.year)]
    )
)
counts = st.integers(0, 6)

papers = built(
    Paper,
    id=st.sampled_from(["2601.00001", "2601.00002", "hep-th/9901001"]),
    title=clean_texts,
    abstract=st.none() | clean_texts,
    authors=st.none() | st.lists(names, max_size=3).map(lambda shown: people(*shown)),
    author_count=st.none() | counts,
    organization=st.none() | names,
    published=st.none() | dates,
    categories=st.lists(labels, max_size=3, unique=True).map(tuple),
    upvotes=st.none() | counts,
    comments=st.none() | counts,
    sources=st.lists(st.sampled_from(["dumps", "huggingface"]), max_size=2, unique=True).map(tuple),
)


# --- keywords and queries ------------------------------------------------------------------------


@st.composite
def slices(draw: st.DrawFn, found: tuple[Paper, ...]) -> str:
    """A few neighbouring characters of a paper, some of them spelt in another way."""
    if not found:
        return draw(words)
    chosen = draw(st.sampled_from(found))
    text = draw(st.sampled_from([chosen.title, chosen.abstract or chosen.title])) or "model"
    parts = text.split(" ")
    start = draw(st.integers(0, len(parts) - 1))
    piece = " ".join(parts[start : start + draw(st.integers(1, 3))])
    for _ in range(draw(st.integers(0, 2))):
        old = draw(st.sampled_from([" ", "-", ", ", "s", "e"]))
        new = draw(st.sampled_from(["", " ", "-", ", ", "s", "es", "'s", "/", "--"]))
        piece = piece.replace(old, new, 1)
    return draw(st.sampled_from([piece, piece, piece.lower(), piece.upper()]))


def phrases(papers: tuple[Paper, ...]) -> st.SearchStrategy[str]:
    """What may stand in a keyword or between quotation marks."""
    return st.one_of(slices(papers), slices(papers), words, texts(4), letters)


@st.composite
def wild(draw: st.DrawFn, found: tuple[Paper, ...]) -> str:
    """A phrase with wildcards put into it."""
    phrase = draw(phrases(found))
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(phrase)))
        over = draw(st.integers(0, 3))
        phrase = phrase[:at] + draw(st.sampled_from("**?")) + phrase[at + over :]
    return phrase


REGEXES = [
    "model", "fin(e|ing)", "(?i)gpt", "[a-c]+\\+", "\\d+", "\\d\\.\\d", "t.a", "m[aeo]+",
    "\\bin\\b", "a{2,3}", "(a|b|fine)-", "[^ ]+ing", "\\pL+s\\b", "μ", "(", "[", "a**", "\\",
]  # fmt: skip
BOOSTS = ["", "", "", "^2", "^0.5", "^3", "^0", "^1.25"]
COMPARISONS = ["{}", ">{}", ">={}", "<{}", "<={}", "={}", ">= {}", "[{} TO {}]", "[* TO {}]",
               "[{} TO *]"]  # fmt: skip

day_values = st.one_of(
    days.map(str),
    days.map(lambda day: f"{day:%Y-%m}"),
    days.map(lambda day: f"{day:%Y}"),
    st.integers(0, 800).map(lambda ago: f"today-{ago}"),
    st.sampled_from(["today", "today+1"]),
)


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    """A field that is compared, and what with."""
    field = draw(st.sampled_from(["published", "upvotes", "comments", "authors", "Upvotes"]))
    values = day_values if field == "published" else counts.map(str)
    return f"{field}:" + draw(st.sampled_from(COMPARISONS)).format(draw(values), draw(values))


@st.composite
def terms(draw: st.DrawFn, found: tuple[Paper, ...]) -> str:
    """One leaf of a query, in any form."""
    phrase = draw(phrases(found))
    quoted = phrase.replace('"', "")
    exact = draw(slices(found)).replace('"', "")
    field = draw(st.sampled_from(["", "", "", "title:", "ti:", "abs:", "au:", "org:", "Title:"]))
    term = draw(
        st.sampled_from(
            [
                draw(words),
                f'"{quoted}"',
                f'"{quoted}"',
                f'"{quoted}"~{draw(st.integers(0, 6))}',
                f'"{draw(words)} {draw(words)}"~{draw(st.integers(0, 8))}',
                draw(wild(found)).replace(" ", "-"),
                f'"{draw(wild(found)).replace(chr(34), "")}"',
                f'="{exact}"',
                f"={draw(words)}",
                f"/{draw(st.sampled_from(REGEXES))}/",
            ]
        )
    )
    labelled = draw(st.sampled_from(["cat:cs.*", "cat:", "category:", "source:dump*", "id:2601*"]))
    if labelled.endswith(":"):
        labelled += draw(labels)
    leaf = draw(st.sampled_from([field + term] * 5 + [labelled, draw(comparisons())]))
    leaf += draw(st.sampled_from(BOOSTS))
    # Most queries should parse; one leaf in twenty may be at fault.
    return leaf if draw(st.integers(0, 19)) == 0 or parses(leaf) else draw(words)


def parses(query: str) -> bool:
    """Ask the reference whether a query is one."""
    try:
        parse_query(query)
    except ReferenceQueryError:
        return False
    return True


def queries(papers: tuple[Paper, ...] = ()) -> st.SearchStrategy[str]:
    """Whole queries, most of which parse."""

    def larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        joined = st.tuples(
            smaller, st.sampled_from([" ", " AND ", " OR ", " || ", " && ", " NOT ", " -"]), smaller
        ).map("".join)
        bracketed = st.tuples(smaller, st.sampled_from(BOOSTS)).map(lambda p: f"({p[0]}){p[1]}")
        negated = smaller.map("NOT {}".format) | smaller.map("-({})".format)
        in_field = smaller.map("title:({})".format) | smaller.map("abs:({})".format)
        return st.one_of(joined, joined, joined, bracketed, negated, in_field)

    return st.recursive(terms(papers), larger, max_leaves=5)


TOKENS = ["AND", "OR", "NOT", "(", ")", '"', "-", "!", "^2", "~3", "title:", "cat:", "upvotes:",
          ">=3", "=", "/", "*", "?", "&&", "||", "n:m", "2:4", " ", " ", " ", "model", "a", "fine",
          "[1 TO 2]", "\\", "today", "2025", "+", "."]  # fmt: skip

scrambled = st.lists(st.sampled_from(TOKENS), max_size=9).map("".join)
"""Strings that look like queries, most of which do not parse."""


@st.composite
def rules(draw: st.DrawFn, found: tuple[Paper, ...] = ()) -> RuleSpec:
    """Rules as a config has them."""
    keywords = st.tuples(
        st.one_of(phrases(found), phrases(found), wild(found), phrases(found).map("={}".format)),
        st.sampled_from(BOOSTS),
    ).map("".join)
    entries = st.one_of(keywords, queries(found).map(Query))
    query = draw(st.none() | queries(found))
    if query is not None and parses(query) and is_negation_alone(parse_query(query)):
        query = draw(words) + " " + query
    return RuleSpec(
        keywords=tuple(draw(st.lists(keywords, min_size=query is None, max_size=3))),
        require=tuple(draw(st.just([]) | st.lists(entries, max_size=2))),
        exclude=tuple(draw(st.just([]) | st.lists(entries, max_size=2))),
        query=query,
        weight=draw(st.sampled_from([1.0, 1.0, 2.0, 0.5])),
        min_score=draw(st.sampled_from([None, None, None, 1.0, 2.5])),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[RuleSpec, tuple[Paper, ...]]:
    """A rule and papers of which it takes some of its words."""
    result = tuple(draw(st.lists(papers, min_size=1, max_size=3)))
    return draw(rules(result)), result
