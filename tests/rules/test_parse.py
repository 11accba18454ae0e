"""Queries become trees; invalid ones are refused with place and advice."""

from __future__ import annotations

import pytest
from hypothesis import given, note

from digest.errors import QueryError
from digest.rules import Rule, parse_keyword, parse_query
from digest.rules.parse import MAX_LENGTH
from digest.rules.scanner import MAX_DEPTH
from digest.rules.syntax import (
    And,
    DayBound,
    DayRange,
    Exact,
    Label,
    Near,
    Node,
    Not,
    NumberRange,
    Or,
    Pattern,
    Phrase,
    Regex,
)
from digest.rules.terms import MAX_WORDS
from digest.text.words import ANY_RUN, Break, Words
from tests.rules.strategies import scrambled


def word(text: str, boost: float = 1.0) -> Phrase:
    return Phrase(text, Words((text.lower(),), ()), boost=boost)


def one(text: str) -> Words:
    return Words((text,), ())


A, B, C, D = map(word, "abcd")
TITLE_A = Phrase("a", Words(("a",), ()), field="title")


# --- trees ---------------------------------------------------------------------------------------

TREES: list[tuple[str, Node]] = [
    ("a", A),
    ("  a  ", A),
    ("a b c", And((A, B, C))),
    ("a AND b && c", And((A, B, C))),
    ("a OR b || c", Or((A, B, C))),
    ("a OR b c", Or((A, And((B, C))))),
    ("a b OR c d", Or((And((A, B)), And((C, D))))),
    ("(a OR b) c", And((Or((A, B), best=True), C))),
    ("a(b)c", And((A, B, C))),
    ("a AND(b)OR(c)", Or((And((A, B)), C))),
    ("NOT a OR b", Or((Not(A), B))),
    ("a NOT b c", And((A, Not(B), C))),
    ("a AND NOT b", And((A, Not(B)))),
    ("NOT NOT a", Not(Not(A))),
    ("a -b !c", And((A, Not(B), Not(C)))),
    ("a -(b OR c)", And((A, Not(Or((B, C), best=True))))),
    ("(-a b)", And((Not(A), B))),
    ("a --b", And((A, Not(Phrase("-b", Words(("b",), ())))))),
    ("a-b", Phrase("a-b", Words(("a", "b"), (Break.HYPHEN,)))),
    ("a or b", And((A, word("or"), B))),
    ("a ORb", And((A, word("ORb")))),
    ("a^2", word("a", 2.0)),
    ("a^.5", word("a", 0.5)),
    ("a^x", Phrase("a^x", Words(("a", "x"), (Break.GLUE,)))),
    ("(a b^2)^3", And((word("a", 3.0), word("b", 6.0)))),
    ("(a NOT b^2)^3", And((word("a", 3.0), Not(word("b", 2.0))))),
    ('"a, b"^2', Phrase('"a, b"', Words(("a", "b"), (Break.STOP,)), boost=2.0)),
    ('"a \\" b"', Phrase('"a \\" b"', Words(("a", "b"), (Break.SPACE,)))),
    ('"a b"~5^2', Near('"a b"~5', (one("a"), one("b")), 5, boost=2.0)),
    ("ab*", Pattern("ab*", Words((f"ab{ANY_RUN}",), ()))),
    ("=A*^2", Exact("=A*", "A*", boost=2.0)),
    ('="a  (b)"', Exact('="a  (b)"', "a (b)")),
    ("/a b\\/(c)/^2", Regex("/a b\\/(c)/", "a b/(c)", boost=2.0)),
    ("title:a", TITLE_A),
    ("TI: a", TITLE_A),
    ("ti:(a OR abs:b)", Or((TITLE_A, Phrase("b", Words(("b",), ()), field="abstract")), best=True)),
    ("title:a b", And((TITLE_A, B))),
    ("au:=X", Exact("=X", "X", "author")),
    ("org:/x/", Regex("/x/", "x", "org")),
    ("cat:cs.*^2", Label("cs.*", "cs.*", "category", 2.0)),
    ('source:"a b"', Label('"a b"', "a b", "source")),
    ("id:(x OR y)", Or((Label("x", "x", "id"), Label("y", "y", "id")), best=True)),
    ("upvotes:>=10^2", NumberRange("upvotes:>=10", "upvotes", 10, None, 2.0)),
    ("upvotes: > 10", NumberRange("upvotes: > 10", "upvotes", 11, None)),
    ("comments:[2 TO *] a", And((NumberRange("comments:[2 TO *]", "comments", 2, None), A))),
    ("authors:<3", NumberRange("authors:<3", "authors", None, 2)),
    ("(upvotes:3 a)^2", And((NumberRange("upvotes:3", "upvotes", 3, 3), word("a", 2.0)))),
    (
        "published:2024-02",
        DayRange(
            "published:2024-02", "published", DayBound("2024-02-01"), DayBound("2024-02-29")
        ),
    ),
    (
        "published:[2025 TO today-7]",
        DayRange(
            "published:[2025 TO today-7]", "published", DayBound("2025-01-01"), DayBound("", -7)
        ),
    ),
    (
        "published:<today+1",
        DayRange("published:<today+1", "published", None, DayBound("", 0)),
    ),
    (
        "published:>2025-12",
        DayRange("published:>2025-12", "published", DayBound("2026-01-01"), None),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("query", "tree"), TREES)
def test_a_query_becomes_a_tree(query: str, tree: Node) -> None:
    assert parse_query(query) == tree


KEYWORDS: list[tuple[str, Node]] = [
    ("a OR b", Phrase("a OR b", Words(("a", "or", "b"), (Break.SPACE, Break.SPACE)))),
    ("-a (b)", Phrase("-a (b)", Words(("a", "b"), (Break.STOP,)))),
    ("title:a", Phrase("title:a", Words(("title", "a"), (Break.GLUE,)))),
    ('"a b"~2', Phrase('"a b"~2', Words(("a", "b", "2"), (Break.SPACE, Break.GLUE)))),
    ("  a \n b ^2", Phrase("a b", Words(("a", "b"), (Break.SPACE,)), boost=2.0)),
    ("=a b", Exact("=a b", "a b")),
    ('="a b"^3', Exact('="a b"', "a b", boost=3.0)),
    ("a^2 b", Phrase("a^2 b", Words(("a", "2", "b"), (Break.GLUE, Break.SPACE)))),
]


@pytest.mark.parametrize(("entry", "leaf"), KEYWORDS)
def test_a_keyword_is_a_phrase_as_written(entry: str, leaf: Node) -> None:
    assert parse_keyword(entry) == leaf


# --- errors --------------------------------------------------------------------------------------

_QUOTE = 'To search for the word itself, write "{}".'
_DAYS = "Write 2026-01-31, 2026-01, 2026, today or today-30."
_COUNTS = "Write upvotes:>=10 or upvotes:[5 TO 20]."
_EXACTLY = 'Write ="{}" to find exactly these characters.'

# What is wrong, the characters at fault, and what to write instead.
ERRORS: list[tuple[str, str, str, str]] = [
    ("", "the query is empty", "", "Write at least one word."),
    ("   ", "the query is empty", "", "Write at least one word."),
    ("a ( )", "the brackets are empty", "( )", ""),
    ("(a", "this bracket is never closed", "(", ""),
    ("a b) c", "a bracket closes that was never opened", ")", ""),
    ("a OR", "OR has nothing after it", "OR", ""),
    ("a OR) b", "OR has nothing after it", "OR", ""),
    ("a &&", "AND has nothing after it", "&&", ""),
    ("a NOT", "NOT has nothing after it", "NOT", ""),
    ("OR a", "a word or a bracket is missing before OR", "OR", _QUOTE.format("OR")),
    ("a AND OR b", "a word or a bracket is missing before OR", "OR", _QUOTE.format("OR")),
    (
        "a ( || b)",
        "a word or a bracket is missing before ||",
        "||",
        'To search for the word itself, write ="||".',
    ),
    ('x "a b', "this quotation mark is never closed", '"', ""),
    ('""', "'\"\"' has no letter or digit", '""', ""),
    ("a ++ b", "'++' has no letter or digit", "++", _EXACTLY.format("++")),
    ("a - b", "'-' has no letter or digit", "-", _EXACTLY.format("-")),
    ("a ?* b", "'?*' has no letter or digit", "?*", _EXACTLY.format("?*")),
    (
        "x A*",
        "'a*' would match almost any word: beside a wildcard at least 2 characters must be literal",
        "A*",
        "Write =A* to find exactly these characters.",
    ),
    (
        '"a* search"',
        "'a*' would match almost any word: beside a wildcard at least 2 characters must be literal",
        '"a* search"',
        _EXACTLY.format("a* search"),
    ),
    ("a =", "'=' has nothing after the =", "=", "Write =RAG, or leave the = out."),
    (
        "a /b",
        "a regular expression begins here and does not end",
        "/b",
        'End it with /, or quote the word: "/word".',
    ),
    (
        "a /(/",
        "the regular expression is not RE2: missing ): (",
        "/(/",
        "Look-around and back-references do not exist in RE2.",
    ),
    ('"a b"~x', "after ~ stands how many words may lie between", "~", 'Write "reward model"~5.'),
    ("n:m", "'n' is not a field", "n:", 'To search for the text, quote it: "n:m".'),
    (
        "a titel:b",
        "'titel' is not a field",
        "titel:",
        'Did you mean title:? To search for the text, quote it: "titel:b".',
    ),
    ("(title:)", "title: has nothing after it", "title:", ""),
    ("a cat:", "cat: has nothing after it", "cat:", ""),
    ('a cat:""', "category: has no value", '""', "Write category:VALUE."),
    ("a upvotes:many", "'many' is not a whole number", "upvotes:many", _COUNTS),
    ("upvotes:-3", "'-3' is not a whole number", "upvotes:-3", _COUNTS),
    (
        "upvotes:[1 TO",
        "upvotes: wants a comparison",
        "upvotes:",
        "Write for example upvotes:>=10.",
    ),
    (
        "published:>=",
        "published: wants a comparison",
        "published:",
        "Write for example published:>=2026-01-01.",
    ),
    ("a published:2025-02-30", "'2025-02-30' is not a day", "published:2025-02-30", _DAYS),
    ("published:soon", "'soon' is not a day", "published:soon", _DAYS),
]


@pytest.mark.parametrize(("query", "reason", "fault", "hint"), ERRORS)
def test_what_is_no_query_is_refused_at_its_place(
    query: str, reason: str, fault: str, hint: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(query)
    error = caught.value
    assert error.reason == reason
    assert error.text == query
    assert query[error.start : error.end] == fault
    assert error.hint == hint
    shown, carets = error.pointer().split("\n")
    assert shown == query
    assert carets == " " * error.start + "^" * max(1, len(fault))


def test_the_later_of_two_equal_characters_is_pointed_at() -> None:
    """Which of them is at fault a quotation alone does not tell."""
    for query, start in [("OR OR a", 0), ("a OR OR b", 5), ("((a)", 0), ("(a))", 3), ("a - -", 2)]:
        with pytest.raises(QueryError) as caught:
            parse_query(query)
        assert caught.value.start == start, query


KEYWORD_ERRORS: list[tuple[str, str, str]] = [
    ("", "'' has no letter or digit", ""),
    ("++", "'++' has no letter or digit", _EXACTLY.format("++")),
    ("^2", "'^2' has no letter or digit", ""),
    ("=", "'=' has nothing after the =", "Write =RAG, or leave the = out."),
    (
        "fine *",
        "'*' would match almost any word: beside a wildcard at least 2 characters must be literal",
        _EXACTLY.format("fine *"),
    ),
]


@pytest.mark.parametrize(("entry", "reason", "hint"), KEYWORD_ERRORS)
def test_what_is_no_keyword_is_refused_whole(entry: str, reason: str, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_keyword(entry)
    error = caught.value
    assert (error.reason, error.hint) == (reason, hint)
    assert (error.text, error.start, error.end) == (entry, 0, len(entry))


@pytest.mark.parametrize(
    "query",
    [
        "A*", "a* search", "wom*n ?b* c", "++", "-", "A* b*",
    ],
)  # fmt: skip
def test_what_an_error_proposes_is_a_query(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(f'"{query}"')
    proposed = caught.value.hint.removeprefix("Write ").split(" to find")[0]
    assert parse_query(proposed) == Exact(proposed, query)


# --- limits --------------------------------------------------------------------------------------


def test_a_query_has_an_end() -> None:
    assert parse_query("a" * MAX_LENGTH) == word("a" * MAX_LENGTH)
    with pytest.raises(QueryError, match="longer than"):
        parse_query("a" * (MAX_LENGTH + 1))


@pytest.mark.parametrize("shape", [("(", "a", ")"), ("NOT ", "a", ""), ("title:(", "a", ")")])
def test_brackets_stand_so_deep_and_no_deeper(shape: tuple[str, str, str]) -> None:
    opening, middle, closing = shape
    for depth in (MAX_DEPTH - 1, MAX_DEPTH + 1, 2_000):
        query = opening * depth + middle + closing * depth
        if depth < MAX_DEPTH:
            parse_query(query)
        else:
            with pytest.raises(QueryError, match="deep"):
                parse_query(query)


def test_a_phrase_of_a_whole_text_is_a_mistake() -> None:
    parse_keyword("a " * MAX_WORDS)
    with pytest.raises(QueryError, match="65 words"):
        parse_keyword("a " * (MAX_WORDS + 1))


def error_of(query: str) -> QueryError | None:
    try:
        parse_query(query)
    except QueryError as error:
        return error
    return None


@given(scrambled)
def test_a_text_of_chance_is_a_query_or_an_error_that_points_into_it(query: str) -> None:
    note(query)
    error = error_of(query)
    if error is not None:
        assert error.text == query
        assert 0 <= error.start <= error.end <= len(query)
        assert error.reason
        assert query in str(error) or repr(query) in str(error)


# --- whole rules ---------------------------------------------------------------------------------

NEGATIONS: list[tuple[str, bool]] = [
    ("NOT a", True),
    ("-a -b", True),
    ("-a OR -b", True),
    ("-(a b)", True),
    ("NOT NOT a", False),
    ("a NOT b", False),
    ("a OR NOT b", False),
    ("NOT (a OR NOT b)", True),
    ("upvotes:>=3 -a", False),
]


@pytest.mark.parametrize(("query", "refused"), NEGATIONS)
def test_a_negation_alone_is_no_rule(query: str, refused: bool) -> None:
    if not refused:
        Rule("r", query=parse_query(query))
        return
    with pytest.raises(QueryError) as caught:
        Rule("r", query=parse_query(query), query_text=query)
    error = caught.value
    assert error.reason == "a negation alone selects nearly everything"
    assert (error.text, error.start, error.end) == (query, 0, len(query))
    assert error.hint == "Say what is wanted too, as in: robots NOT survey."
    Rule("r", keywords=(A,), query=parse_query(query))


def test_a_rule_without_anything_that_selects_is_none() -> None:
    with pytest.raises(QueryError, match="'r' has neither keywords, a query nor authors"):
        Rule("r", require=(A,))
